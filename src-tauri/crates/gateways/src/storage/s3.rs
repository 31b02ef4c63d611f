//! S3-compatible storage. Requests are signed by `rusty-s3`; the secret itself is never sent.

use std::{io, path::Path, time::Duration};

use reqwest::{Method, Response, header};
use rusty_s3::{
    Credentials, S3Action, UrlStyle,
    actions::{CreateMultipartUpload, ListObjectsV2},
};
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::{
    Content, Fault, Place, Stored,
    client::{Client, Kind, drain, sent, sent_soon, text},
};

/// How much is sent at once, and held in memory; what is smaller goes in one piece.
const PART: u64 = 16 << 20;
/// A file has at most so many parts.
const PARTS: u64 = 10_000;
/// How often a part is tried before the copy is given up for this time.
const TRIES: u32 = 3;
/// How long a signature is good for: the slowest part must begin within it.
const VALID: Duration = Duration::from_secs(3_600);

pub struct Bucket {
    client: Client,
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    prefix: String,
}

/// `None` when no address can be made of it.
pub fn bucket(place: &Place) -> Option<rusty_s3::Bucket> {
    let Place::S3 { endpoint, region, bucket, path_style, .. } = place else { return None };
    let style = if *path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
    rusty_s3::Bucket::new(Url::parse(endpoint).ok()?, style, bucket.clone(), region.clone()).ok()
}

impl Bucket {
    pub fn open(client: Client, place: &Place, secret: &str) -> Result<Self, Fault> {
        let Place::S3 { access_key, prefix, .. } = place else {
            return Err(Fault::new(Kind::Unexpected, "not a bucket"));
        };
        let bucket = bucket(place).ok_or_else(|| Fault::new(Kind::NoBucket, "not an address"))?;
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { client, bucket, credentials: Credentials::new(access_key.clone(), secret), prefix })
    }

    /// The bucket shows a file when all of it is there, be it in one piece or in parts.
    pub async fn put(&self, name: &str, file: &Path, content: &Content) -> Result<(), Fault> {
        let key = self.key(name);
        if content.bytes <= PART {
            let bytes = tokio::fs::read(file).await.map_err(|error| Fault::local(file, &error))?;
            self.send(self.bucket.put_object(Some(&self.credentials), &key).sign(VALID), bytes).await?;
        } else {
            self.put_in_parts(&key, file, content.bytes).await?;
        }
        match self.read_back(name).await {
            Ok(found) if found == *content => Ok(()),
            Ok(_) => {
                self.delete(name).await?;
                Err(Fault::new(Kind::Altered, "read back"))
            }
            Err(fault) => {
                // Not known to be good, so it does not count; an hour later there is another.
                let _ = self.delete(name).await;
                Err(fault)
            }
        }
    }

    async fn put_in_parts(&self, key: &str, file: &Path, bytes: u64) -> Result<(), Fault> {
        let create = self.bucket.create_multipart_upload(Some(&self.credentials), key);
        let answer = sent(self.client.request(Method::POST, create.sign(VALID), 0), Kind::NoBucket).await?;
        let created = CreateMultipartUpload::parse_response(&text(answer).await?);
        let created = created.map_err(|_| Fault::new(Kind::Unexpected, "no upload id"))?;
        let id = created.upload_id();
        let outcome = async {
            let etags = self.send_parts(key, file, bytes, id).await?;
            let etags = etags.iter().map(String::as_str);
            let complete = self.bucket.complete_multipart_upload(Some(&self.credentials), key, id, etags);
            let url = complete.sign(VALID);
            let answer = self.client.request(Method::POST, url, bytes).body(complete.body());
            let told = text(sent(answer, Kind::Missing).await?).await?;
            // The one request that may fail with a good status.
            if told.contains("<Error>") {
                return Err(Fault::new(Kind::Busy, "not completed"));
            }
            Ok(())
        }
        .await;
        if outcome.is_err() {
            let abort = self.bucket.abort_multipart_upload(Some(&self.credentials), key, id);
            // What cannot be told to the store now, it forgets by its own rules.
            let _ = sent(self.client.request(Method::DELETE, abort.sign(VALID), 0), Kind::Missing).await;
        }
        outcome
    }

    async fn send_parts(&self, key: &str, file: &Path, bytes: u64, id: &str) -> Result<Vec<String>, Fault> {
        let local = |error: io::Error| Fault::local(file, &error);
        let mut open = tokio::fs::File::open(file).await.map_err(local)?;
        let size = PART.max(bytes.div_ceil(PARTS));
        let mut etags = Vec::new();
        for number in 1..=u16::MAX {
            let mut part = Vec::new();
            (&mut open).take(size).read_to_end(&mut part).await.map_err(local)?;
            if part.is_empty() {
                break;
            }
            let mut tries = 1;
            let answer = loop {
                let url = self.bucket.upload_part(Some(&self.credentials), key, number, id).sign(VALID);
                match self.send(url, part.clone()).await {
                    Err(fault) if fault.passing() && tries < TRIES => {
                        tokio::time::sleep(Duration::from_secs(u64::from(tries))).await;
                        tries += 1;
                    }
                    outcome => break outcome?,
                }
            };
            let etag = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
            etags.push(etag.ok_or_else(|| Fault::new(Kind::Unexpected, "no ETag"))?.to_owned());
        }
        Ok(etags)
    }

    async fn send(&self, url: Url, bytes: Vec<u8>) -> Result<Response, Fault> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        sent(self.client.request(Method::PUT, url, length).body(bytes), Kind::NoBucket).await
    }

    pub async fn read(&self, name: &str) -> Result<Response, Fault> {
        let key = self.key(name);
        let url = self.bucket.get_object(Some(&self.credentials), &key).sign(VALID);
        sent_soon(self.client.fetch(url), Kind::Missing).await
    }

    async fn read_back(&self, name: &str) -> Result<Content, Fault> {
        drain(self.read(name).await?, None).await
    }

    pub async fn list(&self) -> Result<Vec<Stored>, Fault> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut list = self.bucket.list_objects_v2(Some(&self.credentials));
            list.with_prefix(self.prefix.as_str());
            list.with_delimiter("/");
            if let Some(token) = &next {
                list.with_continuation_token(token.clone());
            }
            let answer = sent(self.client.request(Method::GET, list.sign(VALID), 0), Kind::NoBucket).await?;
            let page = ListObjectsV2::parse_response(&text(answer).await?);
            let page = page.map_err(|_| Fault::new(Kind::Unexpected, "no list"))?;
            found.extend(page.contents.into_iter().filter_map(|object| {
                let name = object.key.strip_prefix(&self.prefix)?.to_owned();
                Some(Stored { name, bytes: object.size.unwrap_or(0) })
            }));
            match page.next_continuation_token {
                Some(token) if next.as_ref() != Some(&token) => next = Some(token),
                _ => return Ok(found),
            }
        }
    }

    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        let key = self.key(name);
        let url = self.bucket.delete_object(Some(&self.credentials), &key).sign(VALID);
        sent(self.client.request(Method::DELETE, url, 0), Kind::Missing).await.map(drop)
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}
