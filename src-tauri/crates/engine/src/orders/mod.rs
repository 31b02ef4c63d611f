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
    quote Place => Quoted;
    place Place => Placed;
    list List => Page;
    get Get => Order;
    board Nothing => Board;
    cancel Cancel => Now;
    review Review => Bulk;
    hold PlaceHold => Now;
    release_hold ReleaseHold => Now;
    reserve Versioned => Now;
    annotate Annotate => Bulk;
    archive Ids => Bulk;
    unarchive Ids => Bulk;
    deliver Versioned => Now;
    complete Versioned => Now;
    add_note AddNote => Event;
    run_timers Nothing => TimersRun;
}
