//! Seals on the audit log.
//!
//! A seal covers the rows written since the last one, in the order of time, and holds SHA-256 of all they
//! say and of the seal before. It is set afterwards, a minute later at most: a chain through every command
//! would make all commands of a shop wait for each other. Whoever can write to the database and knows
//! this code could make all seals anew; the last digest, kept elsewhere, tells even that.
//!
//! Who is erased goes from the rows under a seal, too. The seal stays, so that the chain holds; beside it stands what
//! it says of the rows as they are now, and the command that erased them, whose own row names the same digest and is
//! sealed in its turn. So nobody changes a row under the name of an erasure that did not happen.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use domain::units::{Count, Millis};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use specta::Type;
use uuid::Uuid;

use crate::{
    app::AuditSeal,
    check::Difference,
    ctx::Ctx,
    db::{Arg, Tx, placeholders},
    engine::Engine,
    error::{Error, Result},
    execute, fetch_all, fetch_dyn, fetch_one, fetch_optional,
};

/// Rows under one seal: a broken one says that one of so many is not as it was.
const ROWS: i64 = 250;
/// Ids asked for at once.
const CHUNK: usize = 400;
/// Of the lock under which rows are sealed; the number means nothing, and must be this program's alone.
const LOCK: i64 = 7_240_313_509_322;

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    actor: Uuid,
    actor_name: String,
    door: String,
    device: Uuid,
    command: String,
    subject: Option<Uuid>,
    input: String,
    changes: String,
    result: String,
    inverse: Option<String>,
    undoes: Option<Uuid>,
}

/// Seals what is not sealed yet; answers the number of rows.
pub(crate) async fn seal(engine: &Engine) -> Result<i64> {
    let mut sealed = 0;
    let mut tx = engine.db.begin_read().await?;
    let any: Option<(i64,)> =
        fetch_optional!(tx, (i64,), "SELECT CAST(1 AS BIGINT) FROM audit WHERE seal IS NULL LIMIT 1")?;
    tx.rollback().await?;
    if any.is_none() {
        return Ok(0);
    }
    loop {
        let mut tx = engine.db.begin().await?;
        let rows = match next(&mut tx, engine.now().0).await {
            Ok(rows) => rows,
            // Another desk is at it, for longer than is waited for.
            Err(Error::Busy) => return Ok(sealed),
            Err(error) => return Err(error),
        };
        tx.commit().await?;
        sealed += rows;
        if rows < ROWS {
            return Ok(sealed);
        }
    }
}

async fn next(tx: &mut Tx, now: i64) -> Result<i64> {
    alone(tx).await?;
    let last: Option<(i64, String)> =
        fetch_optional!(*tx, (i64, String), "SELECT n, digest FROM audit_seal ORDER BY n DESC LIMIT 1")?;
    let ids: Vec<(Uuid,)> = fetch_all!(
        *tx,
        (Uuid,),
        "SELECT command_id FROM audit WHERE seal IS NULL ORDER BY at, command_id LIMIT $1",
        ROWS
    )?;
    if ids.is_empty() {
        return Ok(0);
    }
    let (before, digest) = last.unwrap_or_default();
    let (n, count) = (before + 1, ids.len() as i64);
    let digest = digest_of(tx, &digest, &ids).await?;
    execute!(
        *tx,
        "INSERT INTO audit_seal (n, at, row_count, digest) VALUES ($1,$2,$3,$4)",
        n,
        now,
        count,
        digest.as_str()
    )?;
    let sql = format!("UPDATE audit SET seal = $1 WHERE command_id IN ({})", placeholders(1, ids.len()));
    let args: Vec<Arg> = [Arg::I64(n)].into_iter().chain(ids.iter().map(|(id,)| Arg::Uuid(*id))).collect();
    tx.execute_dyn(sql, &args).await?;
    Ok(count)
}

/// A seal whose rows say less than when it was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Resealed {
    pub n: Count,
    /// Of the rows as they are now.
    pub digest: String,
}

/// Takes from the rows about these what `less` leaves out, for the command that `ctx` is of. Answers how many rows
/// say less now, and under which seals. None of them can be undone any more: that would bring it back.
pub(crate) async fn redact(ctx: &mut Ctx, about: &[Uuid], less: fn(&str) -> String) -> Result<(i64, Vec<Resealed>)> {
    let by = ctx.command_id;
    let tx = &mut ctx.tx;
    alone(tx).await?;
    let mut rows: Vec<(Uuid, Option<i64>)> = Vec::new();
    for chunk in about.chunks(CHUNK) {
        let sql = format!(
            "SELECT command_id, seal FROM audit WHERE command NOT LIKE 'customers.erase%' AND subject IN ({})",
            placeholders(0, chunk.len())
        );
        let ids: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        rows.extend(fetch_dyn!(*tx, (Uuid, Option<i64>), sql, &ids)?);
    }
    let under: BTreeSet<i64> = rows.iter().filter_map(|(_, seal)| *seal).collect();
    // A seal that is broken stays so.
    let mut whole = Vec::new();
    for n in under {
        if digest_now(tx, n).await? == *one(tx, n).await?.of_content() {
            whole.push(n);
        }
    }
    for (id, _) in &rows {
        let (input, changes, result): (String, String, String) = fetch_one!(
            *tx,
            (String, String, String),
            "SELECT input, changes, result FROM audit WHERE command_id = $1",
            *id
        )?;
        execute!(
            *tx,
            "UPDATE audit SET input = $2, changes = $3, result = $4, inverse = NULL WHERE command_id = $1",
            *id,
            less(&input),
            less(&changes),
            less(&result)
        )?;
    }
    let mut seals = Vec::with_capacity(whole.len());
    for n in whole {
        let digest = digest_now(tx, n).await?;
        execute!(*tx, "UPDATE audit_seal SET redacted = $2, redacted_by = $3 WHERE n = $1", n, digest.as_str(), by)?;
        seals.push(Resealed { n: Count(n), digest });
    }
    Ok((rows.len() as i64, seals))
}

/// One at a time seals rows, or makes some say less. On SQLite no two write at once.
async fn alone(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        execute!(*tx, "SELECT pg_advisory_xact_lock($1)", LOCK)?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Seal {
    n: i64,
    row_count: i64,
    digest: String,
    redacted: String,
    redacted_by: Option<Uuid>,
}

impl Seal {
    /// What its rows come to, as they are now.
    fn of_content(&self) -> &String {
        if self.redacted.is_empty() { &self.digest } else { &self.redacted }
    }
}

const SEAL: &str = "SELECT n, row_count, digest, redacted, redacted_by FROM audit_seal";

async fn one(tx: &mut Tx, n: i64) -> Result<Seal> {
    let seal = fetch_dyn!(*tx, Seal, format!("{SEAL} WHERE n = $1"), &[Arg::I64(n)])?;
    seal.into_iter().next().ok_or_else(|| Error::not_found("audit_seal", n))
}

/// Of the rows under this seal, as they are now.
async fn digest_now(tx: &mut Tx, n: i64) -> Result<String> {
    let before: Option<(String,)> =
        fetch_optional!(*tx, (String,), "SELECT digest FROM audit_seal WHERE n = $1", n - 1)?;
    let (before, ids) = (before.map(|(digest,)| digest).unwrap_or_default(), under_seal(tx, n).await?);
    digest_of(tx, &before, &ids).await
}

async fn under_seal(tx: &mut Tx, n: i64) -> Result<Vec<(Uuid,)>> {
    Ok(fetch_all!(*tx, (Uuid,), "SELECT command_id FROM audit WHERE seal = $1 ORDER BY at, command_id", n)?)
}

/// Whether the command that made the rows of this seal say less says so itself.
async fn is_told(tx: &mut Tx, seal: &Seal) -> Result<bool> {
    let Some(by) = seal.redacted_by else { return Ok(seal.redacted.is_empty()) };
    let row: Option<(String, String)> =
        fetch_optional!(*tx, (String, String), "SELECT command, result FROM audit WHERE command_id = $1", by)?;
    #[derive(Deserialize)]
    struct Told {
        seals: Vec<Resealed>,
    }
    let Some((_, result)) = row.filter(|(command, _)| command.starts_with("customers.erase")) else {
        return Ok(false);
    };
    let told: Told = serde_json::from_str(&result).unwrap_or(Told { seals: Vec::new() });
    Ok(told.seals.contains(&Resealed { n: Count(seal.n), digest: seal.redacted.clone() }))
}

pub(crate) async fn last(tx: &mut Tx) -> Result<Option<AuditSeal>> {
    let last: Option<(i64, i64, String)> =
        fetch_optional!(*tx, (i64, i64, String), "SELECT n, at, digest FROM audit_seal ORDER BY n DESC LIMIT 1")?;
    Ok(last.map(|(n, at, digest)| AuditSeal { n: Count(n), at: Millis(at), digest }))
}

/// Every seal against the rows it covers.
pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let seals = fetch_dyn!(*tx, Seal, format!("{SEAL} ORDER BY n"), &[] as &[Arg])?;
    let mut before = String::new();
    for (expected, seal) in (1_i64..).zip(seals) {
        let (n, count) = (seal.n, seal.row_count);
        if n != expected {
            // One that was taken out; what follows is judged by itself.
            differences.push(Difference::new("access", "audit_seals", expected, expected, n));
            return Ok(differences);
        }
        let ids = under_seal(tx, n).await?;
        if ids.len() as i64 != count {
            differences.push(Difference::new("access", "audit_rows", n, count, ids.len() as i64));
        } else if digest_of(tx, &before, &ids).await? != *seal.of_content() || !is_told(tx, &seal).await? {
            differences.push(Difference::new("access", "audit_content", n, 1, 0));
        }
        before = seal.digest;
    }
    Ok(differences)
}

/// Of all that the rows say, but what is noted on them later: the seal, and by what they were undone, which
/// the undoing command's own row says too. A row at a time: one may hold an order of ten thousand lines.
async fn digest_of(tx: &mut Tx, before: &str, ids: &[(Uuid,)]) -> Result<String> {
    let mut hasher = Sha256::new();
    // Each with its length, so that nothing can move from one field into the next.
    let mut put = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    put(before.as_bytes());
    for (id,) in ids {
        let row: Row = fetch_one!(
            *tx,
            Row,
            "SELECT at, actor, actor_name, door, device, command, subject, input, changes, result, inverse, undoes
             FROM audit WHERE command_id = $1",
            *id
        )?;
        let none = Uuid::nil();
        for id in [*id, row.actor, row.device, row.subject.unwrap_or(none), row.undoes.unwrap_or(none)] {
            put(id.as_bytes());
        }
        put(&row.at.to_le_bytes());
        let inverse = row.inverse.unwrap_or_default();
        for text in [&row.actor_name, &row.door, &row.command, &row.input, &row.changes, &row.result, &inverse] {
            put(text.as_bytes());
        }
    }
    Ok(HEXLOWER.encode(&hasher.finalize()))
}
