//! Many rows in few statements, the next of which is put together while the database works on the last.

use crate::{
    bound,
    db::{Arg, Tx, for_sqlite, rows_at_once},
};

/// A table's rows: a template of one row, in which `?1`, `?2` … stand for the values that differ.
/// A value may stand in several columns, and what is the same in all rows is written out.
pub struct RowShape {
    pub insert: &'static str,
    pub row: &'static str,
    pub values: usize,
    pub suffix: &'static str,
}

/// Some tables on their way into statements.
struct Tables<'a> {
    postgres: bool,
    left: std::vec::IntoIter<(&'a RowShape, Vec<Arg>)>,
    now: Option<Table<'a>>,
}

struct Table<'a> {
    shape: &'a RowShape,
    /// The values of a row, in the order of its places.
    places: Vec<usize>,
    values: Vec<Arg>,
    /// So many of them are in statements already.
    done: usize,
    /// The last statement, and for how many rows it was.
    sql: (usize, String),
}

impl Tables<'_> {
    /// The next statement and the values for it.
    fn next(&mut self) -> Option<(String, impl Iterator<Item = Arg>)> {
        while self.now.as_ref().is_none_or(|table| table.done == table.values.len()) {
            let (shape, values) = self.left.next()?;
            debug_assert_eq!(values.len() % shape.values, 0);
            let places = placeholders(shape.row).map(|(_, number)| number - 1).collect();
            self.now = Some(Table { shape, places, values, done: 0, sql: (0, String::new()) });
        }
        let Table { shape, places, values, done, sql } = self.now.as_mut()?;
        let rows = rows_at_once((values.len() - *done) / shape.values);
        if sql.0 != rows {
            *sql = (rows, statement(shape, rows, self.postgres));
        }
        let from = std::mem::replace(done, *done + rows * shape.values);
        let bound =
            values[from..*done].chunks(shape.values).flat_map(|row| places.iter().map(move |at| row[*at].clone()));
        Some((sql.1.clone(), bound))
    }
}

/// Inserts rows whose values stand one after the other in `values`. When it fails the transaction must
/// be given up: some of the rows may have been written.
pub async fn insert(tx: &mut Tx, shape: &RowShape, values: Vec<Arg>) -> Result<u64, sqlx::Error> {
    insert_all(tx, vec![(shape, values)]).await
}

/// As [`insert`], into several tables in this order: the database need not wait between them either.
pub async fn insert_all(tx: &mut Tx, tables: Vec<(&RowShape, Vec<Arg>)>) -> Result<u64, sqlx::Error> {
    let mut tables = Tables { postgres: tx.is_postgres(), left: tables.into_iter(), now: None };
    // While the database works on one statement the next one is put together.
    macro_rules! all {
        ($arguments:ty, $tx:expr) => {{
            let mut next = || tables.next().map(|(sql, values)| (sql, bound!($arguments, values)));
            let (mut touched, mut ready) = (0, next());
            while let Some((sql, values)) = ready {
                let query = sqlx::query_with(sqlx::AssertSqlSafe(sql), values?);
                let (done, following) = tokio::join!(query.execute(&mut **$tx), async { next() });
                touched += done?.rows_affected();
                ready = following;
            }
            Ok(touched)
        }};
    }
    match tx {
        Tx::Sqlite(tx) => all!(sqlx::sqlite::SqliteArguments, tx),
        Tx::Postgres(tx) => all!(sqlx::postgres::PgArguments, tx),
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
