//! Orders from a table with an order line a row, placed like orders that are typed in.
//!
//! - The rows of an order stand together and bear its number; what concerns the whole order may stand
//!   on the first of them or on all, but must not differ: `several_values`.
//! - A line names a SKU by its code or its barcode. Without a price it costs what the shop asks.
//! - An order is taken in whole or not at all: when one row is at fault the others are refused with
//!   it, `order_refused`.
//! - Stock is reserved as for any order; what is short is refused, `short_stock`.
//! - An order whose number is there already (channel `import`) is `unchanged`.
//! - `paid` is the whole amount paid for the order, paid elsewhere.

use std::collections::HashMap;

use domain::{
    orders::DeliveryMethod,
    units::{Millis, Minor, Qty},
};
use uuid::Uuid;

use super::{
    report::{Report, raw_of},
    run::{Plan, Send, Work, batches},
    values::{clean, short, whole},
};
use crate::{
    catalog::barcode_key,
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result},
    execute, fetch_dyn,
    orders::{self, PlaceLine, PlaceOrder, PlacePayment, ShipTo},
    payments::PaymentMethod,
};

pub const CHANNEL: &str = "import";

/// Rows to a batch: fewer than elsewhere, for each order is placed by itself.
const BATCH: usize = 500;

type Fault = (&'static str, &'static str);

/// An order as a file has it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    number: String,
    lines: Vec<DraftLine>,
    /// What concerns the whole order, by field, as text.
    texts: HashMap<&'static str, String>,
    at: Option<i64>,
    paid: Option<i64>,
    freight: Option<i64>,
    discount: Option<i64>,
    /// Each row with its fault, if it has one.
    rows: Vec<(i64, Vec<String>, Option<Fault>)>,
}

#[derive(Clone, Debug)]
struct DraftLine {
    row: i64,
    code: String,
    qty: i64,
    price: Option<i64>,
}

const TEXTS: [&str; 9] = ["customer", "phone", "address", "province", "city", "district", "postcode", "note", "date"];

pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let number_of = |cells: &csv::StringRecord| short(clean(plan.columns.get(cells, "order")), 60);
    batches(
        plan,
        BATCH,
        send,
        |drafts: &[Draft], cells| drafts.last().is_none_or(|last| last.number != number_of(cells)),
        |drafts, report, number, cells| {
            let order = number_of(cells);
            if order.is_empty() {
                return report.refuse(number, "required", "order", raw_of(cells));
            }
            if drafts.last().is_none_or(|last| last.number != order) {
                drafts.push(Draft { number: order, ..Draft::default() });
            }
            let Some(draft) = drafts.last_mut() else { return };
            let fault = draft.take(plan, number, cells).err();
            draft.rows.push((number, raw_of(cells), fault));
        },
        Work::Orders,
    )
}

/// A time as files write it; `day_first` reads 3/4/2024 as 3 April.
pub fn time(text: &str, zone: &str, day_first: bool) -> Option<i64> {
    if day_first {
        let text = text.trim();
        let mut parts = text.splitn(3, ['/', '.', '-']);
        if let (Some(day), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next())
            && day.len() <= 2
            && month.len() <= 2
        {
            return domain::time::parse_time(&format!("{month}/{day}/{rest}"), zone);
        }
    }
    domain::time::parse_time(text, zone)
}

impl Draft {
    fn take(&mut self, plan: &Plan, row: i64, cells: &csv::StringRecord) -> Result<(), Fault> {
        let cell = |field| plan.columns.get(cells, field);
        for field in TEXTS {
            let value = short(clean(cell(field)), 500);
            if value.is_empty() {
                continue;
            }
            match self.texts.get(field) {
                Some(before) if *before != value => return Err(("several_values", field)),
                Some(_) => {}
                None => {
                    if field == "date" {
                        let day_first = plan.options.date_order.as_deref() == Some("dmy");
                        self.at = Some(time(&value, &plan.zone, day_first).ok_or(("date", "date"))?);
                    }
                    self.texts.insert(field, value);
                }
            }
        }
        for (field, into) in
            [("paid", &mut self.paid), ("freight", &mut self.freight), ("discount", &mut self.discount)]
        {
            let amount = plan.money(cell(field), field)?;
            match (*into, amount) {
                (Some(before), Some(now)) if before != now => return Err(("several_values", field)),
                (None, Some(_)) => *into = amount,
                _ => {}
            }
        }
        let code = short(clean(cell("sku")), 64);
        if code.is_empty() {
            return Err(("required", "sku"));
        }
        let qty = whole(cell("qty")).filter(|qty| (1..=1_000_000_000).contains(qty)).ok_or(("quantity", "qty"))?;
        self.lines.push(DraftLine { row, code, qty, price: plan.money(cell("price"), "price")? });
        Ok(())
    }

    fn text(&self, field: &str) -> String {
        self.texts.get(field).cloned().unwrap_or_default()
    }

    /// Refuses all its rows: those at fault with their own reason.
    fn refuse(self, report: &mut Report, at_fault: Option<(Option<i64>, &'static str, &'static str)>) {
        for (row, raw, own) in self.rows {
            let (reason, field) = match (own, at_fault) {
                (Some(own), _) => own,
                (None, Some((of, reason, field))) if of.is_none_or(|of| of == row) => (reason, field),
                _ => ("order_refused", ""),
            };
            report.refuse(row, reason, field, raw);
        }
    }
}

pub struct Writer;

impl Writer {
    pub fn new() -> Self {
        Self
    }

    pub async fn write(&mut self, ctx: &mut Ctx, _plan: &Plan, drafts: Vec<Draft>) -> Result<Report> {
        let mut report = Report::default();
        let known = known(ctx, &drafts).await?;
        let skus = skus(ctx, &drafts).await?;
        for draft in drafts {
            if draft.rows.iter().any(|(_, _, fault)| fault.is_some()) {
                draft.refuse(&mut report, None);
                continue;
            }
            let rows = draft.rows.len() as i64;
            if known.contains(&draft.number) {
                report.unchanged += rows;
                continue;
            }
            if let Some(line) = draft.lines.iter().find(|line| !skus.contains_key(&line.code)) {
                let row = line.row;
                draft.refuse(&mut report, Some((Some(row), "unknown_sku", "sku")));
                continue;
            }
            // An order that is refused takes nothing of the batch with it.
            execute!(ctx.tx, "SAVEPOINT one_order")?;
            match orders::place(ctx, order_of(&draft, &skus)).await {
                Ok(placed) => {
                    execute!(ctx.tx, "RELEASE SAVEPOINT one_order")?;
                    if placed.existing {
                        report.unchanged += rows;
                    } else {
                        report.created += rows;
                        report.made("orders", 1);
                    }
                }
                Err(error) => {
                    let refusal = refusal(&draft, &skus, error)?;
                    execute!(ctx.tx, "ROLLBACK TO SAVEPOINT one_order")?;
                    execute!(ctx.tx, "RELEASE SAVEPOINT one_order")?;
                    draft.refuse(&mut report, Some(refusal));
                }
            }
        }
        Ok(report)
    }
}

fn order_of(draft: &Draft, skus: &HashMap<String, (Uuid, String)>) -> PlaceOrder {
    let street = draft.text("address");
    let ship_to = (!street.is_empty() || draft.texts.contains_key("city")).then(|| ShipTo {
        name: draft.text("customer"),
        phone: draft.text("phone"),
        province: draft.text("province"),
        city: draft.text("city"),
        district: draft.text("district"),
        street,
        postcode: draft.text("postcode"),
        ..ShipTo::default()
    });
    PlaceOrder {
        buyer_name: draft.text("customer"),
        buyer_phone: draft.text("phone"),
        channel: CHANNEL.to_owned(),
        external_id: Some(draft.number.clone()),
        delivery: if ship_to.is_some() { DeliveryMethod::Ship } else { DeliveryMethod::Pickup },
        ship_to,
        lines: draft
            .lines
            .iter()
            .filter_map(|line| {
                let (sku_id, _) = skus.get(&line.code)?;
                Some(PlaceLine {
                    sku_id: *sku_id,
                    qty: Qty(line.qty),
                    unit_price: line.price.map(Minor),
                    note: String::new(),
                })
            })
            .collect(),
        discount: Minor(draft.discount.unwrap_or(0)),
        freight: Minor(draft.freight.unwrap_or(0)),
        buyer_note: draft.text("note"),
        payments: draft
            .paid
            .filter(|paid| *paid > 0)
            .map(|paid| PlacePayment {
                method: PaymentMethod::Elsewhere,
                amount: Minor(paid),
                tendered: None,
                reference: draft.number.clone(),
            })
            .into_iter()
            .collect(),
        placed_at: draft.at.map(Millis),
        ..PlaceOrder::default()
    }
}

/// Which row an order was refused for, and why; faults that are not the file's are handed on.
fn refusal(
    draft: &Draft,
    skus: &HashMap<String, (Uuid, String)>,
    error: Error,
) -> Result<(Option<i64>, &'static str, &'static str)> {
    let row_of = |code: &str| {
        let named = |line: &&DraftLine| skus.get(&line.code).is_some_and(|(_, known)| known == code);
        draft.lines.iter().find(named).map(|line| line.row)
    };
    match error {
        Error::InsufficientStock { lines } => {
            Ok((lines.first().and_then(|line| row_of(&line.sku)), "short_stock", "qty"))
        }
        Error::NotForSale { skus } => Ok((skus.first().and_then(|code| row_of(code)), "not_for_sale", "sku")),
        Error::Invalid { field, rule, .. } => {
            let field =
                ["phone", "discount", "freight", "paid", "date"].into_iter().find(|known| field.contains(known));
            let reason = match (field, rule.as_str()) {
                (Some("phone"), _) => "phone",
                (_, "too_large") => "too_large",
                (_, "required") => "required",
                _ => "invalid",
            };
            Ok((None, reason, field.unwrap_or("")))
        }
        Error::OverRefund { .. } | Error::WrongState { .. } | Error::NotFound { .. } | Error::Duplicate { .. } => {
            Ok((None, "invalid", ""))
        }
        other => Err(other),
    }
}

async fn known(ctx: &mut Ctx, drafts: &[Draft]) -> Result<std::collections::HashSet<String>> {
    let mut known = std::collections::HashSet::new();
    for chunk in drafts.chunks(500) {
        let sql = format!(
            "SELECT external_id FROM orders WHERE channel = $1 AND external_id IN ({})",
            placeholders(1, chunk.len())
        );
        let mut args = vec![Arg::from(CHANNEL)];
        args.extend(chunk.iter().map(|draft| Arg::from(&draft.number)));
        let rows: Vec<(String,)> = fetch_dyn!(ctx.tx, (String,), sql, &args)?;
        known.extend(rows.into_iter().map(|(number,)| number));
    }
    Ok(known)
}

/// The SKUs the lines name, by code, else by barcode; with their codes.
async fn skus(ctx: &mut Ctx, drafts: &[Draft]) -> Result<HashMap<String, (Uuid, String)>> {
    let mut codes: Vec<&str> = drafts.iter().flat_map(|draft| &draft.lines).map(|line| line.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut found: HashMap<String, (Uuid, String)> = HashMap::new();
    for chunk in codes.chunks(500) {
        let which = placeholders(0, chunk.len());
        let sql = format!("SELECT code, id FROM sku WHERE code IN ({which}) AND NOT retired");
        let args: Vec<Arg> = chunk.iter().map(|code| Arg::from(*code)).collect();
        let rows: Vec<(String, Uuid)> = fetch_dyn!(ctx.tx, (String, Uuid), sql, &args)?;
        found.extend(rows.into_iter().map(|(code, id)| (code.clone(), (id, code))));
        let keys: HashMap<String, &str> =
            chunk.iter().filter(|code| !found.contains_key(**code)).map(|code| (barcode_key(code), *code)).collect();
        if keys.is_empty() {
            continue;
        }
        let sql = format!(
            "SELECT barcode_key, id, code FROM sku WHERE barcode_key IN ({}) AND NOT retired",
            placeholders(0, keys.len())
        );
        let args: Vec<Arg> = keys.keys().map(Arg::from).collect();
        let rows: Vec<(String, Uuid, String)> = fetch_dyn!(ctx.tx, (String, Uuid, String), sql, &args)?;
        for (key, id, code) in rows {
            if let Some(written) = keys.get(&key) {
                found.entry((*written).to_owned()).or_insert((id, code));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn days_and_months() {
        let april = time("2024-04-03", "UTC", false);
        assert_eq!(time("3/4/2024", "UTC", true), april);
        assert_eq!(time("4/3/2024", "UTC", false), april);
        assert_eq!(time("2024-04-03", "UTC", true), april);
        assert_eq!(time("3/4", "UTC", true), None);
    }
}
