//! The schema: the same on both databases, described in `migrations/schema.md`, and a released
//! migration is never edited.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use engine::db::{Address, Db};
use sqlx::Row as _;
use tests::{create_database, drop_database, postgres_server, sqlite_address};

type Tables = BTreeMap<String, Vec<String>>;

fn migrations() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}

async fn sqlite_tables() -> anyhow::Result<(Tables, BTreeMap<String, String>)> {
    let (address, _folder) = sqlite_address()?;
    let db = Db::open(&address).await?;
    let Db::Sqlite { writer, .. } = &db else { anyhow::bail!("not SQLite") };
    let rows =
        sqlx::query("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name")
            .fetch_all(writer)
            .await?;
    let (mut tables, mut sql) = (Tables::new(), BTreeMap::new());
    for row in rows {
        let name: String = row.try_get("name")?;
        if ours(&name) {
            let columns = sqlx::query("SELECT name FROM pragma_table_info($1) ORDER BY cid")
                .bind(&name)
                .fetch_all(writer)
                .await?;
            tables.insert(name.clone(), columns.iter().map(|c| c.try_get("name")).collect::<Result<_, _>>()?);
            sql.insert(name, row.try_get("sql")?);
        }
    }
    db.close().await;
    Ok((tables, sql))
}

fn ours(table: &str) -> bool {
    // Search is the one thing the two databases do differently, and only a server tells copies what changed.
    !table.starts_with("sqlite_") && !table.starts_with("_sqlx") && !table.starts_with("search_") && table != "feed"
}

#[tokio::test]
async fn both_databases_have_the_same_columns() -> anyhow::Result<()> {
    let Some(server) = postgres_server() else { return Ok(()) };
    let (sqlite, _) = sqlite_tables().await?;
    let (url, name) = create_database(&server).await?;
    let db = Db::open(&Address::Postgres(url)).await?;
    let Db::Postgres(postgres) = &db else { anyhow::bail!("not Postgres") };
    let pool = &postgres.pool();
    let rows = sqlx::query(
        "SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
    )
    .fetch_all(pool)
    .await?;
    let mut postgres = Tables::new();
    for row in rows {
        let table: String = row.try_get(0)?;
        if ours(&table) {
            postgres.entry(table).or_default().push(row.try_get(1)?);
        }
    }
    db.close().await;
    drop_database(&server, &name).await?;
    assert_eq!(sqlite, postgres);
    Ok(())
}

/// Writes `migrations/schema.md`; the drift check then asks git whether it changed.
#[tokio::test]
async fn the_schema_is_described() -> anyhow::Result<()> {
    let (tables, sql) = sqlite_tables().await?;
    let mut about = BTreeMap::new();
    // Columns that came later: each on a line of its own.
    let mut added: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files: Vec<_> = fs::read_dir(migrations())?.filter_map(Result::ok).map(|e| e.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "sql")) {
        let text = fs::read_to_string(file)?;
        let mut comment = String::new();
        for line in text.lines() {
            if let Some(words) = line.strip_prefix("-- ") {
                let _ = write!(comment, "{}{words}", if comment.is_empty() { "" } else { " " });
            } else if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                let table = rest.split([' ', '(']).next().unwrap_or_default().to_owned();
                about.insert(
                    table,
                    (file.file_name().unwrap_or_default().to_string_lossy().into_owned(), std::mem::take(&mut comment)),
                );
            } else if let Some((table, column)) =
                line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "))
            {
                let (name, kind) = column.trim_end_matches(';').split_once(' ').unwrap_or((column, ""));
                let words = std::mem::take(&mut comment);
                let words = if words.is_empty() { words } else { format!(": {words}") };
                added.entry(table.to_owned()).or_default().push(format!("- `{name}` {kind}{words}"));
            } else {
                comment.clear();
            }
        }
    }
    let mut text = String::from(
        "# The schema\n\nWritten by the test `schema`: do not edit. Ids are UUIDv7, times are milliseconds since 1970 in UTC, days are\n\
         days since 1970 in the shop's zone, amounts are minor units of the currency of their document.\n",
    );
    for (table, columns) in &tables {
        let (file, words) = about.get(table).cloned().unwrap_or_default();
        let _ = write!(text, "\n## {table}\n\n`{file}`{}{words}\n\n", if words.is_empty() { "" } else { ": " });
        let body = sql.get(table).cloned().unwrap_or_default();
        let mut note = String::new();
        for line in body.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("-- ") {
                let _ = write!(note, "{}{words}", if note.is_empty() { "" } else { " " });
            } else if let Some(column) = columns.iter().find(|column| line.split(' ').next() == Some(column)) {
                let kind = line[column.len()..].trim().trim_end_matches(',');
                let _ = writeln!(text, "- `{column}` {kind}{}{note}", if note.is_empty() { "" } else { ": " });
                note.clear();
            }
        }
        for column in added.get(table).into_iter().flatten() {
            let _ = writeln!(text, "{column}");
        }
    }
    let path = migrations().join("schema.md");
    if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
        fs::write(&path, text)?;
    }
    Ok(())
}
