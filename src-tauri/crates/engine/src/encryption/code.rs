//! The recovery code: what opens an encrypted shop where its keyring is not.

use std::{fmt, str::FromStr};

use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use crate::{
    base32,
    error::{Error, Result},
};

/// The key of a file.
pub(crate) type Key = [u8; 32];

/// 128 random bits, written as seven groups of four characters.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; 16]);

/// Tells a code that was typed wrong from one of another shop.
fn check(bits: &[u8]) -> u8 {
    Sha256::digest(bits)[0]
}

impl RecoveryCode {
    pub fn new() -> Result<Self> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(Error::internal)?;
        Ok(Self(bits))
    }

    /// The key of the shop's file. HKDF (RFC 5869) and nothing slower: the code is random, not thought up.
    pub(crate) fn key(&self) -> Result<Key> {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, &self.0).expand(b"shopkeeper database 1", &mut key).map_err(Error::internal)?;
        Ok(key)
    }

    /// As it is shown and typed.
    pub fn written(&self) -> Result<String> {
        let mut bytes = self.0.to_vec();
        bytes.push(check(&self.0));
        base32::written(&bytes)
    }
}

impl FromStr for RecoveryCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || Error::invalid("recovery_code", "malformed");
        let bytes = base32::read(text)?.ok_or_else(malformed)?;
        let (sum, bits) = bytes.split_last().ok_or_else(malformed)?;
        let bits: &[u8; 16] = bits.try_into().map_err(|_| malformed())?;
        if check(bits) == *sum { Ok(Self(*bits)) } else { Err(Error::invalid("recovery_code", "check_digit")) }
    }
}

/// It is a secret: no log shows it.
impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = RecoveryCode([0x5A; 16]);
        let text = code.written().unwrap();
        assert_eq!(text.len(), 7 * 4 + 6, "{text}");
        for typed in
            [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('-', ""), format!(" {text}\n")]
        {
            assert_eq!(typed.parse::<RecoveryCode>().unwrap(), code, "{typed}");
        }
        assert!(!format!("{code:?}").contains(&text[..4]));
        for wrong in ["", "0000", "!", &text[1..], &format!("{text}0")] {
            assert!(wrong.parse::<RecoveryCode>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_code_comes_back_and_has_a_key_of_its_own(a: [u8; 16], b: [u8; 16]) {
            let (one, other) = (RecoveryCode(a), RecoveryCode(b));
            prop_assert_eq!(&one.written().unwrap().parse::<RecoveryCode>().unwrap(), &one);
            prop_assert_eq!(one.key().unwrap() == other.key().unwrap(), a == b);
        }
    }
}
