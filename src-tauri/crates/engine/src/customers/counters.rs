//! What the other areas ask of customers, and the sums kept with each order.

use std::collections::HashSet;

use domain::units::Millis;
use uuid::Uuid;

use super::CustomerRef;
use crate::{
    check::Difference,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
};

/// What happened to the orders of one customer, in many orders at once.
pub(crate) struct CustomerOrders {
    pub customer: Uuid,
    /// Orders placed minus orders cancelled.
    pub orders: i64,
    pub total: i64,
    pub first_at: Millis,
    pub last_at: Millis,
}

/// The buyer of an order: follows a merge, refuses an unknown id.
pub(crate) async fn find_for_order(_ctx: &mut Ctx, _id: Uuid) -> Result<CustomerRef> {
    Err(Error::internal("not yet"))
}

/// The customer with this phone, made when there is none.
pub(crate) async fn quick_create(_ctx: &mut Ctx, _name: &str, _phone: &str) -> Result<Uuid> {
    Err(Error::internal("not yet"))
}

/// An order was placed (`orders` = 1), cancelled (−1) or changed in total (0). Answers whether it
/// was the customer's first ever, for [`crate::analytics::Sale::new_customer`].
pub(crate) async fn ordered(
    _ctx: &mut Ctx,
    _id: Uuid,
    _orders: i64,
    _total_delta: i64,
    _placed_at: Millis,
) -> Result<bool> {
    Err(Error::internal("not yet"))
}

/// [`ordered`] for many customers in few statements; answers those whose first order this was.
pub(crate) async fn ordered_many(_tx: &mut Tx, _changes: &[CustomerOrders]) -> Result<HashSet<Uuid>> {
    Err(Error::internal("not yet"))
}

/// The sums kept with each customer against the orders.
pub(crate) async fn check(_tx: &mut Tx) -> Result<Vec<Difference>> {
    Err(Error::internal("not yet"))
}
