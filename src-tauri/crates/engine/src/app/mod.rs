//! What belongs to no one area: the audit log, drafts, saved views, the state of the house.

mod about;
mod attention;
mod audit;
mod drafts;
mod health;
mod views;

use domain::{
    access::Permission,
    units::{Count, Millis},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{check::Difference, ctx::Door};

pub use about::about;
pub use attention::attention;
pub use audit::{audit, commands};
pub use drafts::{discard_draft, drafts, save_draft};
pub(crate) use health::all as check_all;
pub use health::{check, health};
pub use views::{delete_view, save_view, views};

/// Which rows of the audit log, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct AuditInput {
    /// What the command was about.
    #[serde(default)]
    pub subject: Option<Uuid>,
    /// A command's name, or an area: `orders` finds `orders.place`.
    #[serde(default)]
    pub command: String,
    #[serde(default)]
    pub actor: Option<Uuid>,
    /// A part of what was asked or changed.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub from: Option<Millis>,
    /// Exclusive.
    #[serde(default)]
    pub to: Option<Millis>,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AuditRow {
    pub command_id: Uuid,
    pub at: Millis,
    pub actor: Uuid,
    pub actor_name: String,
    pub door: Door,
    pub device: Uuid,
    pub command: String,
    pub subject: Option<Uuid>,
    /// JSON of what was asked.
    pub input: String,
    /// JSON: `[{kind, id, before, after}]`.
    pub changes: String,
    /// Whether `app.undo` can take it back now.
    pub undoable: bool,
    pub undoes: Option<Uuid>,
    pub undone_by: Option<Uuid>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditPage {
    pub items: Vec<AuditRow>,
    pub next: Option<String>,
}

/// A row of the one list of commands.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CommandInfo {
    pub name: String,
    pub is_query: bool,
    pub permission: Permission,
    pub offline: bool,
    pub undo: bool,
    pub audited: bool,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CommandList {
    pub items: Vec<CommandInfo>,
}

/// Every ledger against its balances. `differences` is empty in a healthy shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CheckReport {
    pub areas: Vec<String>,
    pub differences: Vec<Difference>,
    /// The last seal of the audit log. Written down elsewhere it tells even whether all were made anew.
    pub seal: Option<AuditSeal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AuditSeal {
    pub n: Count,
    pub at: Millis,
    /// SHA-256, in hexadecimal.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TableSize {
    pub name: String,
    pub rows: Count,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Health {
    /// sqlite | postgres
    pub database: String,
    pub bytes: Count,
    pub schema_version: Count,
    pub tables: Vec<TableSize>,
    pub program: String,
}

/// The program itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct About {
    pub version: String,
    pub built_at: Millis,
    /// The day on which CI asked the advisories before it built this; `None` where nobody did.
    pub audited_on: Option<String>,
    /// What of others is in it.
    pub components: Vec<Component>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Component {
    /// crate | npm
    pub from: String,
    pub name: String,
    pub version: String,
    /// As an SPDX expression; empty when it is not known.
    pub licence: String,
}

/// What waits for whoever asks, and that they may see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Attention {
    /// Refunds to approve, and own requests that were decided.
    pub refunds: Count,
    pub alerts: Count,
}

/// What somebody is typing. `body` is the form's own JSON, at most 1 MB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Draft {
    pub id: Uuid,
    pub area: String,
    pub body: String,
    pub updated_at: Millis,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveDraft {
    pub id: Uuid,
    pub area: String,
    pub body: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DraftsInput {
    pub area: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Drafts {
    pub items: Vec<Draft>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct DraftId {
    pub id: Uuid,
}

/// A named filter of a list; `body` is the list's own JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct View {
    pub id: Uuid,
    pub area: String,
    pub name: String,
    pub body: String,
    pub position: i32,
}

/// Creates or changes a view; the id is made by the sender, or left out for a new one.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveView {
    pub id: Option<Uuid>,
    pub area: String,
    pub name: String,
    pub body: String,
    pub position: Option<i32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ViewsInput {
    pub area: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Views {
    pub items: Vec<View>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ViewId {
    pub id: Uuid,
}

/// The answer of what has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Done {}
