//! The layout of the UCI data set "Online Retail": a row is a line of an invoice, and an invoice
//! whose number starts with C is a cancellation.
//!
//! # What becomes of a row
//!
//! The rules are taken in this order; the first that fits decides. A refused row is kept with its
//! number and the reason, so that what was taken and what was refused add up to the file.
//!
//! | Row | Becomes |
//! |---|---|
//! | no invoice, no code, no quantity or price that is a number, no date | refused: `required`, `quantity`, `not_a_number`, `date` |
//! | invoice `A…` (bad debt) | refused: `adjustment` |
//! | code `AMAZONFEE`, `BANK CHARGES`, `CRUK`, `B` | refused: `fee`: what the shop paid others is no sale and no return |
//! | price below 0 | refused: `negative` |
//! | price 0, quantity below 0 | refused: `stock_correction` (broken, lost, found) |
//! | price 0, on a cancellation or with no customer | refused: `no_price` |
//! | price 0, with a customer | a free line of the order |
//! | quantity above 0 on a cancellation, or below 0 on a sale | refused: `quantity` |
//! | code `POST`, `DOT`, `C2` on a sale that has goods | freight of the order |
//! | anything else on a sale | a line of the order; equal rows are lines of their own, as on paper |
//! | anything else on a cancellation | a line of a return, with a refund |
//!
//! # What becomes of an invoice
//!
//! - A sale is an order of channel `online_retail`, called by its invoice number; placed at the time
//!   of its first row, paid elsewhere in full, delivered and completed. It is history: the shelf is
//!   not touched. Without a customer it is a walk-in sale.
//! - A cancellation is a return with a refund. Each of its lines is tied to the latest earlier order
//!   line of the same customer and SKU (of the same price, if there is one) that still has as many
//!   units and whose order has as much money; what finds none is a credit of its own.
//! - The rows of an invoice stand together. Rows that come after the invoice has ended are refused:
//!   `late_row`. (The file has one invoice that is interleaved with another; both are kept open.)
//! - An invoice that is there already is left as it is: its rows are `unchanged`.
//!
//! # Products and customers
//!
//! - A SKU for each stock code, capitals and small letters being one. Its title is the description
//!   most often on its taken rows, its price that of its last sale. `POST`, `DOT`, `C2`, `D`, `M` and
//!   `S` are services: unlisted, and never short of stock. A SKU the shop has already is used as it is.
//! - Customers are called by their number (`17850.0` is `17850`); the file has no names.
//!
//! # Money
//!
//! Amounts are in pounds, times are London's, unless asked otherwise. `quantity × price` is summed
//! exactly: `source = taken + refused`, to the last digit. An order line has cents: the difference of
//! rounding is summed too (`rounding`). A shop in another currency names a rate; each line is converted
//! by it and rounded once, and what the lines come to is summed as `booked`.

mod book;
mod read;
mod returns;
mod write;

pub use read::read;
pub use write::Writer;

use std::sync::Arc;

use book::Book;

/// The channel of the orders, and the source of products and customers.
pub const CHANNEL: &str = "online_retail";

/// Services by code: their SKUs have no stock and are not offered.
const SERVICES: [&str; 6] = ["POST", "DOT", "C2", "D", "M", "S"];
const CARRIAGE: [&str; 3] = ["POST", "DOT", "C2"];
const FEES: [&str; 4] = ["AMAZONFEE", "BANK CHARGES", "CRUK", "B"];

/// Whole invoices, on their way to the database.
pub struct Batch {
    pub book: Arc<Book>,
    pub invoices: Vec<Invoice>,
}

#[derive(Debug)]
pub struct Invoice {
    pub number: String,
    pub cancels: bool,
    pub at: i64,
    pub day: i32,
    pub customer: Option<String>,
    /// ISO 3166-1; empty for places that have no code.
    pub country: &'static str,
    /// Rows of the file, those of the freight too.
    pub rows: i64,
    pub freight: i64,
    pub lines: Vec<Line>,
}

/// A line; quantities and amounts are above zero on cancellations too.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Index in the book.
    pub sku: u32,
    pub qty: i64,
    pub price: i64,
    pub amount: i64,
}

/// The code of a country by its English name, as the file writes it.
fn country(name: &str) -> &'static str {
    match name.trim() {
        "Australia" => "AU",
        "Austria" => "AT",
        "Bahrain" => "BH",
        "Belgium" => "BE",
        "Brazil" => "BR",
        "Canada" => "CA",
        "Cyprus" => "CY",
        "Czech Republic" => "CZ",
        "Denmark" => "DK",
        "EIRE" => "IE",
        "Finland" => "FI",
        "France" => "FR",
        "Germany" => "DE",
        "Greece" => "GR",
        "Hong Kong" => "HK",
        "Iceland" => "IS",
        "Israel" => "IL",
        "Italy" => "IT",
        "Japan" => "JP",
        "Korea" => "KR",
        "Lebanon" => "LB",
        "Lithuania" => "LT",
        "Malta" => "MT",
        "Netherlands" => "NL",
        "Nigeria" => "NG",
        "Norway" => "NO",
        "Poland" => "PL",
        "Portugal" => "PT",
        "RSA" => "ZA",
        "Saudi Arabia" => "SA",
        "Singapore" => "SG",
        "Spain" => "ES",
        "Sweden" => "SE",
        "Switzerland" => "CH",
        "Thailand" => "TH",
        "USA" => "US",
        "United Arab Emirates" => "AE",
        "United Kingdom" => "GB",
        _ => "",
    }
}
