//! The desktop shell: the window, the files around it, and the first door of three.
//!
//! It knows Tauri and decides nothing: what a command does stands in `engine`.

mod desk;
mod desk_commands;
mod encryption_commands;
mod ipc;
mod logs;
#[cfg(target_os = "linux")]
mod painting;

use tauri::{Emitter as _, Manager as _};

use desk::Desk;

/// Runs the app until its last window closes.
pub fn run() {
    // One TLS provider for the whole process, before anything speaks TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            // Starting the program again shows the window that is there.
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(ipc::builder().invoke_handler())
        .setup(|app| {
            let folder = app.path().app_data_dir()?;
            logs::start(&folder.join("logs"))?;
            tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
            #[cfg(target_os = "linux")]
            painting::without_gpu(app)?;
            ipc::allow_commands(app.handle())?;
            let handle = app.handle().clone();
            let desk = Desk::new(folder, move |changed| {
                // A window that is closing hears no more; that is no fault.
                let _ = handle.emit("changed", changed);
            });
            app.manage(desk.clone());
            // The window comes up while the shop is being opened.
            tauri::async_runtime::spawn(async move { desk.open_current().await });
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|app, event| {
            if let tauri::RunEvent::Exit = event {
                let desk = app.state::<Desk>().inner().clone();
                tauri::async_runtime::block_on(desk.close());
            }
        }),
        Err(error) => {
            tracing::error!(%error, "the window could not be made");
            std::process::exit(1);
        }
    }
}
