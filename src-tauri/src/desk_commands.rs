//! What the window may ask of the desk itself, whatever shop is open.

use std::path::Path;

use domain::access::Permission;
use engine::{
    Error, Result,
    access::{Me, Secret, SignIn, Switch, ViewAs},
    backup::{BackupReport, Place as Elsewhere, RemoteCopy, TestBackupPlace},
    commands,
    connection::Found,
    ctx::{Door, Meta},
    db::Address,
    settings::{Nothing, Shop},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;
use uuid::Uuid;

use crate::{
    desk::{Desk, Given, Next, Place, Server, postgres, secret_file, secret_name},
    logs,
};

/// What the window must know before anything else.
#[derive(Clone, Debug, Serialize, Type)]
pub struct AppStatus {
    /// `None`: nobody has set up a shop here yet.
    pub shop: Option<Shop>,
    pub version: String,
    /// Where the shop is kept, without its password.
    pub database: String,
    pub sample: bool,
    /// The password file wants its passphrase: [`app_unlock`].
    pub locked: bool,
    /// Who sits here and what they may do; `None` while no shop is open.
    pub me: Option<Me>,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct Undo {
    pub command_id: Uuid,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct Connect {
    #[serde(flatten)]
    pub server: Server,
    pub password: String,
    /// Encrypts the password into a file; wanted on a machine without a keyring.
    pub passphrase: Option<String>,
    /// Moves the shop of this machine there first.
    #[serde(default)]
    pub bring: bool,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct Passphrase {
    pub passphrase: String,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct FilePath {
    pub path: String,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct RestoreFile {
    pub path: String,
    /// The recovery code, for a file that is encrypted with a key this machine does not know.
    #[serde(default)]
    pub code: Option<String>,
}

/// A copy that the plan of this desk made.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct RestoreRun {
    pub id: Uuid,
    /// As for a file.
    #[serde(default)]
    pub code: Option<String>,
}

/// A copy in a place that is reached over the network, for a machine that has no shop yet.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct RestoreCopy {
    pub place: Elsewhere,
    pub secret: Secret,
    pub name: String,
    /// As for a file.
    #[serde(default)]
    pub code: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct PickOpen {
    /// Endings without the dot; empty for any file.
    pub endings: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Type)]
pub struct PickSave {
    pub name: String,
}

#[tauri::command]
#[specta::specta]
pub async fn app_status(desk: State<'_, Desk>, input: Nothing) -> Result<AppStatus> {
    let Nothing {} = input;
    let (shop, me) = match desk.shop_and_caller().await {
        Ok((shop, caller)) => (
            commands::call::settings_shop(&shop, &caller, Nothing {}).await?.shop,
            Some(commands::call::access_me(&shop, &caller, Nothing {}).await?),
        ),
        Err(Error::WrongPassphrase) => (None, None),
        Err(error) => return Err(error),
    };
    let place = desk.place().await;
    Ok(AppStatus {
        shop,
        version: env!("CARGO_PKG_VERSION").into(),
        database: match &place {
            Place::Own => desk.folder().join("shop.db").display().to_string(),
            Place::Sample => desk.folder().join("sample.db").display().to_string(),
            Place::Postgres { server, .. } => format!("{}:{}/{}", server.host, server.port, server.database),
        },
        sample: place == Place::Sample,
        locked: desk.is_locked(),
        me,
    })
}

/// Whether this machine can keep a password. Only writing tells, and some keyrings ask the person: so it is tried when
/// somebody is about to connect, not at each start.
#[tauri::command]
#[specta::specta]
pub async fn app_keyring(input: Nothing) -> Result<bool> {
    let Nothing {} = input;
    Ok(tokio::task::spawn_blocking(engine::secrets::available).await.unwrap_or(false))
}

/// The first page stands there with its data: the log keeps how long a start took.
#[tauri::command]
#[specta::specta]
pub async fn app_ready(desk: State<'_, Desk>, input: Nothing) -> Result<()> {
    let Nothing {} = input;
    tracing::info!(milliseconds = desk.age().as_millis(), "ready");
    Ok(())
}

/// Takes back the command with this id.
#[tauri::command]
#[specta::specta]
pub async fn app_undo(desk: State<'_, Desk>, meta: Meta, input: Undo) -> Result<()> {
    let (shop, caller) = desk.shop_and_caller().await?;
    commands::undo(&shop, &caller, meta, input.command_id).await.map(drop)
}

/// From here on this desk works in the name of whoever the password proves.
#[tauri::command]
#[specta::specta]
pub async fn access_sign_in(desk: State<'_, Desk>, meta: Meta, input: SignIn) -> Result<()> {
    let Meta { .. } = meta;
    desk.sign_in(input).await
}

#[tauri::command]
#[specta::specta]
pub async fn access_sign_out(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    desk.sign_out().await;
    Ok(())
}

/// From here on this desk works in the name of whoever the PIN is of.
#[tauri::command]
#[specta::specta]
pub async fn access_switch(desk: State<'_, Desk>, meta: Meta, input: Switch) -> Result<()> {
    let Meta { .. } = meta;
    desk.switch(input).await
}

/// Whoever was here has left; a PIN opens the desk again, where signing out asks for a password.
#[tauri::command]
#[specta::specta]
pub async fn access_lock(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    desk.lock().await
}

/// Shows the shop as somebody of this role sees it.
#[tauri::command]
#[specta::specta]
pub async fn access_view_as(desk: State<'_, Desk>, meta: Meta, input: ViewAs) -> Result<()> {
    let Meta { .. } = meta;
    desk.view_as(input.role_id).await
}

/// Opens the sample shop, making it the first time.
#[tauri::command]
#[specta::specta]
pub async fn app_open_sample(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    desk.open(Place::Sample, None).await?;
    let shop = desk.shop().await?;
    let made = commands::call::settings_shop(&shop, &shop.owner(Door::Window), Nothing {}).await?.shop.is_some();
    if !made {
        engine::sample::create(&shop).await?;
    }
    desk.remember(&Place::Sample)
}

/// Back from the sample, or from a server, to the shop on this machine.
#[tauri::command]
#[specta::specta]
pub async fn app_leave_sample(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    desk.open(Place::Own, None).await?;
    desk.remember(&Place::Own)
}

/// Whether the server answers, and what is on it; changes nothing there.
#[tauri::command]
#[specta::specta]
pub async fn app_connect_test(meta: Meta, input: Connect) -> Result<engine::connection::Report> {
    let Meta { .. } = meta;
    engine::connection::test(&address(&input)?).await
}

/// Opens the shop on a server and keeps its password where this machine can keep one. With `bring` the shop of this
/// machine is moved there before.
#[tauri::command]
#[specta::specta]
pub async fn app_connect(desk: State<'_, Desk>, meta: Meta, input: Connect) -> Result<()> {
    let Meta { .. } = meta;
    let before = desk.place().await;
    let address = address(&input)?;
    // A wrong password, a strange database or a newer shop is refused before anything is stored.
    let there = engine::connection::test(&address).await?;
    // The shop of this machine, which a move that was cut off has left there as it was: the file has gone on.
    let left_there = before == Place::Own && there.found == Found::Shop && there.id == own_shop(&desk).await;
    let bring = input.bring || left_there;
    if bring {
        let (shop, caller) = desk.shop_and_caller().await?;
        shop.need(&caller, Permission::SettingsWrite).await?;
        if before != Place::Own {
            return Err(Error::invalid("shop", "not_own"));
        }
    }
    match there.found {
        Found::Empty | Found::Shop => {}
        Found::Moved if bring => {}
        Found::Moved => return Err(Error::ShopMoved),
        Found::Newer => return Err(Error::NewerDatabase),
        Found::Foreign => return Err(Error::invalid("database", "foreign")),
    }
    let in_file = input.passphrase.as_deref().is_some_and(|p| !p.is_empty());
    let place = Place::Postgres { server: input.server.clone(), in_file };
    // A desk that cannot keep the password does not move.
    let name = secret_name(&input.server);
    let passphrase = input.passphrase.filter(|_| in_file);
    match &passphrase {
        Some(passphrase) => engine::secrets::save_file(&secret_file(desk.folder()), passphrase, &input.password)?,
        None => engine::secrets::save(&name, &input.password)?,
    }
    let given = Some(Given { password: input.password, passphrase });
    let opened = if bring {
        let file = desk.folder().join("shop.db");
        let next = Next { place: place.clone(), given, device: None };
        let moved = async { engine::backup::move_to_server(&file, &address).await };
        desk.reopen(async { Ok(((), Next { device: Some(moved.await?.device), ..next })) }).await
    } else {
        desk.open(place.clone(), given).await
    };
    if let Err(error) = opened {
        // The desk goes on with what it had; the form stays on the screen with what was typed.
        if before != place {
            forget(&desk, &name, in_file);
        }
        let _ = desk.open(before, None).await;
        return Err(error);
    }
    desk.remember(&place)
}

/// The shop that is open.
async fn own_shop(desk: &Desk) -> Option<Uuid> {
    let (shop, caller) = desk.shop_and_caller().await.ok()?;
    Some(commands::call::settings_shop(&shop, &caller, Nothing {}).await.ok()?.shop?.id)
}

/// Moves the shop from its server to this machine. No desk does anything on the server any more.
#[tauri::command]
#[specta::specta]
pub async fn app_move_home(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    let (shop, caller) = desk.shop_and_caller().await?;
    shop.need(&caller, Permission::SettingsWrite).await?;
    let line = commands::call::offline_connection(&shop, &caller, Nothing {}).await?;
    if let Some(since) = line.offline_since {
        return Err(Error::Offline { since });
    }
    let (Place::Postgres { server, in_file }, Some(address)) = (desk.place().await, desk.open_address().await) else {
        return Err(Error::invalid("db", "not_a_server"));
    };
    let file = desk.folder().join("shop.db");
    let moved = async { engine::backup::move_from_server(&address, &file).await };
    desk.reopen(async { Ok((moved.await?, Next::at(Place::Own))) }).await?;
    forget(&desk, &secret_name(&server), in_file);
    desk.remember(&Place::Own)
}

/// Removes a stored password; one that was not there is as good as removed.
fn forget(desk: &Desk, name: &str, in_file: bool) {
    let outcome = if in_file {
        std::fs::remove_file(secret_file(desk.folder())).map_err(|error| error.to_string())
    } else {
        engine::secrets::delete(name).map_err(|error| error.to_string())
    };
    if let Err(error) = outcome {
        tracing::warn!(error, "a password could not be forgotten");
    }
}

/// Back to the shop on this machine; the server's password is forgotten.
#[tauri::command]
#[specta::specta]
pub async fn app_disconnect(desk: State<'_, Desk>, meta: Meta, input: Nothing) -> Result<()> {
    let (Meta { .. }, Nothing {}) = (meta, input);
    if let Place::Postgres { server, in_file } = desk.place().await {
        forget(&desk, &secret_name(&server), in_file);
    }
    desk.open(Place::Own, None).await?;
    desk.remember(&Place::Own)
}

/// Opens the server's shop with the passphrase of the password file.
#[tauri::command]
#[specta::specta]
pub async fn app_unlock(desk: State<'_, Desk>, meta: Meta, input: Passphrase) -> Result<()> {
    let Meta { .. } = meta;
    let password = engine::secrets::load_file(&secret_file(desk.folder()), &input.passphrase)?;
    let given = Given { password, passphrase: Some(input.passphrase) };
    desk.open(desk.place().await, Some(given)).await
}

/// Writes a verified copy of the whole shop to a file.
#[tauri::command]
#[specta::specta]
pub async fn app_backup(desk: State<'_, Desk>, meta: Meta, input: FilePath) -> Result<BackupReport> {
    let Meta { .. } = meta;
    let (shop, caller) = desk.shop_and_caller().await?;
    shop.need(&caller, Permission::SettingsWrite).await?;
    engine::backup::backup(&shop, input.path.as_ref()).await
}

/// Brings a backup into this machine's own place. A shop that is there and whole is not overwritten; a damaged
/// one is kept beside it.
#[tauri::command]
#[specta::specta]
pub async fn app_restore(desk: State<'_, Desk>, meta: Meta, input: RestoreFile) -> Result<BackupReport> {
    let Meta { .. } = meta;
    may_restore(&desk).await?;
    bring_in(&desk, input.path.as_ref(), input.code, false).await
}

/// Goes back to a copy that the plan of this desk made, wherever it is: one that is elsewhere is fetched first.
/// The present shop is kept beside it.
#[tauri::command]
#[specta::specta]
pub async fn app_restore_run(desk: State<'_, Desk>, meta: Meta, input: RestoreRun) -> Result<BackupReport> {
    let Meta { .. } = meta;
    let (shop, caller) = desk.shop_and_caller().await?;
    shop.need(&caller, Permission::SettingsWrite).await?;
    let (file, fetched) = engine::backup::fetch_run(&shop, &caller, input.id).await?;
    // What was fetched stays until it is brought in.
    let path = fetched.as_ref().map_or(file.as_ref(), |fetched| fetched.file.as_path());
    bring_in(&desk, path, input.code, true).await
}

/// The copies in a place, newest first.
#[tauri::command]
#[specta::specta]
pub async fn app_list_copies(desk: State<'_, Desk>, meta: Meta, input: TestBackupPlace) -> Result<Vec<RemoteCopy>> {
    let Meta { .. } = meta;
    may_restore(&desk).await?;
    let secret = input.secret.ok_or_else(|| Error::invalid("secret", "required"))?;
    engine::backup::copies_in(&input.place, &secret).await
}

/// Makes the shop of this machine, which has none or a damaged one, out of a copy in such a place.
#[tauri::command]
#[specta::specta]
pub async fn app_restore_copy(desk: State<'_, Desk>, meta: Meta, input: RestoreCopy) -> Result<BackupReport> {
    let Meta { .. } = meta;
    may_restore(&desk).await?;
    let fetched = engine::backup::fetch_copy(&input.place, &input.secret, &input.name, desk.folder()).await?;
    bring_in(&desk, &fetched.file, input.code, false).await
}

/// A shop that cannot be opened cannot say whom it trusts; nothing is overwritten that is whole.
async fn may_restore(desk: &Desk) -> Result<()> {
    match desk.shop_and_caller().await {
        Ok((shop, caller)) => shop.need(&caller, Permission::SettingsWrite).await,
        Err(_) => Ok(()),
    }
}

/// Makes this machine's own shop out of a copy, and opens it: with `replace` in the place of the one that is there.
async fn bring_in(desk: &Desk, from: &Path, code: Option<String>, replace: bool) -> Result<BackupReport> {
    if let Some(code) = code.filter(|_| engine::encryption::is_encrypted(from)) {
        engine::encryption::unlock(from, &code).await?;
    }
    let into = desk.folder().join("shop.db");
    let restored = async {
        if replace && into.exists() {
            engine::backup::replace(from, &into).await.map(|(report, _)| report)
        } else {
            engine::backup::restore(from, &Address::Sqlite(into), false).await
        }
    };
    let report = desk.reopen(async { Ok((restored.await?, Next::at(Place::Own))) }).await?;
    desk.remember(&Place::Own)?;
    Ok(report)
}

/// What support needs to know, without names, numbers or secrets.
#[tauri::command]
#[specta::specta]
pub async fn app_diagnostics(desk: State<'_, Desk>, input: Nothing) -> Result<String> {
    let Nothing {} = input;
    let place = match desk.place().await {
        Place::Own => "own file",
        Place::Sample => "sample file",
        Place::Postgres { .. } => "postgres",
    };
    let health = match desk.shop_and_caller().await {
        Ok((shop, caller)) => {
            let health = commands::call::app_health(&shop, &caller, Nothing {}).await?;
            serde_json::to_string_pretty(&health)?
        }
        Err(error) => format!("not open: {error}"),
    };
    let log = logs::tail(&desk.folder().join("logs"), 200).unwrap_or_default();
    Ok(format!(
        "Shopkeeper {} on {} {}\nshop: {place}\n{health}\n\n{log}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    ))
}

/// Lets the person choose a file to read; `None` when they changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn app_pick_open(app: AppHandle, input: PickOpen) -> Result<Option<String>> {
    let (send, chosen) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file();
    if !input.endings.is_empty() {
        let endings: Vec<&str> = input.endings.iter().map(String::as_str).collect();
        dialog = dialog.add_filter(endings.join(", "), &endings);
    }
    dialog.pick_file(|path| drop(send.send(path)));
    Ok(chosen.await.ok().flatten().map(|path| path.to_string()))
}

/// Lets the person choose a folder.
#[tauri::command]
#[specta::specta]
pub async fn app_pick_folder(app: AppHandle, input: Nothing) -> Result<Option<String>> {
    let Nothing {} = input;
    let (send, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(|path| drop(send.send(path)));
    Ok(chosen.await.ok().flatten().map(|path| path.to_string()))
}

/// Lets the person choose where to write.
#[tauri::command]
#[specta::specta]
pub async fn app_pick_save(app: AppHandle, input: PickSave) -> Result<Option<String>> {
    let (send, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(input.name).save_file(|path| drop(send.send(path)));
    Ok(chosen.await.ok().flatten().map(|path| path.to_string()))
}

/// The server's address.
fn address(input: &Connect) -> Result<Address> {
    let server = &input.server;
    for (field, text) in [("host", &server.host), ("database", &server.database), ("user", &server.user)] {
        if text.trim().is_empty() {
            return Err(Error::invalid(field, "required"));
        }
    }
    postgres(server, &input.password)
}
