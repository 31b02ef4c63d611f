//! The HTTP door: the same commands for browsers, phones on the counter and other programs.
//!
//! - `POST /rpc/orders.place` with `Authorization: Bearer <token>` and
//!   `{"command_id": "<uuid>", "input": {…}}` answers `{"ok": …}` or `{"code": …, …}`.
//!   Sending a command again with the same id is answered as the first time.
//! - `GET /commands` lists every command: its permission, whether it can be undone.
//! - `GET /events?token=…` is a stream of what changed.
//!
//! - In a shop with people `POST /rpc/access.sign_in` with `{"input": {"login": …, "password": …}}` answers with a
//!   `session`, which every later call bears as `X-Session`; `access.sign_out` ends it, and so do twelve hours.
//!   Who has a second step is refused with `code_needed`, and gives its `code` besides. On this machine
//!   `access.lock` keeps the session for the next PIN: `access.switch` with `{"login": …, "pin": …}`. Elsewhere a
//!   PIN is worth nothing.
//!
//! The door is shut unless somebody asks for it, listens on this machine unless asked for more, beyond it speaks
//! TLS only, and lets nobody in without the token.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use axum_server::tls_rustls::RustlsConfig;
use base64::Engine as _;
use engine::{
    Changed, Engine, Error,
    access::ViewAs,
    commands::{self, Kind, SPECS},
    ctx::{Caller, Door, Meta},
};
use futures_util::Stream;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};
use uuid::Uuid;

/// The largest request: a product with a long description, an order of 10,000 lines.
const MAX_BODY: usize = 8 << 20;

/// How the door is opened.
pub struct Options {
    /// Loopback unless the merchant asked for the LAN.
    pub listen: SocketAddr,
    pub token: String,
    /// The built UI to serve at `/`, if any.
    pub ui: Option<PathBuf>,
    /// With it the door speaks TLS; without it nobody beyond this machine is heard.
    pub certificate: Option<Certificate>,
}

/// Files in PEM: what the server shows of itself, with those who vouch for it, and its key.
pub struct Certificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

/// How long somebody stays signed in who does nothing.
const IDLE: Duration = Duration::from_secs(12 * 3600);
const SESSION: HeaderName = HeaderName::from_static("x-session");
/// A call with one of these was passed on by a program on this machine, for whoever.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

#[derive(Clone)]
struct Shared {
    engine: Engine,
    sessions: Arc<Mutex<HashMap<Vec<u8>, Session>>>,
    /// The digest of it.
    token: Arc<[u8]>,
}

/// Somebody signed in at this door. Sessions live as long as the door is open.
struct Session {
    caller: Caller,
    used: Instant,
}

/// From where a call comes.
struct Visit<'a> {
    session: Option<&'a str>,
    /// From this very machine.
    here: bool,
}

impl Visit<'_> {
    /// A PIN is worth something where somebody stands at the desk, not from afar.
    fn seen(&self, caller: Caller) -> Caller {
        if self.here { caller } else { Caller { proofs: Vec::new(), ..caller } }
    }
}

#[derive(Deserialize)]
struct Call {
    command_id: Option<Uuid>,
    #[serde(default)]
    input: serde_json::Value,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// A token nobody can guess: 256 random bits.
pub fn new_token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// Opens the door; answers with the address it listens on and the task that serves. Beyond this machine it needs a
/// certificate: passwords and customers would cross the network in the clear.
pub async fn open(
    engine: Engine,
    options: Options,
) -> Result<(SocketAddr, impl Future<Output = std::io::Result<()>>), Error> {
    if options.certificate.is_none() && !options.listen.ip().to_canonical().is_loopback() {
        return Err(Error::invalid_because("certificate", "needed_beyond", options.listen.to_string()));
    }
    let tls = match &options.certificate {
        Some(certificate) => Some(RustlsConfig::from_config(Arc::new(secured(certificate)?))),
        None => None,
    };
    let unusable = |error: std::io::Error| Error::invalid_because("listen", "unusable", error.to_string());
    let listener = std::net::TcpListener::bind(options.listen).map_err(unusable)?;
    listener.set_nonblocking(true).map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let router = router(engine, &options).into_make_service_with_connect_info::<SocketAddr>();
    let served = async move {
        match tls {
            Some(tls) => axum_server::from_tcp_rustls(listener, tls)?.serve(router).await,
            None => axum_server::from_tcp(listener)?.serve(router).await,
        }
    };
    Ok((address, served))
}

fn secured(certificate: &Certificate) -> Result<ServerConfig, Error> {
    let Certificate { chain, key } = certificate;
    let chain = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Error::invalid_because("certificate", "unreadable", error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| Error::invalid_because("key", "unreadable", error.to_string()))?;
    let wrong = |error: rustls::Error| Error::invalid_because("certificate", "unusable", error.to_string());
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(wrong)
}

fn router(engine: Engine, options: &Options) -> Router {
    let token = digest(&options.token).into();
    let shared = Shared { engine, sessions: Arc::default(), token };
    let mut router = Router::new()
        .route("/rpc/{name}", post(rpc))
        .route("/commands", get(list))
        .route("/events", get(events))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(shared);
    if let Some(ui) = &options.ui {
        router = router.fallback_service(ServeDir::new(ui));
    }
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(header::CACHE_CONTROL, "no-cache"))
}

async fn rpc(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Json<Call>, axum::extract::rejection::JsonRejection>,
) -> Response {
    if !shared.admits(bearer(&headers)) {
        return keep_out();
    }
    let Json(call) = match body {
        Ok(call) => call,
        Err(rejection) => {
            let error = Error::invalid_because("input", "malformed", rejection.body_text());
            return (rejection.status(), Json(error)).into_response();
        }
    };
    let visit = Visit {
        session: headers.get(SESSION).and_then(|value| value.to_str().ok()),
        here: peer.ip().to_canonical().is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(*name)),
    };
    // Who is there is a matter of this door, as it is of every other.
    match name.as_str() {
        "access.sign_in" => return answer(shared.sign_in(&visit, call.input).await),
        "access.switch" => return answer(shared.switch(&visit, call.input).await),
        "access.view_as" => return answer(shared.view_as(&visit, call.input).await),
        "access.lock" => return answer(Ok(shared.lock(&visit))),
        "access.sign_out" => {
            shared.sign_out(&visit);
            return answer(Ok(serde_json::json!({})));
        }
        _ => {}
    }
    let is_query = commands::spec(&name).is_some_and(|spec| spec.kind == Kind::Query);
    let meta = match call.command_id {
        Some(command_id) => Meta { command_id },
        None if is_query => Meta::new(),
        // A command without an id could not be sent again safely.
        None => return refuse(&Error::invalid("command_id", "required")),
    };
    let caller = shared.caller(&visit);
    answer(commands::call_json(&shared.engine, &caller, &name, meta, call.input).await)
}

fn answer(outcome: Result<serde_json::Value, Error>) -> Response {
    match outcome {
        Ok(value) => Json(serde_json::json!({ "ok": value })).into_response(),
        Err(error) => refuse(&error),
    }
}

/// Of a secret: comparing digests takes the same time whatever was guessed.
fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if !shared.admits(bearer(&headers)) {
        return keep_out();
    }
    Json(SPECS).into_response()
}

async fn events(State(shared): State<Shared>, Query(token): Query<Token>) -> Response {
    if !shared.admits(Some(&token.token)) {
        return keep_out();
    }
    Sse::new(changes(shared.engine)).keep_alive(KeepAlive::default()).into_response()
}

fn changes(engine: Engine) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(engine.subscribe(), |mut changes| async move {
        use tokio::sync::broadcast::error::RecvError;
        let data = match changes.recv().await {
            Ok(changed) => serde_json::to_string(&changed.tags).unwrap_or_default(),
            Err(RecvError::Lagged(_)) => serde_json::to_string(&Changed::all().tags).unwrap_or_default(),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(Event::default().event("changed").data(data)), changes))
    })
}

impl Shared {
    async fn sign_in(&self, visit: &Visit<'_>, input: serde_json::Value) -> Result<serde_json::Value, Error> {
        let caller = self.engine.sign_in(Door::Http, commands::from_json(input)?).await?;
        self.begin(visit, caller.after(&self.caller(visit)))
    }

    async fn switch(&self, visit: &Visit<'_>, input: serde_json::Value) -> Result<serde_json::Value, Error> {
        let caller = self.engine.switch(&self.caller(visit), commands::from_json(input)?).await?;
        self.begin(visit, caller)
    }

    /// A new session in the place of the one there was.
    fn begin(&self, visit: &Visit<'_>, caller: Caller) -> Result<serde_json::Value, Error> {
        let session = new_token()?;
        self.sign_out(visit);
        let caller = visit.seen(caller);
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.retain(|_, session| session.used.elapsed() < IDLE);
            sessions.insert(digest(&session), Session { caller, used: Instant::now() });
        }
        Ok(serde_json::json!({ "session": session }))
    }

    fn lock(&self, visit: &Visit<'_>) -> serde_json::Value {
        let locked = self.engine.lock(&self.caller(visit));
        self.put(visit, locked);
        serde_json::json!({})
    }

    fn sign_out(&self, visit: &Visit<'_>) {
        if let (Some(session), Ok(mut sessions)) = (visit.session, self.sessions.lock()) {
            sessions.remove(&digest(session));
        }
    }

    async fn view_as(&self, visit: &Visit<'_>, input: serde_json::Value) -> Result<serde_json::Value, Error> {
        let ViewAs { role_id } = commands::from_json(input)?;
        let looking = self.engine.look_as(&self.caller(visit), role_id).await?;
        self.put(visit, looking);
        Ok(serde_json::json!({}))
    }

    /// Somebody else in the session of this visit.
    fn put(&self, visit: &Visit<'_>, caller: Caller) {
        if let (Some(session), Ok(mut sessions)) = (visit.session, self.sessions.lock())
            && let Some(session) = sessions.get_mut(&digest(session))
        {
            session.caller = caller;
        }
    }

    /// Whoever bears this session; somebody without a name else.
    fn caller(&self, visit: &Visit<'_>) -> Caller {
        let known = visit.session.and_then(|session| {
            let mut sessions = self.sessions.lock().ok()?;
            let session = sessions.get_mut(&digest(session)).filter(|session| session.used.elapsed() < IDLE)?;
            session.used = Instant::now();
            Some(session.caller.clone())
        });
        visit.seen(known.unwrap_or_else(|| self.engine.owner(Door::Http)))
    }

    fn admits(&self, token: Option<&str>) -> bool {
        digest(token.unwrap_or_default()) == *self.token
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn keep_out() -> Response {
    (StatusCode::UNAUTHORIZED, Json(serde_json::json!({ "code": "unauthenticated" }))).into_response()
}

fn refuse(error: &Error) -> Response {
    let status = match error {
        Error::NotFound { .. } | Error::UnknownCommand { .. } => StatusCode::NOT_FOUND,
        Error::Invalid { .. } | Error::BadFile { .. } => StatusCode::BAD_REQUEST,
        Error::Forbidden { .. }
        | Error::OverLimit { .. }
        | Error::ModuleOff { .. }
        | Error::ModuleReadOnly { .. }
        | Error::OnlyLooking => StatusCode::FORBIDDEN,
        Error::SignInRequired
        | Error::WrongPassword
        | Error::CodeNeeded
        | Error::WrongCode
        | Error::CodeUsed
        | Error::WrongPin { .. }
        | Error::PasswordNeeded => StatusCode::UNAUTHORIZED,
        Error::LockedOut { .. } | Error::PinBlocked => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy | Error::Unreachable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        Error::Internal { .. } | Error::Damaged => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(error)).into_response()
}
