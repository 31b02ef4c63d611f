//! The other two systems, from Linux: an .exe for Windows, and a type check for macOS, whose
//! linker needs Apple's SDK. Neither needs more than what package registries carry.
//!
//! Where rustup can fetch the standard library of those systems, it does; where only package
//! registries can be reached, it is compiled from Debian's copy of its source (`-Zbuild-std`).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    install::{self, For, is_root},
    process::{cargo, output, run, say, target, tools, which},
};

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

pub fn windows() -> Result<()> {
    say("Building for Windows.");
    install::packages(&[For::Windows])?;
    let mut build = on("build", WINDOWS)?;
    run(build.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", "x86_64-w64-mingw32-gcc"))?;
    let folder = target().join("cross").join(WINDOWS).join("debug");
    for name in ["shopkeeper.exe", "shopctl.exe"] {
        let size = fs::metadata(folder.join(name)).with_context(|| format!("{name} is missing"))?.len();
        say(format!("{name}: {:.1} MB, unoptimised", size as f64 / 1e6));
    }
    Ok(())
}

pub fn macos() -> Result<()> {
    say("Checking for macOS.");
    let (compiler, archiver, python) = apple_compiler()?;
    run(on("check", MACOS)?
        .env("CC_aarch64_apple_darwin", compiler)
        .env("AR_aarch64_apple_darwin", archiver)
        .env("PYTHONPATH", python))
}

/// In a target folder of its own: RUSTC_BOOTSTRAP would make cargo rebuild what tests had built.
fn on(command: &str, system: &str) -> Result<Command> {
    let mut cargo = cargo();
    cargo
        .args([command, "--target", system, "--package", "shopkeeper", "--package", "shopctl"])
        .args(["--features", "shopkeeper/custom-protocol"])
        .arg("--target-dir")
        .arg(target().join("cross"));
    if !has_standard_library(system) {
        standard_library_source()?;
        cargo.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
    }
    Ok(cargo)
}

fn has_standard_library(system: &str) -> bool {
    let there = || {
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", system]))
            .is_ok_and(|folder| fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some()))
    };
    if there() {
        return true;
    }
    which(&["rustup"]).is_some() && run(Command::new("rustup").args(["target", "add", system])).is_ok() && there()
}

fn standard_library_source() -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    if source.join("library/Cargo.lock").is_file() {
        return Ok(());
    }
    say("Installing the source of Rust's standard library from Debian's backports.");
    let release = output(Command::new("rustc").arg("--version"))?;
    let version = release.split(' ').nth(1).context("rustc does not tell its version")?;
    let unpacked = tools().join("rust-src");
    unpack_from_debian(&format!("rust-src={version}*"), &unpacked)?;
    let library = unpacked.join("usr/src").join(format!("rustc-{version}")).join("library");
    if !library.join("Cargo.lock").is_file() {
        bail!("Debian's rust-src {version} has no library/Cargo.lock");
    }
    // Copied, not linked: the toolchain outlives this checkout.
    run(Command::new("mkdir").arg("-p").arg(&source))?;
    run(Command::new("cp").arg("-r").arg(&library).arg(&source))
        .with_context(|| format!("cannot write to {}", source.display()))?;
    fs::remove_dir_all(unpacked)?;
    Ok(())
}

/// Takes one package out of Debian's backports, without adding them to the machine's sources:
/// apt gets a list, a state and a cache of its own.
fn unpack_from_debian(package: &str, into: &Path) -> Result<()> {
    let apt = tools().join("apt");
    for folder in ["lists/partial", "archives/partial"] {
        fs::create_dir_all(apt.join(folder))?;
    }
    fs::write(
        apt.join("sources.list"),
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \
         http://deb.debian.org/debian trixie-backports main\n",
    )?;
    let private = |command: &str| {
        let mut get = Command::new("apt-get");
        get.current_dir(&apt)
            .arg("-o")
            .arg(format!("Dir::Etc::SourceList={}", apt.join("sources.list").display()))
            .args(["-o", "Dir::Etc::SourceParts=/dev/null"])
            .arg("-o")
            .arg(format!("Dir::State::Lists={}", apt.join("lists").display()))
            .arg("-o")
            .arg(format!("Dir::Cache={}", apt.display()))
            .args(["-o", "Acquire::Retries=3", "-qq", command]);
        if is_root() {
            get.args(["-o", "APT::Sandbox::User=root"]);
        }
        get
    };
    run(&mut private("update"))?;
    run(private("download").arg(package))?;
    let name = package.split('=').next().unwrap_or(package);
    let deb = newest_deb(&apt, name)?;
    fs::create_dir_all(into)?;
    run(Command::new("dpkg-deb").arg("--extract").arg(deb).arg(into))
}

fn newest_deb(folder: &Path, name: &str) -> Result<PathBuf> {
    let prefix = format!("{name}_");
    fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&prefix)))
        .max_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok())
        .with_context(|| format!("apt-get did not leave a {name} package"))
}

/// Zig's C compiler knows macOS's headers. It comes as a Python package; two small scripts make
/// it answer to the arguments that Rust's build scripts use.
fn apple_compiler() -> Result<(PathBuf, PathBuf, PathBuf)> {
    let python = tools().join("python");
    if !python.join("ziglang").is_dir() {
        say("Installing Zig's C compiler, which knows macOS.");
        run(Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
            .arg(&python)
            .arg("ziglang"))
        .context("python3 with pip is needed (Debian: apt-get install python3-pip)")?;
    }
    let compiler = tools().join("macos-cc");
    script(
        &compiler,
        "#!/usr/bin/env bash\n\
         # Zig names the target once and in its own words; the others would contradict it.\n\
         args=()\n\
         skip=\n\
         for arg in \"$@\"; do\n\
         \x20 if [ -n \"$skip\" ]; then skip=; continue; fi\n\
         \x20 case \"$arg\" in\n\
         \x20   --target=*|-mmacosx-version-min=*) ;;\n\
         \x20   -arch) skip=1 ;;\n\
         \x20   *) args+=(\"$arg\") ;;\n\
         \x20 esac\n\
         done\n\
         exec python3 -m ziglang cc -target aarch64-macos \"${args[@]}\"\n",
    )?;
    let archiver = tools().join("macos-ar");
    script(&archiver, "#!/usr/bin/env bash\nexec python3 -m ziglang ar \"$@\"\n")?;
    Ok((compiler, archiver, python))
}

fn script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    run(Command::new("chmod").arg("755").arg(path))
}
