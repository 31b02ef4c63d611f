//! Many rows in few statements, the next of which is put together while the database works on the last.

use crate::db::{Arg, Tx, for_sqlite, rows_at_once};

/// A table's rows: a template of one row, in which `?1`, `?2` … stand for the values that differ.
/// A value may stand in several columns, and what is the same in all rows is written out.
pub struct RowShape {
    pub insert: &'static str,
    pub row: &'static str,
    pub values: usize,
    pub suffix: &'static str,
}

/// A statement with its values.
macro_rules! bound {
    ($db:ty, $sql:expr, $values:expr) => {{
        let mut query = sqlx::query::<$db>(sqlx::AssertSqlSafe($sql));
        for value in $values {
            query = match value {
                Arg::I64(v) => query.bind(v),
                Arg::OptI64(v) => query.bind(v),
                Arg::Text(v) => query.bind(v),
                Arg::OptText(v) => query.bind(v),
                Arg::Uuid(v) => query.bind(v),
                Arg::OptUuid(v) => query.bind(v),
                Arg::Bool(v) => query.bind(v),
            };
        }
        query
    }};
}

/// Inserts rows whose values stand one after the other in `values`. When it fails the transaction must
/// be given up: some of the rows may have been written.
pub async fn insert(tx: &mut Tx, shape: &RowShape, values: Vec<Arg>) -> Result<u64, sqlx::Error> {
    debug_assert_eq!(values.len() % shape.values, 0);
    let postgres = tx.is_postgres();
    let places: Vec<usize> = placeholders(shape.row).map(|(_, number)| number - 1).collect();
    let mut left = values.chunks(shape.values);
    let mut sql = (0, String::new());
    let mut next = || {
        let rows = rows_at_once(left.len());
        if rows == 0 {
            return None;
        }
        if sql.0 != rows {
            sql = (rows, statement(shape, rows, postgres));
        }
        let bound: Vec<Arg> =
            left.by_ref().take(rows).flat_map(|row| places.iter().map(|at| row[*at].clone())).collect();
        Some((sql.1.clone(), bound))
    };
    // While the database works on one statement the next one is put together.
    macro_rules! all {
        ($db:ty, $tx:expr) => {{
            let (mut touched, mut ready) = (0, next().map(|(sql, values)| bound!($db, sql, values)));
            while let Some(query) = ready {
                let (done, following) = tokio::join!(query.execute(&mut **$tx), async {
                    next().map(|(sql, values)| bound!($db, sql, values))
                });
                touched += done?.rows_affected();
                ready = following;
            }
            Ok(touched)
        }};
    }
    match tx {
        Tx::Sqlite(tx) => all!(sqlx::Sqlite, tx),
        Tx::Postgres(tx) => all!(sqlx::Postgres, tx),
    }
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

fn statement(shape: &RowShape, rows: usize, postgres: bool) -> String {
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
        assert_eq!(statement(&shape, 2, true), "INSERT INTO t (a, b, c) VALUES ($1,0,$2,$3),($4,0,$5,$6)");
        assert_eq!(statement(&shape, 2, false), "INSERT OR FAIL INTO t (a, b, c) VALUES (?,0,?,?),(?,0,?,?)");
        let places: Vec<usize> = placeholders(shape.row).map(|(_, number)| number).collect();
        assert_eq!(places, [1, 2, 1]);
    }
}
