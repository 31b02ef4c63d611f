//! Who buys, where to, and what they bought.

mod addresses;
mod counters;
mod erase;
mod list;
mod merge;
mod open;
mod save;

use domain::{
    customers::ParsedAddress,
    orders::{AfterSaleStatus, FulfilmentStatus, PaymentStatus, Stage},
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::access::Resealed;

pub(crate) use addresses::unveil_address;
pub use addresses::{delete_address, parse_address, prefer_address, save_address};
pub(crate) use counters::{CustomerOrders, check, find_for_order, ordered, ordered_many, quick_create};
pub(crate) use erase::is_due as is_erasure_due;
pub use erase::{count_old, erase, erase_old};
pub use list::{get, list, orders, search};
pub use merge::merge;
pub use open::open;
pub use save::{delete, save};
pub(crate) use save::{haystack, index};

/// A customer as the customer page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Customer {
    pub id: Uuid,
    pub version: Count,
    pub name: String,
    pub phone: String,
    pub email: String,
    /// ISO 3166-1 alpha-2, or empty.
    pub country: String,
    pub note: String,
    /// counter | import | … : where the record was first made.
    pub source: String,
    /// The record this one was merged into; a merged record is only there for old documents.
    pub merged_into: Option<Uuid>,
    /// Who it was is erased; the record is there for old documents.
    pub erased_at: Option<Millis>,
    /// Orders that were not cancelled.
    pub order_count: Count,
    /// What they came to.
    pub order_total: Minor,
    /// `order_total ÷ order_count`, half up; none without orders.
    pub average_order: Option<Minor>,
    pub last_order_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub addresses: Vec<Address>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, sqlx::FromRow)]
pub struct Address {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub name: String,
    pub phone: String,
    pub country: String,
    /// GB/T 2260 code of the district, where there is one.
    pub region_code: String,
    pub province: String,
    pub city: String,
    pub district: String,
    pub street: String,
    pub postcode: String,
    pub preferred: bool,
}

/// Creates a customer (without `version`; the id may be the sender's own) or saves one as read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct Save {
    pub id: Option<Uuid>,
    pub version: Option<Count>,
    pub name: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub note: String,
    /// For a new customer only: addresses that come with it.
    #[serde(default)]
    pub addresses: Vec<SaveAddress>,
    /// For a new customer only: where the record comes from and what it is called there.
    #[serde(default)]
    pub source: Option<String>,
    #[serde(default)]
    pub external_id: Option<String>,
}

/// Asks to see a masked customer in full, and says why.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OpenCustomer {
    pub id: Uuid,
    pub reason: String,
}

/// Erases a person for good, and says why: they asked for it, say.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Erase {
    pub id: Uuid,
    pub reason: String,
}

/// What was erased of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Erased {
    /// Orders that no longer say whose they are.
    pub orders: Count,
    /// Rows of the history that no longer do.
    pub history: Count,
    /// What the seals of those rows say now.
    pub seals: Vec<Resealed>,
}

/// Asks how many a rule would erase.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct CountOld {
    /// Since they bought something last; 0 is never.
    pub years: i32,
}

/// How many time would erase by now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OldCustomers {
    pub customers: Count,
}

/// Who was erased because they had not been there for so long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ErasedOld {
    pub erased: Count,
    /// There are others.
    pub more: bool,
    pub seals: Vec<Resealed>,
}

/// The input of what concerns one customer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct CustomerById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SaveAddress {
    pub id: Option<Uuid>,
    pub customer_id: Uuid,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub region_code: String,
    #[serde(default)]
    pub province: String,
    #[serde(default)]
    pub city: String,
    #[serde(default)]
    pub district: String,
    pub street: String,
    #[serde(default)]
    pub postcode: String,
    #[serde(default)]
    pub preferred: bool,
    /// The address as it was read: it is refused as stale when it is another by now, and never made
    /// anew when it is gone. An address has no version of its own, so it stands for one.
    #[serde(default)]
    pub was: Option<Address>,
}

/// The input of what concerns one address.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct AddressById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ParseAddress {
    pub text: String,
}

domain::text_enum! {
    pub enum CustomerSort {
        LastOrder = "last_order",
        Created = "created",
        Total = "total",
    }
}

/// The customers, a page at a time; with a `query`, the best 200 that match.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ListCustomers {
    /// Part of the name, pinyin or initials, phone or its last four digits, e-mail.
    #[serde(default)]
    pub query: String,
    pub sort: CustomerSort,
    #[serde(default)]
    pub ascending: bool,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, sqlx::FromRow)]
pub struct CustomerRow {
    pub id: Uuid,
    pub version: Count,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub country: String,
    pub order_count: Count,
    pub order_total: Minor,
    pub last_order_at: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CustomerList {
    pub items: Vec<CustomerRow>,
    pub next: Option<String>,
}

/// For the picker of the order form: few, at once. Without words, the latest buyers.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SearchCustomers {
    pub query: String,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CustomerHits {
    pub items: Vec<CustomerRow>,
}

/// Two records of one person: all of `drop` moves to `keep`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct Merge {
    pub keep: Uuid,
    pub drop: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CustomerOrdersInput {
    pub customer_id: Uuid,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

/// An order as the customer page lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, sqlx::FromRow)]
pub struct Purchase {
    pub id: Uuid,
    pub number: String,
    pub channel: String,
    pub stage: Stage,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub after_sale_status: AfterSaleStatus,
    pub total: Minor,
    pub captured: Minor,
    pub refunded: Minor,
    pub units: Qty,
    pub placed_at: Millis,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Purchases {
    pub items: Vec<Purchase>,
    pub next: Option<String>,
}

/// What came out of a pasted address.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Parsed {
    pub address: ParsedAddress,
}

/// What an order wants to know of its buyer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct CustomerRef {
    pub id: Uuid,
    pub name: String,
    pub phone: String,
}
