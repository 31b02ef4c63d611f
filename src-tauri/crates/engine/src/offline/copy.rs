//! The copy of the shop that a desk sells from when its server is gone.
//!
//! It is a SQLite file with the shop's own schema, so that the same commands run on it, and with what they
//! need: see [`families`](super::families). It is made once and then kept up to date family by family. What
//! was changed on it without the server is taken from the server again when it is back, so that whatever
//! became of the commands there, the copy becomes equal to it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use domain::units::Millis;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::families::{CUSTOMER, FAMILIES, ORDERS, Root, SEARCH, SEARCH_TABLE, WHOLE, family_of};
use crate::{
    backup::copy::{self, Table},
    commands,
    ctx::Device,
    db::{Arg, Db, Tx, placeholders},
    error::{Error, Result},
    execute, fetch_all, fetch_dyn, fetch_one, fetch_optional,
    orders::buyers,
    search,
};

const DAY_MS: i64 = 86_400_000;
/// Orders of so many days are in the copy.
const DAYS_OF_ORDERS: i64 = 3;
/// The server forgets what changed before so many days; a desk that was away longer copies all anew.
pub(super) const DAYS_OF_FEED: i64 = 7;
/// Roots asked for at once.
const CHUNK: usize = 400;
/// For so long a command may come again that the server has done.
const COMES_AGAIN_MS: i64 = DAY_MS;

/// Commands that this desk gave the server, and that the copy does not know to be done.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    ids: VecDeque<Uuid>,
    /// How many were too many to be remembered.
    forgotten: u64,
    /// How many of those the copy has asked the server for, with the ones from before the program was started.
    caught_up: Option<u64>,
}

impl Given {
    const MOST: usize = 1000;

    pub fn note(&mut self, command_id: Uuid) {
        self.ids.push_back(command_id);
        if self.ids.len() > Self::MOST {
            self.ids.pop_front();
            self.forgotten += 1;
        }
    }

    /// Whether there are no others.
    fn is_all(&self) -> bool {
        self.caught_up == Some(self.forgotten)
    }

    /// The copy has asked for all that were known of as of `asked`, and these are done.
    fn are_done(&mut self, asked: &Self, done: &[Done]) {
        let done: BTreeSet<Uuid> = done.iter().map(|(id, ..)| *id).collect();
        self.ids.retain(|id| !done.contains(id));
        self.caught_up = Some(asked.forgotten);
    }
}

/// A command of this desk that the server has done: its id, when, its name, what was asked and answered.
type Done = (Uuid, i64, String, String, String);

/// What the copy knows of itself.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(super) struct State {
    pub device: Uuid,
    pub mark: String,
    /// The first transaction of the server whose changes may be missing; empty until the copy is whole.
    pub cursor: String,
    /// Which shop on which server it is a copy of, and since which promotion.
    pub origin: String,
    /// By the server's clock.
    pub pulled_at: i64,
    /// How far the server's clock is ahead of this machine's.
    pub ahead_ms: i64,
    /// Of the schema the copy was made with.
    pub schema_version: i64,
}

/// Tables the copy has besides those of a shop.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS desk_state (
        one BIGINT PRIMARY KEY CHECK (one = 1), device UUID NOT NULL, mark TEXT NOT NULL, cursor TEXT NOT NULL,
        origin TEXT NOT NULL, pulled_at BIGINT NOT NULL, ahead_ms BIGINT NOT NULL, schema_version BIGINT NOT NULL,
        -- Whether changes are noted: those of commands are, those that come from the server are not.
        noting BOOLEAN NOT NULL
    );
    CREATE TABLE IF NOT EXISTS desk_touched (
        family TEXT NOT NULL, root UUID NOT NULL, PRIMARY KEY (family, root)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS desk_outbox (
        n INTEGER PRIMARY KEY AUTOINCREMENT, command_id UUID NOT NULL UNIQUE, entry TEXT NOT NULL
    );
    -- Commands of this desk that the server has carried out, and what it answered.
    CREATE TABLE IF NOT EXISTS desk_done (
        command_id UUID PRIMARY KEY, at BIGINT NOT NULL, command TEXT NOT NULL, input TEXT NOT NULL,
        result TEXT NOT NULL
    ) WITHOUT ROWID;";

/// Gives the file the tables and triggers of a copy.
pub(super) async fn prepare(copy: &Db) -> Result<()> {
    let mut tx = copy.begin().await?;
    for statement in TABLES.split_inclusive(';') {
        tx.execute_dyn(statement.to_owned(), &[]).await?;
    }
    for sql in triggers() {
        tx.execute_dyn(sql, &[]).await?;
    }
    Ok(tx.commit().await?)
}

/// What notes the changes of commands: three to each table. In a trigger `OR IGNORE` would yield to what the
/// command's own statement says of conflicts.
fn triggers() -> Vec<String> {
    let rooted = FAMILIES.iter().flat_map(|of| of.tables.iter().map(|(table, root)| (of.name, *table, Some(*root))));
    let search = (SEARCH, SEARCH_TABLE, Some(Root::Column("ref_id")));
    let whole = WHOLE.iter().map(|table| (*table, *table, None));
    let mut triggers = Vec::new();
    for (family, table, root) in rooted.chain([search]).chain(whole) {
        for (event, row) in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")] {
            let root = root.map_or_else(|| format!("x'{}'", Uuid::nil().simple()), |root| root.of(row));
            triggers.push(format!(
                "CREATE TRIGGER IF NOT EXISTS desk_note_{table}_{event} AFTER {event} ON {table}
                 WHEN (SELECT noting FROM desk_state) AND {root} IS NOT NULL
                 BEGIN
                     INSERT INTO desk_touched (family, root) SELECT '{family}', {root} WHERE NOT EXISTS
                         (SELECT 1 FROM desk_touched WHERE family = '{family}' AND root = {root});
                 END"
            ));
        }
    }
    triggers
}

impl State {
    /// Of a desk that has copied nothing yet.
    pub fn of(device: &Device) -> Self {
        Self {
            device: device.id,
            mark: device.mark.clone(),
            cursor: String::new(),
            origin: String::new(),
            pulled_at: 0,
            ahead_ms: 0,
            schema_version: 0,
        }
    }

    pub async fn load(tx: &mut Tx) -> Result<Option<Self>> {
        Ok(fetch_optional!(
            *tx,
            Self,
            "SELECT device, mark, cursor, origin, pulled_at, ahead_ms, schema_version FROM desk_state"
        )?)
    }

    pub async fn save(&self, tx: &mut Tx) -> Result<()> {
        execute!(
            *tx,
            "INSERT INTO desk_state (one, device, mark, cursor, origin, pulled_at, ahead_ms, schema_version, noting)
             VALUES (1,$1,$2,$3,$4,$5,$6,$7,TRUE)
             ON CONFLICT (one) DO UPDATE SET device = excluded.device, mark = excluded.mark, cursor = excluded.cursor,
                 origin = excluded.origin, pulled_at = excluded.pulled_at, ahead_ms = excluded.ahead_ms,
                 schema_version = excluded.schema_version, noting = TRUE",
            self.device,
            self.mark.as_str(),
            self.cursor.as_str(),
            self.origin.as_str(),
            self.pulled_at,
            self.ahead_ms,
            self.schema_version
        )?;
        Ok(())
    }

    /// The desk can sell from its copy.
    pub fn is_whole(&self) -> bool {
        !self.cursor.is_empty()
    }
}

/// Brings the copy up to what the server has now; answers what it knows of itself then. The copy must have no
/// command that waits for the server.
pub(super) async fn pull(server: &Db, copy: &Db, before: &State, here: Millis, given: &Mutex<Given>) -> Result<State> {
    let asked = given.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut from = server.begin_read().await?;
    // The timeline is read off the log that is being written: the control file has that of before a promotion
    // until the next checkpoint.
    let (cursor, origin, now): (String, String, i64) = fetch_one!(
        from,
        (String, String, i64),
        "SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT),
                (SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()) || '/' ||
                substring(pg_walfile_name(pg_current_wal_lsn()) FOR 8) || '/' || current_database() ||
                COALESCE((SELECT '/' || CAST(id AS TEXT) FROM shop), ''),
                CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    )?;
    let after = State {
        device: before.device,
        mark: before.mark.clone(),
        cursor,
        origin,
        pulled_at: now,
        ahead_ms: now - here.0,
        schema_version: crate::db::newest_migration(false),
    };
    let anew = !before.is_whole()
        || before.origin != after.origin
        || before.schema_version != after.schema_version
        || now - before.pulled_at > (DAYS_OF_FEED - 1) * DAY_MS;
    let done = done(&mut from, &asked, anew, &after).await?;
    if anew {
        all(&mut from, copy, &after, &done).await?;
    } else {
        changes(&mut from, copy, before, &after, &done).await?;
    }
    from.rollback().await?;
    copy.committed();
    given.lock().unwrap_or_else(PoisonError::into_inner).are_done(&asked, &done);
    Ok(after)
}

/// What the server has done of the commands of this desk: whoever sends one again while the server is gone is
/// answered as then.
async fn done(from: &mut Tx, asked: &Given, anew: bool, now: &State) -> Result<Vec<Done>> {
    // No other can be sent again while the server is gone.
    let names: Vec<String> = commands::SPECS
        .iter()
        .filter(|spec| spec.offline && spec.audited)
        .map(|spec| format!("'{}'", spec.name))
        .collect();
    let sql =
        format!("SELECT command_id, at, command, input, result FROM audit WHERE command IN ({})", names.join(","));
    if anew || !asked.is_all() {
        let since = [Arg::I64(now.pulled_at - COMES_AGAIN_MS), Arg::Uuid(now.device)];
        return Ok(fetch_dyn!(*from, Done, format!("{sql} AND at >= $1 AND device = $2"), &since)?);
    }
    let mut done = Vec::new();
    let ids: Vec<Uuid> = asked.ids.iter().copied().collect();
    for chunk in ids.chunks(CHUNK) {
        let args = padded(chunk);
        let list = placeholders(0, args.len());
        done.extend(fetch_dyn!(*from, Done, format!("{sql} AND command_id IN ({list})"), &args)?);
    }
    Ok(done)
}

/// The server's answer to this command, if the copy knows that it was done there: its name, what was asked and what
/// was answered.
pub(crate) async fn answered(tx: &mut Tx, command_id: Uuid) -> Result<Option<(String, String, String)>> {
    Ok(fetch_optional!(
        *tx,
        (String, String, String),
        "SELECT command, input, result FROM desk_done WHERE command_id = $1",
        command_id
    )?)
}

async fn remember(into: &mut Tx, done: &[Done], now: &State) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    execute!(*into, "DELETE FROM desk_done WHERE at < $1", now.pulled_at - COMES_AGAIN_MS)?;
    for (id, at, command, input, result) in done {
        execute!(
            *into,
            "INSERT INTO desk_done (command_id, at, command, input, result) VALUES ($1,$2,$3,$4,$5)
             ON CONFLICT (command_id) DO NOTHING",
            *id,
            *at,
            command.as_str(),
            input.as_str(),
            result.as_str()
        )?;
    }
    Ok(())
}

/// Leaves nothing of the shop in the copy.
pub(super) async fn wipe(copy: &Db, before: &State) -> Result<()> {
    if !before.is_whole() {
        return Ok(());
    }
    let mut into = copy.begin().await?;
    let tables = ours(&mut into).await?;
    quietly(&mut into).await?;
    copy::clear(&mut into, &tables).await?;
    execute!(into, "DELETE FROM desk_done")?;
    buyers::rebuild(&mut into).await?;
    settle(into, &State { cursor: String::new(), ..before.clone() }).await?;
    // What was deleted stands in the file until its pages are written anew.
    copy.compact().await
}

/// Everything anew.
async fn all(from: &mut Tx, copy: &Db, after: &State, done: &[Done]) -> Result<()> {
    let mut into = copy.begin_step().await?;
    // It may be another server's, which has done other things.
    execute!(into, "DELETE FROM desk_done")?;
    remember(&mut into, done, after).await?;
    let tables = ours(&mut into).await?;
    quietly(&mut into).await?;
    copy::clear(&mut into, &tables).await?;
    let since = after.pulled_at - DAYS_OF_ORDERS * DAY_MS;
    let recent = format!("SELECT id FROM orders WHERE placed_at >= {since}");
    for table in &tables {
        if let Some((family, root)) = family_of(table.name()) {
            let only = (family.name == ORDERS).then(|| root.condition(&recent));
            copy::rows(from, &mut into, table, only.as_deref().map(|only| (only, &[][..]))).await?;
        } else if WHOLE.contains(&table.name()) {
            copy::rows(from, &mut into, table, None).await?;
        }
    }
    copy::documents(from, &mut into).await?;
    buyers::rebuild(&mut into).await?;
    settle(into, after).await
}

/// The families that changed on the server since `before`, and those that were touched here.
async fn changes(from: &mut Tx, copy: &Db, before: &State, after: &State, done: &[Done]) -> Result<()> {
    let mut found: Vec<(String, Uuid)> = fetch_all!(
        *from,
        (String, Uuid),
        "SELECT DISTINCT family, root FROM feed WHERE xid >= CAST($1 AS XID8)",
        before.cursor.as_str()
    )?;
    let mut into = copy.begin().await?;
    let touched: Vec<(String, Uuid)> = fetch_all!(into, (String, Uuid), "SELECT family, root FROM desk_touched")?;
    found.extend(touched.iter().cloned());
    if found.is_empty() && done.is_empty() && before.cursor == after.cursor {
        return Ok(into.rollback().await?);
    }
    remember(&mut into, done, after).await?;
    let mut families: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    for (family, root) in found {
        families.entry(family).or_default().insert(root);
    }
    let tables = ours(&mut into).await?;
    quietly(&mut into).await?;
    let (whole, rest): (Vec<Table>, Vec<Table>) = tables.into_iter().partition(|table| WHOLE.contains(&table.name()));
    let (rooted, left): (Vec<Table>, Vec<Table>) =
        rest.into_iter().partition(|table| family_of(table.name()).is_some());
    if !touched.is_empty() {
        // What only commands leave; the copy has nothing of it from the server.
        copy::delete_all(&mut into, &left).await?;
    }
    let whole: Vec<Table> = whole.into_iter().filter(|table| families.contains_key(table.name())).collect();
    copy::delete_all(&mut into, &whole).await?;
    for table in &whole {
        copy::rows(from, &mut into, table, None).await?;
    }
    // Before the orders, which are found by what their customers are.
    if let Some(roots) = families.get(SEARCH) {
        let roots: Vec<Uuid> = roots.iter().copied().collect();
        for chunk in roots.chunks(CHUNK) {
            documents(from, &mut into, chunk).await?;
        }
    }
    for family in FAMILIES {
        let Some(roots) = families.get(family.name) else { continue };
        let roots: Vec<Uuid> = roots.iter().copied().collect();
        for chunk in roots.chunks(CHUNK) {
            renew(from, &mut into, &rooted, family.name, chunk, after).await?;
        }
    }
    settle(into, after).await
}

/// The rows of these roots as the server has them, in the place of those that are there.
async fn renew(
    from: &mut Tx,
    into: &mut Tx,
    tables: &[Table],
    family: &str,
    roots: &[Uuid],
    after: &State,
) -> Result<()> {
    let mut wanted = roots.to_vec();
    if family == ORDERS {
        buyers::forget(into, roots).await?;
        wanted = worth_having(from, into, roots, after.pulled_at - DAYS_OF_ORDERS * DAY_MS).await?;
    }
    let members: Vec<_> = tables
        .iter()
        .filter_map(|table| family_of(table.name()).filter(|(of, _)| of.name == family).map(|(_, root)| (table, root)))
        .collect();
    let args = padded(roots);
    let list = placeholders(0, args.len());
    for (table, root) in members.iter().rev() {
        into.execute_dyn(format!("DELETE FROM {} WHERE {}", table.name(), root.condition(&list)), &args).await?;
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let args = padded(&wanted);
    let list = placeholders(0, args.len());
    for (table, root) in &members {
        copy::rows(from, into, table, Some((&root.condition(&list), &args))).await?;
    }
    if family == ORDERS {
        buyers::remember(into, &wanted).await?;
    }
    if family == CUSTOMER {
        for root in &wanted {
            let hay: Option<(String,)> = fetch_optional!(
                *from,
                (String,),
                "SELECT hay FROM search_doc WHERE kind = 'customer' AND ref_id = $1",
                *root
            )?;
            if let Some((hay,)) = hay {
                buyers::again(into, *root, &hay).await?;
            }
        }
    }
    Ok(())
}

/// The ids of a list in a condition, the last one again and again up to one of a few lengths: a statement that was
/// made once serves again, and does not put others out of the connection's memory.
fn padded(ids: &[Uuid]) -> Vec<Arg> {
    const LENGTHS: [usize; 4] = [1, 5, 25, 100];
    let length = LENGTHS.into_iter().find(|length| ids.len() <= *length).unwrap_or(CHUNK);
    let more = ids.last().into_iter().cycle().take(length.saturating_sub(ids.len()));
    ids.iter().chain(more).copied().map(Arg::Uuid).collect()
}

/// Of these orders those that are new enough for the copy, or are in it.
async fn worth_having(from: &mut Tx, into: &mut Tx, roots: &[Uuid], since: i64) -> Result<Vec<Uuid>> {
    let args = padded(roots);
    let of = format!("WHERE id IN ({})", placeholders(0, args.len()));
    let there: BTreeSet<Uuid> =
        fetch_dyn!(*into, (Uuid,), format!("SELECT id FROM orders {of}"), &args)?.into_iter().map(|(id,)| id).collect();
    let found: Vec<(Uuid, i64)> =
        fetch_dyn!(*from, (Uuid, i64), format!("SELECT id, placed_at FROM orders {of}"), &args)?;
    Ok(found.into_iter().filter(|(id, at)| *at >= since || there.contains(id)).map(|(id, _)| id).collect())
}

async fn documents(from: &mut Tx, into: &mut Tx, roots: &[Uuid]) -> Result<()> {
    let args = padded(roots);
    let sql = format!(
        "SELECT kind, ref_id, hay FROM search_doc WHERE ref_id IN ({}) ORDER BY kind",
        placeholders(0, args.len())
    );
    let found: Vec<(String, Uuid, String)> = fetch_dyn!(*from, (String, Uuid, String), sql, &args)?;
    for kind in ["sku", "product", "customer"] {
        search::remove(into, kind, roots).await?;
    }
    for part in found.chunk_by(|a, b| a.0 == b.0) {
        let docs: Vec<(Uuid, String)> = part.iter().map(|(_, id, hay)| (*id, hay.clone())).collect();
        search::put(into, &part[0].0, &docs).await?;
    }
    Ok(())
}

/// The tables of a shop, without what is the copy's own: the numbers it gives out, and what it knows of itself.
async fn ours(tx: &mut Tx) -> Result<Vec<Table>> {
    // Each copy is of this program's schema. To read it takes longer than most changes do.
    static OURS: OnceCell<Vec<Table>> = OnceCell::const_new();
    let read = async || {
        let mut tables = copy::tables(tx).await?;
        tables.retain(|table| !table.name().starts_with("desk_") && table.name() != "number_counter");
        Ok::<_, Error>(tables)
    };
    Ok(OURS.get_or_try_init(read).await?.clone())
}

/// Nothing that is written from here on is noted; rows may refer to rows that come later.
async fn quietly(into: &mut Tx) -> Result<()> {
    execute!(*into, "PRAGMA defer_foreign_keys = ON")?;
    execute!(*into, "UPDATE desk_state SET noting = FALSE")?;
    Ok(())
}

async fn settle(mut into: Tx, after: &State) -> Result<()> {
    execute!(into, "DELETE FROM desk_touched")?;
    after.save(&mut into).await?;
    Ok(into.commit().await?)
}

/// Forgets what changed long ago; a desk that was away longer makes its copy anew.
pub(crate) async fn forget_changes(server: &Db) -> Result<()> {
    if !server.is_postgres() {
        return Ok(());
    }
    let mut tx = server.begin_step().await?;
    execute!(
        tx,
        "DELETE FROM feed WHERE at < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - $1",
        DAYS_OF_FEED * DAY_MS
    )?;
    Ok(tx.commit().await?)
}

/// Refuses a server with another shop than that of the copy: a database that was made anew under the same name.
/// What was done here is none of its business.
pub(super) async fn same_shop(server: &Db, copy: &Db) -> Result<()> {
    let mut shops = Vec::with_capacity(2);
    for db in [server, copy] {
        let mut tx = db.begin_read().await?;
        let shop: Option<(Uuid, Option<i64>)> =
            fetch_optional!(tx, (Uuid, Option<i64>), "SELECT id, moved_at FROM shop")?;
        tx.rollback().await?;
        shops.push(shop);
    }
    let ids: Vec<Option<Uuid>> = shops.iter().map(|shop| shop.map(|(id, _)| id)).collect();
    match shops[0] {
        _ if ids[0] != ids[1] => Err(Error::AnotherShop),
        Some((_, Some(_))) => Err(Error::ShopMoved),
        _ => Ok(()),
    }
}

/// What time it is at the server.
pub(super) async fn clock_of(server: &Db) -> Result<Millis> {
    let mut tx = server.begin_read().await?;
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    let (now,): (i64,) = fetch_one!(tx, (i64,), sql)?;
    tx.rollback().await?;
    Ok(Millis(now))
}

/// How many commands wait for the server.
pub(super) async fn waiting(copy: &Db) -> Result<i64> {
    let mut tx = copy.begin_read().await?;
    let (n,): (i64,) = fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM desk_outbox")?;
    tx.rollback().await?;
    Ok(n)
}

/// How many of them somebody gave; drafts are kept by themselves.
pub(super) async fn waiting_of_people(copy: &Db) -> Result<i64> {
    let mut tx = copy.begin_read().await?;
    let sql = "SELECT COUNT(*) FROM desk_outbox WHERE json_extract(entry, '$.command') NOT LIKE 'app.%draft'";
    let (n,): (i64,) = fetch_one!(tx, (i64,), sql)?;
    tx.rollback().await?;
    Ok(n)
}

pub(super) async fn load(copy: &Db) -> Result<Option<State>> {
    let mut tx = copy.begin_read().await?;
    let state = State::load(&mut tx).await?;
    tx.rollback().await?;
    Ok(state)
}

pub(super) async fn save(copy: &Db, state: &State) -> Result<()> {
    let mut tx = copy.begin().await?;
    state.save(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// The oldest commands that wait, each with its number and its id.
pub(super) async fn first_waiting(copy: &Db, most: i64) -> Result<Vec<(i64, Uuid, String)>> {
    let mut tx = copy.begin_read().await?;
    let rows: Vec<(i64, Uuid, String)> =
        fetch_all!(tx, (i64, Uuid, String), "SELECT n, command_id, entry FROM desk_outbox ORDER BY n LIMIT $1", most)?;
    tx.rollback().await?;
    Ok(rows)
}

/// The server has all up to this one.
pub(super) async fn sent(copy: &Db, n: i64) -> Result<()> {
    let mut tx = copy.begin().await?;
    execute!(tx, "DELETE FROM desk_outbox WHERE n <= $1", n)?;
    tx.commit().await?;
    copy.committed();
    Ok(())
}
