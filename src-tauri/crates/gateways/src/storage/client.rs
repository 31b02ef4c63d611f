//! How both protocols speak HTTP, and what went wrong in words that mean the same for both.

use std::{
    error::Error as _,
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use futures_util::StreamExt as _;
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode, header, redirect};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::ReaderStream;
use url::Url;

use super::{Content, LocalFault, hex};

/// A line that carries less than this a second is as good as cut.
const SLOWEST: u64 = 16 * 1024;
/// Within this an answer begins, and goes on. It is no time for the whole: a copy may take hours.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most of an answer that is read into memory.
const LONGEST: usize = 16 << 20;
/// S3 itself takes no signature that is older.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Why something did not come about. The kinds are those that a person does something different for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody answers, or the line was cut.
    Unreachable,
    /// The certificate is not one that this machine trusts.
    Certificate,
    /// User, key, password or secret are not right.
    WrongSecret,
    Forbidden,
    NoBucket,
    NoFolder,
    /// The file is not there.
    Missing,
    Full,
    /// The clocks here and there differ by too much.
    Clock,
    /// It is somewhere else: another region, or another address.
    Moved,
    Busy,
    /// What was read back is not what was sent.
    Altered,
    /// What answers there does not speak the protocol.
    Unexpected,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Certificate => "certificate",
            Self::WrongSecret => "wrong_secret",
            Self::Forbidden => "forbidden",
            Self::NoBucket => "no_bucket",
            Self::NoFolder => "no_folder",
            Self::Missing => "missing",
            Self::Full => "full",
            Self::Clock => "clock",
            Self::Moved => "moved",
            Self::Busy => "busy",
            Self::Altered => "altered",
            Self::Unexpected => "unexpected",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// `detail` is for who looks after the store: the status, and what the store calls it. Neither it nor any
    /// other word of a fault holds an address, which may bear a signature.
    #[error("{}: {detail}", .kind.as_str())]
    Refused { kind: Kind, detail: String },
    #[error("{}: {}", .0.file.display(), .0.error)]
    Local(LocalFault),
}

impl Fault {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self::Refused { kind, detail: detail.into() }
    }

    pub fn local(file: &Path, error: &io::Error) -> Self {
        Self::Local(LocalFault { file: file.to_owned(), error: error.kind() })
    }

    /// Whether the same may come about if it is tried again at once.
    pub fn passing(&self) -> bool {
        matches!(self, Self::Refused { kind: Kind::Unreachable | Kind::Busy, .. })
    }
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let (mut words, mut cause) = (error.to_string(), error.source());
        while let Some(deeper) = cause {
            words = deeper.to_string();
            cause = deeper.source();
        }
        let certificate = words.contains("certificate") || words.contains("UnknownIssuer");
        let kind = if certificate { Kind::Certificate } else { Kind::Unreachable };
        Self::new(kind, words.chars().take(200).collect::<String>())
    }
}

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
}

impl Client {
    pub fn new(location: &str) -> Result<Self, Fault> {
        // The first that asks for it; whoever came before has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(15))
            .tcp_keepalive(Duration::from_secs(20))
            // A secret goes to the address that was typed, and to no other.
            .redirect(redirect::Policy::none())
            .user_agent("Shopkeeper");
        // The machine itself needs no proxy.
        let here = ["//127.", "//localhost", "//[::1]"].iter().any(|host| location.contains(host));
        let builder = if here { builder.no_proxy() } else { builder };
        Ok(Self { http: builder.build()? })
    }

    pub fn request(&self, method: Method, url: Url, body_bytes: u64) -> RequestBuilder {
        self.http.request(method, url).timeout(PATIENCE + Duration::from_secs(body_bytes / SLOWEST))
    }

    /// A request whose answer may be long: no end is set to it but that it goes on, see [`drain`].
    pub fn fetch(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }
}

/// A file as the body of a request.
pub async fn file_body(request: RequestBuilder, file: &Path, bytes: u64) -> Result<RequestBuilder, Fault> {
    let open = tokio::fs::File::open(file).await.map_err(|error| Fault::local(file, &error))?;
    let body = Body::wrap_stream(ReaderStream::with_capacity(open, 1 << 16));
    Ok(request.header(header::CONTENT_LENGTH, bytes).body(body))
}

/// The same for a request that sets no end itself: the answer begins in time.
pub async fn sent_soon(request: RequestBuilder, missing: Kind) -> Result<Response, Fault> {
    in_time(sent(request, missing)).await?
}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, Fault> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| Fault::new(Kind::Unreachable, "no answer"))
}

/// The answer if it is a good one; `missing` is what it means that something is not there.
pub async fn sent(request: RequestBuilder, missing: Kind) -> Result<Response, Fault> {
    let answer = request.send().await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let told = answer.headers().get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let text = text(answer).await.unwrap_or_default();
    let code = element(&text, "Code");
    let detail = if code.is_empty() { status.as_u16().to_string() } else { format!("{} {code}", status.as_u16()) };
    Err(Fault::new(meaning(status, &code, told, missing), detail))
}

fn meaning(status: StatusCode, code: &str, told: Option<SystemTime>, missing: Kind) -> Kind {
    let skewed = told.is_some_and(|there| {
        let here = SystemTime::now();
        here.duration_since(there).or_else(|_| there.duration_since(here)).is_ok_and(|apart| apart > SKEW)
    });
    match (status.as_u16(), code) {
        (_, "RequestTimeTooSkewed" | "RequestExpired") => Kind::Clock,
        (400 | 401 | 403, _) if skewed => Kind::Clock,
        (_, "NoSuchBucket" | "InvalidBucketName") => Kind::NoBucket,
        (_, "NoSuchKey") => Kind::Missing,
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "AuthFailure" | "NotSignedUp") => Kind::WrongSecret,
        (_, "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed")
        | (_, "AuthorizationQueryParametersError" | "IllegalLocationConstraintException") => Kind::Moved,
        (_, "QuotaExceeded" | "StorageFull" | "XMinioStorageFull" | "EntityTooLarge") => Kind::Full,
        (401 | 407, _) => Kind::WrongSecret,
        (403 | 423, _) => Kind::Forbidden,
        (404 | 409 | 410, _) => missing,
        (413 | 507, _) => Kind::Full,
        (300..=399, _) => Kind::Moved,
        (408 | 429, _) => Kind::Busy,
        (500..=599, _) => Kind::Busy,
        _ => Kind::Unexpected,
    }
}

/// A short answer as text.
pub async fn text(answer: Response) -> Result<String, Fault> {
    let (mut bytes, mut parts) = (Vec::new(), answer.bytes_stream());
    while let Some(part) = parts.next().await {
        bytes.extend_from_slice(&part?);
        if bytes.len() > LONGEST {
            return Err(Fault::new(Kind::Unexpected, "the answer has no end"));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads an answer to its end, into a file if one is given.
pub async fn drain(answer: Response, mut into: Option<(&mut tokio::fs::File, &Path)>) -> Result<Content, Fault> {
    let (mut sum, mut bytes, announced) = (Sha256::new(), 0_u64, answer.content_length());
    let mut parts = answer.bytes_stream();
    while let Some(part) = in_time(parts.next()).await? {
        let part = part?;
        sum.update(&part);
        bytes += u64::try_from(part.len()).unwrap_or(0);
        if let Some((file, path)) = &mut into {
            file.write_all(&part).await.map_err(|error| Fault::local(path, &error))?;
        }
    }
    if announced.is_some_and(|announced| announced != bytes) {
        return Err(Fault::new(Kind::Unreachable, "cut off"));
    }
    if let Some((file, path)) = into {
        file.flush().await.map_err(|error| Fault::local(path, &error))?;
    }
    Ok(Content { bytes, sha256: hex(&sum.finalize()) })
}

/// The word in the first element of this name; only what a code is made of.
fn element(xml: &str, name: &str) -> String {
    let inside = xml.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
    inside.chars().take_while(char::is_ascii_alphanumeric).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_is_told_from_a_wrong_secret() {
        let now = SystemTime::now();
        let of = |told| meaning(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", told, Kind::Missing);
        assert_eq!(of(Some(now)), Kind::WrongSecret);
        assert_eq!(of(Some(now - Duration::from_secs(3_600))), Kind::Clock);
        assert_eq!(of(Some(now + Duration::from_secs(3_600))), Kind::Clock);
        assert_eq!(of(None), Kind::WrongSecret);
        assert_eq!(meaning(StatusCode::FORBIDDEN, "RequestTimeTooSkewed", None, Kind::Missing), Kind::Clock);
    }

    #[test]
    fn what_a_store_calls_it_is_read_as_a_word() {
        assert_eq!(element("<Error><Code>NoSuchBucket</Code></Error>", "Code"), "NoSuchBucket");
        assert_eq!(element("<Code>x<script>", "Code"), "x");
        assert_eq!(element("<html>", "Code"), "");
    }
}
