//! Getting the goods to the buyer: parcels and their waybills, pick-up, and the counter.

mod parcels;
mod pickup;
mod waybill;

use domain::{
    orders::DeliveryMethod,
    units::{Count, Millis, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

pub use parcels::{cancel_parcel, deliver, ship};
pub(crate) use parcels::{cancel_ready, deliver_all, insert_parcel, of_order};
pub(crate) use pickup::{counter_hand_over, new_pickup_code};
pub use pickup::{hand_over, ready_for_pickup};
pub(crate) use waybill::folded;
pub use waybill::{carriers, check_waybill};

use crate::orders::OrderNow;

domain::text_enum! {
    /// Where a parcel is.
    pub enum ParcelState {
        /// Packed and waiting to be fetched; the goods are still here.
        Ready = "ready",
        /// Left the house.
        Handed = "handed",
        Delivered = "delivered",
        /// Came back before it arrived, or never left.
        Cancelled = "cancelled",
    }
}

/// The carrier code of a parcel the shop brings itself; it needs no waybill.
pub const OWN_DELIVERY: &str = "self";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Parcel {
    pub id: Uuid,
    pub order_id: Uuid,
    pub delivery: DeliveryMethod,
    pub carrier: String,
    pub waybill: String,
    pub state: ParcelState,
    pub note: String,
    pub shipped_at: Millis,
    pub delivered_at: Option<Millis>,
    pub actor_name: String,
    pub lines: Vec<ParcelLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ParcelLine {
    pub line_id: Uuid,
    pub qty: Qty,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Carrier {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CheckWaybill {
    pub carrier: String,
    pub waybill: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WaybillChecked {
    pub check: domain::shipping::WaybillCheck,
    /// Carriers whose format fits, likeliest first.
    pub likely: Vec<String>,
    /// Parcels that bear this number already.
    pub duplicates: Vec<WaybillUse>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WaybillUse {
    pub parcel_id: Uuid,
    pub order_id: Uuid,
    pub order_number: String,
    pub carrier: String,
    pub shipped_at: Millis,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ShipOrder {
    pub order_id: Uuid,
    #[serde(default)]
    pub version: Option<Count>,
    pub carrier: String,
    #[serde(default)]
    pub waybill: String,
    /// All that is left when empty.
    #[serde(default)]
    pub lines: Vec<ParcelLine>,
    #[serde(default)]
    pub note: String,
    /// Take the waybill although its format is unknown or another parcel bears it.
    #[serde(default)]
    pub accept_warnings: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Shipped {
    pub parcel_id: Uuid,
    pub order: OrderNow,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct HandOver {
    pub order_id: Uuid,
    /// What the buyer shows; not asked for at the counter.
    #[serde(default)]
    pub pickup_code: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ParcelById {
    pub parcel_id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CancelParcel {
    pub parcel_id: Uuid,
    #[serde(default)]
    pub reason: String,
}
