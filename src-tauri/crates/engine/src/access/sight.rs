//! What of an answer somebody may see: people's phones and addresses, and what goods cost. Which orders they
//! see at all is for [`super::scope`].
//!
//! The commands work with what is there, and veil what they answer. Nobody who sees less loses anything by
//! saving it again: what comes back as it was shown masked is kept as it is.

use domain::{
    access::{Permission, Rights},
    customers::{masked_email, masked_name, masked_note, masked_phone, masked_text},
};
use serde_json::Value;

use crate::{
    catalog::Product,
    ctx::Ctx,
    customers::{Address, Customer, CustomerRow},
    error::Error,
    offline::{OfflineCase, Trouble},
    orders::{Order, OrderRow, ShipTo},
    stock::StockHold,
};

pub(crate) trait Veiled {
    fn veil(&mut self, rights: &Rights);
}

impl Ctx {
    /// As whoever asks may see it.
    pub(crate) fn shown<T: Veiled>(&self, mut value: T) -> T {
        value.veil(&self.rights);
        value
    }
}

/// Puts back what stood there where the same comes back masked.
pub(crate) fn unveil(typed: &mut String, stood: &str, mask: impl Fn(&str) -> String) {
    if typed.trim() == mask(stood) {
        typed.clear();
        typed.push_str(stood);
    }
}

fn mask(texts: &mut [(&mut String, fn(&str) -> String)]) {
    for (text, mask) in texts {
        **text = mask(text);
    }
}

fn sees_people(rights: &Rights) -> bool {
    rights.permissions.has(Permission::ContactRead)
}

fn veil_person(rights: &Rights, name: &mut String, phone: &mut String, email: &mut String) {
    if !sees_people(rights) {
        mask(&mut [(name, masked_name), (phone, masked_phone), (email, masked_email)]);
    }
}

fn veil_address(rights: &Rights, name: &mut String, phone: &mut String, street: &mut String, postcode: &mut String) {
    if !sees_people(rights) {
        mask(&mut [(name, masked_name), (phone, masked_phone), (street, masked_text), (postcode, masked_text)]);
    }
}

impl<T: Veiled> Veiled for Vec<T> {
    fn veil(&mut self, rights: &Rights) {
        self.iter_mut().for_each(|value| value.veil(rights));
    }
}

impl<T: Veiled> Veiled for Option<T> {
    fn veil(&mut self, rights: &Rights) {
        self.iter_mut().for_each(|value| value.veil(rights));
    }
}

impl Veiled for Customer {
    fn veil(&mut self, rights: &Rights) {
        veil_person(rights, &mut self.name, &mut self.phone, &mut self.email);
        if !sees_people(rights) {
            mask(&mut [(&mut self.note, masked_note)]);
        }
        self.addresses.veil(rights);
    }
}

impl Veiled for OfflineCase {
    fn veil(&mut self, rights: &Rights) {
        if sees_people(rights) {
            return;
        }
        self.note = masked_note(&self.note);
        if let Some(Error::Duplicate { value, .. }) = &mut self.error {
            *value = masked_note(value);
        }
        for trouble in &mut self.troubles {
            if let Trouble::CustomerGone { name } = trouble {
                *name = masked_name(name);
            }
        }
    }
}

impl Veiled for CustomerRow {
    fn veil(&mut self, rights: &Rights) {
        veil_person(rights, &mut self.name, &mut self.phone, &mut self.email);
    }
}

impl Veiled for Address {
    fn veil(&mut self, rights: &Rights) {
        veil_address(rights, &mut self.name, &mut self.phone, &mut self.street, &mut self.postcode);
    }
}

impl Veiled for ShipTo {
    fn veil(&mut self, rights: &Rights) {
        veil_address(rights, &mut self.name, &mut self.phone, &mut self.street, &mut self.postcode);
    }
}

impl Veiled for Order {
    fn veil(&mut self, rights: &Rights) {
        if !sees_people(rights) {
            mask(&mut [(&mut self.buyer_name, masked_name), (&mut self.buyer_phone, masked_phone)]);
        }
        self.ship_to.veil(rights);
    }
}

impl Veiled for OrderRow {
    fn veil(&mut self, rights: &Rights) {
        if !sees_people(rights) {
            mask(&mut [(&mut self.buyer_name, masked_name)]);
        }
    }
}

impl Veiled for StockHold {
    fn veil(&mut self, rights: &Rights) {
        if !sees_people(rights) {
            mask(&mut [(&mut self.buyer_name, masked_name)]);
        }
    }
}

impl Veiled for Product {
    fn veil(&mut self, rights: &Rights) {
        if !rights.permissions.has(Permission::CostRead) {
            self.skus.iter_mut().for_each(|sku| sku.cost = None);
        }
    }
}

/// A row of the history: JSON of any command, in which the names of the fields tell what they hold.
pub(crate) fn veil_json(text: &str, rights: &Rights) -> String {
    let (people, cost) = (sees_people(rights), rights.permissions.has(Permission::CostRead));
    let sums = rights.sees.limit().is_none();
    if people && cost && sums {
        return text.to_owned();
    }
    match serde_json::from_str(text) {
        Ok(mut value) => {
            veil_value(&mut value, people, cost, sums);
            value.to_string()
        }
        // What cannot be read cannot be veiled.
        Err(_) => String::new(),
    }
}

fn veil_value(value: &mut Value, people: bool, cost: bool, sums: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| veil_value(item, people, cost, sums)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), &mut *field) {
                    ("cost", field) if !cost => *field = Value::Null,
                    ("phone" | "buyer_phone", Value::String(text)) if !people => *text = masked_phone(text),
                    ("email", Value::String(text)) if !people => *text = masked_email(text),
                    ("street" | "postcode", Value::String(text)) if !people => *text = masked_text(text),
                    ("note", Value::String(text)) if !people => *text = masked_note(text),
                    ("name" | "buyer_name", Value::String(text)) if !people => *text = masked_name(text),
                    ("order_count" | "order_total" | "average_order" | "last_order_at", field) if !sums => {
                        *field = Value::Null
                    }
                    (_, field) => veil_value(field, people, cost, sums),
                }
            }
        }
        _ => {}
    }
}
