//! The window's door: a Tauri command for each row of the one list, and the bindings of all.

use tauri_specta::{Builder, collect_commands};

use crate::{desk_commands as desk, encryption_commands as encryption};

macro_rules! handler {
    (command $ipc:ident $input:ty, $output:ty) => {
        #[tauri::command]
        #[specta::specta]
        pub async fn $ipc(
            desk: tauri::State<'_, crate::desk::Desk>,
            meta: engine::ctx::Meta,
            input: $input,
        ) -> Result<$output, engine::Error> {
            let (shop, caller) = desk.shop_and_caller().await?;
            engine::commands::call::$ipc(&shop, &caller, meta, input).await
        }
    };
    (query $ipc:ident $input:ty, $output:ty) => {
        #[tauri::command]
        #[specta::specta]
        pub async fn $ipc(desk: tauri::State<'_, crate::desk::Desk>, input: $input) -> Result<$output, engine::Error> {
            let (shop, caller) = desk.shop_and_caller().await?;
            engine::commands::call::$ipc(&shop, &caller, input).await
        }
    };
}

macro_rules! door {
    ($($kind:ident $ipc:ident $dotted:literal = $f:path, $input:ty => $output:ty, $flags:tt $tags:tt;)*) => {
        mod handlers {
            $(handler!($kind $ipc $input, $output);)*
        }

        /// Every command the window may call.
        pub fn builder() -> Builder<tauri::Wry> {
            Builder::<tauri::Wry>::new()
                .commands(collect_commands![
                    $(handlers::$ipc,)*
                    desk::app_status,
                    desk::app_keyring,
                    desk::app_ready,
                    desk::app_undo,
                    desk::access_sign_in,
                    desk::access_sign_out,
                    desk::access_switch,
                    desk::access_lock,
                    desk::access_view_as,
                    desk::app_open_sample,
                    desk::app_leave_sample,
                    desk::app_connect_test,
                    desk::app_connect,
                    desk::app_disconnect,
                    desk::app_move_home,
                    desk::app_unlock,
                    desk::app_backup,
                    desk::app_restore,
                    desk::app_restore_run,
                    desk::app_list_copies,
                    desk::app_restore_copy,
                    encryption::app_encryption,
                    encryption::app_recovery_code,
                    encryption::app_encrypt,
                    encryption::app_decrypt,
                    encryption::app_open_encrypted,
                    desk::app_diagnostics,
                    desk::app_pick_open,
                    desk::app_pick_folder,
                    desk::app_pick_save,
                ])
                .disable_serde_phases()
        }
    };
}

engine::for_each_command!(door);

/// Lets the main window call exactly these commands, and nothing else of the system.
pub fn allow_commands(app: &tauri::AppHandle) -> tauri::Result<()> {
    use tauri::Manager as _;
    let mut capability = tauri::ipc::CapabilityBuilder::new("commands").window("main");
    for name in include_str!(concat!(env!("OUT_DIR"), "/commands.txt")).lines() {
        capability = capability.permission(format!("allow-{}", name.replace('_', "-")));
    }
    app.add_capability(capability)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _};

    use engine::commands::{Kind, SPECS};
    use specta_typescript::Typescript;

    fn exported() -> String {
        let folder = tempfile::tempdir().expect("a folder for the bindings");
        let fresh = folder.path().join("bindings.ts");
        super::builder()
            .export(Typescript::default().header("// Generated from the list of commands: do not edit.\n"), &fresh)
            .expect("the bindings export");
        std::fs::read_to_string(&fresh).expect("the bindings are readable")
    }

    /// Writes `ui/src/bindings.ts`; the drift check then asks git whether it changed.
    #[test]
    fn bindings_are_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/bindings.ts");
        let mut text = exported();
        text.push_str("\n/** Every row of the one list: its dotted name, what it is, and what it makes old. */\n");
        text.push_str("export const COMMANDS = {\n");
        for spec in SPECS {
            let kind = match spec.kind {
                Kind::Command => "command",
                Kind::Query => "query",
            };
            let tags = spec.tags.iter().map(|tag| format!("{tag:?}")).collect::<Vec<_>>().join(", ");
            writeln!(
                text,
                "  {:?}: {{ kind: \"{kind}\", undo: {}, offline: {}, tags: [{tags}] }},",
                spec.name, spec.undo, spec.offline
            )
            .expect("a string grows");
        }
        text.push_str("} as const;\n");
        if std::fs::read_to_string(path).ok().as_deref() != Some(&text) {
            std::fs::write(path, &text).expect("the bindings are writable");
        }
    }

    /// The window's permissions come from a list that the build reads out of the sources: whatever
    /// the screen can call must be on it.
    #[test]
    fn every_command_is_permitted() {
        let listed: BTreeSet<&str> = include_str!(concat!(env!("OUT_DIR"), "/commands.txt")).lines().collect();
        let bindings = exported();
        let called: BTreeSet<&str> =
            bindings.split("__TAURI_INVOKE(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(called.contains("app_status"), "the bindings are written otherwise: mend this test");
        assert_eq!(called, listed);
    }
}
