//! Files in a place somewhere else: an S3-compatible bucket, or a WebDAV folder.
//!
//! A file appears under its name only when it is whole, and is read back before it counts: the one proof
//! that every store gives, whatever it says of checksums. Memory holds a part of a file, never all of it,
//! which is what the common libraries for such stores do on WebDAV.

mod client;
mod s3;
mod webdav;

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use specta::Type;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::{Host, Url};

pub use client::Fault;
use client::{Client, Kind};

/// A place for files, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    S3 {
        endpoint: String,
        region: String,
        bucket: String,
        /// A folder in the bucket; may be empty.
        prefix: String,
        access_key: String,
        /// The bucket stands in the path of the address, not in front of its host.
        path_style: bool,
    },
    Webdav {
        /// Of the folder, which is there.
        url: String,
        user: String,
    },
}

/// What is wrong with a place as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    pub rule: &'static str,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub bytes: u64,
}

/// A file as it was read: its size, and the SHA-256 of what was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub bytes: u64,
    pub sha256: String,
}

impl Place {
    /// The same place as it is kept: without blanks and slashes that mean nothing. A secret must not cross a
    /// network in the clear, nor stand in an address that is shown.
    pub fn checked(&self) -> Result<Self, Wrong> {
        let required = |field, text: &str| match text.trim() {
            "" => Err(Wrong { field, rule: "required" }),
            text if text.len() > 1000 => Err(Wrong { field, rule: "too_long" }),
            text => Ok(text.to_owned()),
        };
        match self {
            Self::S3 { endpoint, region, bucket, prefix, access_key, path_style } => {
                let endpoint = address("endpoint", &required("endpoint", endpoint)?)?;
                let prefix = prefix.trim().trim_matches('/').to_owned();
                if prefix.len() > 500 || prefix.split('/').any(|part| part == "." || part == "..") {
                    return Err(Wrong { field: "prefix", rule: "malformed" });
                }
                let place = Self::S3 {
                    endpoint: endpoint.as_str().trim_end_matches('/').to_owned(),
                    region: required("region", region)?,
                    bucket: required("bucket", bucket)?,
                    prefix,
                    access_key: required("access_key", access_key)?,
                    path_style: *path_style,
                };
                s3::bucket(&place).ok_or(Wrong { field: "bucket", rule: "malformed" })?;
                Ok(place)
            }
            Self::Webdav { url, user } => {
                let url = address("url", &required("url", url)?)?;
                let user = user.trim();
                // HTTP's own way to say who asks parts user and password by a colon.
                if user.contains(':') || user.len() > 1000 {
                    return Err(Wrong { field: "user", rule: "malformed" });
                }
                Ok(Self::Webdav { url: url.as_str().trim_end_matches('/').to_owned(), user: user.to_owned() })
            }
        }
    }

    /// Where it is, as people read it; two ways to the same place have the same.
    pub fn location(&self) -> String {
        match self {
            Self::S3 { endpoint, bucket, prefix, .. } => {
                let host = endpoint.split_once("://").map_or(endpoint.as_str(), |(_, host)| host);
                let folder = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
                format!("s3://{host}/{bucket}{folder}")
            }
            Self::Webdav { url, .. } => url.clone(),
        }
    }

    /// Under which name a keyring holds the secret.
    pub fn secret_name(&self) -> String {
        match self {
            Self::S3 { access_key, .. } => format!("backup {access_key}@{}", self.location()),
            Self::Webdav { user, .. } => format!("backup {user}@{}", self.location()),
        }
    }
}

fn address(field: &'static str, text: &str) -> Result<Url, Wrong> {
    let wrong = |rule| Wrong { field, rule };
    let url = Url::parse(text).map_err(|_| wrong("malformed"))?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong("malformed")),
    };
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        "http" => return Err(wrong("not_https")),
        _ => return Err(wrong("malformed")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("with_password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("malformed"));
    }
    Ok(url)
}

/// An open door to a place.
pub struct Storage {
    store: Store,
}

enum Store {
    S3(s3::Bucket),
    Webdav(webdav::Folder),
}

impl Storage {
    pub fn open(place: &Place, secret: &str) -> Result<Self, Fault> {
        let client = Client::new(&place.location())?;
        let store = match place {
            Place::S3 { .. } => Store::S3(s3::Bucket::open(client, place, secret)?),
            Place::Webdav { url, user } => Store::Webdav(webdav::Folder::open(client, url, user, secret)?),
        };
        Ok(Self { store })
    }

    /// Brings a file there. It appears under its name when all of it is there; what cannot be read back as
    /// it was sent is removed again.
    pub async fn put(&self, name: &str, file: &Path, content: &Content) -> Result<(), Fault> {
        match &self.store {
            Store::S3(bucket) => bucket.put(name, file, content).await,
            Store::Webdav(folder) => folder.put(name, file, content).await,
        }
    }

    /// Fetches a file into a new one here.
    pub async fn get(&self, name: &str, into: &Path) -> Result<Content, Fault> {
        let answer = match &self.store {
            Store::S3(bucket) => bucket.read(name).await?,
            Store::Webdav(folder) => folder.read(name).await?,
        };
        let file = tokio::fs::File::options().write(true).create_new(true).open(into).await;
        let mut file = file.map_err(|error| Fault::local(into, &error))?;
        let content = client::drain(answer, Some((&mut file, into))).await?;
        file.sync_all().await.map_err(|error| Fault::local(into, &error))?;
        Ok(content)
    }

    /// The files there, in no order.
    pub async fn list(&self) -> Result<Vec<Stored>, Fault> {
        match &self.store {
            Store::S3(bucket) => bucket.list().await,
            Store::Webdav(folder) => folder.list().await,
        }
    }

    /// Removes a file; that it is not there is fine.
    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        let outcome = match &self.store {
            Store::S3(bucket) => bucket.delete(name).await,
            Store::Webdav(folder) => folder.delete(name).await,
        };
        gone(outcome)
    }

    /// Removes what is left of a file that did not get there whole.
    pub async fn discard(&self, name: &str) -> Result<(), Fault> {
        if let Store::Webdav(folder) = &self.store {
            gone(folder.delete_part(name).await)?;
        }
        self.delete(name).await
    }

    /// Writes a few bytes, reads them back and removes them: all that a backup needs. `name` is of a file
    /// that is not there, `scratch` of one here that may be written.
    pub async fn probe(&self, name: &str, scratch: &Path) -> Result<(), Fault> {
        let local = |error: io::Error| Fault::local(scratch, &error);
        let mut file = tokio::fs::File::create(scratch).await.map_err(local)?;
        file.write_all(b"Shopkeeper tries whether backups can be kept here. This file may be removed.\n")
            .await
            .map_err(local)?;
        file.sync_all().await.map_err(local)?;
        drop(file);
        let outcome = async {
            self.list().await?;
            self.put(name, scratch, &content_of(scratch).await?).await?;
            self.delete(name).await
        }
        .await;
        // The folder that it stands in goes, too.
        let _ = tokio::fs::remove_file(scratch).await;
        outcome
    }
}

fn gone(outcome: Result<(), Fault>) -> Result<(), Fault> {
    match outcome {
        Err(Fault::Refused { kind: Kind::Missing, .. }) => Ok(()),
        outcome => outcome,
    }
}

/// Reads a file here.
pub async fn content_of(file: &Path) -> Result<Content, Fault> {
    let local = |error: io::Error| Fault::local(file, &error);
    let mut open = tokio::fs::File::open(file).await.map_err(local)?;
    let (mut sum, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0_u8; 1 << 16]);
    loop {
        let read = open.read(&mut buffer).await.map_err(local)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        sum.update(part);
        bytes += u64::try_from(read).unwrap_or(0);
    }
    Ok(Content { bytes, sha256: hex(&sum.finalize()) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file here that could not be used.
#[derive(Debug)]
pub struct LocalFault {
    pub file: PathBuf,
    pub error: io::ErrorKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webdav(url: &str) -> Place {
        Place::Webdav { url: url.into(), user: "shop".into() }
    }

    fn s3(endpoint: &str) -> Place {
        Place::S3 {
            endpoint: endpoint.into(),
            region: "eu-central-1".into(),
            bucket: "copies".into(),
            prefix: "/shops/one/".into(),
            access_key: "AK".into(),
            path_style: true,
        }
    }

    #[test]
    fn a_secret_crosses_no_network_in_the_clear() {
        for open in ["http://dav.example.com/shop", "http://192.168.1.4:5005", "http://127.0.0.1.example.com/"] {
            assert_eq!(webdav(open).checked(), Err(Wrong { field: "url", rule: "not_https" }), "{open}");
            assert_eq!(s3(open).checked(), Err(Wrong { field: "endpoint", rule: "not_https" }), "{open}");
        }
        for fine in ["https://dav.example.com/shop", "http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9"]
        {
            assert!(webdav(fine).checked().is_ok() && s3(fine).checked().is_ok(), "{fine}");
        }
    }

    #[test]
    fn an_address_holds_no_password() {
        let wrong = webdav("https://shop:geheim@dav.example.com/").checked();
        assert_eq!(wrong, Err(Wrong { field: "url", rule: "with_password" }));
        for odd in ["dav.example.com", "ftp://dav.example.com", "https://", "https://dav.example.com/?token=1"] {
            assert_eq!(webdav(odd).checked(), Err(Wrong { field: "url", rule: "malformed" }), "{odd}");
        }
    }

    #[test]
    fn the_same_place_has_one_name() {
        let typed = s3(" https://s3.example.com/ ").checked().expect("it is right");
        assert_eq!(typed.location(), "s3://s3.example.com/copies/shops/one");
        assert_eq!(typed.secret_name(), "backup AK@s3://s3.example.com/copies/shops/one");
        assert_eq!(
            webdav("https://dav.example.com/shop/").checked().expect("it is right").location(),
            "https://dav.example.com/shop"
        );
    }
}
