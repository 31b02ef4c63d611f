//! Tables taken out of the shop as files: what a list shows, all of it.
//!
//! An export runs in the background on a reading transaction, so that it is of one moment and stops
//! nobody. It is written beside its place and moved there when it is whole.

mod cells;
pub mod words;
pub(crate) mod write;

use std::{collections::HashMap, sync::Mutex};

use domain::{access::Permission, units::Count};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::{Caller, Ctx},
    engine::Engine,
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

impl ExportTable {
    /// Without it nobody sees these rows on the screen either.
    fn permission(self) -> Permission {
        match self {
            Self::Orders | Self::OrderLines => Permission::OrdersRead,
            Self::Products => Permission::CatalogRead,
            Self::Customers => Permission::CustomersRead,
            Self::Stock => Permission::StockRead,
            Self::Payments => Permission::PaymentsRead,
        }
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
    /// `zh-CN` or `en`, of the header and the statuses.
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

/// The exports of this process: they are not kept beyond it.
#[derive(Default)]
pub(crate) struct Exports(Mutex<HashMap<Uuid, ExportJob>>);

/// Starts writing a file in the background.
pub async fn table(ctx: &mut Ctx, input: Export) -> Result<ExportJob> {
    ctx.shop()?;
    ctx.need(input.what.permission())?;
    if input.path.trim().is_empty() {
        return Err(Error::invalid("path", "required"));
    }
    // A wrong filter is the caller's fault and said at once.
    cells::Source::new(input.what, input.filter.as_deref(), false)?;
    let id = ctx.command_id;
    let job = ExportJob {
        id,
        what: input.what,
        path: input.path.clone(),
        state: ExportState::Running,
        rows: Count(0),
        error: None,
    };
    let (caller, started) = (ctx.caller.clone(), job.clone());
    ctx.about(id);
    ctx.after_commit(move |engine| {
        engine.jobs.exports.set(started);
        tokio::spawn(run(engine, caller, id, input));
    });
    Ok(job)
}

/// How far an export of this process is.
pub async fn get(ctx: &mut Ctx, input: ExportId) -> Result<ExportJob> {
    ctx.jobs.exports.get(input.id).ok_or_else(|| Error::not_found("export", input.id))
}

/// Stops an export; its unfinished file goes.
pub async fn cancel(ctx: &mut Ctx, input: ExportId) -> Result<Nothing> {
    ctx.jobs.exports.change(input.id, |job| {
        if job.state == ExportState::Running {
            job.state = ExportState::Cancelled;
        }
    });
    Ok(Nothing {})
}

impl Exports {
    fn set(&self, job: ExportJob) {
        if let Ok(mut jobs) = self.0.lock() {
            // Those that ended long ago are of no interest any more.
            if jobs.len() > 100 {
                jobs.retain(|_, job| job.state == ExportState::Running);
            }
            jobs.insert(job.id, job);
        }
    }

    fn get(&self, id: Uuid) -> Option<ExportJob> {
        self.0.lock().ok()?.get(&id).cloned()
    }

    fn change(&self, id: Uuid, with: impl FnOnce(&mut ExportJob)) {
        if let Ok(mut jobs) = self.0.lock()
            && let Some(job) = jobs.get_mut(&id)
        {
            with(job);
        }
    }
}

async fn run(engine: Engine, caller: Caller, id: Uuid, input: Export) {
    let outcome = write::file(&engine, &caller, id, &input).await;
    engine.jobs.exports.change(id, |job| match outcome {
        Ok(rows) if job.state == ExportState::Running => {
            job.rows = Count(rows);
            job.state = ExportState::Done;
        }
        Ok(_) => {}
        Err(error) => {
            job.state = ExportState::Failed;
            job.error = Some(error);
        }
    });
}
