//! Tables taken out of the shop as files.

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    error::{Error, Result},
    settings::Nothing,
};

domain::text_enum! {
    pub enum ExportTable {
        Orders = "orders",
        /// One row a line of an order.
        OrderLines = "order_lines",
        Products = "products",
        Customers = "customers",
        Stock = "stock",
        Payments = "payments",
    }
}

domain::text_enum! {
    pub enum ExportFormat {
        Csv = "csv",
        Xlsx = "xlsx",
    }
}

domain::text_enum! {
    pub enum ExportState {
        Running = "running",
        Done = "done",
        Cancelled = "cancelled",
        Failed = "failed",
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Export {
    pub what: ExportTable,
    pub format: ExportFormat,
    pub path: String,
    /// The input of the area's list (`orders.list` …) as JSON text, its cursor and limit being of no
    /// matter: what is shown is what is exported. Everything when empty.
    pub filter: Option<String>,
    /// `zh-CN` or `en`, of the header.
    pub language: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ExportId {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExportJob {
    pub id: Uuid,
    pub what: ExportTable,
    pub path: String,
    pub state: ExportState,
    pub rows: Count,
    pub error: Option<Error>,
}

/// Starts writing a file in the background.
pub async fn table(_ctx: &mut Ctx, _input: Export) -> Result<ExportJob> {
    Err(Error::internal("coming"))
}

/// How far an export of this process is.
pub async fn get(_ctx: &mut Ctx, _input: ExportId) -> Result<ExportJob> {
    Err(Error::internal("coming"))
}

/// Stops an export and removes its unfinished file.
pub async fn cancel(_ctx: &mut Ctx, _input: ExportId) -> Result<Nothing> {
    Err(Error::internal("coming"))
}
