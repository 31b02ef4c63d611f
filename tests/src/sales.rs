//! What is typed at a sale.

use domain::units::{Minor, Qty};
use engine::{
    customers,
    orders::{PlaceLine, PlacePayment},
    payments::{CapturePayment, PaymentMethod},
};
use uuid::Uuid;

/// At the price of the catalogue.
pub fn line(sku_id: Uuid, qty: i64) -> PlaceLine {
    PlaceLine { sku_id, qty: Qty(qty), unit_price: None, note: String::new() }
}

/// Paid with the order.
pub fn cash(amount: i64) -> PlacePayment {
    PlacePayment { method: PaymentMethod::Cash, amount: Minor(amount), tendered: None, reference: String::new() }
}

/// Paid for an order that is there.
pub fn payment(order_id: Uuid, method: PaymentMethod, amount: i64) -> CapturePayment {
    CapturePayment {
        order_id,
        method,
        amount: Minor(amount),
        tendered: None,
        reference: String::new(),
        note: String::new(),
        keep_overpayment: false,
    }
}

pub fn buyer(name: &str, phone: &str) -> customers::Save {
    customers::Save { name: name.into(), phone: phone.into(), ..customers::Save::default() }
}
