//! Copies in a place that is reached over the network: sent, looked for, fetched, each time checked.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use domain::units::Count;
use gateways::storage::{Content, Fault, Place, Storage};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    access::Secret,
    app::Done,
    commands::Answer,
    ctx::Ctx,
    error::{Error, Result},
};

const PREFIX: &str = "shopkeeper-";
const ENDING: &str = ".backup";
/// How much of the SHA-256 of a copy stands in its name, so that it can be checked where nothing else is
/// known of it: on a new machine.
const MARK: usize = 16;
/// What was left by a program that was killed goes after so long.
const STALE: Duration = Duration::from_secs(24 * 3_600);

/// A copy in such a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RemoteCopy {
    pub name: String,
    pub bytes: Count,
    /// When it was made, by the clock of the shop: `2026-11-23 10:30:00`.
    pub made: String,
}

/// A place as somebody typed it, and the secret for it; `None` is the one that is kept.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TestBackupPlace {
    pub place: Place,
    #[serde(default)]
    pub secret: Option<Secret>,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused { kind, detail } => Self::Storage { kind: kind.as_str().into(), detail },
            Fault::Local(local) => super::file_error(&local.file, &io::Error::from(local.error)),
        }
    }
}

/// The place as it is kept, or what is wrong with it.
pub(super) fn checked(place: &Place) -> Result<Place> {
    place.checked().map_err(|wrong| Error::invalid(wrong.field, wrong.rule))
}

pub(super) fn no_secret() -> Error {
    Error::Storage { kind: "no_secret".into(), detail: String::new() }
}

/// Writes, reads and removes a few bytes there: what is wrong is told before a backup depends on it.
pub async fn test_place(ctx: &mut Ctx, input: TestBackupPlace) -> Result<Done> {
    let place = checked(&input.place)?;
    let secret = match input.secret {
        Some(secret) => secret,
        None => ctx.vault.secret(&place, false).await?.ok_or_else(no_secret)?,
    };
    let scratch = Scratch::new(&ctx.vault.folder())?;
    let storage = Storage::open(&place, secret.expose())?;
    storage.probe(&format!("{PREFIX}test-{}", Uuid::new_v4().simple()), &scratch.file("test")).await?;
    Ok(Done {})
}

/// The copies in a place, newest first: for a machine that has no shop yet.
pub fn copies_in(place: &Place, secret: &Secret) -> Answer<Vec<RemoteCopy>> {
    let (place, secret) = (place.clone(), secret.clone());
    Box::pin(async move {
        let storage = Storage::open(&checked(&place)?, secret.expose())?;
        let mut found: Vec<RemoteCopy> = storage
            .list()
            .await?
            .into_iter()
            .filter_map(|file| {
                let made = made_at(&file.name)?;
                let bytes = Count(i64::try_from(file.bytes).unwrap_or(i64::MAX));
                Some(RemoteCopy { name: file.name, bytes, made })
            })
            .collect();
        found.sort_by(|a, b| b.made.cmp(&a.made).then_with(|| b.name.cmp(&a.name)));
        Ok(found)
    })
}

/// A copy that was fetched. The file goes with the value.
pub struct Fetched {
    pub file: PathBuf,
    _scratch: Scratch,
}

/// Fetches a copy into a private folder within `folder`, and checks it by its name.
pub fn fetch_copy(place: &Place, secret: &Secret, name: &str, folder: &Path) -> Answer<Fetched> {
    let (place, secret, name, folder) = (place.clone(), secret.clone(), name.to_owned(), folder.to_owned());
    Box::pin(async move {
        if made_at(&name).is_none() {
            return Err(Error::invalid("name", "unknown"));
        }
        fetch(&checked(&place)?, &secret, &name, |found| mark_in(&name) == found.sha256.get(..MARK), &folder).await
    })
}

pub(super) async fn fetch(
    place: &Place,
    secret: &Secret,
    name: &str,
    is_it: impl Fn(&Content) -> bool,
    folder: &Path,
) -> Result<Fetched> {
    let scratch = Scratch::new(folder)?;
    let file = scratch.file("fetched.backup");
    let found = Storage::open(place, secret.expose())?.get(name, &file).await?;
    if !is_it(&found) {
        return Err(Error::Storage { kind: "altered".into(), detail: name.to_owned() });
    }
    Ok(Fetched { file, _scratch: scratch })
}

/// No two copies have the same name, whichever desk makes them in the same minute.
pub(super) fn name_of(moment: &str, id: Uuid, content: &Content) -> String {
    let id = id.simple().to_string();
    let own = id.get(24..).unwrap_or_default();
    let mark = content.sha256.get(..MARK).unwrap_or_default();
    format!("{PREFIX}{moment}-{own}-{mark}{ENDING}")
}

/// When the copy of this name was made; `None` for what is no copy of ours.
fn made_at(name: &str) -> Option<String> {
    let inner = name.strip_prefix(PREFIX)?.strip_suffix(ENDING)?;
    let mut parts = inner.split('-');
    let digits = |part: Option<&str>, length: usize| {
        part.filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit())).map(str::to_owned)
    };
    let (year, month, day) = (digits(parts.next(), 4)?, digits(parts.next(), 2)?, digits(parts.next(), 2)?);
    let time = digits(parts.next(), 6)?;
    digits(parts.next(), 8)?;
    digits(parts.next(), MARK)?;
    parts.next().is_none().then(|| format!("{year}-{month}-{day} {}:{}:{}", &time[..2], &time[2..4], &time[4..]))
}

fn mark_in(name: &str) -> Option<&str> {
    name.strip_suffix(ENDING)?.rsplit('-').next()
}

/// A folder that only this person may look into, gone with the value.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    const NAME: &str = "backup-at-work-";

    pub fn new(beside: &Path) -> Result<Self> {
        let folder = beside.join(format!("{}{}", Self::NAME, Uuid::new_v4().simple()));
        let mut maker = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        maker.create(&folder).map_err(|error| super::file_error(&folder, &error))?;
        Ok(Self(folder))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Removes what programs left behind that were killed.
    pub fn sweep(beside: &Path) {
        for entry in fs::read_dir(beside).into_iter().flatten().flatten() {
            let ours = entry.file_name().to_string_lossy().starts_with(Self::NAME);
            let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(age);
            if ours && age.is_some_and(|age| age > STALE) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a temporary copy could not be removed");
        }
    }
}

/// How long ago by the clock of the machine, which is the one that its files are dated by.
fn age(modified: SystemTime) -> Option<Duration> {
    modified.elapsed().ok()
}

/// A place as a command line names it, and the copy in it if one is named:
/// `s3://KEY@host/bucket/folder/name.backup?region=…`, `https://user@host/folder/name.backup`. The secret
/// is no part of it.
pub fn parse_place(text: &str) -> Result<(Place, Option<String>)> {
    let wrong = || Error::invalid("place", "malformed");
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = host.rsplit_once('@').unwrap_or(("", host));
    if user.contains(':') {
        return Err(Error::invalid("place", "with_password"));
    }
    let (folder, name) = match path.rsplit_once('/').unwrap_or(("", path)) {
        (folder, name) if name.ends_with(ENDING) => (folder, Some(name.to_owned())),
        _ => (path, None),
    };
    let web = scheme.strip_prefix("s3+").unwrap_or(if scheme == "s3" { "https" } else { scheme });
    let place = if scheme.starts_with("s3") {
        let (bucket, prefix) = folder.split_once('/').unwrap_or((folder, ""));
        let (mut region, mut path_style) = ("us-east-1", true);
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("region", value)) => region = value,
                Some(("style", "path")) => path_style = true,
                Some(("style", "host")) => path_style = false,
                _ => return Err(wrong()),
            }
        }
        Place::S3 {
            endpoint: format!("{web}://{host}"),
            region: region.into(),
            bucket: bucket.into(),
            prefix: prefix.into(),
            access_key: user.into(),
            path_style,
        }
    } else {
        Place::Webdav { url: format!("{web}://{host}/{folder}"), user: user.into() }
    };
    Ok((checked(&place)?, name))
}

/// Whether a command line means such a place, rather than a file.
pub fn is_place(text: &str) -> bool {
    ["s3://", "s3+http://", "s3+https://", "https://", "http://"].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_when_and_what() {
        let content = Content { bytes: 3, sha256: "0123456789abcdef".repeat(4) };
        let id = Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0);
        let name = name_of("2026-11-23-103000", id, &content);
        assert_eq!(name, "shopkeeper-2026-11-23-103000-9abcdef0-0123456789abcdef.backup");
        assert_eq!(made_at(&name).as_deref(), Some("2026-11-23 10:30:00"));
        assert_eq!(mark_in(&name), Some("0123456789abcdef"));
        for other in ["shopkeeper-2026-11-23-103000.backup", "holiday.jpg", "shopkeeper-test-1", "../x.backup"] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }

    #[test]
    fn a_place_is_named_on_a_command_line() {
        let (place, name) = parse_place("s3://AK@s3.example.com/shop/a/b/x.backup?region=eu-1&style=host").unwrap();
        let expected = Place::S3 {
            endpoint: "https://s3.example.com".into(),
            region: "eu-1".into(),
            bucket: "shop".into(),
            prefix: "a/b".into(),
            access_key: "AK".into(),
            path_style: false,
        };
        assert_eq!((place, name.as_deref()), (expected, Some("x.backup")));
        let (place, name) = parse_place("https://shop@dav.example.com/copies/").unwrap();
        assert_eq!(place, Place::Webdav { url: "https://dav.example.com/copies".into(), user: "shop".into() });
        assert_eq!(name, None);
        for wrong in
            ["https://shop:geheim@dav.example.com/", "s3://AK@s3.example.com/b?secret=x", "http://far.example.com/"]
        {
            assert!(parse_place(wrong).is_err(), "{wrong}");
        }
    }
}
