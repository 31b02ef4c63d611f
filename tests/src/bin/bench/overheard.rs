//! The statements of an order, as a desk gives them to Postgres, written down for `pgbench`.
//!
//! A wire between desk and server is listened to (the frontend half of Postgres' protocol 3.0); of each
//! transaction that inserts an order a script is made. What must differ from one order to the next, its ids and its
//! number, is made of pgbench's own counters; all else stands as it was sent.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

/// What one connection is heard to say: the statements of its transaction under way, and those that ended.
#[derive(Default)]
struct Heard {
    prepared: HashMap<Vec<u8>, (String, Vec<u32>)>,
    transaction: Vec<Said>,
}

/// A statement with its arguments.
#[derive(Clone)]
pub struct Said {
    pub sql: String,
    pub args: Vec<Value>,
}

#[derive(Clone)]
pub enum Value {
    Null,
    Id(Uuid),
    /// As it stands in SQL.
    Literal(String),
    Text(String),
}

type Transactions = Arc<Mutex<Vec<Vec<Said>>>>;

/// A wire to `server` that is listened to; answers its port.
pub async fn listen(server: String) -> anyhow::Result<(u16, Transactions)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let ended = Transactions::default();
    let all = ended.clone();
    tokio::spawn(async move {
        while let Ok((desk, _)) = listener.accept().await {
            let (server, ended) = (server.clone(), ended.clone());
            tokio::spawn(async move {
                if let Err(error) = carry(desk, &server, &ended).await {
                    tracing::warn!(%error, "the wire that is listened to");
                }
            });
        }
    });
    Ok((port, all))
}

async fn carry(desk: TcpStream, server: &str, ended: &Transactions) -> anyhow::Result<()> {
    let (mut from_desk, mut to_desk) = desk.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let back = tokio::spawn(async move { copy(&mut from_server, &mut to_desk).await });
    // The first message has no kind; one that asks for TLS is answered with no by a server on loopback.
    loop {
        let body = body(&mut from_desk).await?;
        to_server.write_all(&framed(None, &body)?).await?;
        let code = body.get(..4).context("a version")?;
        if code != 80_877_103_u32.to_be_bytes() {
            break;
        }
    }
    let mut heard = Heard::default();
    while let Ok(kind) = from_desk.read_u8().await {
        let body = body(&mut from_desk).await?;
        heard.hear(kind, &body, ended)?;
        to_server.write_all(&framed(Some(kind), &body)?).await?;
    }
    back.abort();
    Ok(())
}

async fn body(from: &mut (impl AsyncRead + Unpin)) -> anyhow::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    let mut body = vec![0; usize::try_from(length)?.checked_sub(4).context("a length")?];
    from.read_exact(&mut body).await?;
    Ok(body)
}

fn framed(kind: Option<u8>, body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut message: Vec<u8> = kind.into_iter().collect();
    message.extend(u32::try_from(body.len() + 4)?.to_be_bytes());
    message.extend(body);
    Ok(message)
}

/// Reads the fields of a message.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, n: usize) -> anyhow::Result<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(n).context("a shorter message than it says")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number<const N: usize>(&mut self) -> anyhow::Result<i64> {
        Ok(signed(self.take(N)?))
    }

    fn name(&mut self) -> anyhow::Result<&'b [u8]> {
        let end = self.0.iter().position(|byte| *byte == 0).context("an end")?;
        let name = self.take(end)?;
        self.take(1)?;
        Ok(name)
    }
}

fn signed(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

impl Heard {
    fn hear(&mut self, kind: u8, body: &[u8], ended: &Transactions) -> anyhow::Result<()> {
        let mut fields = Fields(body);
        match kind {
            b'P' => {
                let (name, sql) = (fields.name()?.to_vec(), std::str::from_utf8(fields.name()?)?.to_owned());
                let types = fields.number::<2>()?;
                let types =
                    (0..types).map(|_| Ok(u32::try_from(fields.number::<4>()?)?)).collect::<anyhow::Result<_>>()?;
                self.prepared.insert(name, (sql, types));
            }
            b'B' => {
                fields.name()?;
                let (sql, types) = self.prepared.get(fields.name()?).context("a statement that was prepared")?.clone();
                let formats = fields.number::<2>()?;
                for _ in 0..formats {
                    ensure!(fields.number::<2>()? == 1, "only binary arguments are read: {sql}");
                }
                let count = usize::try_from(fields.number::<2>()?)?;
                let mut args = Vec::with_capacity(count);
                for n in 0..count {
                    let length = fields.number::<4>()?;
                    let bytes = if length < 0 { None } else { Some(fields.take(usize::try_from(length)?)?) };
                    args.push(value(types.get(n).copied().unwrap_or(0), bytes).with_context(|| sql.clone())?);
                }
                self.transaction.push(Said { sql, args });
            }
            b'Q' => self.simple(std::str::from_utf8(fields.name()?)?, ended),
            _ => {}
        }
        Ok(())
    }

    fn simple(&mut self, sql: &str, ended: &Transactions) {
        if sql.starts_with("BEGIN") {
            self.transaction.clear();
        }
        self.transaction.push(Said { sql: sql.to_owned(), args: Vec::new() });
        if sql == "COMMIT" {
            ended.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.transaction));
        }
    }
}

/// By the types that the shop's statements have.
fn value(oid: u32, bytes: Option<&[u8]>) -> anyhow::Result<Value> {
    let Some(bytes) = bytes else { return Ok(Value::Null) };
    Ok(match oid {
        16 => Value::Literal(if bytes == [1] { "TRUE" } else { "FALSE" }.to_owned()),
        20 | 21 | 23 => Value::Literal(format!("({})", signed(bytes))),
        25 | 1043 => Value::Text(std::str::from_utf8(bytes)?.to_owned()),
        2950 => Value::Id(Uuid::from_slice(bytes)?),
        _ => anyhow::bail!("an argument of type {oid}"),
    })
}

/// The script of an order: `since` is when it was begun, `number` what it was called.
pub fn script(transaction: &[Said], since: u64, number: &str) -> anyhow::Result<String> {
    let mut fresh = BTreeMap::new();
    let mut script = String::from("\\set i :i + 1\n");
    for said in transaction {
        // In pgbench a colon begins a variable.
        ensure!(!said.sql.contains(':'), "{}", said.sql);
        let sql = said.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut rest = sql.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let n: usize = after[..digits].parse().with_context(|| sql.clone())?;
            script.push_str(before);
            match said.args.get(n - 1).with_context(|| sql.clone())? {
                Value::Null => script.push_str("NULL"),
                Value::Literal(literal) => script.push_str(literal),
                Value::Text(text) if text == number => script.push_str("('N' || :client_id::TEXT || '-' || :i::TEXT)"),
                // Neither has a place in a line of a script; they are as long.
                Value::Text(text) => write!(script, "'{}'", text.replace('\'', "''").replace([':', '\n'], " "))?,
                Value::Id(id) if is_new(*id, since) => {
                    let next = fresh.len();
                    let k = fresh.entry(*id).or_insert(next);
                    write!(script, "md5(:client_id::TEXT || '-' || :i::TEXT || '-{k}')::UUID")?;
                }
                Value::Id(id) => write!(script, "'{id}'::UUID")?,
            }
            rest = &after[digits..];
        }
        writeln!(script, "{rest};")?;
    }
    Ok(script)
}

/// Ids tell when they were made.
fn is_new(id: Uuid, since: u64) -> bool {
    id.get_version_num() == 7 && (id.as_u128() >> 80) as u64 >= since
}
