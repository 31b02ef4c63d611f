//! Lists of orders: any filter, a page at once, however many orders there are.
//!
//! One filter drives: it names the index that is walked in the order of the page. The others are
//! compared row by row. What is walked is chosen here and not by SQLite, which guesses badly without
//! statistics: it is told the index, and a leading `+` keeps it from another. Postgres has statistics.

use domain::{
    orders::{AfterSaleStatus, DeliveryMethod, Flag, FulfilmentStatus, PaymentStatus, Stage},
    units::{Count, Millis, Minor, Qty},
};
use uuid::Uuid;

use super::{ListOrders, OrderFilter, OrderPage, OrderRow, OrderSort, cursor, page_limit, seek};
use crate::{
    access::Within,
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    fetch_dyn,
    payments::shop_day,
};

pub async fn list(ctx: &mut Ctx, input: ListOrders) -> Result<OrderPage> {
    let limit = page_limit(input.limit)?;
    let ask = Ask::new(ctx, &input)?;
    let text = ask.filter.search.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let hidden = ask.filter.channel.as_deref().is_some_and(|channel| ctx.sees_channel(channel).is_err());
    let rows = match text {
        _ if hidden => Vec::new(),
        Some(text) => seek::by_text(ctx, &ask, &text, limit + 1).await?,
        None => by_filter(ctx, &ask, limit + 1).await?,
    };
    let by_amount = ask.sort.by_amount();
    let (rows, next) =
        cursor::cut(rows, limit, |row: &Row| (if by_amount { row.total } else { row.placed_at }, row.id));
    let items = rows.into_iter().map(OrderRow::from).collect();
    Ok(OrderPage { items: ctx.shown::<Vec<OrderRow>>(items), next })
}

/// The question, made ready: bounds in milliseconds, the sort decided, the cursor read.
#[derive(Clone)]
pub(super) struct Ask {
    pub filter: OrderFilter,
    pub sort: OrderSort,
    pub from: Option<i64>,
    pub before: Option<i64>,
    pub cursor: Option<(i64, Uuid)>,
    pub within: Within,
}

impl OrderSort {
    pub(super) fn by_amount(self) -> bool {
        matches!(self, Self::AmountAsc | Self::AmountDesc)
    }

    fn ascending(self) -> bool {
        matches!(self, Self::AmountAsc | Self::Oldest)
    }
}

impl Ask {
    fn new(ctx: &Ctx, input: &ListOrders) -> Result<Self> {
        let mut filter = input.filter.clone();
        filter.stages.sort_unstable();
        filter.stages.dedup();
        filter.channel = filter.channel.filter(|channel| !channel.is_empty());
        filter.assignee = filter.assignee.filter(|assignee| !assignee.is_empty());
        filter.tag = filter.tag.map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty());
        filter.waybill = filter.waybill.map(|waybill| crate::shipping::folded(&waybill)).filter(|w| !w.is_empty());
        if filter.search.as_ref().is_some_and(|text| text.chars().count() > 200) {
            return Err(Error::invalid_because("search", "too_long", "200"));
        }
        let shop = ctx.shop()?;
        let from = filter.from_day.map(|day| shop_day(&shop.zone, day)).transpose()?.map(|(from, _)| from);
        let before = filter.to_day.map(|day| shop_day(&shop.zone, day)).transpose()?.map(|(_, end)| end);
        let amount = filter.amount_min.is_some() || filter.amount_max.is_some();
        let only_amount = amount && filter.search.is_none() && driver(&filter) == Driver::Time;
        let usual = if only_amount { OrderSort::AmountDesc } else { OrderSort::Newest };
        Ok(Self {
            sort: input.sort.unwrap_or(usual),
            cursor: input.cursor.as_deref().map(cursor::decode).transpose()?,
            filter,
            from,
            before,
            within: ctx.within(),
        })
    }
}

/// What is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    Customer,
    Sku,
    Waybill,
    Flag,
    Tag,
    Assignee,
    Held,
    Stage,
    Payment,
    Fulfilment,
    Channel,
    /// Who sees only their own orders: those that they placed.
    Placer,
    Time,
}

/// The filter that leaves the fewest orders, by what is known of shops: most orders are completed,
/// paid, and of one channel; few are flagged or held.
fn driver(filter: &OrderFilter) -> Driver {
    let few_paid = filter.payment_status.is_some_and(|status| status != PaymentStatus::Paid);
    let open = !filter.stages.is_empty() && filter.stages.iter().all(|stage| !stage.is_final());
    let moving = filter.fulfilment_status.is_some_and(|status| status != FulfilmentStatus::Delivered);
    let choices = [
        (Driver::Waybill, filter.waybill.is_some()),
        (Driver::Customer, filter.customer_id.is_some()),
        (Driver::Sku, filter.sku_id.is_some()),
        (Driver::Tag, filter.tag.is_some()),
        (Driver::Flag, filter.flag.is_some_and(|flag| flag != Flag::None)),
        (Driver::Assignee, filter.assignee.is_some()),
        (Driver::Held, filter.held),
        (Driver::Stage, open),
        (Driver::Payment, few_paid),
        (Driver::Fulfilment, moving),
        (Driver::Channel, filter.channel.is_some()),
        (Driver::Stage, !filter.stages.is_empty()),
        (Driver::Payment, filter.payment_status.is_some()),
        (Driver::Fulfilment, filter.fulfilment_status.is_some()),
    ];
    choices.into_iter().find(|(_, asked)| *asked).map_or(Driver::Time, |(driver, _)| driver)
}

/// An order in a list, as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    number: String,
    channel: String,
    customer_id: Option<Uuid>,
    buyer_name: String,
    delivery: DeliveryMethod,
    stage: Stage,
    payment_status: PaymentStatus,
    fulfilment_status: FulfilmentStatus,
    after_sale_status: AfterSaleStatus,
    holds: i64,
    archived: bool,
    currency: String,
    pub total: i64,
    captured: i64,
    refunded: i64,
    granted: i64,
    units: i64,
    line_count: i64,
    first_title: String,
    flag: Flag,
    assignee: String,
    tags: String,
    buyer_note: String,
    seller_note: String,
    pub placed_at: i64,
    version: i64,
}

const COLUMNS: &str = "o.id, o.number, o.channel, o.customer_id, o.buyer_name, o.delivery, o.stage, o.payment_status,
    o.fulfilment_status, o.after_sale_status, o.holds, o.archived, o.currency, o.total, o.captured, o.refunded,
    o.granted, o.units, o.line_count, o.first_title, o.flag, o.assignee, o.tags, o.buyer_note, o.seller_note,
    o.placed_at, o.version";

impl From<Row> for OrderRow {
    fn from(row: Row) -> Self {
        let due = match row.stage {
            Stage::Cancelled => 0,
            _ => (row.total - row.granted - row.captured + row.refunded).max(0),
        };
        Self {
            id: row.id,
            number: row.number,
            channel: row.channel,
            customer_id: row.customer_id,
            buyer_name: row.buyer_name,
            delivery: row.delivery,
            stage: row.stage,
            payment_status: row.payment_status,
            fulfilment_status: row.fulfilment_status,
            after_sale_status: row.after_sale_status,
            holds: Count(row.holds),
            archived: row.archived,
            currency: row.currency,
            total: Minor(row.total),
            due: Minor(due),
            units: Qty(row.units),
            line_count: Count(row.line_count),
            first_title: row.first_title,
            flag: row.flag,
            assignee: row.assignee,
            // Written by `annotate` only, as a list.
            tags: serde_json::from_str(&row.tags).unwrap_or_default(),
            buyer_note: row.buyer_note,
            seller_note: row.seller_note,
            placed_at: Millis(row.placed_at),
            version: Count(row.version),
        }
    }
}

/// One `SELECT` being put together.
pub(super) struct Select {
    pub args: Vec<Arg>,
    pub from: String,
    pub conditions: Vec<String>,
    /// Whose `placed_at` and id are walked: `o.placed_at, o.id`, or those of a table that leads to it.
    pub key: (&'static str, &'static str),
    /// What the page is ordered by, where it is not that key.
    pub order: Option<&'static str>,
    /// Keeps SQLite from choosing an index for a column that is only compared.
    plain: &'static str,
}

impl Select {
    pub(super) fn new(postgres: bool, from: &str, key: (&'static str, &'static str)) -> Self {
        let plain = if postgres { "" } else { "+" };
        Self { args: Vec::new(), from: from.to_owned(), conditions: Vec::new(), key, order: None, plain }
    }

    /// Orders by this index.
    pub(super) fn orders(postgres: bool, index: &str) -> Self {
        let told = if postgres { String::new() } else { format!(" INDEXED BY {index}") };
        Self::new(postgres, &format!("orders AS o{told}"), ORDERS_KEY)
    }

    /// Orders by way of their lines, to be narrowed to a SKU.
    pub(super) fn lines(postgres: bool) -> Self {
        let told = if postgres { "" } else { " INDEXED BY order_line_by_sku" };
        let from = format!("order_line AS l{told} CROSS JOIN orders AS o");
        let mut select = Self::new(postgres, &from, ("l.placed_at", "l.order_id"));
        select.conditions.push("o.id = l.order_id".into());
        select
    }

    /// Orders by way of their tags, to be narrowed to one.
    pub(super) fn tags(postgres: bool) -> Self {
        let told = if postgres { "" } else { " INDEXED BY order_tag_by_tag" };
        let from = format!("order_tag AS g{told} CROSS JOIN orders AS o");
        let mut select = Self::new(postgres, &from, ("g.placed_at", "g.order_id"));
        select.conditions.push("o.id = g.order_id".into());
        select
    }

    /// A condition that names the index to walk.
    pub(super) fn walk(&mut self, column: &str, operator: &str, value: impl Into<Arg>) {
        self.args.push(value.into());
        self.conditions.push(format!("{column} {operator} ${}", self.args.len()));
    }

    /// A condition compared row by row.
    pub(super) fn compare(&mut self, column: &str, operator: &str, value: impl Into<Arg>) {
        let column = format!("{}{column}", self.plain);
        self.walk(&column, operator, value);
    }

    pub(super) fn one_of(&mut self, column: &str, values: Vec<Arg>) {
        self.conditions.push(format!("{column} IN ({})", placeholders(self.args.len(), values.len())));
        self.args.extend(values);
    }

    /// Every filter but the driving one, and those that cost their own search.
    pub(super) fn rest(&mut self, ask: &Ask, except: &[&str]) {
        let filter = &ask.filter;
        let skip = |name: &str| except.contains(&name);
        // What is sought by customer, SKU, waybill or text is found archived or not.
        if filter.archived && !skip("archived") {
            self.compare("o.archived", "=", true);
        }
        if !filter.stages.is_empty() && !skip("stage") {
            let stages = filter.stages.iter().map(|stage| Arg::from(stage.as_str())).collect();
            let column = format!("{}o.stage", self.plain);
            self.one_of(&column, stages);
        }
        if let Some(status) = filter.payment_status.filter(|_| !skip("payment")) {
            self.compare("o.payment_status", "=", status.as_str());
        }
        if let Some(status) = filter.fulfilment_status.filter(|_| !skip("fulfilment")) {
            self.compare("o.fulfilment_status", "=", status.as_str());
        }
        if let Some(channel) = filter.channel.as_deref().filter(|_| !skip("channel")) {
            self.compare("o.channel", "=", channel);
        }
        if let Some(id) = filter.customer_id.filter(|_| !skip("customer")) {
            self.compare("o.customer_id", "=", id);
        }
        if let Some(flag) = filter.flag.filter(|_| !skip("flag")) {
            self.compare("o.flag", "=", flag.as_str());
        }
        if let Some(assignee) = filter.assignee.as_deref().filter(|_| !skip("assignee")) {
            self.compare("o.assignee", "=", assignee);
        }
        if let Some(tag) = filter.tag.as_deref().filter(|_| !skip("tag")) {
            self.args.push(tag.into());
            let n = self.args.len();
            self.conditions
                .push(format!("EXISTS (SELECT 1 FROM order_tag e WHERE e.order_id = o.id AND e.tag = ${n})"));
        }
        if filter.held && !skip("held") {
            self.conditions.push(format!("{}o.holds > 0", self.plain));
        }
        if let Some(id) = filter.sku_id.filter(|_| !skip("sku")) {
            self.args.push(id.into());
            self.conditions.push(format!(
                "EXISTS (SELECT 1 FROM order_line e WHERE e.order_id = o.id AND {}e.sku_id = ${})",
                self.plain,
                self.args.len()
            ));
        }
        if let Some(waybill) = filter.waybill.as_deref().filter(|_| !skip("waybill")) {
            let collate = if self.plain.is_empty() { " COLLATE \"C\"" } else { "" };
            self.args.extend([Arg::from(waybill), Arg::from(format!("{waybill}\u{10ffff}"))]);
            self.conditions.push(format!(
                "EXISTS (SELECT 1 FROM parcel e WHERE e.order_id = o.id AND {plain}e.waybill{collate} >= ${}
                         AND {plain}e.waybill{collate} < ${})",
                self.args.len() - 1,
                self.args.len(),
                plain = self.plain
            ));
        }
        if let Some(amount) = filter.amount_min.filter(|_| !skip("amount")) {
            self.compare("o.total", ">=", amount);
        }
        if let Some(amount) = filter.amount_max.filter(|_| !skip("amount")) {
            self.compare("o.total", "<=", amount);
        }
        let within = match skip("own") {
            true => ask.within.channels_as(&format!("{}o.channel", self.plain), &mut self.args),
            false => ask.within.condition("o", self.plain, &mut self.args),
        };
        if let Some(within) = within.strip_prefix(" AND ") {
            self.conditions.push(within.to_owned());
        }
    }

    /// The days of the filter, and the place where the last page ended.
    pub(super) fn bounds(&mut self, ask: &Ask) {
        let (at, id) = self.key;
        if let Some(from) = ask.from {
            self.walk(at, ">=", from);
        }
        if let Some(before) = ask.before {
            self.walk(at, "<", before);
        }
        if let Some((key, last)) = ask.cursor {
            let operator = if ask.sort.ascending() { ">" } else { "<" };
            let column = if ask.sort.by_amount() { "o.total" } else { at };
            self.args.extend([key.into(), last.into()]);
            self.conditions.push(format!(
                "({column}, {id}) {operator} (${}, ${})",
                self.args.len() - 1,
                self.args.len()
            ));
        }
    }

    pub(super) fn sql(&self, sort: OrderSort, limit: i64) -> String {
        let (at, id) = self.key;
        let column = if sort.by_amount() { "o.total" } else { at };
        let way = if sort.ascending() { "ASC" } else { "DESC" };
        let filter = self.conditions.join(" AND ");
        let order = match self.order {
            Some(key) => format!("{key} {way}"),
            None => format!("{column} {way}, {id} {way}"),
        };
        format!("SELECT {COLUMNS} FROM {} WHERE {filter} ORDER BY {order} LIMIT {limit}", self.from)
    }

    pub(super) async fn fetch(&self, ctx: &mut Ctx, sort: OrderSort, limit: i64) -> Result<Vec<Row>> {
        Ok(fetch_dyn!(ctx.tx, Row, self.sql(sort, limit), &self.args)?)
    }
}

pub(super) const ORDERS_KEY: (&str, &str) = ("o.placed_at", "o.id");

async fn by_filter(ctx: &mut Ctx, ask: &Ask, limit: i64) -> Result<Vec<Row>> {
    if ask.within.own.is_some() && !matches!(driver(&ask.filter), Driver::Customer | Driver::Waybill) {
        return by_own(ctx, ask, limit).await;
    }
    if ask.within.channels.is_empty() || ask.filter.channel.is_some() {
        return of_all(ctx, ask, limit).await;
    }
    // As if each were asked for: the top of each, then the top of those.
    let mut rows = Vec::new();
    for channel in &ask.within.channels {
        let filter = OrderFilter { channel: Some(channel.clone()), ..ask.filter.clone() };
        rows.extend(of_all(ctx, &Ask { filter, ..ask.clone() }, limit).await?);
    }
    Ok(merged(rows, ask.sort, limit))
}

/// What somebody placed, and what is assigned to them.
pub(super) async fn by_own(ctx: &mut Ctx, ask: &Ask, limit: i64) -> Result<Vec<Row>> {
    let postgres = ctx.tx.is_postgres();
    let name = ask.within.own.as_ref().map(|(_, name)| name.clone()).filter(|name| !name.is_empty());
    let name = name.filter(|name| ask.filter.assignee.as_ref().is_none_or(|asked| asked == name));
    // Those with a SKU are found archived or not.
    let archives: &[bool] = if ask.filter.sku_id.is_some() { &[false, true] } else { &[ask.filter.archived] };
    let mut rows = Vec::new();
    for &archived in archives.iter().filter(|archived| **archived || !ask.filter.archived) {
        let placed = Ask { filter: OrderFilter { archived, ..ask.filter.clone() }, ..ask.clone() };
        rows.extend(walk(postgres, &placed, Driver::Placer, None).fetch(ctx, ask.sort, limit).await?);
        if let Some(name) = &name {
            let filter = OrderFilter { assignee: Some(name.clone()), ..placed.filter.clone() };
            let assigned = Ask { filter, ..placed };
            rows.extend(walk(postgres, &assigned, Driver::Assignee, None).fetch(ctx, ask.sort, limit).await?);
        }
    }
    Ok(merged(rows, ask.sort, limit))
}

async fn of_all(ctx: &mut Ctx, ask: &Ask, limit: i64) -> Result<Vec<Row>> {
    let filter = &ask.filter;
    let driver = driver(filter);
    let postgres = ctx.tx.is_postgres();
    let few = matches!(
        driver,
        Driver::Customer | Driver::Sku | Driver::Waybill | Driver::Flag | Driver::Tag | Driver::Assignee | Driver::Held
    );
    if ask.sort.by_amount() && !few {
        return by_amount(postgres, ask).fetch(ctx, ask.sort, limit).await;
    }
    if driver == Driver::Stage && filter.stages.len() > 1 {
        return by_stages(ctx, ask, limit).await;
    }
    if driver == Driver::Waybill {
        let ids = seek::orders_of_waybill(ctx, filter.waybill.as_deref().unwrap_or_default()).await?;
        return seek::of_ids(ctx, ask, ids, limit).await;
    }
    walk(postgres, ask, driver, filter.stages.first().copied()).fetch(ctx, ask.sort, limit).await
}

/// The statement that walks the driver's index. Its conditions are written so that the index is the
/// only good choice: `archived`, the column, then the key of the page.
fn walk(postgres: bool, ask: &Ask, driver: Driver, stage: Option<Stage>) -> Select {
    let filter = &ask.filter;
    let mut select = match driver {
        Driver::Sku => Select::lines(postgres),
        Driver::Tag => Select::tags(postgres),
        Driver::Customer => Select::orders(postgres, "orders_by_customer"),
        Driver::Flag => Select::orders(postgres, "orders_by_flag"),
        Driver::Assignee => Select::orders(postgres, "orders_by_assignee"),
        Driver::Held => Select::orders(postgres, "orders_by_hold"),
        Driver::Stage => Select::orders(postgres, "orders_by_stage"),
        Driver::Payment => Select::orders(postgres, "orders_by_payment"),
        Driver::Fulfilment => Select::orders(postgres, "orders_by_fulfilment"),
        Driver::Channel => Select::orders(postgres, "orders_by_channel"),
        Driver::Placer => Select::orders(postgres, "orders_by_placer"),
        Driver::Waybill | Driver::Time => Select::orders(postgres, "orders_by_time"),
    };
    let archive_too = matches!(driver, Driver::Sku | Driver::Customer);
    if !archive_too {
        select.conditions.push(if filter.archived { "o.archived = TRUE" } else { "o.archived = FALSE" }.to_owned());
    }
    let done = match driver {
        Driver::Customer => {
            select.walk("o.customer_id", "=", filter.customer_id);
            "customer"
        }
        Driver::Sku => {
            select.walk("l.sku_id", "=", filter.sku_id);
            // An order with the SKU on two lines is listed once.
            let plain = if postgres { "" } else { "+" };
            select.conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM order_line d WHERE d.order_id = l.order_id AND {plain}d.sku_id = l.sku_id
                             AND d.line_no < l.line_no)"
            ));
            "sku"
        }
        Driver::Tag => {
            select.walk("g.tag", "=", filter.tag.as_deref());
            "tag"
        }
        Driver::Flag => {
            select.conditions.push("o.flag <> 'none'".into());
            select.walk("o.flag", "=", filter.flag.unwrap_or(Flag::None).as_str());
            "flag"
        }
        Driver::Assignee => {
            select.conditions.push("o.assignee <> ''".into());
            select.walk("o.assignee", "=", filter.assignee.as_deref());
            "assignee"
        }
        Driver::Held => {
            select.conditions.push("o.holds > 0".into());
            "held"
        }
        Driver::Stage => {
            select.walk("o.stage", "=", stage.map(Stage::as_str));
            "stage"
        }
        Driver::Payment => {
            select.walk("o.payment_status", "=", filter.payment_status.map(PaymentStatus::as_str));
            "payment"
        }
        Driver::Fulfilment => {
            select.walk("o.fulfilment_status", "=", filter.fulfilment_status.map(FulfilmentStatus::as_str));
            "fulfilment"
        }
        Driver::Channel => {
            select.walk("o.channel", "=", filter.channel.as_deref());
            "channel"
        }
        Driver::Placer => {
            select.walk("o.placed_by", "=", ask.within.own.as_ref().map(|(person, _)| *person));
            "own"
        }
        Driver::Waybill | Driver::Time => "",
    };
    select.rest(ask, &[done, if archive_too { "" } else { "archived" }]);
    select.bounds(ask);
    select
}

/// Walks the index of totals.
fn by_amount(postgres: bool, ask: &Ask) -> Select {
    let filter = &ask.filter;
    let mut select = Select::orders(postgres, "orders_by_total");
    select.conditions.push(if filter.archived { "o.archived = TRUE" } else { "o.archived = FALSE" }.to_owned());
    if let Some(amount) = filter.amount_min {
        select.walk("o.total", ">=", amount);
    }
    if let Some(amount) = filter.amount_max {
        select.walk("o.total", "<=", amount);
    }
    select.rest(ask, &["amount", "archived"]);
    let plain = if postgres { "" } else { "+" };
    for (operator, bound) in [(">=", ask.from), ("<", ask.before)] {
        if let Some(bound) = bound {
            select.walk(&format!("{plain}o.placed_at"), operator, bound);
        }
    }
    let days_done = Ask { from: None, before: None, ..ask.clone() };
    select.bounds(&days_done);
    select
}

/// Several stages: the top of each, then the top of those.
async fn by_stages(ctx: &mut Ctx, ask: &Ask, limit: i64) -> Result<Vec<Row>> {
    let postgres = ctx.tx.is_postgres();
    let mut rows = Vec::new();
    for stage in &ask.filter.stages {
        rows.extend(walk(postgres, ask, Driver::Stage, Some(*stage)).fetch(ctx, ask.sort, limit).await?);
    }
    Ok(merged(rows, ask.sort, limit))
}

/// The top of rows from several sources, each order once.
pub(super) fn merged(mut rows: Vec<Row>, sort: OrderSort, limit: i64) -> Vec<Row> {
    let key = |row: &Row| (if sort.by_amount() { row.total } else { row.placed_at }, row.id);
    rows.sort_unstable_by(|a, b| if sort.ascending() { key(a).cmp(&key(b)) } else { key(b).cmp(&key(a)) });
    rows.dedup_by_key(|row| row.id);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plans::Scratch;

    fn ask(filter: OrderFilter, sort: OrderSort) -> Ask {
        let cursor = Some((1_772_416_800_000, Uuid::max()));
        let (from, before) = (Some(1_700_000_000_000), Some(1_800_000_000_000));
        Ask { filter, sort, from, before, cursor, within: Within::default() }
    }

    async fn plan(scratch: &Scratch, select: &Select, sort: OrderSort) -> String {
        scratch.plan(&select.sql(sort, 51), &select.args).await.join("\n")
    }

    /// A page is read from one index, in its order: nothing is scanned, nothing sorted.
    #[tokio::test]
    async fn each_filter_walks_its_index() {
        let scratch = Scratch::open().await;
        let id = Some(Uuid::nil());
        let by = |change: fn(&mut OrderFilter)| {
            let mut filter = OrderFilter::default();
            change(&mut filter);
            filter
        };
        let cases = [
            (OrderFilter::default(), "orders_by_time"),
            (OrderFilter { customer_id: id, ..OrderFilter::default() }, "orders_by_customer"),
            (OrderFilter { sku_id: id, ..OrderFilter::default() }, "order_line_by_sku"),
            (by(|filter| filter.flag = Some(Flag::Red)), "orders_by_flag"),
            (by(|filter| filter.assignee = Some("Li".into())), "orders_by_assignee"),
            (by(|filter| filter.tag = Some("gift".into())), "order_tag_by_tag"),
            (by(|filter| filter.held = true), "orders_by_hold"),
            (by(|filter| filter.stages = vec![Stage::Ready]), "orders_by_stage"),
            (by(|filter| filter.payment_status = Some(PaymentStatus::Paid)), "orders_by_payment"),
            (by(|filter| filter.fulfilment_status = Some(FulfilmentStatus::Shipped)), "orders_by_fulfilment"),
            (by(|filter| filter.channel = Some("counter".into())), "orders_by_channel"),
            (by(|filter| filter.archived = true), "orders_by_time"),
        ];
        let everything = OrderFilter {
            stages: vec![Stage::Ready],
            payment_status: Some(PaymentStatus::Paid),
            fulfilment_status: Some(FulfilmentStatus::Allocated),
            channel: Some("counter".into()),
            amount_min: Some(Minor(1)),
            amount_max: Some(Minor(100)),
            ..OrderFilter::default()
        };
        let cases = cases.into_iter().chain([
            (everything.clone(), "orders_by_stage"),
            (OrderFilter { customer_id: id, sku_id: id, ..everything.clone() }, "orders_by_customer"),
            (OrderFilter { sku_id: id, flag: Some(Flag::Blue), ..everything }, "order_line_by_sku"),
        ]);
        for (filter, index) in cases {
            for sort in [OrderSort::Newest, OrderSort::Oldest] {
                let stage = filter.stages.first().copied();
                let select = walk(false, &ask(filter.clone(), sort), driver(&filter), stage);
                let plan = plan(&scratch, &select, sort).await;
                assert!(plan.lines().next().unwrap_or_default().contains(index), "{index}\n{plan}\n{filter:?}");
                assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}\n{filter:?}");
            }
        }
        // Who sees a part walks what is theirs, whatever else is asked.
        let name = "Li".to_owned();
        let within = Within { own: Some((Uuid::max(), name.clone())), channels: vec!["a".into(), "b".into()] };
        for sort in [OrderSort::Newest, OrderSort::Oldest] {
            for filter in [OrderFilter::default(), by(|filter| filter.stages = vec![Stage::Completed])] {
                for (driver, index) in [(Driver::Placer, "orders_by_placer"), (Driver::Assignee, "orders_by_assignee")]
                {
                    let filter = OrderFilter { assignee: Some(name.clone()), ..filter.clone() };
                    let own = Ask { within: within.clone(), ..ask(filter, sort) };
                    let plan = plan(&scratch, &walk(false, &own, driver, None), sort).await;
                    assert!(plan.lines().next().unwrap_or_default().contains(index), "{index}\n{plan}");
                    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
                }
            }
        }
        let filter = OrderFilter { amount_min: Some(Minor(5)), channel: Some("a".into()), ..OrderFilter::default() };
        for sort in [OrderSort::AmountDesc, OrderSort::AmountAsc] {
            let plan = plan(&scratch, &by_amount(false, &ask(filter.clone(), sort)), sort).await;
            assert!(plan.contains("orders_by_total"), "{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
