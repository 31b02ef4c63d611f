//! Customers: phones, e-mail addresses, and postal addresses pasted from a chat.

mod address;
mod masks;
mod paste;
mod phone;
mod regions;

pub use address::{ParsedAddress, parse_cn_address};
pub use masks::{is_masked, masked_email, masked_name, masked_note, masked_phone, masked_text};
pub use phone::{normalise_email, normalise_phone, phone_tail};
pub use regions::{Region, Regions};
