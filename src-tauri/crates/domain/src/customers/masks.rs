//! What of a person is shown to somebody who may not see it all: enough to tell one from another, and to
//! ask "does your number end in 8000?".

const MASK: &str = "***";

/// The first three digits of a long number and the last four stay; of a short one the last two, and of one
/// with fewer than five digits none.
pub fn masked_phone(phone: &str) -> String {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let (first, last) = match digits {
        10.. => (3, 4),
        5..10 => (0, 2),
        _ => (0, 0),
    };
    let mut at = 0;
    phone
        .chars()
        .map(|c| {
            if !c.is_ascii_digit() {
                return c;
            }
            at += 1;
            if at <= first || at > digits - last { c } else { '*' }
        })
        .collect()
}

/// The first letter stays, and where the mail goes to.
pub fn masked_email(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((name, host)) => format!("{}{MASK}@{host}", name.chars().next().map(String::from).unwrap_or_default()),
        None => masked_text(email),
    }
}

/// Nothing stays but that there is something.
pub fn masked_text(text: &str) -> String {
    if text.is_empty() { String::new() } else { MASK.to_owned() }
}

/// Whether this is what one of these made, and no phone or street.
pub fn is_masked(text: &str) -> bool {
    text.contains("**")
}

/// A customer of whom only a phone is known is called by it.
pub fn masked_name(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if digits >= 7 && !name.chars().any(char::is_alphabetic) { masked_phone(name) } else { name.to_owned() }
}

/// Phones and e-mail addresses that were written into a note: merging two customers writes them there.
pub fn masked_note(note: &str) -> String {
    note.split_inclusive(char::is_whitespace)
        .map(|word| {
            let (text, space) = word.split_at(word.trim_end().len());
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let masked = match digits {
                _ if text.contains('@') => masked_email(text),
                7.. => masked_phone(text),
                _ => text.to_owned(),
            };
            masked + space
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stays() {
        assert_eq!(masked_phone("13800138000"), "138****8000");
        assert_eq!(masked_phone("+44 20 7946 0958"), "+44 2* **** 0958");
        assert_eq!(masked_phone("010-62770000"), "010-****0000");
        assert_eq!(masked_phone("62770"), "***70");
        assert_eq!((masked_phone("110"), masked_phone("")), ("***".into(), String::new()));
        assert_eq!(masked_email("lin@example.com"), "l***@example.com");
        assert_eq!((masked_email("lin"), masked_email("")), ("***".into(), String::new()));
        assert_eq!(masked_text("人民路 1 号"), "***");
        assert_eq!((masked_name("张三"), masked_name("17850")), ("张三".into(), "17850".into()));
        assert_eq!(masked_name("13800138000"), "138****8000");
        assert_eq!(
            masked_note("老客户\n⇐ 张三 · 13800138000 · lin@example.com"),
            "老客户\n⇐ 张三 · 138****8000 · l***@example.com"
        );
    }

    proptest! {
        #[test]
        fn a_phone_hides_digits_and_masking_it_again_hides_no_less(phone in "[+0-9 ()-]{0,40}") {
            let masked = masked_phone(&phone);
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            prop_assert!(digits(&phone) == 0 || digits(&masked) < digits(&phone));
            prop_assert_eq!(masked.chars().count(), phone.chars().count());
            prop_assert!(digits(&masked_phone(&masked)) <= digits(&masked));
        }
    }
}
