//! The limit: SQLite itself, with prepared statements, writing the same rows as durably.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, types::Value};
use uuid::Uuid;

/// A row as it stands in the database.
struct Row {
    table: String,
    columns: Vec<String>,
    values: Vec<Value>,
}

/// Times `count` transactions that write what the order `sample` wrote, one commit each.
pub fn write_again(path: &Path, sample: &[u8], count: usize) -> anyhow::Result<Vec<Duration>> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768;",
    )?;
    let mut rows = Vec::new();
    for (table, key) in [
        ("orders", "id"),
        ("order_line", "order_id"),
        ("reservation", "order_id"),
        ("order_event", "order_id"),
        ("payment", "order_id"),
        ("audit", "subject"),
    ] {
        read(&db, table, key, sample, &mut rows)?;
    }
    let skus: Vec<Vec<u8>> = db
        .prepare("SELECT sku_id FROM order_line WHERE order_id = ?1")?
        .query_map([sample], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let (day, channel): (i64, String) =
        db.query_row("SELECT day, channel FROM orders WHERE id = ?1", [sample], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut times = Vec::with_capacity(count);
    for n in 0..count {
        // New keys, in the order of time as the program makes them.
        let fresh: Vec<(Vec<u8>, Vec<u8>)> = rows
            .iter()
            .filter_map(|r| match r.values.first() {
                Some(Value::Blob(id)) => Some(id.clone()),
                _ => None,
            })
            .map(|old| (old, Uuid::now_v7().as_bytes().to_vec()))
            .collect();
        let start = Instant::now();
        db.execute_batch("BEGIN IMMEDIATE")?;
        for (i, row) in rows.iter().enumerate() {
            let marks: Vec<String> = (1..=row.values.len()).map(|n| format!("?{n}")).collect();
            let mut insert = db.prepare_cached(&format!(
                "INSERT INTO {} ({}) VALUES ({})",
                row.table,
                row.columns.join(","),
                marks.join(",")
            ))?;
            let values = row.values.iter().zip(&row.columns).map(|(value, column)| match value {
                Value::Blob(id) => Value::Blob(
                    fresh.iter().find(|(old, _)| old == id).map_or_else(|| id.clone(), |(_, new)| new.clone()),
                ),
                Value::Text(_) if column == "number" => Value::Text(format!("RAW-{n}-{i}-{}", stamp())),
                other => other.clone(),
            });
            insert.execute(rusqlite::params_from_iter(values))?;
        }
        for sku in &skus {
            db.prepare_cached("UPDATE stock_balance SET reserved = reserved + 1 WHERE sku_id = ?1")?.execute([sku])?;
            db.prepare_cached("UPDATE sales_sku_daily SET units = units + 1 WHERE day = ?1 AND sku_id = ?2")?
                .execute((day, sku))?;
        }
        db.prepare_cached("UPDATE sales_daily SET orders = orders + 1 WHERE day = ?1 AND channel = ?2")?
            .execute((day, &channel))?;
        db.prepare_cached("UPDATE order_counter SET n = n + 1 WHERE what IN ('stage:placed', 'payment:unpaid')")?
            .execute([])?;
        db.prepare_cached(
            "UPDATE number_counter SET next = next + 1 WHERE scope = (SELECT MAX(scope) FROM number_counter)",
        )?
        .execute([])?;
        db.execute_batch("COMMIT")?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn stamp() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos())
}

fn read(db: &Connection, table: &str, key: &str, sample: &[u8], rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let mut statement = db.prepare(&format!("SELECT * FROM {table} WHERE {key} = ?1"))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut found = statement.query([sample])?;
    while let Some(row) = found.next()? {
        let values = (0..columns.len()).map(|i| row.get::<_, Value>(i)).collect::<Result<_, _>>()?;
        rows.push(Row { table: table.to_owned(), columns: columns.clone(), values });
    }
    Ok(())
}

/// Times reads of 50 whole orders by primary key: the orders and their lines.
pub fn read_fifty(path: &Path, rounds: usize) -> anyhow::Result<Vec<Duration>> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA cache_size = -16384;")?;
    let last: i64 = db.query_row("SELECT MAX(rowid) FROM orders", [], |r| r.get(0))?;
    let mut times = Vec::with_capacity(rounds);
    for n in 0..rounds {
        let ids: Vec<Vec<u8>> = db
            .prepare_cached("SELECT id FROM orders WHERE rowid > ?1 LIMIT 50")?
            .query_map([(n as i64 * 7919) % (last - 60).max(1)], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        let marks = vec!["?"; ids.len()].join(",");
        let start = Instant::now();
        for sql in [
            format!("SELECT * FROM orders WHERE id IN ({marks})"),
            format!("SELECT * FROM order_line WHERE order_id IN ({marks})"),
        ] {
            let mut statement = db.prepare_cached(&sql)?;
            let width = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(&ids))?;
            while let Some(row) = rows.next()? {
                for i in 0..width {
                    std::hint::black_box(row.get::<_, Value>(i)?);
                }
            }
        }
        times.push(start.elapsed());
    }
    Ok(times)
}
