//! Money received and paid back: a ledger between the buyer and the shop's accounts.

mod approve;
mod ledger;
mod list;

use domain::units::{Count, Millis, Minor};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

pub(crate) use approve::waiting;
pub use approve::{
    Decision, DeclineRefund, ListRefundRequests, RefundRequest, RefundRequestById, RefundRequests, approve_refund,
    ask_refund, decline_refund, read_refund, refund_requests,
};
pub(crate) use ledger::{Booking, Entry, book, money_event, pay_back, write};
pub use ledger::{capture, refund};
pub use list::{list, summary};
pub(crate) use list::{of_order, shop_day};

use crate::orders::OrderNow;

domain::text_enum! {
    /// How money changed hands.
    pub enum PaymentMethod {
        Cash = "cash",
        BankTransfer = "bank_transfer",
        /// Through something this program does not see: a marketplace, a card terminal.
        Elsewhere = "elsewhere",
    }
}

domain::text_enum! {
    /// Which way the money went.
    pub enum PaymentKind {
        /// From the buyer to the shop.
        Capture = "capture",
        /// From the shop to the buyer.
        Refund = "refund",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Payment {
    pub id: Uuid,
    pub order_id: Option<Uuid>,
    pub order_number: Option<String>,
    pub return_id: Option<Uuid>,
    pub kind: PaymentKind,
    pub method: PaymentMethod,
    pub amount: Minor,
    pub currency: String,
    pub tendered: Option<Minor>,
    pub reference: String,
    pub note: String,
    pub at: Millis,
    pub day: i32,
    pub actor_name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CapturePayment {
    pub order_id: Uuid,
    pub method: PaymentMethod,
    pub amount: Minor,
    /// Cash handed over, when it is more than the amount.
    #[serde(default)]
    pub tendered: Option<Minor>,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub note: String,
    /// Cash above what is due is kept for the buyer instead of going back as change.
    #[serde(default)]
    pub keep_overpayment: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Captured {
    pub payment_id: Uuid,
    pub amount: Minor,
    pub change: Minor,
    pub order: OrderNow,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RefundPayment {
    pub order_id: Uuid,
    pub amount: Minor,
    pub method: PaymentMethod,
    #[serde(default)]
    pub reason: String,
    /// The buyer owes that much less from now on. When empty: yes once goods have left, no before.
    #[serde(default)]
    pub lowers_due: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Refunded {
    pub payment_id: Uuid,
    pub order: OrderNow,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListPayments {
    pub method: Option<PaymentMethod>,
    pub kind: Option<PaymentKind>,
    /// Shop-local days, both included.
    pub from_day: Option<i32>,
    pub to_day: Option<i32>,
    pub cursor: Option<String>,
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PaymentPage {
    pub items: Vec<Payment>,
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct PaymentDays {
    pub from_day: i32,
    pub to_day: i32,
}

/// The till at the end of the day: what came in and went out, by method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PaymentSummary {
    pub methods: Vec<MethodSum>,
    pub captured: Minor,
    pub refunded: Minor,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MethodSum {
    pub method: PaymentMethod,
    pub captured: Minor,
    pub captures: Count,
    pub refunded: Minor,
    pub refunds: Count,
    /// What should be there more than before.
    pub net: Minor,
}
