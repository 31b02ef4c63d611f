//! Embeds `migrations/` in the binary: one numbered list, each file for both databases or,
//! as `NNNN_what.sqlite.sql` / `NNNN_what.postgres.sql`, for one. And what this program is made of: the
//! components that its lock files name, with their licences, and when it was built. It asks no network.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../..");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("migrations.rs"), migrations(&root.join("migrations"))?)?;
    fs::write(out.join("components.rs"), components(&root)?)?;
    // The program is new when anything of this crate is; a build that can be repeated says its own time.
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let seconds = match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.parse()?,
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    println!("cargo:rustc-env=SHOPKEEPER_BUILT_AT={seconds}");
    // Set by whoever has just asked the advisories: see .github/workflows/release.yml.
    println!("cargo:rerun-if-env-changed=SHOPKEEPER_AUDITED_ON");
    println!("cargo:rustc-env=SHOPKEEPER_AUDITED_ON={}", env::var("SHOPKEEPER_AUDITED_ON").unwrap_or_default());
    Ok(())
}

fn migrations(folder: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, _>>()?;
    names.retain(|name| name.ends_with(".sql"));
    names.sort();
    let mut out = String::from("pub static FILES: &[(&str, &str)] = &[\n");
    for name in names {
        let path = folder.join(&name).canonicalize()?;
        println!("cargo:rerun-if-changed={}", path.display());
        writeln!(out, "    ({name:?}, include_str!({path:?})),")?;
    }
    out.push_str("];\n");
    Ok(out)
}

/// `(from, name, version, licence)` of each, sorted.
fn components(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut all = BTreeSet::new();
    for (name, version, licence) in crates(&read(&root.join("Cargo.lock"))?) {
        all.insert(("crate", name, version, licence));
    }
    for (name, version, licence) in packages(&read(&root.join("ui/package-lock.json"))?)? {
        all.insert(("npm", name, version, licence));
    }
    let mut out = String::from("pub static COMPONENTS: &[(&str, &str, &str, &str)] = &[\n");
    for component in all {
        writeln!(out, "    {component:?},")?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn read(path: &Path) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", path.display());
    fs::read_to_string(path)
}

type Component = (String, String, String);

/// The crates of others that the program draws on, as far as this build has fetched them: those for other systems
/// only are not in it. What it is tested and built with is left out where the lock file tells it apart.
fn crates(lock: &str) -> Vec<Component> {
    let mut known: BTreeMap<String, Vec<Locked>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let locked = Locked::read(block);
        known.entry(locked.name.clone()).or_default().push(locked);
    }
    let mut wanted: Vec<String> = ["shopkeeper", "shopctl"].map(str::to_owned).to_vec();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let sources = sources();
    while let Some(dependency) = wanted.pop() {
        if !seen.insert(dependency.clone()) {
            continue;
        }
        // `name`, or `name version` where there are several.
        let (name, version) = dependency.split_once(' ').map_or((dependency.as_str(), None), |(n, v)| (n, Some(v)));
        for locked in known.get(name).into_iter().flatten() {
            if version.is_some_and(|version| version.split(' ').next() != Some(&locked.version)) {
                continue;
            }
            wanted.extend(locked.dependencies.iter().cloned());
            if locked.foreign
                && let Some(licence) = licence(&sources, locked)
            {
                found.push((locked.name.clone(), locked.version.clone(), licence));
            }
        }
    }
    found
}

struct Locked {
    name: String,
    version: String,
    foreign: bool,
    dependencies: Vec<String>,
}

impl Locked {
    fn read(block: &str) -> Self {
        let list = block.split_once("dependencies = [").and_then(|(_, rest)| rest.split_once(']'));
        Self {
            name: value(block, "name"),
            version: value(block, "version"),
            foreign: block.contains("\nsource = "),
            dependencies: list
                .into_iter()
                .flat_map(|(list, _)| list.split('"').skip(1).step_by(2))
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// The text of `key = "…"`; empty when there is none.
fn value(block: &str, key: &str) -> String {
    let line = block.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
    line.map(|text| text.trim().trim_matches('"').to_owned()).unwrap_or_default()
}

/// Where cargo has unpacked the crates.
fn sources() -> Vec<PathBuf> {
    println!("cargo:rerun-if-env-changed=CARGO_HOME");
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let own = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"))?;
        Some(Path::new(&own).join(".cargo"))
    });
    let folders = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    folders.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// As the crate's own manifest says; `None` for a crate that is not here. Where there are no crates at all, since
/// they came some other way, nothing is known of any licence.
fn licence(sources: &[PathBuf], locked: &Locked) -> Option<String> {
    if sources.is_empty() {
        return Some(String::new());
    }
    let folder = format!("{}-{}", locked.name, locked.version);
    let manifest =
        sources.iter().find_map(|source| fs::read_to_string(source.join(&folder).join("Cargo.toml")).ok())?;
    let package = manifest.split_once("[package]").map_or("", |(_, rest)| rest);
    let package = package.split("\n[").next().unwrap_or_default();
    let licence = value(package, "license ");
    Some(if licence.is_empty() { value(package, "license-file ") } else { licence })
}

/// The packages in the window; not those it is built and tested with.
fn packages(lock: &str) -> Result<Vec<Component>, Box<dyn Error>> {
    let lock: serde_json::Value = serde_json::from_str(lock)?;
    let packages = lock["packages"].as_object().ok_or("package-lock.json names no packages")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let found = packages.iter().filter_map(|(place, package)| {
        let (_, name) = place.rsplit_once("node_modules/")?;
        if package["dev"].as_bool() == Some(true) {
            return None;
        }
        Some((name.to_owned(), text(&package["version"]), text(&package["license"])))
    });
    Ok(found.collect())
}
