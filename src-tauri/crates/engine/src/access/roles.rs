use domain::{
    access::{Permissions, Preset, Rights, Sees},
    units::{Count, Minor},
};
use serde_json::json;
use uuid::Uuid;

use super::{Role, RoleById, SaveRole, check, of_role, scope, sees};
use crate::{
    app::Done,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result, is_unique_violation},
    execute, fetch_all, fetch_one, fetch_optional,
    orders::checked_text,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    permissions: String,
    refund_limit: Option<i64>,
    own_orders: bool,
    channels: String,
    version: i64,
}

impl Row {
    fn told(self) -> Result<Role> {
        let sees = sees(self.own_orders, Some(&self.channels))?;
        let rights = of_role(self.id, Some(&self.permissions), self.refund_limit, sees)?;
        Ok(Role {
            id: self.id,
            preset: None,
            name: self.name,
            permissions: rights.permissions.given(),
            refund_limit: self.refund_limit.map(Minor),
            sees: rights.sees,
            people: Count(0),
            version: Count(self.version),
        })
    }
}

fn of_preset(preset: Preset) -> Role {
    Role {
        id: preset.id(),
        preset: Some(preset),
        name: String::new(),
        permissions: preset.permissions().given(),
        refund_limit: None,
        sees: Sees::default(),
        people: Count(0),
        version: Count(0),
    }
}

/// Every role there is, with how many people have it.
pub async fn all(tx: &mut Tx) -> Result<Vec<Role>> {
    let rows: Vec<Row> = fetch_all!(
        *tx,
        Row,
        "SELECT id, name, permissions, refund_limit, own_orders, channels, version FROM staff_role ORDER BY name"
    )?;
    let mut roles: Vec<Role> = Preset::ALL.iter().copied().map(of_preset).collect();
    roles.extend(rows.into_iter().map(Row::told).collect::<Result<Vec<_>>>()?);
    let people: Vec<(Uuid, i64)> =
        fetch_all!(*tx, (Uuid, i64), "SELECT role_id, COUNT(*) FROM staff GROUP BY role_id")?;
    for (id, count) in people {
        if let Some(role) = roles.iter_mut().find(|role| role.id == id) {
            role.people = Count(count);
        }
    }
    Ok(roles)
}

pub async fn role(tx: &mut Tx, id: Uuid) -> Result<Option<Role>> {
    if let Some(preset) = Preset::of(id) {
        return Ok(Some(of_preset(preset)));
    }
    let row: Option<Row> = fetch_optional!(
        *tx,
        Row,
        "SELECT id, name, permissions, refund_limit, own_orders, channels, version FROM staff_role WHERE id = $1",
        id
    )?;
    row.map(Row::told).transpose()
}

/// Refuses a role that allows what whoever asks may not do, or shows what they do not see.
pub fn may_hold(ctx: &Ctx, role: &Role) -> Result<()> {
    let Rights { refund_limit, .. } = ctx.rights;
    scope::check_within(&ctx.rights.sees, &role.sees)?;
    for permission in &role.permissions {
        check(&ctx.rights, *permission)?;
    }
    match (refund_limit, role.refund_limit) {
        (Some(own), None) => Err(Error::OverLimit { limit: Minor(own), wanted: Minor(own) }),
        (Some(own), Some(wanted)) if wanted.0 > own => Err(Error::OverLimit { limit: Minor(own), wanted }),
        _ => Ok(()),
    }
}

/// The most channels that a role names.
const MOST_CHANNELS: usize = 100;

fn checked(mut sees: Sees) -> Result<Sees> {
    for channel in &mut sees.channels {
        *channel = checked_text("channels", channel, 40)?;
    }
    sees.channels.retain(|channel| !channel.is_empty());
    sees.channels.sort_unstable();
    sees.channels.dedup();
    if sees.channels.len() > MOST_CHANNELS {
        return Err(Error::invalid_because("channels", "too_many", MOST_CHANNELS.to_string()));
    }
    Ok(sees)
}

pub async fn save_role(ctx: &mut Ctx, input: SaveRole) -> Result<Role> {
    let name = checked_text("name", &input.name, 60)?;
    if name.is_empty() {
        return Err(Error::invalid("name", "required"));
    }
    if input.refund_limit.is_some_and(|limit| limit.0 < 0) {
        return Err(Error::invalid("refund_limit", "negative"));
    }
    let permissions = input.permissions.iter().copied().collect::<Permissions>().completed().given();
    let sees = checked(input.sees)?;
    let before = match input.id {
        Some(id) if Preset::of(id).is_some() => return Err(Error::invalid("id", "preset")),
        Some(id) => {
            let before = role(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("role", id))?;
            may_hold(ctx, &before)?;
            Some(before)
        }
        None => None,
    };
    let id = input.id.unwrap_or_else(|| ctx.new_id());
    let text = serde_json::to_string(&permissions)?;
    let limit = input.refund_limit.map(|limit| limit.0);
    let channels = serde_json::to_string(&sees.channels)?;
    let written = match &before {
        None => execute!(
            ctx.tx,
            "INSERT INTO staff_role (id, name, permissions, refund_limit, own_orders, channels, version)
             VALUES ($1,$2,$3,$4,$5,$6,1)",
            id,
            name.as_str(),
            text.as_str(),
            limit,
            sees.own_orders,
            channels.as_str()
        ),
        Some(_) => execute!(
            ctx.tx,
            "UPDATE staff_role SET name = $3, permissions = $4, refund_limit = $5, own_orders = $6, channels = $7,
                                   version = version + 1
             WHERE id = $1 AND version = $2",
            id,
            input.version.0,
            name.as_str(),
            text.as_str(),
            limit,
            sees.own_orders,
            channels.as_str()
        ),
    };
    match written {
        Ok(1) => {}
        Ok(_) => {
            let current = before.map_or(Count(0), |before| before.version);
            return Err(Error::Stale { kind: "role".into(), id: id.to_string(), current });
        }
        Err(error) if is_unique_violation(&error) => {
            return Err(Error::Duplicate { kind: "role".into(), field: "name".into(), value: name, existing: None });
        }
        Err(error) => return Err(error.into()),
    }
    let after = role(&mut ctx.tx, id).await?.ok_or_else(|| Error::not_found("role", id))?;
    may_hold(ctx, &after)?;
    ctx.about(id);
    ctx.changed("role", id, json!(before), json!(after));
    Ok(after)
}

pub async fn delete_role(ctx: &mut Ctx, input: RoleById) -> Result<Done> {
    let before = role(&mut ctx.tx, input.id).await?.ok_or_else(|| Error::not_found("role", input.id))?;
    if before.preset.is_some() {
        return Err(Error::invalid("id", "preset"));
    }
    may_hold(ctx, &before)?;
    let (people,): (i64,) = fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM staff WHERE role_id = $1", input.id)?;
    if people > 0 {
        return Err(Error::InUse { kind: "role".into(), by: "staff".into(), count: Count(people) });
    }
    execute!(ctx.tx, "DELETE FROM staff_role WHERE id = $1", input.id)?;
    ctx.about(input.id);
    ctx.changed("role", input.id, json!(before), serde_json::Value::Null);
    Ok(Done {})
}
