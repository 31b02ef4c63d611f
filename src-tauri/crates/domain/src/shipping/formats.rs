//! What waybill numbers look like, as data.
//!
//! The shapes and checksums are facts from `jkeen/tracking_number_data`, MIT License, Copyright (c) 2017
//! Jeff Keen; the full notice is in `data/NOTICE.md`.

/// How the check character follows from the checked part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// The format has none.
    None,
    /// Sum of the characters times `even` or `odd` by index, to the next ten. `prepend` is put before
    /// the checked part unless it already stands there.
    Mod10 { even: u32, odd: u32, prepend: &'static str },
    /// The number itself, modulo 7.
    Mod7,
    /// Doubling every second digit from the right, to the next ten.
    Luhn,
    /// Sum of the digits times the weights, modulo 11, modulo 10.
    Weighted(&'static [u32]),
    /// The postal services' own, and the last two letters must be a country's.
    S10,
    /// ISO 7064 over digits and letters.
    Mod37,
}

/// One format of one carrier.
pub(super) struct Format {
    /// A code of `CARRIERS`; `s10` stands for every postal service.
    pub carrier: &'static str,
    /// In the notation of `pattern.rs`.
    pub pattern: &'static str,
    pub check: Check,
}

const fn format(carrier: &'static str, pattern: &'static str, check: Check) -> Format {
    Format { carrier, pattern, check }
}

const fn mod10(even: u32, odd: u32) -> Check {
    Check::Mod10 { even, odd, prepend: "" }
}

const fn mod10_with(even: u32, odd: u32, prepend: &'static str) -> Check {
    Check::Mod10 { even, odd, prepend }
}

const FEDEX_11: Check = Check::Weighted(&[3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);
const FEDEX_13: Check = Check::Weighted(&[1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);

/// Most telling first: a guess lists carriers in this order.
pub(super) const FORMATS: &[Format] = &[
    format("ups", "1Z!*{15}=#", mod10(1, 2)),
    format("ups", "[AHJKTV]!#{9}=#", mod10(1, 2)),
    format("amazon", "TB[ACM]#{12}", Check::None),
    format("amazon", "[AFC]#{10}", Check::None),
    format("s10", "@@!#{8}=#@@", Check::S10),
    format("gofo", "GFUS#{14}", Check::None),
    format("landmarkglobal", "LTN#{8}N1", Check::None),
    format("lasership", "L[AIEHNX][1-3]#{7}", Check::None),
    format("lasership", "1LS7[12]#{10}", Check::None),
    format("lasership", "1LS7[12]##01[1-4]#{6}-1", Check::None),
    format("lasership", "1LSCX*{10}", Check::None),
    format("ontrac", "C!#{13}=#", mod10_with(1, 2, "4")),
    format("ontrac", "D!#{13}=#", mod10_with(1, 2, "5")),
    format("speedee", "SP#{18}", Check::None),
    format("yodel", "JD#{16}", Check::None),
    format("yodel", "JJD#{16}", Check::None),
    format("yuntrack", "YT#{16}", Check::None),
    format("canpar", "[CDKLSUXZ]#{21}", Check::None),
    format("purolator", "@{3}#{9}", Check::None),
    format("dhl", "J@{2,3}#{9,10}", Check::None),
    format("usps", "420#{5}!94#{19}=#", mod10(3, 1)),
    format("usps", "420#{5}!94#{23}=#", mod10(3, 1)),
    format("usps", "420#{9}!94#{19}=#", mod10(3, 1)),
    format("usps", "!94#{19}=#", mod10(3, 1)),
    format("usps", "!94#{23}=#", mod10(3, 1)),
    format("usps", "!94###9#{23}=#", mod10(3, 1)),
    format("usps", "!92###9#{15}=#", mod10(3, 1)),
    format("usps", "!92###9#{19}=#", mod10(3, 1)),
    format("usps", "!93###[0-8]#{15}=#", mod10(3, 1)),
    format("usps", "!93###[0-8]#{19}=#", mod10(3, 1)),
    format("usps", "!95#{19}=#", mod10(3, 1)),
    format("usps", "!95#{23}=#", mod10(3, 1)),
    format("usps", "420#{5}!92###9#{15}=#", mod10(3, 1)),
    format("usps", "420#{5}!92###9#{19}=#", mod10(3, 1)),
    format("usps", "420#{5}!93###[0-8]#{15}=#", mod10(3, 1)),
    format("usps", "420#{5}!93###[0-8]#{19}=#", mod10(3, 1)),
    format("usps", "420#{5}!95#{19}=#", mod10(3, 1)),
    format("usps", "420#{5}!95#{23}=#", mod10(3, 1)),
    format("usps", "420#{9}!92###9#{15}=#", mod10(3, 1)),
    format("usps", "420#{9}!93###[0-8]#{15}=#", mod10(3, 1)),
    format("usps", "420#{9}!95#{19}=#", mod10(3, 1)),
    format("usps", "420#{5}!91#{19}=#", mod10(3, 1)),
    format("usps", "420#{9}!91#{19}=#", mod10(3, 1)),
    format("usps", "!91#{19}=#", mod10(3, 1)),
    format("usps", "!#{19}=#", mod10(3, 1)),
    format("usps", "!#{19}=#", mod10_with(3, 1, "91")),
    format("usps", "420#{5}!#{19}=#", mod10_with(3, 1, "91")),
    format("usps", "420#{9}!#{19}=#", mod10_with(3, 1, "91")),
    format("fedex", "96#{5}!#{14}=#", mod10(1, 3)),
    format("fedex", "96#{18}!#{13}=#", FEDEX_13),
    format("fedex", "[0-8]#{19}!#{13}=#", FEDEX_13),
    format("fedex", "3#{15}!#{11}=#{5}", FEDEX_11),
    format("fedex", "!#{11}=#", FEDEX_11),
    format("fedex", "!#{14}=#", mod10(1, 3)),
    format("fedex", "##!#{15}=#", mod10(3, 1)),
    format("canpost", "!#{15}=#", mod10(3, 1)),
    format("purolator", "![0-5]#{10}=#", Check::Luhn),
    format("olddominion", "!77[78]#{7}=#", Check::Luhn),
    format("olddominion", "!072#{7}=#", Check::Luhn),
    format("olddominion", "!780#{7}=#", Check::Luhn),
    format("olddominion", "!80#{8}=#", Check::Luhn),
    format("dpd", "!#{27}=*", Check::Mod37),
    format("dpd", "!#{14}=*", Check::Mod37),
    format("dhl", "!#{9,10}=#", Check::Mod7),
    format("dhl", "GM#*{9,38}", Check::None),
    format("dhl", "LX#*{9,38}", Check::None),
    format("dhl", "RX#*{9,38}", Check::None),
    format("dhl", "UV#*{9,38}", Check::None),
    format("dhl", "CN#*{9,38}", Check::None),
    format("dhl", "SG#*{9,38}", Check::None),
    format("dhl", "TH#*{9,38}", Check::None),
    format("dhl", "IN#*{9,38}", Check::None),
    format("dhl", "HK#*{9,38}", Check::None),
    format("dhl", "MY#*{9,38}", Check::None),
    format("dhl", "#{14}", Check::None),
    // Printed by DPD without its check character as well.
    format("dpd", "#{14}", Check::None),
];

/// Carriers of which every format is in the table, so that anything else is a mistake.
pub(super) const COMPLETE: &[&str] = &[
    "amazon",
    "canpar",
    "canpost",
    "dhl",
    "dhlen",
    "dpd",
    "fedex",
    "gofo",
    "landmarkglobal",
    "lasership",
    "olddominion",
    "ontrac",
    "purolator",
    "s10",
    "speedee",
    "ups",
    "usps",
    "yodel",
    "yuntrack",
];

/// Postal services: each carries the items of every other, and its own country's first.
pub(super) const POSTAL: &[(&str, &str)] = &[
    ("ems", "CN"),
    ("chinapost", "CN"),
    ("youzhengguonei", "CN"),
    ("usps", "US"),
    ("canpost", "CA"),
    ("auspost", "AU"),
    ("royalmail", "GB"),
    ("hkpost", "HK"),
    ("postserv", "TW"),
    ("macao", "MO"),
    ("japanposten", "JP"),
    ("koreapost", "KR"),
    ("singpost", "SG"),
    ("deutschepost", "DE"),
    ("csuivi", "FR"),
    ("postnl", "NL"),
    ("s10", ""),
];

/// Prefixes that belong to one Chinese carrier, and what must follow. A number with another's prefix
/// has been filed under the wrong carrier.
pub(super) const PREFIXES: &[(&str, &str, &str)] = &[
    ("SF", "SF#{12,15}", "shunfeng"),
    ("YT", "YT#{13,15}", "yuantong"),
    ("JT", "JT#{13}", "jtexpress"),
    ("DPK", "DPK#{9,12}", "debangkuaidi"),
    ("JD", "JD*{9,22}", "jd"),
];

/// Countries whose postal service numbers its items by S10.
pub(super) const S10_COUNTRIES: &str = "\
AF AL DZ AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI KH CM CA CV CF TD CL CN HK CO KM CG CR \
HR CU CY CZ CI KP CD DK DJ DM DO EC EG SV GQ ER EE ET FJ FI FR GA GM GE DE GH GB GR GD GT GN GW GY HT HN HU IS IN ID IR \
IQ IE IL IT JM JP JO KZ KE KI KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MR MU MX MD MC MN ME MA MZ MM NA NR \
NP NL NZ NI NE NG NO OM PK PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG SK SI SB SO ZA SS ES LK \
SD SR SZ SE CH SY TJ TZ TH MK TL TG TO TT TN TR TM TV UG UA AE US UY UZ VU VA VE VN YE ZM ZW TW MO";
