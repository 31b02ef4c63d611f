//! Seals on the audit log.
//!
//! A seal covers the rows written since the last one, in the order of time, and holds SHA-256 of all they
//! say and of the seal before. It is set afterwards, a minute later at most: a chain through every command
//! would make all commands of a shop wait for each other. Whoever can write to the database and knows
//! this code could make all seals anew; the last digest, kept elsewhere, tells even that.

use data_encoding::HEXLOWER;
use domain::units::{Count, Millis};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    app::AuditSeal,
    check::Difference,
    db::{Arg, Tx, placeholders},
    engine::Engine,
    error::{Error, Result, is_unique_violation},
    execute, fetch_all, fetch_one, fetch_optional,
};

/// Rows under one seal: a broken one says that one of so many is not as it was.
const ROWS: i64 = 250;

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
            // Another desk is at it.
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
    // Before the rows: whoever seals them between the two statements has set the seal that is about to be set here.
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
    // Of two desks that set the same seal one is refused.
    let set = execute!(
        *tx,
        "INSERT INTO audit_seal (n, at, row_count, digest) VALUES ($1,$2,$3,$4)",
        n,
        now,
        count,
        digest.as_str()
    );
    if let Err(error) = set {
        return Err(if is_unique_violation(&error) { Error::Busy } else { error.into() });
    }
    let sql = format!("UPDATE audit SET seal = $1 WHERE command_id IN ({})", placeholders(1, ids.len()));
    let args: Vec<Arg> = [Arg::I64(n)].into_iter().chain(ids.iter().map(|(id,)| Arg::Uuid(*id))).collect();
    tx.execute_dyn(sql, &args).await?;
    Ok(count)
}

pub(crate) async fn last(tx: &mut Tx) -> Result<Option<AuditSeal>> {
    let last: Option<(i64, i64, String)> =
        fetch_optional!(*tx, (i64, i64, String), "SELECT n, at, digest FROM audit_seal ORDER BY n DESC LIMIT 1")?;
    Ok(last.map(|(n, at, digest)| AuditSeal { n: Count(n), at: Millis(at), digest }))
}

/// Every seal against the rows it covers.
pub(crate) async fn check(tx: &mut Tx) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let seals: Vec<(i64, i64, String)> =
        fetch_all!(*tx, (i64, i64, String), "SELECT n, row_count, digest FROM audit_seal ORDER BY n")?;
    let mut before = String::new();
    for (expected, (n, count, digest)) in (1_i64..).zip(seals) {
        if n != expected {
            // One that was taken out; what follows is judged by itself.
            differences.push(Difference::new("access", "audit_seals", expected, expected, n));
            return Ok(differences);
        }
        let ids: Vec<(Uuid,)> =
            fetch_all!(*tx, (Uuid,), "SELECT command_id FROM audit WHERE seal = $1 ORDER BY at, command_id", n)?;
        if ids.len() as i64 != count {
            differences.push(Difference::new("access", "audit_rows", n, count, ids.len() as i64));
        } else if digest_of(tx, &before, &ids).await? != digest {
            differences.push(Difference::new("access", "audit_content", n, 1, 0));
        }
        before = digest;
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
