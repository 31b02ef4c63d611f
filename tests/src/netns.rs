//! Two network namespaces, each a machine with a cable to the desks and one to the other: a cable that is pulled
//! tells nobody. Takes root; without it a proxy does as well, but knows when it is cut.

use std::process::Command;

use anyhow::Context as _;

pub struct Namespaces {
    id: u32,
}

fn ip(words: &str) -> anyhow::Result<()> {
    let out = Command::new("ip").args(words.split_whitespace()).output().context("ip")?;
    anyhow::ensure!(out.status.success(), "ip {words}: {}", String::from_utf8_lossy(&out.stderr).trim());
    Ok(())
}

impl Namespaces {
    /// Says why when there can be none here.
    pub fn make() -> anyhow::Result<Self> {
        sweep();
        let made = Self { id: std::process::id() };
        made.wire()?;
        Ok(made)
    }

    fn wire(&self) -> anyhow::Result<()> {
        let names = [self.name(0), self.name(1)];
        for (n, name) in names.iter().enumerate() {
            ip(&format!("netns add {name}"))?;
            let (outer, inner) = (format!("sk{}d{n}", self.id), format!("sk{}i{n}", self.id));
            ip(&format!("link add {outer} type veth peer name {inner}"))?;
            ip(&format!("link set {inner} netns {name}"))?;
            ip(&format!("-n {name} link set {inner} name desks"))?;
            ip(&format!("addr add {}/30 dev {outer}", self.address(n, 1)))?;
            ip(&format!("link set {outer} up"))?;
            ip(&format!("-n {name} addr add {}/30 dev desks", self.address(n, 2)))?;
            ip(&format!("-n {name} link set lo up"))?;
            ip(&format!("-n {name} link set desks up"))?;
        }
        let (a, b) = (format!("sk{}a", self.id), format!("sk{}b", self.id));
        ip(&format!("link add {a} type veth peer name {b}"))?;
        for (n, end) in [a, b].iter().enumerate() {
            ip(&format!("link set {end} netns {}", names[n]))?;
            ip(&format!("-n {} link set {end} name other", names[n]))?;
            ip(&format!("-n {} addr add {}/30 dev other", names[n], self.to_other(n)))?;
            ip(&format!("-n {} link set other up", names[n]))?;
        }
        Ok(())
    }

    pub fn name(&self, node: usize) -> String {
        format!("sk{}n{node}", self.id)
    }

    fn address(&self, cable: usize, end: usize) -> String {
        format!("10.{}.{}.{}", 201 + self.id / 250 % 50, self.id % 250, cable * 4 + end)
    }

    /// Where the desks find the machine.
    pub fn to_desks(&self, node: usize) -> String {
        self.address(node, 2)
    }

    /// Where the other machine finds it.
    pub fn to_other(&self, node: usize) -> String {
        self.address(2, 1 + node)
    }

    /// Pulls the cable to the desks, or the one between the machines, or puts it back.
    pub fn set(&self, node: usize, cable: &str, there: bool) -> anyhow::Result<()> {
        ip(&format!("-n {} link set {cable} {}", self.name(node), if there { "up" } else { "down" }))
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        remove(self.id);
    }
}

fn remove(id: u32) {
    for n in 0..2 {
        // The other end of a cable goes with it.
        let _ = ip(&format!("link del sk{id}d{n}"));
        let _ = ip(&format!("netns del sk{id}n{n}"));
    }
}

/// What a run left that was killed.
fn sweep() {
    for name in std::fs::read_dir("/run/netns").into_iter().flatten().flatten() {
        let name = name.file_name().to_string_lossy().into_owned();
        let id = name.strip_prefix("sk").and_then(|rest| rest.split('n').next()?.parse::<u32>().ok());
        if let Some(id) = id.filter(|id| !std::path::Path::new(&format!("/proc/{id}")).exists()) {
            remove(id);
        }
    }
}
