//! People who sign in, what their roles allow, and the proof of who they are.
//!
//! A shop begins without people: nobody is asked for a name, and whoever sits at the desk is the owner.
//! With the first person, who is an owner, it asks at every door. What somebody may do is read from the
//! database with each command: a right that was taken away is gone at once, on every desk.

mod people;
mod pin;
mod roles;
mod scope;
mod seals;
mod sight;
mod sign_in;
mod totp;
mod tries;
mod watch;

use domain::{
    access::{Permission, Permissions, Preset, Rights, Sees},
    units::{Count, Millis, Minor},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::{Caller, Ctx, Door},
    db::Tx,
    error::{Error, Result},
    fetch_all, fetch_optional,
};

pub use people::{change_password, me, save_staff, staff};
pub use pin::{SetPin, Switch, remove_pin, set_pin};
pub use roles::{delete_role, save_role};
pub(crate) use scope::{Within, check_whole};
pub use seals::Resealed;
pub(crate) use seals::{check as check_seals, last as last_seal, redact, seal};
pub(crate) use sight::{unveil, veil_json};
pub(crate) use sign_in::Guard;
pub use sign_in::SignIn;
pub use totp::{
    RenewRecoveryCodes, TotpOffer, TurnOffTotp, TurnOnTotp, offer_totp, remove_totp, renew_recovery_codes,
    turn_off_totp, turn_on_totp,
};
pub(crate) use tries::{Tried, relive, try_in};
pub use watch::{AcknowledgeAlert, Alert, AlertKind, Alerts, ListAlerts, acknowledge_alert, alerts};
pub(crate) use watch::{exported, open as open_alerts, watch};

/// A password, a PIN or a code on its way in. It is never written out: not into the audit log, not into any other.
#[derive(Clone, Type)]
pub struct Secret(String);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is wrong with a value is told with the value: not of this one.
        match Value::deserialize(deserializer) {
            Ok(Value::String(text)) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a secret is a text")),
        }
    }
}

impl Secret {
    /// For whoever it is sent to or compared with.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("•••")
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Whoever sits at this door, and what the screen may offer them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Me {
    /// Whether the shop asks who is there.
    pub asks: bool,
    /// `None` while nobody has signed in, and in a shop that does not ask.
    pub person: Option<Staff>,
    pub permissions: Vec<Permission>,
    pub refund_limit: Option<Minor>,
    /// Which orders, and what hangs on them.
    pub sees: Sees,
    /// The role this is seen as, instead of one's own.
    pub view_as: Option<Role>,
    /// Who may sign in here.
    pub names: Vec<SignInName>,
    /// Who may take over this desk by PIN; nobody while that is not enough here.
    pub pins: Vec<SignInName>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SignInName {
    pub login: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Staff {
    pub id: Uuid,
    pub name: String,
    pub login: String,
    pub role_id: Uuid,
    /// `None` for a role of the shop's own.
    pub preset: Option<Preset>,
    /// Of a role of the shop's own.
    pub role_name: String,
    pub active: bool,
    pub last_sign_in_at: Option<Millis>,
    /// After too many wrong passwords nobody signs in with this name before.
    pub locked_until: Option<Millis>,
    /// Has a PIN, to take over a desk.
    pub pin: bool,
    /// After too many wrong ones, until they sign in by password.
    pub pin_blocked: bool,
    /// Is asked for a code besides the password.
    pub two_steps: bool,
    /// With which they sign in when they have no code.
    pub recovery_codes: Count,
    pub version: Count,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Role {
    pub id: Uuid,
    pub preset: Option<Preset>,
    pub name: String,
    pub permissions: Vec<Permission>,
    /// The most that may be paid back of one order; `None`: no limit.
    pub refund_limit: Option<Minor>,
    pub sees: Sees,
    pub people: Count,
    pub version: Count,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StaffAndRoles {
    pub staff: Vec<Staff>,
    /// The presets first.
    pub roles: Vec<Role>,
    /// All that a role can be given.
    pub permissions: Vec<Permission>,
    /// Through which orders came so far, for a role that sees some of them.
    pub channels: Vec<String>,
}

/// Saves somebody who signs in. A new person has no `id`, and a password.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveStaff {
    pub id: Option<Uuid>,
    pub version: Count,
    pub name: String,
    pub login: String,
    pub role_id: Uuid,
    pub active: bool,
    /// `None` keeps it.
    pub password: Option<Secret>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveRole {
    pub id: Option<Uuid>,
    pub version: Count,
    pub name: String,
    /// What these need is added to them.
    pub permissions: Vec<Permission>,
    pub refund_limit: Option<Minor>,
    #[serde(default)]
    pub sees: Sees,
}

/// Which role to look as; `None` is oneself again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct ViewAs {
    pub role_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct RoleById {
    pub id: Uuid,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct StaffById {
    pub id: Uuid,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChangePassword {
    pub current: Secret,
    pub new: Secret,
}

/// The role that somebody has, and its row if it has one.
type Held = (Uuid, Option<String>, Option<i64>, Option<bool>, Option<String>);

/// What `caller` may do now; nothing but what is open while nobody known has signed in. `asks` tells
/// whether the shop has people at all.
pub(crate) async fn rights(tx: &mut Tx, caller: &Caller, asks: bool) -> Result<Rights> {
    let permissions = [Permission::Open].into_iter().collect();
    let nobody = Rights { permissions, refund_limit: None, sees: Sees::default() };
    if caller.door == Door::Clockwork {
        return Ok(Rights::all());
    }
    if caller.actor.is_nil() {
        return Ok(if asks { nobody } else { Rights::all() });
    }
    let row: Option<Held> = fetch_optional!(
        *tx,
        Held,
        "SELECT s.role_id, r.permissions, r.refund_limit, r.own_orders, r.channels
         FROM staff s LEFT JOIN staff_role r ON r.id = s.role_id WHERE s.id = $1 AND s.active",
        caller.actor
    )?;
    let Some((role, permissions, refund_limit, own_orders, channels)) = row else { return Ok(nobody) };
    let sees = sees(own_orders.unwrap_or(false), channels.as_deref())?;
    let own = of_role(role, permissions.as_deref(), refund_limit, sees)?;
    match caller.view_as {
        None => Ok(own),
        Some(role) => seen_as(tx, own, role).await,
    }
}

/// Those of `role`, for somebody who may see all roles and has at least these rights.
async fn seen_as(tx: &mut Tx, own: Rights, role: Uuid) -> Result<Rights> {
    check(&own, Permission::AccessRead)?;
    let role = roles::role(tx, role).await?.ok_or_else(|| Error::not_found("role", role))?;
    scope::check_within(&own.sees, &role.sees)?;
    let common = Permissions::common().iter().chain(role.permissions);
    let permissions = common.filter(|permission| own.permissions.has(*permission)).collect();
    Ok(Rights { permissions, refund_limit: role.refund_limit.map(|limit| limit.0), sees: role.sees })
}

/// What a role allows: a preset's id says it, of other roles their row does.
fn of_role(id: Uuid, permissions: Option<&str>, refund_limit: Option<i64>, sees: Sees) -> Result<Rights> {
    if let Some(preset) = Preset::of(id) {
        return Ok(Rights { permissions: preset.permissions(), refund_limit: None, sees: Sees::default() });
    }
    let given: Vec<Permission> = serde_json::from_str(permissions.unwrap_or("[]"))?;
    let permissions: Permissions = given.into_iter().chain(Permissions::common().iter()).collect();
    Ok(Rights { permissions: permissions.completed(), refund_limit, sees })
}

/// What a role sees, as its row has it.
fn sees(own_orders: bool, channels: Option<&str>) -> Result<Sees> {
    Ok(Sees { own_orders, channels: serde_json::from_str(channels.unwrap_or("[]"))? })
}

/// Whether somebody but `actor` could pay this much back. A shop in which nobody else can is not held up; who sees a
/// part of the orders only is not counted on.
async fn another_may_refund(tx: &mut Tx, actor: Uuid, all: i64) -> Result<bool> {
    type Other = (Uuid, Option<String>, Option<i64>, Option<bool>, Option<String>);
    let others: Vec<Other> = fetch_all!(
        *tx,
        Other,
        "SELECT s.role_id, r.permissions, r.refund_limit, r.own_orders, r.channels
         FROM staff s LEFT JOIN staff_role r ON r.id = s.role_id WHERE s.id <> $1 AND s.active",
        actor
    )?;
    for (role, permissions, limit, own_orders, channels) in others {
        let sees = sees(own_orders.unwrap_or(false), channels.as_deref())?;
        let rights = of_role(role, permissions.as_deref(), limit, sees)?;
        let enough = rights.refund_limit.is_none_or(|limit| all <= limit) && rights.sees.limit().is_none();
        if enough && rights.permissions.has(Permission::PaymentsRefund) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why somebody wants to see what is masked: a word at least.
pub(crate) fn reason(text: &str) -> Result<String> {
    let reason = crate::orders::checked_text("reason", text, 200)?;
    if reason.chars().count() < 2 { Err(Error::invalid("reason", "required")) } else { Ok(reason) }
}

/// Refuses what is not allowed: somebody unknown is asked who they are, others are told what is missing.
pub(crate) fn check(rights: &Rights, permission: Permission) -> Result<()> {
    if rights.permissions.has(permission) {
        return Ok(());
    }
    if !rights.permissions.has(Permission::AppRead) {
        return Err(Error::SignInRequired);
    }
    Err(Error::Forbidden { permission: permission.as_str().to_owned() })
}

impl Ctx {
    /// Refuses when whoever asks lacks a permission beyond the command's own.
    pub(crate) fn need(&self, permission: Permission) -> Result<()> {
        check(&self.rights, permission)
    }

    /// Refuses to pay back more of one order than the role allows, or than one person may alone; `all` counts what
    /// was paid back before. `seconded`: somebody else has asked for it.
    pub(crate) async fn may_refund(&mut self, all: i64, seconded: bool) -> Result<()> {
        self.need(Permission::PaymentsRefund)?;
        let actor = self.caller.actor;
        if let Some(limit) = self.rights.refund_limit.filter(|limit| all > *limit) {
            return Err(Error::OverLimit { limit: Minor(limit), wanted: Minor(all) });
        }
        let from = self.shop()?.preferences.second_person_from;
        if !seconded && from.0 > 0 && all >= from.0 && another_may_refund(&mut self.tx, actor, all).await? {
            return Err(Error::SecondPerson { from, wanted: Minor(all) });
        }
        Ok(())
    }
}
