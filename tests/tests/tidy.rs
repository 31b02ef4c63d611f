//! The rules of the house that no compiler knows.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// Source files below `folder` with one of these endings, without what is built or downloaded.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !["node_modules", "target", "dist", "gen", "out", ".git"].contains(&name.as_str()) {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root.join(folder), endings, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no {endings:?} below {folder}: the rule looks at nothing");
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

/// The lines that are code: comments and, in Rust, all from `#[cfg(test)]` on are left out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//") && !line.trim_start().starts_with('*'))
}

fn assert_none(rule: &str, faults: Vec<String>) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// Places where any of `words` stands in code.
fn places(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in files {
        for (n, line) in code(text) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                found.push(format!("{name}:{n}: {word}"));
            }
        }
    }
    found
}

#[test]
fn the_domain_is_pure() {
    let mut domain = files("src-tauri/crates/domain/src", &[".rs"]);
    // Tests read the real data that the rules are judged by.
    domain.retain(|(name, _)| !name.ends_with("/tests.rs"));
    let impure =
        ["std::fs", "std::net", "SystemTime", "Instant::now", "tokio::", "Timestamp::now", "Zoned::now", "std::env"];
    assert_none("the domain knows no disk, net, clock or environment", places(&domain, &impure));
}

#[test]
fn money_is_never_a_float() {
    let mut rust = files("src-tauri/crates/domain/src", &[".rs"]);
    rust.extend(files("src-tauri/crates/engine/src", &[".rs"]));
    // A spreadsheet cell is a float; it is turned into text at the door.
    rust.retain(|(name, _)| {
        !name.ends_with("imports/xlsx.rs") && !name.ends_with("exports.rs") && !name.contains("/exports/")
    });
    assert_none("no float below the doors", places(&rust, &["f64", "f32", "as_f64"]));
    let sql = files("migrations", &[".sql"]);
    let faults = sql
        .iter()
        .flat_map(|(name, text)| {
            text.lines()
                .filter(|line| !line.trim_start().starts_with("--"))
                .filter(|line| ["REAL", "DOUBLE", "FLOAT", "NUMERIC", "DECIMAL"].iter().any(|t| line.contains(t)))
                .map(move |line| format!("{name}: {}", line.trim()))
        })
        .collect();
    assert_none("no column holds a float", faults);
}

#[test]
fn sql_stands_in_the_engine_only() {
    let mut others = files("src-tauri/src", &[".rs"]);
    for folder in ["domain", "server", "shopctl"] {
        others.extend(files(&format!("src-tauri/crates/{folder}/src"), &[".rs"]));
    }
    assert_none(
        "no door and no rule knows SQL",
        places(&others, &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "sqlx::query"]),
    );
}

#[test]
fn the_engine_knows_no_door_and_reads_no_clock() {
    let engine = files("src-tauri/crates/engine/src", &[".rs"]);
    assert_none("the engine knows no door", places(&engine, &["tauri::", "axum::", "clap::"]));
    let clock: Vec<_> = places(&engine, &["SystemTime::now", "Timestamp::now", "Zoned::now"])
        .into_iter()
        .filter(|place| !place.starts_with("src-tauri/crates/engine/src/engine.rs"))
        .collect();
    assert_none("only the engine's own clock reads the time", clock);
}

#[test]
fn areas_of_the_ui_keep_to_themselves() {
    let shared = ["app", "components", "lib", "i18n", "test"];
    let mut faults = Vec::new();
    for (name, text) in files("ui/src", &[".ts", ".tsx"]) {
        let Some((area, _)) = name.trim_start_matches("ui/src/").split_once('/') else { continue };
        if shared.contains(&area) {
            continue;
        }
        for (n, line) in code(&text) {
            let Some((_, path)) = line.split_once("from \"../").or_else(|| line.split_once("from \"../../")) else {
                continue;
            };
            let path = path.trim_start_matches("../").split('"').next().unwrap_or_default();
            let (other, inside) = path.split_once('/').unwrap_or((path, ""));
            let known = root().join("ui/src").join(other).is_dir();
            // An area's index is its face: what it shows there, others may use.
            if known && !inside.is_empty() && other != area && !shared.contains(&other) {
                faults.push(format!("{name}:{n}: imports the inside of {other}"));
            }
        }
    }
    assert_none("an area imports shared pieces and the face of another area, never its inside", faults);
}

#[test]
fn nothing_is_left_for_later() {
    let mut all = files("src-tauri", &[".rs"]);
    all.extend(files("ui/src", &[".ts", ".tsx"]));
    all.extend(files("migrations", &[".sql"]));
    let mut faults = Vec::new();
    for (name, text) in &all {
        for (n, line) in text.lines().enumerate() {
            if ["TODO", "FIXME", "HACK"].iter().any(|word| line.contains(word)) {
                faults.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    assert_none("what is missing stands in the tracker, not in the code", faults);
}

#[test]
fn files_stay_readable() {
    let mut all = files("src-tauri", &[".rs"]);
    all.extend(files("ui/src", &[".ts", ".tsx"]));
    let faults = all
        .iter()
        .filter(|(name, _)| !name.ends_with("bindings.ts"))
        // Tables of facts are long by nature.
        .filter(|(name, _)| {
            !name.ends_with("commands.rs")
                && !name.contains("domain/src/currencies")
                && !name.contains("domain/src/shipping/")
        })
        .filter(|(_, text)| text.lines().count() > 700)
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert_none("a file over some 500 lines asks to be split; over 700 it must be", faults);
}

#[test]
fn the_top_level_is_what_the_map_says() {
    let known = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "NOTICE",
        "deny.toml",
        "rustfmt.toml",
        "src-tauri",
        "ui",
        "migrations",
        "icons",
        "tests",
        "target",
    ];
    let faults = fs::read_dir(root())
        .expect("the root")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !known.contains(&name.as_str()))
        .collect();
    assert_none("no other file or folder at the top", faults);
}

/// A file and the screen call a status by the same word.
#[test]
fn exported_words_are_those_of_the_screen() {
    let read = |path: &str| -> serde_json::Value {
        let text = fs::read_to_string(root().join("ui/src").join(path)).expect("a file of words");
        serde_json::from_str(&text).expect("JSON")
    };
    for (language, chinese) in [("zh-CN", true), ("en", false)] {
        let shared = read(&format!("i18n/{language}.json"));
        let payments = read(&format!("payments/{language}.json"));
        for (words, code) in engine::exports::words::all() {
            let (area, rest) = words.key.split_once('.').expect("area.key");
            let screen = if area == "payments" { &payments[rest][code] } else { &shared[area][rest][code] };
            assert_eq!(screen.as_str(), Some(words.of(code, chinese)), "{language} {} {code}", words.key);
        }
    }
}
