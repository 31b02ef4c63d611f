//! Orders: the one stored stage, the statuses computed from facts, the holds, and the quote.

mod quote;
mod stage;
mod status;

pub use quote::{MAX_LINES, Quote, QuoteError, QuoteLine, QuotedLine, quote};
pub use stage::{OrderFacts, Stage, TRANSITIONS, can_move, next_stage};
pub use status::{
    AfterSaleStatus, CountsError, FulfilmentStatus, LineCounts, PaymentStatus, after_sale_status, fulfilment_status,
    payment_status,
};

crate::text_enum! {
    /// Why an order must not go out yet. Any open hold stops labels and shipping.
    pub enum HoldKind {
        PaymentCheck = "payment_check",
        Address = "address",
        Stock = "stock",
        Risk = "risk",
        SkuUnmapped = "sku_unmapped",
        TotalMismatch = "total_mismatch",
        RefundRequest = "refund_request",
        Manual = "manual",
        PriceFloor = "price_floor",
        Duplicate = "duplicate",
        RestrictedArea = "restricted_area",
        WaitingMerge = "waiting_merge",
        PreorderUntil = "preorder_until",
    }
}

crate::text_enum! {
    /// The merchant's own coloured mark on an order; means whatever the shop agrees on.
    pub enum Flag {
        None = "none",
        Red = "red",
        Yellow = "yellow",
        Green = "green",
        Blue = "blue",
        Purple = "purple",
    }
}

crate::text_enum! {
    /// How the goods reach the buyer: over the counter at once, by carrier, or fetched later.
    pub enum DeliveryMethod {
        Counter = "counter",
        Ship = "ship",
        Pickup = "pickup",
    }
}
