//! What the window asks of the desk about the encryption of what it keeps.

use domain::access::Permission;
use engine::{
    Error, Result,
    ctx::Meta,
    encryption::{self, Encrypted, RecoveryCode},
    settings::Nothing,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::desk::{Desk, Place};

/// What is encrypted here, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Encrypts {
    /// The shop's own file.
    Shop,
    /// The backups that this machine makes of a shop on a server.
    Backups,
    /// The sample: there is nothing to hide in it.
    Nothing,
}

#[derive(Clone, Debug, Serialize, Type)]
pub struct Encryption {
    pub of: Encrypts,
    pub encrypted: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Code {
    pub code: String,
}

#[tauri::command]
#[specta::specta]
pub async fn app_encryption(desk: State<'_, Desk>, input: Nothing) -> Result<Encryption> {
    let Nothing {} = input;
    Ok(match desk.place().await {
        Place::Own => {
            let encrypted = desk.file().await.is_some_and(|file| encryption::is_encrypted(&file));
            Encryption { of: Encrypts::Shop, encrypted }
        }
        Place::Sample => Encryption { of: Encrypts::Nothing, encrypted: false },
        Place::Postgres { .. } => {
            Encryption { of: Encrypts::Backups, encrypted: encryption::encrypts_backups().await? }
        }
    })
}

/// A new recovery code, which is kept nowhere.
#[tauri::command]
#[specta::specta]
pub async fn app_recovery_code(input: Nothing) -> Result<Code> {
    let Nothing {} = input;
    Ok(Code { code: RecoveryCode::new()?.written()? })
}

/// Encrypts the shop's file, or the backups of a shop on a server, with a code that the person has kept.
#[tauri::command]
#[specta::specta]
pub async fn app_encrypt(desk: State<'_, Desk>, meta: Meta, input: Code) -> Result<Encrypted> {
    let Meta { .. } = meta;
    may(&desk).await?;
    let code: RecoveryCode = input.code.parse()?;
    match (desk.place().await, desk.file().await) {
        (Place::Own, Some(file)) => desk.meanwhile(async move { encryption::encrypt(&file, &code).await }).await,
        (Place::Postgres { .. }, _) => {
            encryption::encrypt_backups(&code).await?;
            Ok(Encrypted { kept: true, left: Vec::new() })
        }
        _ => Err(Error::invalid("shop", "sample")),
    }
}

/// Takes the encryption off again.
#[tauri::command]
#[specta::specta]
pub async fn app_decrypt(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    may(&desk).await?;
    match (desk.place().await, desk.file().await) {
        (Place::Own, Some(file)) => desk.meanwhile(async move { encryption::decrypt(&file).await }).await,
        (Place::Postgres { .. }, _) => encryption::decrypt_backups().await,
        _ => Err(Error::invalid("shop", "sample")),
    }
}

/// Opens the shop with its recovery code. Answers whether the keyring knows it from now on.
#[tauri::command]
#[specta::specta]
pub async fn app_open_encrypted(desk: State<'_, Desk>, meta: Meta, input: Code) -> Result<bool> {
    let Meta { .. } = meta;
    let file = desk.file().await.ok_or(Error::NoShop)?;
    let kept = encryption::unlock(&file, &input.code).await?;
    desk.open(desk.place().await, None).await?;
    Ok(kept)
}

async fn may(desk: &Desk) -> Result<()> {
    let (shop, caller) = desk.shop_and_caller().await?;
    shop.need(&caller, Permission::SettingsWrite).await
}
