//! Many rows in few statements, with as few bound values as the rows really have.

use crate::db::{Arg, Tx};

/// A table's rows: a template of one row, in which `?1`, `?2` … stand for the values that differ.
/// A value may stand in several columns, and what is the same in all rows is written out.
pub struct RowShape {
    pub insert: &'static str,
    pub row: &'static str,
    pub values: usize,
    pub suffix: &'static str,
}

/// Rows per statement: always the same number but for the last, so that the statement is prepared
/// once. Larger ones gain nothing and are longer to compare.
const ROWS: usize = 250;

/// Inserts rows whose values stand one after the other in `values`.
pub async fn insert(tx: &mut Tx, shape: &RowShape, values: Vec<Arg>) -> Result<u64, sqlx::Error> {
    debug_assert_eq!(values.len() % shape.values, 0);
    let mut left = values.len() / shape.values;
    let mut values = values.into_iter();
    let mut touched = 0;
    let mut full: Option<String> = None;
    while left > 0 {
        let rows = left.min(ROWS);
        let sql = if rows == ROWS {
            full.get_or_insert_with(|| statement(shape, rows)).clone()
        } else {
            statement(shape, rows)
        };
        touched += execute(tx, sql, (&mut values).take(rows * shape.values)).await?;
        left -= rows;
    }
    Ok(touched)
}

/// Like `Tx::execute_dyn`, but takes the values, so that no text is copied.
pub async fn execute(tx: &mut Tx, sql: String, values: impl Iterator<Item = Arg>) -> Result<u64, sqlx::Error> {
    macro_rules! bound {
        ($query:expr) => {{
            let mut query = $query;
            for value in values {
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
    match tx {
        Tx::Sqlite(tx) => bound!(sqlx::query::<sqlx::Sqlite>(sqlx::AssertSqlSafe(sql)))
            .execute(&mut **tx)
            .await
            .map(|done| done.rows_affected()),
        Tx::Postgres(tx) => bound!(sqlx::query::<sqlx::Postgres>(sqlx::AssertSqlSafe(sql)))
            .execute(&mut **tx)
            .await
            .map(|done| done.rows_affected()),
    }
}

fn statement(shape: &RowShape, rows: usize) -> String {
    let mut sql = String::with_capacity(rows * (shape.row.len() + shape.values * 4) + shape.insert.len() + 64);
    sql.push_str(shape.insert);
    sql.push_str(" VALUES ");
    for row in 0..rows {
        if row > 0 {
            sql.push(',');
        }
        let mut rest = shape.row;
        while let Some((before, after)) = rest.split_once('?') {
            sql.push_str(before);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = after[..digits].parse().unwrap_or(0);
            sql.push('$');
            sql.push_str(&(row * shape.values + number).to_string());
            rest = &after[digits..];
        }
        sql.push_str(rest);
    }
    if !shape.suffix.is_empty() {
        sql.push(' ');
        sql.push_str(shape.suffix);
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_stand_twice() {
        let shape = RowShape { insert: "INSERT INTO t (a, b, c)", row: "(?1,0,?2,?1)", values: 2, suffix: "" };
        assert_eq!(statement(&shape, 2), "INSERT INTO t (a, b, c) VALUES ($1,0,$2,$1),($3,0,$4,$3)");
    }
}
