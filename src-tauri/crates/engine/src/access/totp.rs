//! The second step of signing in (RFC 6238): a code from the person's phone, besides the password.
//!
//! The secret lies in the database sealed with a key that is made of the person's password, which the database
//! does not have: whoever reads the server, or a desk's copy, learns no secret, and yet every desk can judge a
//! code, since the password has just been typed there. So the password and the seal change together; who gets a
//! new password from somebody else loses the second step, and the history says so.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use data_encoding::HEXLOWER;
use domain::units::Millis;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use specta::Type;
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use super::{
    Secret, StaffById, people,
    sign_in::{self, Row},
    tries::Tried,
};
use crate::{
    app::Done,
    base32,
    ctx::Ctx,
    error::{Error, Result},
    execute,
    off_thread::off_thread,
    settings::Nothing,
};

/// As long as the hash of the code, as RFC 4226 recommends.
const SECRET: usize = 20;
const SALT: usize = 16;
const NONCE: usize = 12;
/// Says how the key was made: Argon2id, 19 MiB, two passes.
const SCHEME: &str = "1:";
const RECOVERY_CODES: u8 = 10;

/// A secret that nobody uses yet: it is kept by whoever asked, until a code proves that the phone has it.
#[derive(Clone, Serialize, Deserialize, Type)]
pub struct TotpOffer {
    /// In base 32, to be typed into the phone.
    pub secret: String,
    /// The same for a QR code.
    pub uri: String,
    /// Each opens once in the place of a code. They are made of the secret, and to be shown once it is in use.
    pub recovery_codes: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TurnOnTotp {
    pub secret: Secret,
    pub code: Secret,
    pub password: Secret,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TurnOffTotp {
    pub code: Secret,
    pub password: Secret,
}

/// Ten recovery codes for those that are used up, or that somebody may have seen.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RenewRecoveryCodes {
    /// Of another [`TotpOffer`], whose codes they become; the one in the phone stays.
    pub secret: Secret,
    /// From the phone, or a recovery code.
    pub code: Secret,
    pub password: Secret,
}

/// A query: what a command answers is kept in the audit log.
pub async fn offer_totp(ctx: &mut Ctx, _: Nothing) -> Result<TotpOffer> {
    if ctx.caller.actor.is_nil() {
        return Err(Error::not_found("staff", ctx.caller.actor));
    }
    let secret: [u8; SECRET] = random()?;
    // A colon parts the two in the address.
    let plain = |text: &str| text.replace(':', " ").trim().to_owned();
    let shop = Some(plain(&ctx.shop()?.name)).filter(|name| !name.is_empty());
    let totp = builder(&secret)
        .with_issuer(Some(shop.unwrap_or_else(|| "Shopkeeper".into())))
        .with_account_name(plain(&ctx.caller.actor_name))
        .build()
        .map_err(Error::internal)?;
    Ok(TotpOffer {
        secret: totp.secret().to_base32(),
        uri: totp.to_url().map_err(Error::internal)?,
        recovery_codes: recovery_codes(&secret).map(|bits| base32::written(&bits)).collect::<Result<_>>()?,
    })
}

/// From now on one's password alone signs nobody in.
pub async fn turn_on_totp(ctx: &mut Ctx, input: TurnOnTotp) -> Result<Done> {
    let row = sign_in::oneself(ctx, &input.password, "password").await?;
    if row.totp.is_some() {
        return Err(Error::invalid("code", "existing"));
    }
    let secret = offered(&input.secret)?;
    let step = step_of(&secret, &input.code.0, ctx.now).ok_or_else(|| Error::invalid("code", "wrong"))?;
    let sealed = seal(input.password.0, row.id, secret).await?;
    // The password that was proved is still the one there is, or nobody could open the seal.
    let written = execute!(
        ctx.tx,
        "UPDATE staff SET totp = $2, totp_step = $3, totp_codes = $4 WHERE id = $1 AND password = $5",
        row.id,
        sealed,
        step,
        digests(&secret)?,
        row.password
    )?;
    if written == 0 {
        return Err(Error::Busy);
    }
    told(ctx, row.id, false, true);
    Ok(Done {})
}

/// The recovery codes there were open nothing any more; what the phone shows is as good as before.
pub async fn renew_recovery_codes(ctx: &mut Ctx, input: RenewRecoveryCodes) -> Result<Done> {
    let row = sign_in::oneself(ctx, &input.password, "password").await?;
    if row.totp.is_none() {
        return Err(Error::invalid("code", "turned_off"));
    }
    let secret = offered(&input.secret)?;
    let step = match judge(&row, &input.password, &input.code, ctx.now).await? {
        Tried::SignedIn { step, .. } => step.unwrap_or(row.totp_step),
        tried => {
            let used = matches!(tried, Tried::WrongCode { used: true });
            ctx.misproved = Some(tried);
            return Err(refused(used));
        }
    };
    // A code is taken once: elsewhere it may have been, since it was judged.
    let written = execute!(
        ctx.tx,
        "UPDATE staff SET totp_codes = $2, totp_step = $3
         WHERE id = $1 AND totp = $4 AND totp_codes = $5 AND totp_step = $6",
        row.id,
        digests(&secret)?,
        step,
        row.totp,
        row.totp_codes,
        row.totp_step
    )?;
    if written == 0 {
        return Err(Error::Busy);
    }
    ctx.about(row.id);
    Ok(Done {})
}

/// The password alone is enough again: turned off by oneself, with a code or a recovery code.
pub async fn turn_off_totp(ctx: &mut Ctx, input: TurnOffTotp) -> Result<Done> {
    let row = sign_in::oneself(ctx, &input.password, "password").await?;
    if row.totp.is_none() {
        return Ok(Done {});
    }
    let tried = judge(&row, &input.password, &input.code, ctx.now).await?;
    if let Tried::WrongCode { used } = tried {
        ctx.misproved = Some(tried);
        return Err(refused(used));
    }
    forget(ctx, row.id).await
}

/// Turns it off for somebody else, whose phone is lost.
pub async fn remove_totp(ctx: &mut Ctx, input: StaffById) -> Result<Done> {
    let person = people::changeable(ctx, input.id).await?;
    if person.two_steps { forget(ctx, input.id).await } else { Ok(Done {}) }
}

async fn forget(ctx: &mut Ctx, person: Uuid) -> Result<Done> {
    execute!(ctx.tx, "UPDATE staff SET totp = NULL, totp_step = 0, totp_codes = '[]' WHERE id = $1", person)?;
    told(ctx, person, true, false);
    Ok(Done {})
}

fn told(ctx: &mut Ctx, person: Uuid, before: bool, after: bool) {
    ctx.about(person);
    ctx.changed("staff", person, json!({ "two_steps": before }), json!({ "two_steps": after }));
}

/// Whether the code is one of theirs and was not taken before. The password is known to be right.
pub(super) async fn judge(row: &Row, password: &Secret, code: &Secret, now: Millis) -> Result<Tried> {
    let Some(sealed) = row.totp.clone() else { return Ok(Tried::signed_in()) };
    let typed: String = code.0.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if typed.len() != 6 {
        let left: Vec<String> = serde_json::from_str(&row.totp_codes)?;
        let known = base32::read(&typed)?.map(|bits| digest(&bits)).filter(|digest| left.contains(digest));
        let wrong = Tried::WrongCode { used: false };
        return Ok(known.map_or(wrong, |digest| Tried::SignedIn { step: None, recovery: Some(digest) }));
    }
    let secret = open(password.0.clone(), row.id, sealed).await?;
    Ok(match step_of(&secret, &typed, now) {
        Some(step) if step > row.totp_step => Tried::SignedIn { step: Some(step), recovery: None },
        step => Tried::WrongCode { used: step.is_some() },
    })
}

pub(super) fn refused(used: bool) -> Error {
    if used { Error::CodeUsed } else { Error::WrongCode }
}

/// The password there was gives way to a new one: so does the seal.
pub(super) async fn reseal(row: &Row, before: &Secret, after: &Secret) -> Result<Option<String>> {
    let Some(sealed) = row.totp.clone() else { return Ok(None) };
    let secret = open(before.0.clone(), row.id, sealed).await?;
    Ok(Some(seal(after.0.clone(), row.id, secret).await?))
}

/// The steps and the form that every authenticator knows: SHA-1, six digits, half a minute, and one step to
/// either side for clocks that differ.
fn builder(secret: &[u8; SECRET]) -> Builder {
    Builder::new().with_secret(*secret)
}

/// The time step that this is the code of, now or a step away.
fn step_of(secret: &[u8; SECRET], code: &str, now: Millis) -> Option<i64> {
    let totp: Totp = builder(secret).build_noncompliant();
    let step = totp.check(code.trim(), u64::try_from(now.0 / 1000).ok()?)?;
    i64::try_from(step).ok()
}

/// Ten, of 80 bits each: no list of them all can be made, so a plain digest of one is a safe thing to keep.
fn recovery_codes(secret: &[u8; SECRET]) -> impl Iterator<Item = [u8; 10]> {
    (0..RECOVERY_CODES).filter_map(move |n| {
        let digest = Sha256::new().chain_update(b"recovery code").chain_update(secret).chain_update([n]).finalize();
        digest.first_chunk().copied()
    })
}

/// What is kept of them.
fn digests(secret: &[u8; SECRET]) -> Result<String> {
    Ok(serde_json::to_string(&recovery_codes(secret).map(|bits| digest(&bits)).collect::<Vec<String>>())?)
}

/// The secret of a [`TotpOffer`].
fn offered(secret: &Secret) -> Result<[u8; SECRET]> {
    let secret = totp_rs::Secret::try_from_base32(&secret.0).ok();
    let secret = secret.and_then(|secret| <[u8; SECRET]>::try_from(secret.as_bytes()).ok());
    secret.ok_or_else(|| Error::invalid("secret", "malformed"))
}

fn digest(code: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(code))
}

/// Salt, nonce and the sealed secret. The seal holds for this person only: it cannot be moved to another row.
async fn seal(password: String, person: Uuid, secret: [u8; SECRET]) -> Result<String> {
    off_thread(move || {
        let (salt, nonce): ([u8; SALT], [u8; NONCE]) = (random()?, random()?);
        let payload = Payload { msg: &secret, aad: person.as_bytes() };
        let sealed = cipher(&password, &salt)?.encrypt(Nonce::from_slice(&nonce), payload).map_err(Error::internal)?;
        Ok(format!("{SCHEME}{}", STANDARD_NO_PAD.encode([&salt[..], &nonce, &sealed].concat())))
    })
    .await
}

async fn open(password: String, person: Uuid, sealed: String) -> Result<[u8; SECRET]> {
    off_thread(move || {
        let broken = || Error::internal("the secret of a second step cannot be opened");
        let bytes = sealed.strip_prefix(SCHEME).and_then(|text| STANDARD_NO_PAD.decode(text).ok());
        let bytes = bytes.filter(|bytes| bytes.len() > SALT + NONCE).ok_or_else(broken)?;
        let (salt, rest) = bytes.split_at(SALT);
        let (nonce, sealed) = rest.split_at(NONCE);
        let payload = Payload { msg: sealed, aad: person.as_bytes() };
        let secret = cipher(&password, salt)?.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| broken())?;
        <[u8; SECRET]>::try_from(secret).map_err(|_| broken())
    })
    .await
}

/// By a salt of its own, so that the hash of the password, which lies beside it, is no help.
fn cipher(password: &str, salt: &[u8]) -> Result<ChaCha20Poly1305> {
    let mut key = [0; 32];
    let params = Params::new(19 * 1024, 2, 1, Some(key.len())).map_err(Error::internal)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut key)
        .map_err(Error::internal)?;
    Ok(ChaCha20Poly1305::new(Key::from_slice(&key)))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000_i64, "353130")]
        {
            let now = |ms: i64| Millis(seconds * 1000 + ms);
            assert_eq!(step_of(secret, code, now(0)), Some(seconds / 30), "{seconds}");
            assert_eq!(step_of(secret, code, now(30_000)), Some(seconds / 30), "a step later");
            assert_eq!(step_of(secret, code, now(-30_000)), Some(seconds / 30), "a step before");
            assert_eq!(step_of(secret, code, now(90_000)), None, "three steps later");
        }
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let codes: Vec<_> = recovery_codes(b"12345678901234567890").collect();
        let written = base32::written(&codes[3]).unwrap();
        assert_eq!((codes.len(), written.len()), (10, 19));
        let typed = [written.clone(), written.replace('-', " ").to_lowercase(), written.replace('0', "O")];
        assert!(typed.iter().all(|text| base32::read(text).unwrap().as_deref() == Some(&codes[3][..])), "{typed:?}");
        let digests: std::collections::BTreeSet<String> = codes.iter().map(|code| digest(code)).collect();
        assert_eq!(digests.len(), 10);
    }

    #[tokio::test]
    async fn only_the_own_password_of_the_same_person_opens_the_seal() {
        let (person, secret) = (Uuid::now_v7(), *b"12345678901234567890");
        let sealed = seal("correct horse".into(), person, secret).await.unwrap();
        assert!(!sealed.contains("123456"));
        assert_eq!(open("correct horse".into(), person, sealed.clone()).await, Ok(secret));
        for (password, person, sealed) in [
            ("wrong horse", person, sealed.clone()),
            ("correct horse", Uuid::now_v7(), sealed.clone()),
            ("correct horse", person, sealed[..sealed.len() - 4].to_owned()),
            ("correct horse", person, String::new()),
            ("correct horse", person, format!("{SCHEME}AAAA")),
        ] {
            let opened = open(password.into(), person, sealed).await;
            assert!(matches!(opened, Err(Error::Internal { .. })), "{opened:?}");
        }
    }
}
