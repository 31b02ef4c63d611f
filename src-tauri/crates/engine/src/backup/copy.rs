//! All rows of one database into another, whichever the two are.
//!
//! The list of tables and columns is read from the SQLite side, which declares the same types as
//! the other: UUID, BIGINT, TEXT, BOOLEAN. Search documents are made anew, as their pieces are
//! kept differently.

use std::collections::BTreeSet;

use sqlx::Row;
use uuid::Uuid;

use super::is_file;
use crate::{
    db::{Arg, Tx, placeholders},
    error::{Error, Result},
    execute, fetch_all, fetch_dyn, orders, search,
};

/// What is copied: our tables, without the migrations' own and those of the search index.
pub(super) const TABLES: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND name NOT LIKE 'search\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations' ORDER BY name";

/// Rows read at once.
const PAGE: i64 = 2_000;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Uuid,
    Number,
    Text,
    Boolean,
}

#[derive(Clone)]
pub(crate) struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    /// Which columns make the primary key, in its order.
    key: Vec<usize>,
    /// Tables that must be there first.
    needs: BTreeSet<String>,
}

impl Table {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// The tables of a SQLite database, each after those it refers to.
pub(crate) async fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let names: Vec<(String,)> = fetch_all!(*tx, (String,), TABLES)?;
    let mut waiting = Vec::with_capacity(names.len());
    for (name,) in names {
        type Column = (String, String, i64);
        let rows: Vec<Column> =
            fetch_all!(*tx, Column, "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", name.as_str())?;
        let needs: Vec<(String,)> =
            fetch_all!(*tx, (String,), "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)", name.as_str())?;
        let mut key: Vec<(i64, usize)> =
            rows.iter().enumerate().filter(|(_, row)| row.2 > 0).map(|(at, row)| (row.2, at)).collect();
        key.sort_unstable();
        let columns = rows.into_iter().map(|(name, kind, _)| Ok((name, kind_of(&kind)?))).collect::<Result<_>>()?;
        waiting.push(Table {
            needs: needs.into_iter().map(|(needed,)| needed).filter(|needed| *needed != name).collect(),
            name,
            columns,
            key: key.into_iter().map(|(_, at)| at).collect(),
        });
    }
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let ready = |table: &Table| table.needs.iter().all(|need| ordered.iter().any(|done| done.name == *need));
        let (now, later): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(ready);
        if now.is_empty() {
            return Err(Error::internal("tables refer to each other in a ring"));
        }
        ordered.extend(now);
        waiting = later;
    }
    Ok(ordered)
}

/// Empties the tables, which are in the order of [`tables`], and the search index.
pub(crate) async fn clear(tx: &mut Tx, tables: &[Table]) -> Result<()> {
    if is_file(tx) {
        // Rows of one table may refer to each other: looked at when all is done.
        execute!(*tx, "PRAGMA defer_foreign_keys = ON")?;
        tx.execute_dyn("INSERT INTO search_gram (search_gram) VALUES ('delete-all')".to_owned(), &[]).await?;
    }
    tx.execute_dyn("DELETE FROM search_doc".to_owned(), &[]).await?;
    delete_all(tx, tables).await
}

/// Empties the tables, the referring ones first.
pub(crate) async fn delete_all(tx: &mut Tx, tables: &[Table]) -> Result<()> {
    for table in tables.iter().rev() {
        tx.execute_dyn(format!("DELETE FROM \"{}\"", table.name), &[]).await?;
    }
    Ok(())
}

/// Copies everything. One of the two is a SQLite database; `tables` is its list, when it is known.
pub(super) async fn all(from: &mut Tx, into: &mut Tx, tables: Option<Vec<Table>>) -> Result<()> {
    let tables = match tables {
        Some(tables) => tables,
        None if is_file(into) => self::tables(into).await?,
        None => self::tables(from).await?,
    };
    if is_file(into) {
        execute!(*into, "PRAGMA defer_foreign_keys = ON")?;
    }
    for table in &tables {
        rows(from, into, table, None).await?;
    }
    documents(from, into).await?;
    orders::buyers::rebuild(into).await
}

/// The rows of a table, or those of which `only` is true: a condition that both databases read, and what its
/// placeholders stand for.
pub(crate) async fn rows(from: &mut Tx, into: &mut Tx, table: &Table, only: Option<(&str, &[Arg])>) -> Result<()> {
    let names: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let insert = format!("INSERT INTO \"{}\" ({})", table.name, names.join(", "));
    let key: Vec<&str> = table.key.iter().filter_map(|at| names.get(*at)).map(String::as_str).collect();
    if key.is_empty() {
        return Err(Error::internal(format!("{} has no primary key", table.name)));
    }
    let key = key.join(", ");
    // The tree of categories refers to itself: parents have the shorter path. It is read at once.
    let tree = table.name == "category";
    let (only, bound) = only.unwrap_or(("1 = 1", &[]));
    let mut args = bound.to_vec();
    loop {
        let (beyond, order) = match (tree, args.len() - bound.len()) {
            (true, _) => (String::new(), "LENGTH(path), id"),
            (false, 0) => (String::new(), key.as_str()),
            (false, n) => (format!("AND ({key}) > ({})", placeholders(bound.len(), n)), key.as_str()),
        };
        let condition = format!("WHERE {only} {beyond}");
        let limit = if tree { String::new() } else { format!("LIMIT {PAGE}") };
        let sql = format!("SELECT {} FROM \"{}\" {condition} ORDER BY {order} {limit}", names.join(", "), table.name);
        let page = read(from, sql, &args, &table.columns).await?;
        if page.is_empty() {
            return Ok(());
        }
        into.insert_many(&insert, table.columns.len(), &page.concat(), "").await?;
        let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        match page.last() {
            Some(row) if !last && !tree => {
                args.truncate(bound.len());
                args.extend(table.key.iter().filter_map(|at| row.get(*at).cloned()));
            }
            _ => return Ok(()),
        }
    }
}

/// What is searched, with its pieces made anew.
pub(crate) async fn documents(from: &mut Tx, into: &mut Tx) -> Result<()> {
    let mut after = (String::new(), Uuid::nil());
    loop {
        let args = [Arg::from(after.0.as_str()), Arg::from(after.1), Arg::from(PAGE)];
        let sql = "SELECT kind, ref_id, hay FROM search_doc WHERE (kind, ref_id) > ($1, $2)
                   ORDER BY kind, ref_id LIMIT $3";
        let page: Vec<(String, Uuid, String)> = fetch_dyn!(*from, (String, Uuid, String), sql, &args)?;
        let Some((kind, id, _)) = page.last() else { return Ok(()) };
        after = (kind.clone(), *id);
        for part in page.chunk_by(|a, b| a.0 == b.0) {
            let docs: Vec<(Uuid, String)> = part.iter().map(|(_, id, hay)| (*id, hay.clone())).collect();
            search::put(into, &part[0].0, &docs).await?;
        }
    }
}

/// Rows as values that can be written again, by the declared type of each column.
async fn read(tx: &mut Tx, sql: String, args: &[Arg], columns: &[(String, Kind)]) -> Result<Vec<Vec<Arg>>> {
    macro_rules! values {
        ($rows:expr) => {
            $rows
                .iter()
                .map(|row| {
                    columns
                        .iter()
                        .enumerate()
                        .map(|(at, (_, kind))| {
                            Ok(match kind {
                                Kind::Uuid => Arg::OptUuid(row.try_get(at)?),
                                Kind::Number => Arg::OptI64(row.try_get(at)?),
                                Kind::Text => Arg::from(row.try_get::<Option<String>, _>(at)?),
                                Kind::Boolean => Arg::Bool(row.try_get(at)?),
                            })
                        })
                        .collect::<Result<Vec<Arg>, sqlx::Error>>()
                })
                .collect::<Result<Vec<_>, sqlx::Error>>()?
        };
    }
    Ok(match tx {
        Tx::Sqlite(tx) => {
            let values = crate::bound!(sqlx::sqlite::SqliteArguments, args.iter().cloned())?;
            let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), values);
            values!(query.fetch_all(&mut **tx).await?)
        }
        Tx::Postgres(tx) => {
            let values = crate::bound!(sqlx::postgres::PgArguments, args.iter().cloned())?;
            let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), values);
            values!(query.persistent(tx.keeps).fetch_all(&mut **tx).await?)
        }
    })
}

fn kind_of(declared: &str) -> Result<Kind> {
    match declared {
        "UUID" => Ok(Kind::Uuid),
        "BIGINT" | "INTEGER" => Ok(Kind::Number),
        "TEXT" => Ok(Kind::Text),
        "BOOLEAN" => Ok(Kind::Boolean),
        other => Err(Error::internal(format!("no column is declared {other}"))),
    }
}
