//! What the import wizard and `shopctl import` say and hear.

use domain::{
    access::Permission,
    units::{Count, Millis},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::error::Error;

domain::text_enum! {
    /// What a file holds; decides the fields its columns can be mapped to.
    pub enum ImportKind {
        /// One SKU a row, columns as mapped.
        Products = "products",
        /// One order line a row, columns as mapped; placed like orders typed in.
        Orders = "orders",
        Customers = "customers",
        /// The UCI "Online Retail" layout: invoice lines with cancellations.
        OnlineRetail = "online_retail",
        /// Barcodes with names.
        Barcodes = "barcodes",
        ShopifyProducts = "shopify_products",
        WoocommerceProducts = "woocommerce_products",
        /// The MySQL dump of a litemall shop.
        Litemall = "litemall",
    }
}

impl ImportKind {
    /// What it takes to make by hand what the file makes.
    pub(super) fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Orders | Self::OnlineRetail => {
                &[Permission::OrdersWrite, Permission::CatalogWrite, Permission::CustomersWrite]
            }
            Self::Customers => &[Permission::CustomersWrite],
            Self::Products | Self::Barcodes | Self::ShopifyProducts | Self::WoocommerceProducts | Self::Litemall => {
                &[Permission::CatalogWrite, Permission::StockWrite]
            }
        }
    }
}

domain::text_enum! {
    pub enum FileFormat {
        Csv = "csv",
        Xlsx = "xlsx",
        Sql = "sql",
    }
}

domain::text_enum! {
    pub enum ImportState {
        Running = "running",
        /// Cut off, by the program's end or a fault: it can be resumed where it stopped.
        Paused = "paused",
        Done = "done",
        Cancelled = "cancelled",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct InspectFile {
    pub path: String,
    /// Look at it as this kind; guessed when empty.
    pub kind: Option<ImportKind>,
    pub options: ImportOptions,
}

/// How to read a file, where the file itself does not tell. All may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImportOptions {
    /// `utf-8`, `gb18030`, `utf-16le`, `utf-16be`; found out when empty.
    pub encoding: Option<String>,
    /// `,` `;` `|` or a tab; found out when empty.
    pub delimiter: Option<String>,
    pub sheet: Option<String>,
    /// ISO 4217, of the amounts in the file; the shop's when empty.
    pub currency: Option<String>,
    /// How much of the shop's currency one unit of the file's is, as a decimal; needed when the two
    /// differ. Every amount is converted as it is read and rounded to the shop's minor unit.
    pub rate: Option<String>,
    /// IANA zone of the times in the file; the shop's when empty.
    pub zone: Option<String>,
    /// `dmy` reads 3/4/2024 as 3 April; months come first else.
    pub date_order: Option<String>,
    /// Path of the category for products that name none, `Home > Garden`.
    pub category: Option<String>,
    /// Do not take the stock levels in the file.
    pub without_stock: bool,
}

/// What a look at the head of a file tells.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct InspectedFile {
    pub file_name: String,
    pub file_size: Count,
    pub format: FileFormat,
    pub encoding: String,
    /// The file starts with a byte order mark.
    pub bom: bool,
    pub delimiter: String,
    pub sheets: Vec<String>,
    pub sheet: Option<String>,
    pub header: Vec<String>,
    /// The first twenty rows below the header.
    pub rows: Vec<Vec<String>>,
    pub kind: ImportKind,
    /// A column a row of the header, in its order.
    pub mapping: Vec<MappedColumn>,
    /// The mapping is the one used last time for a file with this header.
    pub remembered: bool,
    pub fields: Vec<ImportField>,
    /// Needed fields that no column is mapped to.
    pub missing: Vec<String>,
    pub row_estimate: Count,
    /// A finished import of the very same bytes.
    pub imported_before: Option<Millis>,
    /// The currency the file says it is in, where its kind tells.
    pub currency: Option<String>,
}

/// A column and what it is taken for; `field` is empty when it is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MappedColumn {
    pub column: String,
    pub field: Option<String>,
}

/// What a column can be mapped to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportField {
    pub name: String,
    pub needed: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct StartImport {
    pub path: String,
    pub kind: ImportKind,
    /// The guessed or remembered mapping when empty.
    pub mapping: Vec<MappedColumn>,
    pub options: ImportOptions,
    /// Reads and judges every row, and writes nothing but its own report.
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ImportJobId {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportJob {
    pub id: Uuid,
    pub kind: ImportKind,
    pub file_name: String,
    pub file_path: String,
    pub file_size: Count,
    pub encoding: String,
    pub dry_run: bool,
    pub state: ImportState,
    pub rows_read: Count,
    /// An estimate until the file is read to its end.
    pub rows_total: Option<Count>,
    pub bytes: Count,
    /// Rows that made something new, changed something, changed nothing, or were refused: their
    /// sum is the rows read.
    pub created: Count,
    pub updated: Count,
    pub unchanged: Count,
    pub rejected: Count,
    /// Refused rows by reason.
    pub reasons: Vec<ImportTally>,
    /// What was made: products, SKUs, customers, orders, returns, payments …
    pub made: Vec<ImportTally>,
    /// Sums to hold against the source, as exact decimals.
    pub sums: Vec<ImportSum>,
    /// Things to know that stop nothing: `same_file`, `other_currency`, `barcode_check_digit` …
    pub notes: Vec<ImportTally>,
    pub rate: Option<i32>,
    pub seconds_left: Option<i32>,
    pub error: Option<Error>,
    pub started_at: Millis,
    pub updated_at: Millis,
    pub finished_at: Option<Millis>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportTally {
    pub what: String,
    pub count: Count,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportSum {
    /// `source`, `imported`, `rejected`, `rounding`.
    pub what: String,
    /// A decimal in major units, exact.
    pub amount: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportJobList {
    pub cursor: Option<String>,
    pub limit: i32,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportJobs {
    pub items: Vec<ImportJob>,
    pub next: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportRejectList {
    pub id: Uuid,
    pub cursor: Option<String>,
    pub limit: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportReject {
    /// Row of the file, the header being row 1.
    pub row: Count,
    pub reason: String,
    pub field: String,
    pub raw: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportRejects {
    pub header: Vec<String>,
    pub items: Vec<ImportReject>,
    pub next: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveRejects {
    pub id: Uuid,
    pub path: String,
    /// `zh-CN` or `en`, of the reasons.
    pub language: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SavedFile {
    pub path: String,
    pub rows: Count,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ForgetMapping {
    pub kind: ImportKind,
    pub header: Vec<String>,
}
