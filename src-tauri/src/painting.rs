//! How WebKitGTK paints on a machine without a graphics card: a virtual machine, a thin client, a remote desktop.

use tauri::Manager as _;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Without a card WebKit would still go through OpenGL, drawn by the processor: twice the time to the first page, a
/// hundred megabytes more, and on some machines a black window. It is told to paint directly; not when a WebDriver
/// drives the window, which gets no pictures of it then.
pub fn without_gpu(app: &tauri::App) -> tauri::Result<()> {
    if has_gpu() || std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some() {
        return Ok(());
    }
    tracing::info!("no graphics card: painting without acceleration");
    for window in app.webview_windows().values() {
        window.with_webview(|view| {
            if let Some(settings) = view.inner().settings() {
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
        })?;
    }
    Ok(())
}

/// A card that can draw has a render node, whoever made it and whatever shows the screen.
fn has_gpu() -> bool {
    let nodes = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    nodes.into_iter().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}
