use super::*;
use proptest::prelude::*;

#[test]
fn what_is_wrong_is_said() {
    let check = |carrier, text| serde_json::to_string(&check_waybill(carrier, text)).unwrap();
    assert_eq!(check("ups", " 1z5r89390357567127 "), r#"{"code":"ok","normalised":"1Z5R89390357567127"}"#);
    assert_eq!(check("ups", "1Z5R89390357567128"), r#"{"code":"wrong_check_digit","expected":"7"}"#);
    assert_eq!(check("ups", "2Z5R89390357567127"), r#"{"code":"unknown_format"}"#);
    assert_eq!(check("nobody", "1"), r#"{"code":"unknown_carrier"}"#);
    assert_eq!(check("ems", "EE123456785CN"), r#"{"code":"ok","normalised":"EE123456785CN"}"#);
    assert_eq!(check("ems", "EE123456786CN"), r#"{"code":"wrong_check_digit","expected":"5"}"#);
    assert_eq!(check("dpd", "09980000020033D"), r#"{"code":"wrong_check_digit","expected":"F"}"#);
}

#[test]
fn chinese_carriers_refuse_only_slips() {
    for (carrier, text, usable) in [
        ("shunfeng", "SF1234567890123", true),
        ("shunfeng", "ｓｆ１２３４５６７８９０１２３", true),
        ("shunfeng", "123456789012", true),
        ("shunfeng", "SF12345", false),
        ("shunfeng", "SF12345678901O3", false),
        ("shunfeng", "YT1234567890123", false),
        ("yuantong", "YT1234567890123", true),
        ("zhongtong", "75312345678901", true),
        ("zhongtong", "SF1234567890123", false),
        ("zhongtong", "12345", false),
        ("zhongtong", "测试1234567", false),
        ("jd", "JDVA01234567890", true),
        ("jd", "JDVA01234567890-1-1-", true),
        ("jtexpress", "JT1234567890123", true),
        ("jtexpress", "JT123", false),
        ("yunda", "431234567890123", true),
        ("yunda", "ABCDEFGH", false),
        ("auspost", "33ABC1234567", true),
        ("yuntrack", "YT2229521272164446", true),
        ("yuntrack", "YT1234567890123", false),
    ] {
        assert_eq!(check_waybill(carrier, text).normalised().is_some(), usable, "{carrier} {text}");
    }
}

#[test]
fn guesses() {
    assert_eq!(guess_carriers("1Z5R89390357567127"), ["ups"]);
    assert_eq!(guess_carriers("SF1234567890123"), ["shunfeng"]);
    assert_eq!(guess_carriers("RB123456785GB"), ["royalmail", "s10"]);
    assert_eq!(guess_carriers("EE123456785CN"), ["ems", "chinapost", "youzhengguonei", "s10"]);
    assert!(guess_carriers("986578788855").contains(&"fedex"));
    assert!(guess_carriers("YT2229521272164446").contains(&"yuntrack"));
    assert_eq!(guess_carriers("hello"), Vec::<&str>::new());
    assert_eq!(guess_carriers(""), Vec::<&str>::new());
}

#[test]
fn the_tables_agree() {
    for (at, carrier) in CARRIERS.iter().enumerate() {
        assert!(CARRIERS[..at].iter().all(|other| other.code != carrier.code), "{} twice", carrier.code);
    }
    let codes = FORMATS.iter().map(|format| format.carrier);
    let codes = codes.chain(COMPLETE.iter().copied()).chain(POSTAL.iter().map(|(code, _)| *code));
    for code in codes.chain(PREFIXES.iter().map(|(_, _, code)| *code)) {
        assert!(carrier(code).is_some(), "{code}");
    }
}

#[test]
fn carriers_by_what_files_call_them() {
    for (text, code) in [
        ("shunfeng", "shunfeng"),
        ("顺丰", "shunfeng"),
        (" ups ", "ups"),
        ("圆通速递", "yuantong"),
        ("FedEx", "fedex"),
        ("申通快递", "shentong"),
    ] {
        assert_eq!(find_carrier(text).map(|carrier| carrier.code), Some(code), "{text}");
    }
    assert_eq!(find_carrier(""), None);
    assert_eq!(find_carrier("某某快递"), None);
}

/// Every number the published test data calls valid or invalid.
#[test]
fn the_published_numbers() {
    let Some(folder) = crate::test_data("tracking/tracking_number_data/couriers") else { return };
    let (mut valid, mut invalid) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let courier: serde_json::Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let code = match courier["courier_code"].as_str().unwrap() {
            "canada_post" => "canpost",
            "landmark" => "landmarkglobal",
            "old_dominion" => "olddominion",
            "yunexpress" => "yuntrack",
            code => code,
        };
        let formats = courier["tracking_numbers"].as_array().unwrap();
        let valid_of = |format: &'_ serde_json::Value| format["test_numbers"]["valid"].as_array().unwrap().clone();
        let all_valid: Vec<_> = formats.iter().flat_map(valid_of).collect();
        let all_valid: Vec<_> = all_valid.iter().map(|number| number.as_str().unwrap()).collect();
        for format in formats {
            for number in format["test_numbers"]["valid"].as_array().unwrap() {
                let number = number.as_str().unwrap();
                let found = check_waybill(code, number);
                assert!(matches!(found, WaybillCheck::Ok { .. }), "{code} {number} {found:?}");
                assert!(guess_carriers(number).contains(&code), "{code} {number}");
                valid += 1;
            }
            for number in format["test_numbers"]["invalid"].as_array().unwrap() {
                let number = number.as_str().unwrap();
                // What one format refuses, the courier's other format may print.
                if all_valid.contains(&number) {
                    continue;
                }
                let found = check_waybill(code, number);
                assert!(found.normalised().is_none(), "{code} {number} {found:?}");
                invalid += 1;
            }
        }
    }
    assert!(valid > 150 && invalid > 60, "{valid} {invalid}");
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC*", number in "[A-Z0-9 -]{0,45}") {
        for text in [text, number] {
            for carrier in CARRIERS {
                if let Some(stored) = check_waybill(carrier.code, &text).normalised() {
                    let again = check_waybill(carrier.code, stored);
                    prop_assert_eq!(again.normalised(), Some(stored));
                }
            }
            let _ = (guess_carriers(&text), find_carrier(&text));
        }
    }
}
