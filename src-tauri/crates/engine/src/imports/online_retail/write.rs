//! Writing whole invoices, many at once.
//!
//! The documents of a batch and all that is kept beside them (counters, daily sums, what a customer
//! has bought) are made in memory and written in few statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    orders::{FulfilmentStatus, PaymentStatus, Stage, payment_status},
    units::Millis,
};
use uuid::Uuid;

use super::{
    Batch, CHANNEL, Invoice,
    book::Book,
    read::cents,
    returns::{Sold, SoldOrder},
};
use crate::{
    analytics::{self, DayDelta, SkuDays, SkuDelta},
    ctx::{Ctx, new_id},
    customers::{self, CustomerOrders},
    db::{
        Arg, MOST_ROWS, placeholders,
        rows::{self, Feed, RowShape},
        value_rows,
    },
    error::Result,
    fetch_dyn,
    imports::{
        products::store::{self, NewProduct, NewSku},
        report::Report,
        run::Plan,
    },
    orders::{
        buyers::{self, Bought},
        counters::{self, Deltas, Standing},
    },
};

/// Ids asked for in one statement.
const ASK: usize = 500;

/// Orders whose rows are put together before the database gets the first of a batch: few, for it waits.
const FIRST_TOGETHER: usize = 64;

/// What a run knows of the database, so that it need not ask again.
pub struct Writer {
    /// The SKU of each entry of the book, with its title.
    skus: Vec<Option<Uuid>>,
    asked_skus: bool,
    customers: HashMap<String, Buyer>,
    sold: Sold,
}

struct Buyer {
    id: Uuid,
    /// What the customer is found by.
    hay: String,
}

/// Rows that have not filled a statement yet, table by table.
#[derive(Default)]
struct Rows {
    orders: Vec<Arg>,
    lines: Vec<Arg>,
    payments: Vec<Arg>,
    events: Vec<Arg>,
    returns: Vec<Arg>,
    return_lines: Vec<Arg>,
}

/// What a batch changes beside its own rows.
#[derive(Default)]
struct Changes {
    /// Units that came back, by order line.
    came_back: BTreeMap<Uuid, i64>,
    /// Orders that something came back of, as they stood before this batch touched them.
    before: BTreeMap<u32, Standing>,
    counters: Deltas,
    days: Vec<(i32, &'static str, DayDelta)>,
    skus: SkuDays,
    customers: HashMap<Uuid, CustomerOrders>,
    bought: Vec<Bought>,
    /// Orders by day of the first one of each customer, to tell new customers.
    first_days: HashMap<Uuid, i32>,
}

/// What invoices are put together with.
struct Making<'a> {
    plan: &'a Plan,
    book: &'a Book,
    who: &'a str,
}

impl Writer {
    pub async fn load(_plan: &Plan, ctx: &mut Ctx) -> Result<Self> {
        Ok(Self { skus: Vec::new(), asked_skus: false, customers: HashMap::new(), sold: Sold::new(ctx).await? })
    }

    pub async fn write(&mut self, ctx: &mut Ctx, plan: &Plan, batch: Batch) -> Result<Report> {
        let mut report = Report::default();
        let Batch { book, mut invoices } = batch;
        self.drop_known(ctx, &mut invoices, &mut report).await?;
        for invoice in &invoices {
            report.created += invoice.rows;
            report.made(if invoice.cancels { "returns" } else { "orders" }, 1);
        }
        if plan.position == 0 && plan.rate.is_some() && report.created > 0 {
            report.note("other_currency", i64::try_from(invoices.len()).unwrap_or(0));
        }
        self.make_skus(ctx, plan, &book, &invoices, &mut report).await?;
        self.make_customers(ctx, plan, &invoices, &mut report).await?;
        if plan.dry_run || invoices.is_empty() {
            return Ok(report);
        }
        if !self.sold.is_ready() && invoices.iter().any(|invoice| invoice.cancels) {
            self.sold.load(ctx).await?;
        }
        let mut changes = Changes::default();
        let Ctx { tx, caller, .. } = &mut *ctx;
        let making = Making { plan, book: &book, who: &caller.actor_name };
        let (feed, fed) = rows::feed(tx.is_postgres());
        let made = self.make(&making, &invoices, &mut changes, &mut report, feed);
        let (stored, made) = tokio::join!(fed.execute(tx), made);
        stored?;
        made?;
        self.change(ctx, changes).await?;
        Ok(report)
    }

    /// Puts the rows of these invoices together, while the database works on those that are ready.
    async fn make(
        &mut self,
        making: &Making<'_>,
        invoices: &[Invoice],
        changes: &mut Changes,
        report: &mut Report,
        mut feed: Feed,
    ) -> Result<()> {
        let mut rows = Rows::default();
        let mut together = FIRST_TOGETHER;
        for (at, invoice) in invoices.iter().enumerate() {
            if invoice.cancels {
                self.take_back(making, invoice, &mut rows, changes, report);
            } else {
                self.sell(making, invoice, &mut rows, changes)?;
            }
            if rows.orders.len() == together * ORDER.values {
                together = MOST_ROWS.min(together * 2);
                feed.put(&ORDER, std::mem::take(&mut rows.orders)).await;
                feed.put_full(&ORDER_LINE, &mut rows.lines).await;
            }
            if at % 2 == 1 {
                tokio::task::yield_now().await;
            }
        }
        rows.put(feed).await;
        Ok(())
    }

    /// Leaves out the invoices that are there already.
    async fn drop_known(&mut self, ctx: &mut Ctx, invoices: &mut Vec<Invoice>, report: &mut Report) -> Result<()> {
        let mut known: HashMap<(bool, String), i64> = HashMap::new();
        for (cancels, table) in [(false, "orders"), (true, "order_return")] {
            let numbers: Vec<&str> =
                invoices.iter().filter(|i| i.cancels == cancels).map(|i| i.number.as_str()).collect();
            for chunk in numbers.chunks(ASK) {
                let sql = format!(
                    "SELECT external_id, total FROM {table} WHERE channel = $1 AND external_id IN ({})",
                    placeholders(1, chunk.len())
                );
                let args: Vec<Arg> = [CHANNEL].iter().chain(chunk).map(|text| Arg::from(*text)).collect();
                let rows: Vec<(String, i64)> = fetch_dyn!(ctx.tx, (String, i64), sql, &args)?;
                known.extend(rows.into_iter().map(|(number, total)| ((cancels, number), total)));
            }
        }
        if known.is_empty() {
            return Ok(());
        }
        invoices.retain(|invoice| {
            let Some(total) = known.get(&(invoice.cancels, invoice.number.clone())) else { return true };
            report.unchanged += invoice.rows;
            // The order may have been worked on since; what the file says now is not forced on it.
            report.note("differs", i64::from(*total != invoice.total()));
            false
        });
        Ok(())
    }

    async fn make_skus(
        &mut self,
        ctx: &mut Ctx,
        plan: &Plan,
        book: &Book,
        invoices: &[Invoice],
        report: &mut Report,
    ) -> Result<()> {
        if !self.asked_skus {
            self.asked_skus = true;
            let codes: Vec<String> = book.skus.iter().map(|sku| sku.code.to_string()).collect();
            let found = store::sku_ids(ctx, &codes).await?;
            self.skus = book.skus.iter().map(|sku| found.get(&*sku.code).copied()).collect();
        }
        let mut new: Vec<NewProduct> = Vec::new();
        for line in invoices.iter().flat_map(|invoice| &invoice.lines) {
            let at = line.sku as usize;
            if self.skus[at].is_some() {
                continue;
            }
            let sku = &book.skus[at];
            let id = ctx.new_id();
            self.skus[at] = Some(id);
            new.push(NewProduct {
                id: ctx.new_id(),
                source: CHANNEL.to_owned(),
                external_id: Some(sku.code.to_string()),
                title: sku.title.to_string(),
                listed: !sku.service,
                skus: vec![NewSku {
                    id,
                    code: sku.code.to_string(),
                    price: cents(i128::from(sku.price), plan),
                    backorder: sku.service,
                    ..NewSku::default()
                }],
                ..NewProduct::default()
            });
        }
        report.made("products", i64::try_from(new.len()).unwrap_or(0));
        if !plan.dry_run {
            store::insert(ctx, &new).await?;
        }
        Ok(())
    }

    async fn make_customers(
        &mut self,
        ctx: &mut Ctx,
        plan: &Plan,
        invoices: &[Invoice],
        report: &mut Report,
    ) -> Result<()> {
        if !plan.dry_run {
            // Since the last batch somebody may have been called by another name, or merged.
            self.customers.clear();
        }
        let mut seen = HashSet::new();
        let wanted: Vec<(&String, &Invoice)> = invoices
            .iter()
            .filter_map(|invoice| Some((invoice.customer.as_ref()?, invoice)))
            .filter(|(number, _)| !self.customers.contains_key(*number) && seen.insert(*number))
            .collect();
        for chunk in wanted.chunks(ASK) {
            let sql = format!(
                "SELECT c.external_id, COALESCE(c.merged_into, c.id), COALESCE(d.hay, '')
                 FROM customer c
                 LEFT JOIN search_doc d ON d.kind = 'customer' AND d.ref_id = COALESCE(c.merged_into, c.id)
                 WHERE c.source = $1 AND c.external_id IN ({})",
                placeholders(1, chunk.len())
            );
            let mut args = vec![Arg::from(CHANNEL)];
            args.extend(chunk.iter().map(|(number, _)| Arg::from(*number)));
            let rows: Vec<(String, Uuid, String)> = fetch_dyn!(ctx.tx, (String, Uuid, String), sql, &args)?;
            self.customers.extend(rows.into_iter().map(|(number, id, hay)| (number, Buyer { id, hay })));
        }
        let mut values = Vec::new();
        let mut docs = Vec::new();
        for (number, invoice) in wanted {
            if self.customers.contains_key(number) {
                continue;
            }
            let (id, hay) = (ctx.new_id(), customers::haystack(number, "", ""));
            self.customers.insert(number.clone(), Buyer { id, hay: hay.clone() });
            report.made("customers", 1);
            docs.push((id, hay));
            values.extend([id.into(), number.into(), invoice.country.into(), invoice.at.into()]);
        }
        if !plan.dry_run {
            rows::insert(&mut ctx.tx, &CUSTOMER, values).await?;
            customers::index(&mut ctx.tx, &docs).await?;
        }
        Ok(())
    }

    fn sell(&mut self, making: &Making<'_>, invoice: &Invoice, rows: &mut Rows, changes: &mut Changes) -> Result<()> {
        let Making { plan, book, who } = *making;
        let id = new_id();
        let buyer = invoice.customer.as_ref().and_then(|number| self.customers.get(number));
        let customer = buyer.map(|buyer| buyer.id);
        if let Some(buyer) = buyer {
            changes.bought.push(Bought { order: id, placed_at: invoice.at, hay: buyer.hay.clone() });
        }
        let goods: i64 = invoice.lines.iter().map(|line| line.amount).sum();
        let total = goods + invoice.freight;
        let units: i64 = invoice.lines.iter().map(|line| line.qty).sum();
        let order = (customer.is_some() && self.sold.is_ready()).then(|| {
            self.sold.order(SoldOrder { id, total, captured: total, refunded: 0, granted: 0, units, returned: 0 })
        });
        let mut by_sku: HashMap<u32, SkuDelta> = HashMap::with_capacity(invoice.lines.len());
        let mut first_title = "";
        for (line_no, line) in (1_i64..).zip(&invoice.lines) {
            let sku = &book.skus[line.sku as usize];
            let Some(sku_id) = self.skus[line.sku as usize] else { continue };
            if line_no == 1 {
                first_title = &sku.title;
            }
            let line_id = new_id();
            rows.lines.extend([
                line_id.into(),
                id.into(),
                line_no.into(),
                sku_id.into(),
                (&sku.code).into(),
                (&sku.title).into(),
                line.qty.into(),
                line.price.into(),
                line.amount.into(),
                invoice.at.into(),
            ]);
            let delta = by_sku.entry(line.sku).or_insert(SkuDelta { orders: 1, ..SkuDelta::default() });
            delta.units += line.qty;
            delta.net += line.amount;
            if let (Some(customer), Some(order)) = (customer, order) {
                self.sold.line(customer, order, line_id, sku_id, line.qty, line.price);
            }
        }
        for (sku, delta) in by_sku {
            if let Some(sku_id) = self.skus[sku as usize] {
                changes.skus.entry((invoice.day, sku_id)).or_default().add(delta);
            }
        }
        rows.orders.extend([
            id.into(),
            format!("OR-{}", invoice.number).into(),
            (&invoice.number).into(),
            customer.into(),
            invoice.customer.as_deref().unwrap_or_default().into(),
            if invoice.country.is_empty() { String::new() } else { ship_to(invoice)? }.into(),
            plan.currency.code().into(),
            goods.into(),
            invoice.freight.into(),
            total.into(),
            units.into(),
            i64::try_from(invoice.lines.len()).unwrap_or(0).into(),
            first_title.into(),
            invoice.at.into(),
            invoice.day.into(),
            who.into(),
        ]);
        let mut day = DayDelta { orders: 1, gmv: total, units, paid_orders: 1, ..DayDelta::default() };
        if total > 0 {
            day.captured = total;
            rows.pay(making, Some(id), None, ("capture", total), invoice);
        }
        changes.days.push((invoice.day, CHANNEL, day));
        rows.event(making, id, invoice.at, ("imported", total));
        changes
            .counters
            .add(&standing(&SoldOrder { id, total, captured: total, refunded: 0, granted: 0, units, returned: 0 }), 1);
        if let Some(customer) = customer {
            let at = Millis(invoice.at);
            let sums = changes.customers.entry(customer).or_insert(CustomerOrders {
                customer,
                placed: 0,
                orders: 0,
                total: 0,
                first_at: at,
                last_at: at,
            });
            sums.placed += 1;
            sums.orders += 1;
            sums.total += total;
            if at <= sums.first_at {
                sums.first_at = at;
                changes.first_days.insert(customer, invoice.day);
            }
            sums.last_at = sums.last_at.max(at);
        }
        Ok(())
    }

    fn take_back(
        &mut self,
        making: &Making<'_>,
        invoice: &Invoice,
        rows: &mut Rows,
        changes: &mut Changes,
        report: &mut Report,
    ) {
        let book = making.book;
        let id = new_id();
        let customer = invoice.customer.as_ref().and_then(|number| self.customers.get(number)).map(|buyer| buyer.id);
        // What is paid back, by the order it is paid back for.
        let mut refunds: BTreeMap<Option<u32>, i64> = BTreeMap::new();
        for (line_no, line) in (1_i64..).zip(&invoice.lines) {
            let sku = &book.skus[line.sku as usize];
            let Some(sku_id) = self.skus[line.sku as usize] else { continue };
            let sold = &mut self.sold;
            let tie = customer.and_then(|customer| sold.tie(customer, sku_id, line.qty, line.price, line.amount));
            if let Some(tie) = &tie {
                *changes.came_back.entry(tie.line).or_default() += line.qty;
                let now = sold.get(tie.order);
                let before = SoldOrder {
                    refunded: now.refunded - line.amount,
                    granted: now.granted - line.amount,
                    returned: now.returned - line.qty,
                    ..now.clone()
                };
                changes.before.entry(tie.order).or_insert_with(|| standing(&before));
            }
            report.made(if tie.is_some() { "return_lines_tied" } else { "return_lines_alone" }, 1);
            *refunds.entry(tie.as_ref().map(|tie| tie.order)).or_default() += line.amount;
            rows.return_lines.extend([
                new_id().into(),
                id.into(),
                line_no.into(),
                tie.map(|tie| tie.line).into(),
                sku_id.into(),
                (&sku.title).into(),
                line.qty.into(),
                line.price.into(),
                line.amount.into(),
            ]);
        }
        let total = invoice.total();
        // A return of one order belongs to it; one of several stands by itself, its lines do not.
        let of_one = match refunds.keys().collect::<Vec<_>>()[..] {
            [Some(order)] => Some(self.sold.get(*order).id),
            _ => None,
        };
        rows.returns.extend([
            id.into(),
            format!("OR-{}", invoice.number).into(),
            (&invoice.number).into(),
            of_one.into(),
            customer.into(),
            making.plan.currency.code().into(),
            total.into(),
            invoice.at.into(),
            invoice.day.into(),
        ]);
        for (order, amount) in refunds {
            if amount > 0 {
                let order = order.map(|order| self.sold.get(order).id);
                rows.pay(making, order, Some(id), ("refund", amount), invoice);
                if let Some(order) = order {
                    rows.event(making, order, invoice.at, ("refunded", amount));
                }
            }
        }
        changes.days.push((invoice.day, CHANNEL, DayDelta { refunded: total, ..DayDelta::default() }));
    }

    async fn change(&mut self, ctx: &mut Ctx, mut changes: Changes) -> Result<()> {
        let shard = analytics::shard(ctx);
        let came_back: Vec<(Uuid, i64)> = changes.came_back.into_iter().collect();
        for chunk in came_back.chunks(ASK) {
            let sql = format!(
                "WITH v (id, n) AS (VALUES {})
                 UPDATE order_line SET returned = returned + v.n FROM v WHERE order_line.id = v.id",
                value_rows(chunk.len(), 2)
            );
            let values: Vec<Arg> = chunk.iter().flat_map(|(id, n)| [Arg::Uuid(*id), Arg::I64(*n)]).collect();
            ctx.tx.execute_dyn(sql, &values).await?;
        }
        let before: Vec<(u32, Standing)> = changes.before.into_iter().collect();
        for chunk in before.chunks(ASK) {
            let mut values = Vec::with_capacity(chunk.len() * 5);
            for (order, before) in chunk {
                let order = self.sold.get(*order);
                let now = standing(order);
                changes.counters.moved(before, &now);
                values.extend([
                    Arg::Uuid(order.id),
                    Arg::I64(order.refunded),
                    Arg::I64(order.granted),
                    now.payment.as_str().into(),
                    now.fulfilment.as_str().into(),
                ]);
            }
            let sql = format!(
                "WITH v (id, refunded, granted, payment, fulfilment) AS (VALUES {})
                 UPDATE orders SET refunded = v.refunded, granted = v.granted, payment_status = v.payment,
                        fulfilment_status = v.fulfilment, after_sale_status = 'closed', version = version + 1
                 FROM v WHERE orders.id = v.id",
                value_rows(chunk.len(), 5)
            );
            ctx.tx.execute_dyn(sql, &values).await?;
        }
        let sums: Vec<CustomerOrders> = changes.customers.into_values().collect();
        for customer in customers::ordered_many(&mut ctx.tx, &sums).await? {
            if let Some(day) = changes.first_days.get(&customer) {
                changes.days.push((*day, CHANNEL, DayDelta { new_customers: 1, ..DayDelta::default() }));
            }
        }
        buyers::put(&mut ctx.tx, changes.bought).await?;
        counters::moved_in(&mut ctx.tx, shard, &changes.counters).await?;
        analytics::add_days(&mut ctx.tx, shard, &changes.days).await?;
        analytics::add_skus(&mut ctx.tx, changes.skus).await
    }
}

impl Rows {
    /// A row is put after those it refers to: one whose reference is missing yet makes SQLite look for such
    /// with each row that follows.
    async fn put(self, mut feed: Feed) {
        for (shape, values) in [
            (&ORDER, self.orders),
            (&ORDER_LINE, self.lines),
            (&RETURN, self.returns),
            (&RETURN_LINE, self.return_lines),
            (&PAYMENT, self.payments),
            (&EVENT, self.events),
        ] {
            feed.put(shape, values).await;
        }
    }

    fn pay(
        &mut self,
        making: &Making<'_>,
        order: Option<Uuid>,
        of_return: Option<Uuid>,
        (kind, amount): (&str, i64),
        invoice: &Invoice,
    ) {
        self.payments.extend([
            new_id().into(),
            order.into(),
            of_return.into(),
            kind.into(),
            amount.into(),
            making.plan.currency.code().into(),
            (&invoice.number).into(),
            invoice.at.into(),
            invoice.day.into(),
            making.who.into(),
        ]);
    }

    fn event(&mut self, making: &Making<'_>, order: Uuid, at: i64, (kind, amount): (&str, i64)) {
        self.events.extend([
            new_id().into(),
            order.into(),
            at.into(),
            making.who.into(),
            kind.into(),
            format!("{{\"amount\":{amount}}}").into(),
        ]);
    }
}

impl Invoice {
    fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum::<i64>() + self.freight
    }
}

/// Where an order of history stands: delivered, but for what came back.
fn standing(order: &SoldOrder) -> Standing {
    Standing {
        stage: Stage::Completed,
        payment: match payment_status(order.total, order.captured, order.refunded, order.granted) {
            // A free order is paid.
            PaymentStatus::Unpaid => PaymentStatus::Paid,
            status => status,
        },
        fulfilment: match order.returned {
            0 => FulfilmentStatus::Delivered,
            all if all >= order.units => FulfilmentStatus::Returned,
            _ => FulfilmentStatus::ReturnedPart,
        },
        held: false,
        archived: false,
    }
}

fn ship_to(invoice: &Invoice) -> Result<String> {
    Ok(serde_json::to_string(&crate::orders::ShipTo {
        country: invoice.country.to_owned(),
        ..crate::orders::ShipTo::default()
    })?)
}

const CUSTOMER: RowShape = RowShape {
    insert:
        "INSERT INTO customer (id, source, external_id, name, phone, phone_key, phone_tail, email, email_key, country,
                                   note, merged_into, order_count, order_total, last_order_at, first_order_at,
                                   ever_ordered, created_at, updated_at, version)",
    row: "(?1,'online_retail',?2,?2,'',NULL,NULL,'',NULL,?3,'',NULL,0,0,0,NULL,0,?4,?4,1)",
    values: 4,
    suffix: "",
};

const ORDER: RowShape = RowShape {
    insert: "INSERT INTO orders (id, number, channel, external_id, stage, archived, payment_status, fulfilment_status,
                                 after_sale_status, holds, delivery, pickup_code, customer_id, buyer_name, buyer_phone,
                                 ship_to, currency, goods, discount, freight, tax, total, captured, refunded, granted,
                                 tax_inclusive, tax_per_order, pay_later, audited, units, line_count, first_title, flag,
                                 assignee, buyer_note, seller_note, moves_stock, placed_at, day, paid_at, paid_day,
                                 shipped_at, delivered_at, closed_at, created_by, version)",
    row: "(?1,?2,'online_retail',?3,'completed',FALSE,'paid','delivered','none',0,'ship',NULL,?4,?5,'',?6,?7,?8,0,?9,0,
           ?10,?10,0,0,TRUE,FALSE,FALSE,TRUE,?11,?12,?13,'none','','','',FALSE,?14,?15,?14,?15,?14,?14,?14,?16,1)",
    values: 16,
    suffix: "",
};

const ORDER_LINE: RowShape = RowShape {
    insert:
        "INSERT INTO order_line (id, order_id, line_no, sku_id, sku_code, title, options, note, qty, unit_price, gross,
                                     discount, net, tax_ppm, tax, allocated, shipped, delivered, cancelled, returned,
                                     placed_at)",
    row: "(?1,?2,?3,?4,?5,?6,'','',?7,?8,?9,0,?9,0,0,?7,?7,?7,0,0,?10)",
    values: 10,
    suffix: "",
};

const PAYMENT: RowShape = RowShape {
    insert:
        "INSERT INTO payment (id, order_id, return_id, kind, method, amount, currency, tendered, reference, note, at,
                                  day, actor_name)",
    row: "(?1,?2,?3,?4,'elsewhere',?5,?6,NULL,?7,'',?8,?9,?10)",
    values: 10,
    suffix: "",
};

const EVENT: RowShape = RowShape {
    insert: "INSERT INTO order_event (id, order_id, at, actor_name, kind, data)",
    row: "(?1,?2,?3,?4,?5,?6)",
    values: 6,
    suffix: "",
};

const RETURN: RowShape = RowShape {
    insert:
        "INSERT INTO order_return (id, number, channel, external_id, order_id, customer_id, currency, total, reason, at,
                                       day)",
    row: "(?1,?2,'online_retail',?3,?4,?5,?6,?7,'',?8,?9)",
    values: 9,
    suffix: "",
};

const RETURN_LINE: RowShape = RowShape {
    insert: "INSERT INTO order_return_line (id, return_id, line_no, order_line_id, sku_id, title, qty, unit_price, net)",
    row: "(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    values: 9,
    suffix: "",
};
