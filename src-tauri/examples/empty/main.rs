//! An empty Tauri window, to measure ours against: it starts, paints one line of text, and says
//! so. `cargo xtask bench` runs it beside the app.

// Whoever measures reads its output.
#![allow(clippy::print_stdout)]

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() {
    let started = tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
                .inner_size(1280.0, 800.0)
                // The page has no way to call us, so it tells by its title that it is painted.
                .on_document_title_changed(|_, title| println!("{title}"))
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!("examples/empty/tauri.conf.json"));
    if let Err(error) = started {
        println!("failed: {error}");
    }
}
