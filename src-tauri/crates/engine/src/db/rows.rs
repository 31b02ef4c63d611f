//! Many rows in few statements, the next of which are put together while the database works on the last.

use std::{collections::HashMap, sync::Arc};

use sqlx::{postgres::PgArguments, sqlite::SqliteArguments};
use tokio::sync::mpsc;

use crate::{
    bound,
    db::{Arg, MOST_ROWS, Tx, for_sqlite, rows_at_once},
};

/// A table's rows: a template of one row, in which `?1`, `?2` … stand for the values that differ.
/// A value may stand in several columns, and what is the same in all rows is written out.
pub struct RowShape {
    pub insert: &'static str,
    pub row: &'static str,
    pub values: usize,
    pub suffix: &'static str,
}

/// So many statements are ready before the database has done the one it works on.
const AHEAD: usize = 8;

struct Statement {
    sql: Arc<str>,
    values: Values,
}

enum Values {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

/// Takes rows, and makes statements of them.
pub struct Feed {
    postgres: bool,
    ready: mpsc::Sender<Result<Statement, sqlx::Error>>,
    /// The statements made so far: of a table, for a number of rows.
    texts: HashMap<(&'static str, usize), Arc<str>>,
}

/// Where the statements of a [`Feed`] come out.
pub struct Fed(mpsc::Receiver<Result<Statement, sqlx::Error>>);

/// Rows go in at one end while statements are executed at the other; both ends are to be worked at once.
/// It is at its end when the feed is dropped.
pub fn feed(postgres: bool) -> (Feed, Fed) {
    let (ready, fed) = mpsc::channel(AHEAD);
    (Feed { postgres, ready, texts: HashMap::new() }, Fed(fed))
}

impl Feed {
    /// Takes as many of these rows as fill statements, and leaves the others.
    pub async fn put_full(&mut self, shape: &'static RowShape, values: &mut Vec<Arg>) {
        let full = MOST_ROWS * shape.values;
        let end = values.len() - values.len() % full;
        if end > 0 {
            let left = values.split_off(end);
            self.put(shape, std::mem::replace(values, left)).await;
        }
    }

    /// Takes rows whose values stand one after the other.
    pub async fn put(&mut self, shape: &'static RowShape, values: Vec<Arg>) {
        debug_assert_eq!(values.len() % shape.values, 0);
        let places: Vec<usize> = placeholders(shape.row).map(|(_, number)| number - 1).collect();
        let mut left = values.as_slice();
        while !left.is_empty() {
            let rows = rows_at_once(left.len() / shape.values);
            let (now, rest) = left.split_at(rows * shape.values);
            left = rest;
            let statement = self.statement(shape, rows, &places, now);
            if self.ready.send(statement).await.is_err() {
                // One before failed, and whoever executes them has said so.
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    fn statement(
        &mut self,
        shape: &'static RowShape,
        rows: usize,
        places: &[usize],
        values: &[Arg],
    ) -> Result<Statement, sqlx::Error> {
        let postgres = self.postgres;
        let text = self.texts.entry((shape.insert, rows)).or_insert_with(|| text(shape, rows, postgres).into());
        let values = values.chunks(shape.values).flat_map(|row| places.iter().map(|at| row[*at].clone()));
        let values = match postgres {
            false => Values::Sqlite(bound!(SqliteArguments, values)?),
            true => Values::Postgres(bound!(PgArguments, values)?),
        };
        Ok(Statement { sql: text.clone(), values })
    }
}

impl Fed {
    /// Executes the statements as they come; answers the number of rows they touched. When one fails the
    /// transaction must be given up: some of its rows may have been written.
    pub async fn execute(mut self, tx: &mut Tx) -> Result<u64, sqlx::Error> {
        let mut touched = 0;
        while let Some(statement) = self.0.recv().await {
            let Statement { sql, values } = statement?;
            let sql = sqlx::AssertSqlSafe(sql);
            touched += match (&mut *tx, values) {
                (Tx::Sqlite(tx), Values::Sqlite(values)) => {
                    sqlx::query_with(sql, values).execute(&mut **tx).await?.rows_affected()
                }
                (Tx::Postgres(tx), Values::Postgres(values)) => {
                    sqlx::query_with(sql, values).persistent(tx.keeps).execute(&mut **tx).await?.rows_affected()
                }
                _ => return Err(sqlx::Error::Protocol("values of the other database".into())),
            };
        }
        Ok(touched)
    }
}

/// Inserts rows whose values stand one after the other in `values`. When it fails the transaction must
/// be given up.
pub async fn insert(tx: &mut Tx, shape: &'static RowShape, values: Vec<Arg>) -> Result<u64, sqlx::Error> {
    let (mut feed, fed) = feed(tx.is_postgres());
    let feeding = async move { feed.put(shape, values).await };
    let (touched, ()) = tokio::join!(fed.execute(tx), feeding);
    touched
}

/// The text before each placeholder of a row, with its number.
fn placeholders(row: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = row;
    std::iter::from_fn(move || {
        let (before, after) = rest.split_once('?')?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = &after[digits..];
        Some((before, after[..digits].parse().unwrap_or(1)))
    })
}

fn text(shape: &RowShape, rows: usize, postgres: bool) -> String {
    let mut sql = String::with_capacity(rows * (shape.row.len() + shape.values * 4) + shape.insert.len() + 64);
    // Whoever inserts many rows gives up the transaction when one fails, so that SQLite need not be able
    // to take back just the statement.
    match shape.insert.strip_prefix("INSERT INTO") {
        Some(rest) if !postgres && shape.suffix.is_empty() => {
            sql.push_str("INSERT OR FAIL INTO");
            sql.push_str(rest);
        }
        _ => sql.push_str(shape.insert),
    }
    sql.push_str(" VALUES ");
    let end = shape.row.rsplit('?').next().unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit());
    let mut n = 0;
    for row in 0..rows {
        if row > 0 {
            sql.push(',');
        }
        for (before, _) in placeholders(shape.row) {
            n += 1;
            sql.push_str(before);
            sql.push('$');
            sql.push_str(&n.to_string());
        }
        sql.push_str(end);
    }
    if !shape.suffix.is_empty() {
        sql.push(' ');
        sql.push_str(shape.suffix);
    }
    if postgres { sql } else { for_sqlite(sql) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_stand_twice() {
        let shape = RowShape { insert: "INSERT INTO t (a, b, c)", row: "(?1,0,?2,?1)", values: 2, suffix: "" };
        assert_eq!(text(&shape, 2, true), "INSERT INTO t (a, b, c) VALUES ($1,0,$2,$3),($4,0,$5,$6)");
        assert_eq!(text(&shape, 2, false), "INSERT OR FAIL INTO t (a, b, c) VALUES (?,0,?,?),(?,0,?,?)");
        let places: Vec<usize> = placeholders(shape.row).map(|(_, number)| number).collect();
        assert_eq!(places, [1, 2, 1]);
    }
}
