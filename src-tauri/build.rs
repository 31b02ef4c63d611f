use std::{env, fs, io, path::Path};

fn main() {
    if let Err(error) = build() {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}

fn build() -> Result<(), Box<dyn std::error::Error>> {
    // libwebkit2gtk loads the system's libsqlite3, which would bind to the sqlite3_* symbols of
    // our own copy and mix two versions in one process. Hidden symbols cannot be bound to.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    stand_in_for_the_screen(Path::new("../ui/dist"))?;
    let names = command_names()?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("commands.txt"), names.join("\n"))?;
    // tauri-build wants names that live as long as the program; a build script is short.
    let names: Vec<&'static str> = names.into_iter().map(|name| &*name.leak()).collect();
    let manifest = tauri_build::AppManifest::new().commands(Box::leak(names.into_boxed_slice()));
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// The names of all commands, read out of the one list and of what the window's door adds to it,
/// so that the window's permissions need no list of their own.
fn command_names() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for line in read("crates/engine/src/commands.rs")?.lines().map(str::trim) {
        let Some(rest) = line.strip_prefix("command ").or_else(|| line.strip_prefix("query ")) else { continue };
        // A row of the list goes on with the dotted name in quotes; prose does not.
        if let Some((name, _)) = rest.split_once(" \"").filter(|(name, _)| is_name(name)) {
            names.push(name.to_owned());
        }
    }
    let door = read("src/ipc.rs")?;
    let own = door.split_once("collect_commands![").and_then(|(_, rest)| rest.split_once(']'));
    let (own, _) = own.ok_or_else(|| io::Error::other("src/ipc.rs collects no commands"))?;
    // All but `$ipc`, which stands for the one list.
    let named = own.split(',').filter_map(|path| path.rsplit_once("::")).filter(|(_, name)| is_name(name));
    names.extend(named.map(|(_, name)| name.to_owned()));
    Ok(names)
}

fn read(path: &str) -> io::Result<String> {
    println!("cargo:rerun-if-changed={path}");
    fs::read_to_string(path)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The window's files are embedded at compile time, so the crate cannot compile without them.
/// Who checks or tests the Rust side only should not need Node for it: a page that says what is
/// missing stands in until `npm run build` writes the real one.
fn stand_in_for_the_screen(dist: &Path) -> io::Result<()> {
    let index = dist.join("index.html");
    println!("cargo:rerun-if-changed={}", index.display());
    if index.exists() {
        return Ok(());
    }
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:warning=ui/dist is empty: run `npm run build` in ui/ before you ship this");
    }
    fs::create_dir_all(dist)?;
    fs::write(
        index,
        "<!doctype html><meta charset=\"utf-8\"><title>Shopkeeper</title>\
         <p>The screen is not built yet. Run <code>cargo xtask run</code>.</p>\n",
    )
}
