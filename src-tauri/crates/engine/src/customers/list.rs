use super::{
    Customer, CustomerHits, CustomerId, CustomerList, CustomerOrdersInput, ListCustomers, Purchases, SearchCustomers,
};
use crate::{
    ctx::Ctx,
    error::{Error, Result},
};

pub async fn get(_ctx: &mut Ctx, _input: CustomerId) -> Result<Customer> {
    Err(Error::internal("not yet"))
}

pub async fn list(_ctx: &mut Ctx, _input: ListCustomers) -> Result<CustomerList> {
    Err(Error::internal("not yet"))
}

pub async fn search(_ctx: &mut Ctx, _input: SearchCustomers) -> Result<CustomerHits> {
    Err(Error::internal("not yet"))
}

pub async fn orders(_ctx: &mut Ctx, _input: CustomerOrdersInput) -> Result<Purchases> {
    Err(Error::internal("not yet"))
}
