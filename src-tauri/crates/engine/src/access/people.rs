use domain::{
    access::{PIN_GUESSES, Permissions, Preset, weakness},
    units::{Count, Millis, Minor},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    ChangePassword, Me, SaveStaff, Secret, SignInName, Staff, StaffAndRoles, pin,
    roles::{self, role},
    sign_in, totp,
};
use crate::{
    app::Done,
    ctx::Ctx,
    db::Tx,
    error::{Error, Result, is_unique_violation},
    execute, fetch_all, fetch_one, fetch_optional,
    orders::{self, checked_text},
    settings::Nothing,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    login: String,
    role_id: Uuid,
    role_name: Option<String>,
    active: bool,
    last_sign_in_at: Option<i64>,
    locked_until: i64,
    pin: bool,
    pin_failures: i64,
    two_steps: bool,
    totp_codes: String,
    version: i64,
}

macro_rules! staff_columns {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.login, s.role_id, r.name AS role_name, s.active, s.last_sign_in_at, s.locked_until,
                    s.pin IS NOT NULL AS pin, s.pin_failures, s.totp IS NOT NULL AS two_steps, s.totp_codes, s.version
             FROM staff s LEFT JOIN staff_role r ON r.id = s.role_id ",
            $rest
        )
    };
}

impl Row {
    fn told(self, now: Millis) -> Staff {
        Staff {
            id: self.id,
            name: self.name,
            login: self.login,
            role_id: self.role_id,
            preset: Preset::of(self.role_id),
            role_name: self.role_name.unwrap_or_default(),
            active: self.active,
            last_sign_in_at: self.last_sign_in_at.map(Millis),
            locked_until: Some(Millis(self.locked_until)).filter(|until| *until > now),
            pin: self.pin,
            pin_blocked: self.pin && self.pin_failures >= PIN_GUESSES,
            two_steps: self.two_steps,
            recovery_codes: Count(
                serde_json::from_str::<Vec<String>>(&self.totp_codes).unwrap_or_default().len() as i64
            ),
            version: Count(self.version),
        }
    }
}

/// Who is here and what they may do; open to those who have not said who they are.
pub async fn me(ctx: &mut Ctx, _: Nothing) -> Result<Me> {
    let actor = ctx.caller.actor;
    let person: Option<Row> = fetch_optional!(ctx.tx, Row, staff_columns!("WHERE s.id = $1 AND s.active"), actor)?;
    let names: Vec<(String, String)> =
        fetch_all!(ctx.tx, (String, String), "SELECT login, name FROM staff WHERE active ORDER BY name, login")?;
    let view_as = match ctx.caller.view_as {
        Some(id) => role(&mut ctx.tx, id).await?,
        None => None,
    };
    let pins = pin::takers(&mut ctx.tx, &ctx.caller, ctx.now).await?;
    Ok(Me {
        view_as,
        asks: !names.is_empty(),
        person: person.map(|person| person.told(ctx.now)),
        permissions: ctx.rights.permissions.iter().collect(),
        refund_limit: ctx.rights.refund_limit.map(Minor),
        sees: ctx.rights.sees.clone(),
        names: names.into_iter().map(|(login, name)| SignInName { login, name }).collect(),
        pins,
    })
}

pub async fn staff(ctx: &mut Ctx, _: Nothing) -> Result<StaffAndRoles> {
    let rows: Vec<Row> = fetch_all!(ctx.tx, Row, staff_columns!("ORDER BY s.active DESC, s.name, s.login"))?;
    let now = ctx.now;
    Ok(StaffAndRoles {
        staff: rows.into_iter().map(|row| row.told(now)).collect(),
        roles: roles::all(&mut ctx.tx).await?,
        permissions: Permissions::all().given(),
        channels: orders::channels(&mut ctx.tx).await?,
    })
}

/// Somebody new, or somebody changed. Nobody makes another person mightier than they are themselves. With a new
/// password from somebody else the second step is off: its secret is sealed with the old one.
pub async fn save_staff(ctx: &mut Ctx, input: SaveStaff) -> Result<Staff> {
    ctx.shop()?;
    let name = checked_text("name", &input.name, 60)?;
    let login = checked_text("login", &input.login, 60)?.to_lowercase();
    for (field, text) in [("name", &name), ("login", &login)] {
        if text.is_empty() {
            return Err(Error::invalid(field, "required"));
        }
    }
    if login.chars().count() < 2 {
        return Err(Error::invalid("login", "too_short"));
    }
    if login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("login", "no_spaces"));
    }
    may_give(ctx, input.role_id).await?;
    let before = match input.id {
        Some(id) => Some(changeable(ctx, id).await?),
        None => None,
    };
    let password = match &input.password {
        Some(password) => Some(hashed(password, &login, "password").await?),
        None if before.is_none() => return Err(Error::invalid("password", "required")),
        None => None,
    };
    let id = input.id.unwrap_or_else(|| ctx.new_id());
    let written = match &before {
        None => execute!(
            ctx.tx,
            "INSERT INTO staff (id, name, login, role_id, active, password, failures, locked_until, last_sign_in_at,
                                created_at, version)
             VALUES ($1,$2,$3,$4,$5,$6,0,0,NULL,$7,1)",
            id,
            name.as_str(),
            login.as_str(),
            input.role_id,
            input.active,
            password,
            ctx.now.0
        ),
        Some(_) => execute!(
            ctx.tx,
            "UPDATE staff SET name = $3, login = $4, role_id = $5, active = $6, password = COALESCE($7, password),
                    failures = CASE WHEN $7 IS NULL THEN failures ELSE 0 END,
                    locked_until = CASE WHEN $7 IS NULL THEN locked_until ELSE 0 END,
                    totp = CASE WHEN $7 IS NULL THEN totp END,
                    totp_step = CASE WHEN $7 IS NULL THEN totp_step ELSE 0 END,
                    totp_codes = CASE WHEN $7 IS NULL THEN totp_codes ELSE '[]' END, version = version + 1
             WHERE id = $1 AND version = $2",
            id,
            input.version.0,
            name.as_str(),
            login.as_str(),
            input.role_id,
            input.active,
            password
        ),
    };
    match written {
        Ok(1) => {}
        Ok(_) => {
            let current = before.map_or(Count(0), |before| before.version);
            return Err(Error::Stale { kind: "staff".into(), id: id.to_string(), current });
        }
        Err(error) if is_unique_violation(&error) => {
            return Err(Error::Duplicate { kind: "staff".into(), field: "login".into(), value: login, existing: None });
        }
        Err(error) => return Err(error.into()),
    }
    // Somebody must be able to give rights, or nobody ever could again.
    let (owners,): (i64,) =
        fetch_one!(ctx.tx, (i64,), "SELECT COUNT(*) FROM staff WHERE active AND role_id = $1", Preset::Owner.id())?;
    if owners == 0 {
        return Err(Error::invalid("role_id", "last_owner"));
    }
    let after = load(&mut ctx.tx, id, ctx.now).await?;
    ctx.about(id);
    ctx.changed("staff", id, json!(before), json!(after));
    Ok(after)
}

/// One's own, proved by the one there was.
pub async fn change_password(ctx: &mut Ctx, input: ChangePassword) -> Result<Done> {
    let row = sign_in::oneself(ctx, &input.current, "current").await?;
    let password = hashed(&input.new, &row.login, "new").await?;
    let sealed = totp::reseal(&row, &input.current, &input.new).await?;
    // Neither the password nor the second step became another one meanwhile, or the seal would not open.
    let written = execute!(
        ctx.tx,
        "UPDATE staff SET password = $2, totp = $3, version = version + 1
         WHERE id = $1 AND password = $4 AND COALESCE(totp, '') = $5",
        row.id,
        password,
        sealed,
        row.password,
        row.totp.unwrap_or_default()
    )?;
    if written == 0 {
        return Err(Error::Busy);
    }
    ctx.about(row.id);
    Ok(Done {})
}

/// Somebody whom whoever asks may change.
pub(super) async fn changeable(ctx: &mut Ctx, id: Uuid) -> Result<Staff> {
    let person = load(&mut ctx.tx, id, ctx.now).await?;
    may_give(ctx, person.role_id).await?;
    Ok(person)
}

/// A role that holds more than one has oneself cannot be given, and those who have it cannot be changed.
async fn may_give(ctx: &mut Ctx, role_id: Uuid) -> Result<()> {
    let role = role(&mut ctx.tx, role_id).await?.ok_or_else(|| Error::invalid("role_id", "unknown"))?;
    roles::may_hold(ctx, &role)
}

async fn load(tx: &mut Tx, id: Uuid, now: Millis) -> Result<Staff> {
    let row: Option<Row> = fetch_optional!(*tx, Row, staff_columns!("WHERE s.id = $1"), id)?;
    Ok(row.ok_or_else(|| Error::not_found("staff", id))?.told(now))
}

async fn hashed(password: &Secret, login: &str, field: &str) -> Result<String> {
    if let Some(weakness) = weakness(&password.0, login) {
        return Err(Error::invalid(field, weakness.as_str()));
    }
    sign_in::hash(password.0.clone()).await
}
