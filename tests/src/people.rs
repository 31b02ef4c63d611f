//! People of a shop, who sign in.

use domain::{access::Preset, units::Count};
use engine::{
    access::{SaveStaff, SignIn},
    ctx::{Caller, Door},
};
use uuid::Uuid;

use crate::{Shop, call};

pub const PASSWORD: &str = "correct horse";

pub fn person(login: &str, role: Uuid) -> SaveStaff {
    SaveStaff {
        id: None,
        version: Count(0),
        name: login.to_uppercase(),
        login: login.into(),
        role_id: role,
        active: true,
        password: Some(PASSWORD.to_owned().into()),
    }
}

pub async fn sign_in(shop: &Shop, login: &str, password: &str) -> engine::Result<Caller> {
    let input = SignIn { login: login.into(), password: password.to_owned().into(), code: None };
    shop.engine.sign_in(Door::CommandLine, input).await
}

/// The shop with an owner, who is signed in.
pub async fn with_owner(mut shop: Shop) -> anyhow::Result<Shop> {
    shop.call(call::access_save_staff, person("lin", Preset::Owner.id())).await?;
    shop.caller = sign_in(&shop, "lin", PASSWORD).await?;
    Ok(shop)
}

/// Somebody of this role, signed in.
pub async fn of(shop: &Shop, login: &str, role: Uuid) -> anyhow::Result<Caller> {
    shop.call(call::access_save_staff, person(login, role)).await?;
    Ok(sign_in(shop, login, PASSWORD).await?)
}
