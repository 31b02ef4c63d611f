//! Judging rows and putting invoices together.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use csv::StringRecord;
use rust_decimal::Decimal;

use super::{Batch, CARRIAGE, FEES, Invoice, Line, book::Book, country};
use crate::{
    error::Result,
    imports::{
        file::{self, Flow, Reading},
        report::{Report, raw_of},
        run::{Chunk, Plan, Send, Work},
        values::{clean, exact, minor, short, whole},
    },
};

/// A batch ends with the first invoice that begins after so many rows: few at first, so that something
/// is seen to move, then twice as many each time. A page of an index that a large batch goes to again
/// and again is written once.
const FIRST_BATCH: i64 = 1_000;
const BATCH: i64 = 60_000;
/// So many invoices are kept open: rows of two invoices may be interleaved.
const OPEN: usize = 3;
/// Prices are held in millionths, which is finer than any price list.
const MICRO: i64 = 1_000_000;

/// The cells that matter.
pub struct Row<'a> {
    pub invoice: &'a str,
    pub code: &'a str,
    pub title: &'a str,
    qty: &'a str,
    price: &'a str,
    date: &'a str,
    pub customer: &'a str,
    country: &'a str,
}

pub enum Judged {
    Taken { qty: i64, micro: i64, at: i64 },
    Refused { reason: &'static str, field: &'static str, amount: i128 },
}

/// The rules of the module, for one file.
pub struct Judge {
    invoice: Option<usize>,
    code: Option<usize>,
    title: Option<usize>,
    qty: Option<usize>,
    date: Option<usize>,
    price: Option<usize>,
    customer: Option<usize>,
    country: Option<usize>,
    zone: String,
    day_first: bool,
    /// The last time read: the rows of an invoice have the same.
    last: RefCell<(String, Option<i64>)>,
}

impl Row<'_> {
    pub fn cancels(&self) -> bool {
        self.invoice.starts_with(['C', 'c'])
    }
}

impl Judge {
    pub fn new(plan: &Plan) -> Self {
        let at = |field| plan.columns.index(field);
        Self {
            invoice: at("invoice"),
            code: at("sku"),
            title: at("title"),
            qty: at("qty"),
            date: at("date"),
            price: at("price"),
            customer: at("customer"),
            country: at("country"),
            zone: plan.zone.clone(),
            day_first: plan.options.date_order.as_deref() == Some("dmy"),
            last: RefCell::default(),
        }
    }

    pub fn row<'a>(&self, cells: &'a StringRecord) -> Row<'a> {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).unwrap_or_default().trim();
        let customer = cell(self.customer);
        Row {
            invoice: cell(self.invoice),
            code: cell(self.code),
            title: cell(self.title),
            qty: cell(self.qty),
            price: cell(self.price),
            date: cell(self.date),
            customer: customer.strip_suffix(".0").unwrap_or(customer),
            country: cell(self.country),
        }
    }

    pub fn judge(&self, row: &Row<'_>) -> Judged {
        let refused = |reason, field, amount| Judged::Refused { reason, field, amount };
        if row.invoice.is_empty() {
            return refused("required", "invoice", 0);
        }
        if row.code.is_empty() {
            return refused("required", "sku", 0);
        }
        if row.invoice.len() > 60 || row.code.len() > 60 || row.customer.len() > 60 {
            return refused("too_large", "", 0);
        }
        let Some(qty) = whole(row.qty).filter(|qty| *qty != 0 && qty.unsigned_abs() <= 1_000_000_000) else {
            return refused("quantity", "qty", 0);
        };
        let Some(micro) = micro(row.price) else { return refused("not_a_number", "price", 0) };
        let amount = i128::from(qty) * i128::from(micro);
        let Some(at) = self.time(row.date) else { return refused("date", "date", amount) };
        if row.invoice.starts_with(['A', 'a']) {
            return refused("adjustment", "invoice", amount);
        }
        if FEES.iter().any(|fee| fee.eq_ignore_ascii_case(row.code)) {
            return refused("fee", "sku", amount);
        }
        let cancels = row.cancels();
        match (micro, qty) {
            (..0, _) => refused("negative", "price", amount),
            (0, ..=-1) if !cancels => refused("stock_correction", "price", amount),
            (0, _) if cancels || row.customer.is_empty() => refused("no_price", "price", amount),
            (_, 1..) if cancels => refused("quantity", "qty", amount),
            (_, ..=-1) if !cancels => refused("quantity", "qty", amount),
            _ => Judged::Taken { qty: qty.abs(), micro, at },
        }
    }

    fn time(&self, text: &str) -> Option<i64> {
        let mut last = self.last.borrow_mut();
        if last.0 != text {
            last.0.clear();
            last.0.push_str(text);
            last.1 = crate::imports::orders::time(text, &self.zone, self.day_first);
        }
        last.1
    }
}

/// Reads the file twice: for its stock codes, and for its invoices.
pub fn read(plan: &Plan, send: Send<'_>) -> Result<()> {
    let judge = Judge::new(plan);
    let book = Arc::new(Book::gather(plan, &judge)?);
    let mut builder =
        Builder { plan, book, open: Vec::new(), done: HashSet::new(), batch: Vec::new(), days: HashMap::new() };
    let mut report = Report::default();
    let mut sums = Sums::default();
    let (mut below_header, mut stopped) = (false, false);
    let (mut rows, mut last, mut read_to) = (0, plan.position, 0);
    let mut batch = FIRST_BATCH;
    file::read(&plan.opened, &mut |reading| {
        if !std::mem::replace(&mut below_header, true) {
            return Ok(Flow::On);
        }
        let (number, bytes) = match &reading {
            Reading::Row { number, bytes, .. } | Reading::Bad { number, bytes, .. } => (*number, *bytes),
        };
        let cells = match reading {
            Reading::Row { cells, .. } => cells,
            Reading::Bad { reason, .. } => {
                if number > plan.position {
                    report.refuse(number, reason, "", Vec::new());
                    (rows, last, read_to) = (rows + 1, number, bytes);
                }
                return Ok(Flow::On);
            }
        };
        let row = judge.row(cells);
        if number <= plan.position {
            // Done by an earlier run: only the numbers matter, to know rows that come late.
            builder.done.insert(row.invoice.to_owned());
            return Ok(Flow::On);
        }
        if rows >= batch && !builder.is_open(row.invoice) {
            builder.close_all(&mut sums);
            let chunk = builder.chunk(&mut report, &mut sums, last, read_to);
            (rows, batch) = (0, BATCH.min(batch * 2));
            if send(chunk) == Flow::Stop {
                stopped = true;
                return Ok(Flow::Stop);
            }
        }
        (rows, last, read_to) = (rows + 1, number, bytes);
        match judge.judge(&row) {
            Judged::Refused { reason, field, amount } => {
                sums.refused += amount;
                report.refuse(number, reason, field, raw_of(cells));
            }
            Judged::Taken { qty, micro, at } => {
                if builder.take(&row, qty, micro, at, &mut sums)? == Late(true) {
                    let sign = if row.cancels() { -1 } else { 1 };
                    sums.refused += i128::from(sign * qty) * i128::from(micro);
                    report.refuse(number, "late_row", "invoice", raw_of(cells));
                }
            }
        }
        Ok(Flow::On)
    })?;
    if !stopped && rows > 0 {
        builder.close_all(&mut sums);
        send(builder.chunk(&mut report, &mut sums, last, read_to));
    }
    Ok(())
}

#[derive(PartialEq)]
struct Late(bool);

/// Exact sums in millionths.
#[derive(Default)]
struct Sums {
    taken: i128,
    refused: i128,
    /// What the lines have, in the shop's currency.
    lines: i128,
}

struct Open {
    invoice: Invoice,
    lines: Vec<(Line, bool)>,
}

struct Builder<'a> {
    plan: &'a Plan,
    book: Arc<Book>,
    open: Vec<Open>,
    done: HashSet<String>,
    batch: Vec<Invoice>,
    days: HashMap<i64, i32>,
}

impl Builder<'_> {
    fn is_open(&self, number: &str) -> bool {
        self.open.iter().any(|open| open.invoice.number == number)
    }

    fn take(&mut self, row: &Row<'_>, qty: i64, micro: i64, at: i64, sums: &mut Sums) -> Result<Late> {
        let at_open = match self.open.iter().rposition(|open| open.invoice.number == row.invoice) {
            Some(at_open) => at_open,
            None if self.done.contains(row.invoice) => return Ok(Late(true)),
            None => {
                if self.open.len() == OPEN {
                    self.close_first(sums);
                }
                let day = match self.days.get(&at) {
                    Some(day) => *day,
                    None => {
                        let day = domain::time::day_of(at, &self.plan.shop_zone)
                            .map_err(|_| crate::error::Error::invalid("zone", "unknown"))?;
                        self.days.insert(at, day);
                        day
                    }
                };
                let customer = Some(row.customer).filter(|customer| !customer.is_empty());
                self.open.push(Open {
                    invoice: Invoice {
                        number: row.invoice.to_owned(),
                        cancels: row.cancels(),
                        at,
                        day,
                        customer: customer.map(str::to_owned),
                        country: country(row.country),
                        rows: 0,
                        freight: 0,
                        lines: Vec::new(),
                    },
                    lines: Vec::new(),
                });
                self.open.len() - 1
            }
        };
        let open = &mut self.open[at_open];
        // The first row that names a customer names that of the invoice.
        if open.invoice.customer.is_none() && !row.customer.is_empty() {
            open.invoice.customer = Some(row.customer.to_owned());
        }
        let Some(sku) = self.book.find(row.code) else { return Ok(Late(true)) };
        let exact = i128::from(qty) * i128::from(micro);
        let line = Line { sku, qty, price: cents(i128::from(micro), self.plan), amount: cents(exact, self.plan) };
        sums.taken += if open.invoice.cancels { -exact } else { exact };
        open.invoice.rows += 1;
        let carriage = CARRIAGE.iter().any(|code| code.eq_ignore_ascii_case(row.code));
        open.lines.push((line, carriage));
        Ok(Late(false))
    }

    fn close_first(&mut self, sums: &mut Sums) {
        let Open { mut invoice, lines } = self.open.remove(0);
        let cent = i128::from(MICRO) / i128::from(10_i64.pow(self.plan.exponent));
        let has_goods = lines.iter().any(|(_, carriage)| !carriage);
        for (line, carriage) in lines {
            let booked = i128::from(line.amount) * cent;
            sums.lines += if invoice.cancels { -booked } else { booked };
            if carriage && has_goods && !invoice.cancels {
                invoice.freight += line.amount;
            } else {
                invoice.lines.push(line);
            }
        }
        self.done.insert(invoice.number.clone());
        self.batch.push(invoice);
    }

    fn close_all(&mut self, sums: &mut Sums) {
        while !self.open.is_empty() {
            self.close_first(sums);
        }
    }

    fn chunk(&mut self, report: &mut Report, sums: &mut Sums, position: i64, bytes: u64) -> Chunk {
        let sums = std::mem::take(sums);
        for (what, amount) in [
            ("source", sums.taken + sums.refused),
            ("taken", sums.taken),
            ("refused", sums.refused),
            // In another currency there is nothing to compare it with.
            match self.plan.rate {
                None => ("rounding", sums.lines - sums.taken),
                Some(_) => ("booked", sums.lines),
            },
        ] {
            report.sum(what, Decimal::try_from_i128_with_scale(amount, 6).unwrap_or_default());
        }
        let invoices = std::mem::take(&mut self.batch);
        Chunk {
            work: Work::Retail(Batch { book: self.book.clone(), invoices }),
            report: std::mem::take(report),
            position,
            bytes,
            rows_total: Some(self.book.rows),
        }
    }
}

/// Millionths of the file's currency to minor units of the shop's, half up.
pub fn cents(micro: i128, plan: &Plan) -> i64 {
    match plan.rate {
        None => plain_cents(micro, plan.exponent),
        Some(rate) => Decimal::try_from_i128_with_scale(micro, 6)
            .ok()
            .and_then(|amount| amount.checked_mul(rate))
            .and_then(|amount| minor(amount, plan.exponent))
            .unwrap_or(i64::MAX),
    }
}

fn plain_cents(micro: i128, exponent: u32) -> i64 {
    let scaled = micro * 10_i128.pow(exponent.min(4));
    i64::try_from((scaled + i128::from(MICRO) / 2).div_euclid(i128::from(MICRO))).unwrap_or(i64::MAX)
}

/// A price in millionths; `None` when it is no number, finer than that, or beyond all reason.
fn micro(text: &str) -> Option<i64> {
    // Nearly every price is a few digits, a point and two more.
    let plain = || {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
            return None;
        }
        let mut value = 0_i64;
        for byte in whole.bytes().chain(decimals.bytes()) {
            value = value * 10 + i64::from(byte - b'0');
        }
        Some(value * 10_i64.pow(6 - decimals.len() as u32))
    };
    plain().or_else(|| {
        let scaled = exact(&short(clean(text), 40))?.checked_mul(Decimal::from(MICRO))?;
        let limit = Decimal::from(10_i64.pow(15));
        (scaled.fract().is_zero() && scaled.abs() <= limit).then(|| i64::try_from(scaled.trunc()).ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_cents() {
        assert_eq!(
            ["2.55", "0.001", "-11062.06", "7", "x", ""].map(micro),
            [Some(2_550_000), Some(1000), Some(-11_062_060_000), Some(7_000_000), None, None]
        );
        assert_eq!(
            (plain_cents(1000, 2), plain_cents(5000, 2), plain_cents(2_550_000 * 3, 2), plain_cents(1_500_000, 0)),
            (0, 1, 765, 2)
        );
    }
}
