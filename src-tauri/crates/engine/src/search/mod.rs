//! Finding by any part of a name, by pinyin and initials, by code and barcode, on both databases.
//!
//! A row that is searched has a document: its haystack, and the pieces of two and three characters the
//! haystack is made of. A search asks the index for the rows that have the pieces of all words, then
//! compares the words that are longer than a piece.

use std::collections::HashMap;
use std::fmt::Write as _;

use domain::search::{grams, is_gram, query_grams, query_words};
use uuid::Uuid;

use crate::{
    bound,
    db::{Arg, Tx, placeholders, value_rows},
    error::Result,
    fetch_dyn,
};

/// Documents per statement: the text of a statement is parsed each time its size differs.
const CHUNK: usize = 256;
/// Longer queries are cut: nobody types them, and each word costs.
const MAX_QUERY: usize = 200;
/// When more rows than this have the words, a list walks its own order and compares instead.
const FEW: usize = 500;
/// How many rows of a kind are looked through for a query that has no pieces (one Latin letter).
const GLANCE: usize = 5_000;

/// What a query narrows a list to.
pub(crate) enum Matches {
    /// Nothing was asked for.
    All,
    /// Exactly these rows.
    Few(Vec<Uuid>),
    /// Too many to name: the words, to be compared row by row.
    Many(Vec<String>),
}

impl Matches {
    /// The condition on `column` (an id) of a list's statement, starting with `AND`; `args` grows.
    pub fn condition(&self, kind: &str, column: &str, args: &mut Vec<Arg>) -> String {
        match self {
            Self::All => String::new(),
            Self::Few(ids) if ids.is_empty() => " AND 1 = 0".to_owned(),
            Self::Few(ids) => {
                let text = format!(" AND {column} IN ({})", placeholders(args.len(), ids.len()));
                args.extend(ids.iter().copied().map(Arg::Uuid));
                text
            }
            Self::Many(words) => {
                args.push(kind.into());
                let mut text = format!(
                    " AND EXISTS (SELECT 1 FROM search_doc sd WHERE sd.kind = ${} AND sd.ref_id = {column}",
                    args.len()
                );
                push_words(&mut text, "sd.hay", words, args);
                text.push(')');
                text
            }
        }
    }
}

/// Writes the documents of these rows, replacing older ones. Haystacks come from
/// [`domain::search::haystack`].
pub(crate) async fn put(tx: &mut Tx, kind: &str, docs: &[(Uuid, String)]) -> Result<()> {
    // The last one counts: a statement cannot write one row twice.
    let mut last: HashMap<Uuid, usize> = HashMap::with_capacity(docs.len());
    for (at, (id, _)) in docs.iter().enumerate() {
        last.insert(*id, at);
    }
    let docs: Vec<&(Uuid, String)> =
        docs.iter().enumerate().filter(|(at, (id, _))| last.get(id) == Some(at)).map(|(_, doc)| doc).collect();
    for chunk in docs.chunks(CHUNK) {
        if tx.is_postgres() {
            put_postgres(tx, kind, chunk).await?;
        } else {
            put_sqlite(tx, kind, chunk).await?;
        }
    }
    Ok(())
}

/// After many documents were written: Postgres learns how common the pieces are.
pub(crate) async fn settle(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        tx.execute_dyn("ANALYZE search_doc".to_owned(), &[]).await?;
    }
    Ok(())
}

pub(crate) async fn remove(tx: &mut Tx, kind: &str, ids: &[Uuid]) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let mut args = vec![Arg::from(kind)];
        args.extend(chunk.iter().copied().map(Arg::Uuid));
        let which = format!("kind = $1 AND ref_id IN ({})", placeholders(1, chunk.len()));
        if !tx.is_postgres() {
            let sql = format!("DELETE FROM search_gram WHERE rowid IN (SELECT id FROM search_doc WHERE {which})");
            tx.execute_dyn(sql, &args).await?;
        }
        tx.execute_dyn(format!("DELETE FROM search_doc WHERE {which}"), &args).await?;
    }
    Ok(())
}

/// The rows of a kind that have all words of the query; at most `limit`, in no particular order.
pub(crate) async fn find(tx: &mut Tx, kind: &str, query: &str, limit: usize) -> Result<Vec<Uuid>> {
    Ok(find_with_hay(tx, kind, query, limit).await?.into_iter().map(|(id, _)| id).collect())
}

/// Like [`find`], with the haystacks, for whoever wants to rank.
pub(crate) async fn find_with_hay(tx: &mut Tx, kind: &str, query: &str, limit: usize) -> Result<Vec<(Uuid, String)>> {
    look_up(tx, kind, Asked::of(query), limit).await
}

async fn look_up(tx: &mut Tx, kind: &str, asked: Asked, limit: usize) -> Result<Vec<(Uuid, String)>> {
    let Asked { words, mut pieces } = asked;
    if words.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    // The letters of a code are on every code of the shop, and walking their long lists is what costs;
    // its digits tell codes apart. The words themselves are compared in any case.
    if words.len() == 1 && words[0].is_ascii() {
        let digits = |piece: &String| piece.bytes().all(|byte| byte.is_ascii_digit());
        if pieces.iter().any(digits) {
            pieces.retain(digits);
        }
    }
    let limit = limit.min(FEW * 20);
    let mut args = Vec::new();
    let mut sql = String::new();
    if pieces.is_empty() {
        args.push(Arg::from(kind));
        let _ = write!(
            sql,
            "SELECT d.ref_id, d.hay FROM (SELECT ref_id, hay FROM search_doc WHERE kind = $1 LIMIT {GLANCE}) d WHERE 1 = 1"
        );
        push_words(&mut sql, "d.hay", &words, &mut args);
    } else if tx.is_postgres() {
        // Where it does not read the index but looks at the rows, their text is read faster than their
        // pieces: all words are compared, and first.
        sql.push_str("SELECT d.ref_id, d.hay FROM search_doc d WHERE TRUE");
        push_words(&mut sql, "d.hay", &words, &mut args);
        args.push(Arg::from(pieces.iter().map(|piece| postgres_piece(kind, piece)).collect::<Vec<_>>().join(" ")));
        let _ = write!(sql, " AND d.grams @> string_to_array(${}, ' ')", args.len());
    } else {
        args.push(Arg::from(sqlite_match(kind, &pieces)));
        sql.push_str(
            "SELECT d.ref_id, d.hay FROM search_gram g CROSS JOIN search_doc d ON d.id = g.rowid
             WHERE g.search_gram MATCH $1",
        );
        push_words(&mut sql, "d.hay", &to_compare(&words), &mut args);
    }
    let _ = write!(sql, " LIMIT {limit}");
    Ok(match tx {
        Tx::Sqlite(_) => fetch_dyn!(*tx, (Uuid, String), sql, &args)?,
        // Planned anew for each query: whether to read the index or simply to look depends on how
        // common its pieces are, which a plan made for any query cannot know.
        Tx::Postgres(tx) => {
            let values = bound!(sqlx::postgres::PgArguments, args)?;
            let query = sqlx::query_as_with::<_, (Uuid, String), _>(sqlx::AssertSqlSafe(sql), values);
            query.persistent(false).fetch_all(&mut **tx).await?
        }
    })
}

/// A query, taken apart.
pub(crate) struct Asked {
    pub words: Vec<String>,
    /// What the index is asked for; none when all words are single letters.
    pub pieces: Vec<String>,
}

impl Asked {
    pub fn of(query: &str) -> Self {
        let query: String = query.chars().take(MAX_QUERY).collect();
        let mut pieces: Vec<String> = query_grams(&query).into_iter().flatten().collect();
        pieces.sort_unstable();
        pieces.dedup();
        Self { words: query_words(&query), pieces }
    }
}

/// The words that the pieces do not settle.
pub(crate) fn to_compare(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !is_gram(word)).cloned().collect()
}

/// What SQLite's index is asked for.
pub(crate) fn sqlite_match(kind: &str, pieces: &[String]) -> String {
    pieces.iter().map(|piece| sqlite_piece(kind, piece)).collect::<Vec<_>>().join(" AND ")
}

/// What SQLite's index holds of a haystack.
pub(crate) fn sqlite_pieces(kind: &str, hay: &str) -> String {
    grams(hay).iter().map(|piece| sqlite_piece(kind, piece)).collect::<Vec<_>>().join(" ")
}

/// What a list is to be narrowed to: few rows by name, or the words to compare with.
pub(crate) async fn matches(tx: &mut Tx, kind: &str, query: &str) -> Result<Matches> {
    let asked = Asked::of(query);
    let words = asked.words.clone();
    if words.is_empty() {
        return Ok(Matches::All);
    }
    if asked.pieces.is_empty() {
        return Ok(Matches::Many(words));
    }
    let found = look_up(tx, kind, asked, FEW + 1).await?;
    Ok(if found.len() > FEW {
        Matches::Many(words)
    } else {
        Matches::Few(found.into_iter().map(|(id, _)| id).collect())
    })
}

pub(crate) fn push_words(sql: &mut String, column: &str, words: &[String], args: &mut Vec<Arg>) {
    for word in words {
        args.push(Arg::from(like_contains(word)));
        let _ = write!(sql, " AND {column} LIKE ${} ESCAPE '\\'", args.len());
    }
}

/// A `LIKE … ESCAPE '\'` pattern for "has this within".
pub(crate) fn like_contains(word: &str) -> String {
    format!("%{}%", like_literal(word))
}

/// Text that `LIKE … ESCAPE '\'` takes for itself.
pub(crate) fn like_literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

async fn put_postgres(tx: &mut Tx, kind: &str, docs: &[&(Uuid, String)]) -> Result<()> {
    let mut args = Vec::with_capacity(docs.len() * 4);
    for (id, hay) in docs {
        let hay = without_nul(hay);
        let pieces: Vec<String> = grams(&hay).iter().map(|piece| postgres_piece(kind, piece)).collect();
        args.extend([Arg::from(kind), Arg::Uuid(*id), Arg::from(hay), Arg::from(pieces.join(" "))]);
    }
    let sql = format!(
        "WITH w(kind, ref_id, hay, grams) AS (VALUES {})
         INSERT INTO search_doc (kind, ref_id, hay, grams)
         SELECT kind, ref_id, hay, string_to_array(grams, ' ') FROM w
         ON CONFLICT (kind, ref_id) DO UPDATE SET hay = excluded.hay, grams = excluded.grams
         WHERE search_doc.hay <> excluded.hay",
        value_rows(docs.len(), 4)
    );
    tx.execute_dyn(sql, &args).await?;
    Ok(())
}

async fn put_sqlite(tx: &mut Tx, kind: &str, docs: &[&(Uuid, String)]) -> Result<()> {
    let mut args = Vec::with_capacity(docs.len() * 3);
    for (id, hay) in docs {
        args.extend([Arg::from(kind), Arg::Uuid(*id), Arg::from(without_nul(hay))]);
    }
    // Only rows whose text is new come back, so that saving a price does not write the index.
    let sql = format!(
        "INSERT INTO search_doc (kind, ref_id, hay) VALUES {}
         ON CONFLICT (kind, ref_id) DO UPDATE SET hay = excluded.hay WHERE search_doc.hay <> excluded.hay
         RETURNING id, hay",
        value_rows(docs.len(), 3)
    );
    let changed: Vec<(i64, String)> = fetch_dyn!(*tx, (i64, String), sql, &args)?;
    if changed.is_empty() {
        return Ok(());
    }
    let mut args = Vec::with_capacity(changed.len() * 2);
    for (id, hay) in &changed {
        args.extend([Arg::I64(*id), Arg::from(sqlite_pieces(kind, hay))]);
    }
    tx.insert_many("INSERT OR REPLACE INTO search_gram (rowid, grams)", 2, &args, "").await?;
    Ok(())
}

/// Postgres holds no NUL in a text.
fn without_nul(hay: &str) -> String {
    hay.replace('\0', "")
}

fn postgres_piece(kind: &str, piece: &str) -> String {
    format!("{kind}:{piece}")
}

fn sqlite_piece(kind: &str, piece: &str) -> String {
    let mut token = String::with_capacity(kind.len() + piece.len() * 2 + 1);
    token.push_str(kind);
    // No digit or letter of the hexadecimal, so that no kind runs into a piece.
    token.push('x');
    for byte in piece.bytes() {
        let _ = write!(token, "{byte:02x}");
    }
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_pieces() {
        assert_eq!(like_contains("a%b_c\\"), "%a\\%b\\_c\\\\%");
        assert_eq!(sqlite_piece("sku", "苹a"), "skuxe88bb961");
        assert!(sqlite_piece("sku", "\u{10ffff}!").bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }

    #[test]
    fn conditions() {
        let mut args = vec![Arg::I64(1)];
        assert_eq!(Matches::All.condition("sku", "s.id", &mut args), "");
        assert_eq!(Matches::Few(vec![Uuid::nil()]).condition("sku", "s.id", &mut args), " AND s.id IN ($2)");
        let many = Matches::Many(vec!["ab".into(), "c".into()]).condition("sku", "s.id", &mut args);
        assert!(many.contains("$3") && many.ends_with("LIKE $5 ESCAPE '\\')"), "{many}");
        assert_eq!(args.len(), 5);
    }
}
