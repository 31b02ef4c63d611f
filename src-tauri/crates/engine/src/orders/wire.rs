//! What the orders area takes and answers.

use domain::{
    access::Permission,
    orders::{AfterSaleStatus, DeliveryMethod, Flag, FulfilmentStatus, HoldKind, PaymentStatus, Stage},
    units::{Count, Millis, Minor, Qty},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{error::Shortage, payments::PaymentMethod};

/// Where a parcel goes, as it was when the order was placed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ShipTo {
    pub name: String,
    pub phone: String,
    pub country: String,
    pub region_code: String,
    pub province: String,
    pub city: String,
    pub district: String,
    pub street: String,
    pub postcode: String,
}

/// A new order; `orders.quote` takes the same while it is being typed.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PlaceOrder {
    /// Who buys. Without it a name or phone makes (or finds) a customer; without those it is a walk-in.
    pub customer_id: Option<Uuid>,
    pub buyer_name: String,
    pub buyer_phone: String,
    /// Where the order came from; `counter` when empty.
    pub channel: String,
    /// What the order is called there: the same one twice stays one order.
    pub external_id: Option<String>,
    pub delivery: DeliveryMethod,
    pub ship_to: Option<ShipTo>,
    /// The address of the customer that `ship_to` was filled in from: what was shown masked there, and comes
    /// so, is taken from it.
    pub address_id: Option<Uuid>,
    pub lines: Vec<PlaceLine>,
    /// Off the whole order.
    pub discount: Minor,
    pub freight: Minor,
    pub buyer_note: String,
    pub seller_note: String,
    /// What is paid at once.
    pub payments: Vec<PlacePayment>,
    /// Goods go before money: cash on delivery, or credit.
    pub pay_later: bool,
    pub assignee: String,
    /// For a sale entered afterwards; now when empty.
    pub placed_at: Option<Millis>,
}

impl Default for PlaceOrder {
    fn default() -> Self {
        Self {
            customer_id: None,
            buyer_name: String::new(),
            buyer_phone: String::new(),
            channel: String::new(),
            external_id: None,
            delivery: DeliveryMethod::Counter,
            ship_to: None,
            address_id: None,
            lines: Vec::new(),
            discount: Minor::ZERO,
            freight: Minor::ZERO,
            buyer_note: String::new(),
            seller_note: String::new(),
            payments: Vec::new(),
            pay_later: false,
            assignee: String::new(),
            placed_at: None,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PlaceLine {
    pub sku_id: Uuid,
    pub qty: Qty,
    /// Instead of the list price.
    #[serde(default)]
    pub unit_price: Option<Minor>,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PlacePayment {
    pub method: PaymentMethod,
    pub amount: Minor,
    /// Cash handed over; the change goes back.
    #[serde(default)]
    pub tendered: Option<Minor>,
    #[serde(default)]
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Placed {
    pub order_id: Uuid,
    pub number: String,
    pub total: Minor,
    pub due: Minor,
    pub change: Minor,
    pub stage: Stage,
    /// The channel had sent this order before: nothing was done now.
    pub existing: bool,
}

/// What an order would come to, and what stands in its way.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderQuote {
    pub goods: Minor,
    pub discount: Minor,
    pub freight: Minor,
    pub tax: Minor,
    pub total: Minor,
    /// Total less what is paid at once.
    pub due: Minor,
    pub change: Minor,
    pub units: Qty,
    pub weight_g: Qty,
    pub lines: Vec<OrderQuoteLine>,
    pub shortages: Vec<Shortage>,
    /// What placing would be refused for: the field, and a rule the UI has words for.
    pub problems: Vec<OrderProblem>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderQuoteLine {
    pub sku_id: Uuid,
    pub sku_code: String,
    pub title: String,
    pub options: String,
    pub qty: Qty,
    pub list_price: Minor,
    pub unit_price: Minor,
    pub gross: Minor,
    pub discount: Minor,
    pub net: Minor,
    pub tax: Minor,
    /// Of the SKU, over all lines; what can still be promised.
    pub available: Qty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderProblem {
    pub field: String,
    pub rule: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OrderSort {
    Newest,
    Oldest,
    AmountDesc,
    AmountAsc,
}

/// Which orders; every field narrows, an empty one does not.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct OrderFilter {
    pub stages: Vec<Stage>,
    pub payment_status: Option<PaymentStatus>,
    pub fulfilment_status: Option<FulfilmentStatus>,
    pub channel: Option<String>,
    pub customer_id: Option<Uuid>,
    /// Shop-local days of placing, both included.
    pub from_day: Option<i32>,
    pub to_day: Option<i32>,
    pub sku_id: Option<Uuid>,
    pub flag: Option<Flag>,
    pub assignee: Option<String>,
    pub tag: Option<String>,
    /// With an open hold.
    pub held: bool,
    /// Archived orders instead of the others. An order sought by customer, SKU, waybill or text is
    /// found archived or not.
    pub archived: bool,
    pub amount_min: Option<Minor>,
    pub amount_max: Option<Minor>,
    /// The beginning of a waybill number.
    pub waybill: Option<String>,
    /// Order number, waybill, phone or its last four digits, SKU code, or part of the buyer's name.
    pub search: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListOrders {
    pub filter: OrderFilter,
    /// Newest first; by amount, largest first, when an amount is all that is asked for.
    pub sort: Option<OrderSort>,
    pub cursor: Option<String>,
    /// 50 when empty, at most 200.
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderPage {
    pub items: Vec<OrderRow>,
    pub next: Option<String>,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderRow {
    pub id: Uuid,
    pub number: String,
    pub channel: String,
    pub customer_id: Option<Uuid>,
    pub buyer_name: String,
    pub delivery: DeliveryMethod,
    pub stage: Stage,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub after_sale_status: AfterSaleStatus,
    pub holds: Count,
    pub archived: bool,
    pub currency: String,
    pub total: Minor,
    pub due: Minor,
    pub units: Qty,
    pub line_count: Count,
    pub first_title: String,
    pub flag: Flag,
    pub assignee: String,
    pub tags: Vec<String>,
    pub buyer_note: String,
    pub seller_note: String,
    pub placed_at: Millis,
    pub version: Count,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct OrderById {
    pub order_id: Uuid,
}

/// Asks to see the masked buyer of an order in full, and says why.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OpenBuyer {
    pub order_id: Uuid,
    pub reason: String,
}

/// Everything known of one order.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Order {
    pub id: Uuid,
    pub number: String,
    pub channel: String,
    pub external_id: Option<String>,
    pub stage: Stage,
    pub archived: bool,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub after_sale_status: AfterSaleStatus,
    pub delivery: DeliveryMethod,
    pub pickup_code: Option<String>,
    pub customer_id: Option<Uuid>,
    pub buyer_name: String,
    pub buyer_phone: String,
    pub ship_to: Option<ShipTo>,
    pub currency: String,
    pub goods: Minor,
    pub discount: Minor,
    pub freight: Minor,
    pub tax: Minor,
    pub tax_inclusive: bool,
    pub total: Minor,
    pub captured: Minor,
    pub refunded: Minor,
    pub granted: Minor,
    /// What the buyer still owes; 0 when cancelled.
    pub due: Minor,
    /// What can still be paid back.
    pub refundable: Minor,
    pub pay_later: bool,
    pub audited: bool,
    pub units: Qty,
    pub flag: Flag,
    pub assignee: String,
    pub tags: Vec<String>,
    pub buyer_note: String,
    pub seller_note: String,
    pub moves_stock: bool,
    pub placed_at: Millis,
    pub paid_at: Option<Millis>,
    pub shipped_at: Option<Millis>,
    pub delivered_at: Option<Millis>,
    pub closed_at: Option<Millis>,
    pub created_by: String,
    pub version: Count,
    pub lines: Vec<OrderLine>,
    pub payments: Vec<crate::payments::Payment>,
    pub parcels: Vec<crate::shipping::Parcel>,
    pub holds: Vec<OrderHold>,
    pub returns: Vec<OrderReturn>,
    /// Oldest first.
    pub timeline: Vec<OrderEvent>,
    /// What can be done now; a screen shows nothing else.
    pub actions: Vec<OrderAction>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderLine {
    pub id: Uuid,
    pub line_no: Count,
    pub sku_id: Uuid,
    pub sku_code: String,
    pub title: String,
    pub options: String,
    pub note: String,
    pub qty: Qty,
    pub unit_price: Minor,
    pub gross: Minor,
    pub discount: Minor,
    pub net: Minor,
    pub tax_ppm: Count,
    pub tax: Minor,
    pub allocated: Qty,
    pub shipped: Qty,
    pub delivered: Qty,
    pub cancelled: Qty,
    pub returned: Qty,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderHold {
    pub id: Uuid,
    pub kind: HoldKind,
    pub reason: String,
    pub placed_at: Millis,
    pub placed_by: String,
    pub released_at: Option<Millis>,
    pub released_by: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderReturn {
    pub id: Uuid,
    pub number: String,
    pub total: Minor,
    pub reason: String,
    pub at: Millis,
    pub units: Qty,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderEvent {
    pub id: Uuid,
    pub at: Millis,
    pub actor_name: String,
    /// placed, paid, refunded, stage, reserved, short, hold, released, reviewed, packed, shipped, delivered,
    /// parcel_cancelled, cancelled, note.
    pub kind: String,
    pub data: OrderEventData,
}

/// What an event tells besides its kind; each kind fills what it knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct OrderEventData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Stage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Stage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Minor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Qty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waybill: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OrderAction {
    Pay,
    Refund,
    Review,
    Reserve,
    Hold,
    ReleaseHold,
    Ship,
    ReadyForPickup,
    HandOver,
    Deliver,
    Complete,
    Cancel,
    Archive,
    Unarchive,
}

impl OrderAction {
    /// That of the command behind it.
    pub(super) fn permission(self) -> Permission {
        match self {
            Self::Pay => Permission::PaymentsWrite,
            Self::Refund => Permission::PaymentsRefund,
            Self::Ship | Self::ReadyForPickup | Self::HandOver => Permission::ShippingWrite,
            _ => Permission::OrdersWrite,
        }
    }
}

/// How many orders stand where: equal to the number of rows the list shows under the same filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderBoard {
    pub stages: Vec<StageCount>,
    pub payments: Vec<PaymentCount>,
    pub fulfilments: Vec<FulfilmentCount>,
    pub held: Count,
    pub archived: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StageCount {
    pub stage: Stage,
    pub n: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PaymentCount {
    pub payment_status: PaymentStatus,
    pub n: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FulfilmentCount {
    pub fulfilment_status: FulfilmentStatus,
    pub n: Count,
}

/// What an order is after a command about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderNow {
    pub order_id: Uuid,
    pub number: String,
    pub stage: Stage,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub holds: Count,
    pub due: Minor,
    pub version: Count,
}

/// The outcome of a command about many orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderBulk {
    pub changed: Vec<Uuid>,
    pub skipped: Vec<SkippedOrder>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SkippedOrder {
    pub order_id: Uuid,
    pub number: String,
    /// The stage that does not allow it, or `unchanged`, `unknown`, `short_stock`.
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CancelOrder {
    pub order_id: Uuid,
    pub version: Count,
    #[serde(default)]
    pub reason: String,
    /// How the money goes back; needed when any was received.
    #[serde(default)]
    pub refund: Option<PaymentMethod>,
}

/// Passes orders that await a look, or holds them for a reason.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReviewOrders {
    pub order_ids: Vec<Uuid>,
    /// Approves when empty; else the orders are held for this reason.
    #[serde(default)]
    pub hold_reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PlaceHold {
    pub order_id: Uuid,
    pub kind: HoldKind,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ReleaseHold {
    pub order_id: Uuid,
    pub hold_id: Uuid,
}

/// Marks for working together; each order may get its own, so that taking it back is the same command.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AnnotateOrders {
    pub orders: Vec<OrderAnnotation>,
}

/// What stays empty is left as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct OrderAnnotation {
    pub order_id: Uuid,
    #[serde(default)]
    pub version: Option<Count>,
    #[serde(default)]
    pub flag: Option<Flag>,
    #[serde(default)]
    pub seller_note: Option<String>,
    #[serde(default)]
    pub assignee: Option<String>,
    /// All tags of the order from now on.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// Tags beside those it has; what it has already is no fault.
    #[serde(default)]
    pub add_tags: Vec<String>,
    #[serde(default)]
    pub remove_tags: Vec<String>,
    /// The marks as whoever decided this saw them: one that is to be changed and is another by now is left alone, and
    /// all is refused. Tags that others set meanwhile stay beside these.
    #[serde(default)]
    pub seen: Option<OrderMarks>,
}

/// What colleagues tell each other by an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderMarks {
    pub flag: Flag,
    pub seller_note: String,
    pub assignee: String,
    pub tags: Vec<String>,
}

/// The tags in use, for whoever types one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OrderTags {
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OrderIds {
    pub order_ids: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct OrderAt {
    pub order_id: Uuid,
    #[serde(default)]
    pub version: Option<Count>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AddOrderNote {
    pub order_id: Uuid,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TimersRun {
    pub closed: Count,
    pub completed: Count,
    /// There was more than one run should take: run again.
    pub more: bool,
}
