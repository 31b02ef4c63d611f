//! Orders, from the counter or the file to the last parcel.
//!
//! Facts are stored: quantities per line, payments, parcels, holds. The stage follows from them by
//! the table in `domain`; nobody sets a status by hand.

mod wire;

pub use wire::*;

use crate::{
    ctx::Ctx,
    error::{Error, Result},
    settings::Nothing,
};

macro_rules! coming {
    ($($name:ident $input:ty => $output:ty;)*) => {$(
        pub async fn $name(_ctx: &mut Ctx, _input: $input) -> Result<$output> {
            Err(Error::internal("coming"))
        }
    )*};
}
coming! {
    quote PlaceOrder => OrderQuote;
    place PlaceOrder => Placed;
    list ListOrders => OrderPage;
    get OrderById => Order;
    board Nothing => OrderBoard;
    cancel CancelOrder => OrderNow;
    review ReviewOrders => OrderBulk;
    hold PlaceHold => OrderNow;
    release_hold ReleaseHold => OrderNow;
    reserve OrderAt => OrderNow;
    annotate AnnotateOrders => OrderBulk;
    archive OrderIds => OrderBulk;
    unarchive OrderIds => OrderBulk;
    deliver OrderAt => OrderNow;
    complete OrderAt => OrderNow;
    add_note AddOrderNote => OrderEvent;
    run_timers Nothing => TimersRun;
}
