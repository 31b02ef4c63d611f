//! A hand on the real window: the few WebDriver calls that the journeys need.

use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub const ENTER: &str = "\u{e007}";
const BACKSPACE: &str = "\u{e003}";
const CONTROL: &str = "\u{e009}";
/// What `/proc` calls a socket that waits for somebody.
const LISTENS: &str = "0A";
pub const F7: &str = "\u{e037}";
pub const F9: &str = "\u{e039}";

/// The app, running on a data folder of its own.
pub struct Window {
    http: reqwest::Client,
    session: String,
    driver: Child,
    folder: PathBuf,
}

impl Window {
    /// Starts the app as a merchant does; `folder` is what would be their home.
    pub async fn open(folder: &Path) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        let port = free_port()?;
        for name in ["data", "config", "cache", "state"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".into()])
            // Asks the window to let itself be driven.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("XDG_STATE_HOME", folder.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("WebKitWebDriver does not start")?;
        let base = format!("http://127.0.0.1:{port}");
        let mut window = Self { http, session: String::new(), driver, folder: folder.to_owned() };
        let wish = json!({"capabilities": {"alwaysMatch": {
            "browserName": "wry",
            "webkitgtk:browserOptions": {"binary": needed("SHOPKEEPER_APP")?, "args": []},
        }}});
        let begun = Instant::now();
        let answer = loop {
            match window.send(reqwest::Method::POST, &format!("{base}/session"), Some(&wish)).await {
                Ok(answer) => break answer,
                Err(error) if begun.elapsed() > PATIENCE => return Err(error.context("the window does not open")),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        let id = answer["sessionId"].as_str().context("the driver names no session")?;
        window.session = format!("{base}/session/{id}");
        Ok(window)
    }

    /// Closes the window and waits until the app has ended.
    pub async fn quit(mut self) -> Result<()> {
        self.send(reqwest::Method::DELETE, &self.session, None).await?;
        // The driver must outlive the app, or the app is orphaned.
        self.ended().await?;
        self.driver.kill()?;
        self.driver.wait()?;
        Ok(())
    }

    /// The power fails: the app gets no chance to put anything in order.
    pub async fn kill(mut self) -> Result<()> {
        for process in self.processes()? {
            ensure!(Command::new("kill").args(["-9", &process.to_string()]).status()?.success());
        }
        self.ended().await?;
        self.driver.kill()?;
        self.driver.wait()?;
        Ok(())
    }

    async fn ended(&self) -> Result<()> {
        let begun = Instant::now();
        while !self.processes()?.is_empty() || owns_its_name()? {
            ensure!(begun.elapsed() < PATIENCE, "the app does not end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// The app itself, told from other people's by its data folder.
    fn processes(&self) -> Result<Vec<u32>> {
        let app = fs::canonicalize(needed("SHOPKEEPER_APP")?)?;
        let mine = format!("XDG_DATA_HOME={}", self.folder.join("data").display());
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let is_app = fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == app);
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            if is_app && environment.split(|byte| *byte == 0).any(|variable| variable == mine.as_bytes()) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// The TCP ports on which the app listens, besides the one by which it is driven here.
    pub fn ports(&self) -> Result<Vec<u16>> {
        let mut ports = Vec::new();
        for process in self.processes()? {
            let of = |name: &str| PathBuf::from(format!("/proc/{process}/{name}"));
            let environment = String::from_utf8_lossy(&fs::read(of("environ"))?).into_owned();
            let inspector =
                environment.split('\0').find_map(|variable| variable.strip_prefix("WEBKIT_INSPECTOR_SERVER="));
            let driven = inspector.and_then(|address| address.rsplit_once(':')?.1.parse().ok());
            let open: BTreeSet<String> = fs::read_dir(of("fd"))?
                .flatten()
                .filter_map(|file| fs::read_link(file.path()).ok())
                .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
                .collect();
            for table in ["net/tcp", "net/tcp6"] {
                for line in fs::read_to_string(of(table)).unwrap_or_default().lines().skip(1) {
                    let columns: Vec<&str> = line.split_whitespace().collect();
                    let [_, local, _, state, _, _, _, _, _, inode, ..] = columns[..] else { continue };
                    let port = local.rsplit_once(':').and_then(|(_, port)| u16::from_str_radix(port, 16).ok());
                    if state == LISTENS && open.contains(inode) && port != driven {
                        ports.extend(port);
                    }
                }
            }
        }
        Ok(ports)
    }

    /// Leads to a page, by its address behind `#`.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.script("location.hash = '#' + arguments[0]", json!([path])).await?;
        Ok(())
    }

    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.post(&format!("element/{element}/click"), json!({})).await?;
        Ok(())
    }

    /// Clicks the button, link or entry of a menu that bears this text.
    pub async fn press(&self, text: &str) -> Result<()> {
        let script = "const all = [...document.querySelectorAll('button, a, [role=menuitem], .ant-segmented-item')];
            const hit = all.filter(e => !e.disabled && e.offsetParent !== null && (e.innerText.trim() === arguments[0] || e.getAttribute('aria-label') === arguments[0])).pop();
            hit?.click();
            return hit !== undefined;";
        self.until(&format!("a button “{text}”"), async || {
            Ok(self.script(script, json!([text])).await? == Value::Bool(true))
        })
        .await
    }

    /// Types into an empty field, also what no key stands for. On a busy machine the rest of a word got lost now and
    /// then: it is typed again, and said.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let element = self.find(css).await?;
        let field = json!([{ ELEMENT: element }]);
        for _ in 0..3 {
            self.post(&format!("element/{element}/value"), json!({"text": text})).await?;
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(2) {
                if self.script("return arguments[0].value", field.clone()).await? == text {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let what = "const e = arguments[0]; const had = [e.value, document.activeElement.id];
                e.focus(); e.select(); return had";
            eprintln!(
                "{css} was to read {text:?}; it reads, and has the focus: {}",
                self.script(what, field.clone()).await?
            );
            self.picture("typed-in-part").await?;
            self.keys(BACKSPACE).await?;
        }
        bail!("{css} does not take {text:?}")
    }

    /// Types instead of what stands in a field.
    pub async fn fill_anew(&self, css: &str, text: &str) -> Result<()> {
        self.click(css).await?;
        self.with_control("a").await?;
        self.keys(BACKSPACE).await?;
        self.fill(css, text).await
    }

    /// Types blindly, wherever the focus is: at the pace of a person, not of a scanner.
    pub async fn keys(&self, text: &str) -> Result<()> {
        let mut actions = Vec::new();
        for key in text.chars() {
            actions.push(json!({"type": "keyDown", "value": key}));
            actions.push(json!({"type": "keyUp", "value": key}));
            actions.push(json!({"type": "pause", "duration": 60}));
        }
        self.actions(actions).await
    }

    pub async fn with_control(&self, key: &str) -> Result<()> {
        self.actions(vec![
            json!({"type": "keyDown", "value": CONTROL}),
            json!({"type": "keyDown", "value": key}),
            json!({"type": "keyUp", "value": key}),
            json!({"type": "keyUp", "value": CONTROL}),
        ])
        .await
    }

    async fn actions(&self, actions: Vec<Value>) -> Result<()> {
        let keyboard = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.post("actions", keyboard).await?;
        Ok(())
    }

    /// Waits until the page says this.
    pub async fn reads(&self, text: &str) -> Result<()> {
        self.until(&format!("the text “{text}”"), async || Ok(self.text().await?.contains(text))).await
    }

    pub async fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText", json!([])).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    pub async fn there(&self, css: &str) -> Result<()> {
        self.find(css).await.map(|_| ())
    }

    pub async fn gone(&self, css: &str) -> Result<()> {
        let script = "return document.querySelector(arguments[0]) === null";
        self.until(&format!("{css} to go"), async || Ok(self.script(script, json!([css])).await? == Value::Bool(true)))
            .await
    }

    pub async fn script(&self, script: &str, arguments: Value) -> Result<Value> {
        self.post("execute/sync", json!({"script": script, "args": arguments})).await
    }

    /// A picture of the window, for people, in `tests/out`.
    pub async fn picture(&self, name: &str) -> Result<()> {
        // What was done in the page a moment ago is drawn with the second frame from now, and what moves comes to rest
        // first; what turns until an answer comes is not waited for long.
        self.script(
            "window.drawn = false; requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true }))",
            json!([]),
        )
        .await?;
        let at_rest = "return window.drawn && !document.querySelector('[class*=\"-appear\"], [class*=\"-enter\"]')
            && !document.getAnimations().some(a => a.playState === 'running'
            && a.effect.getTiming().iterations !== Infinity)";
        for _ in 0..20 {
            if self.script(at_rest, json!([])).await? == Value::Bool(true) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let answer = self.send(reqwest::Method::GET, &format!("{}/screenshot", self.session), None).await?;
        let image = base64::engine::general_purpose::STANDARD.decode(answer.as_str().context("no picture")?)?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("out/window");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{name}.png")), image)?;
        Ok(())
    }

    async fn find(&self, css: &str) -> Result<String> {
        let begun = Instant::now();
        loop {
            match self.post("element", json!({"using": "css selector", "value": css})).await {
                Ok(found) => return Ok(found[ELEMENT].as_str().context("not an element")?.to_owned()),
                Err(error) if begun.elapsed() > PATIENCE => {
                    let text = self.text().await.unwrap_or_default();
                    return Err(error.context(format!("waiting for {css}; the page says:\n{text}")));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let begun = Instant::now();
        while !holds().await? {
            if begun.elapsed() > PATIENCE {
                let text = self.text().await.unwrap_or_default();
                let _ = self.picture("failed").await;
                bail!("waited in vain for {what}; the page says:\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.send(reqwest::Method::POST, &format!("{}/{path}", self.session), Some(&body)).await
    }

    async fn send(&self, method: reqwest::Method, url: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let fine = answer.status().is_success();
        let mut body: Value = answer.json().await?;
        ensure!(fine, "{url}: {}", body["value"]);
        Ok(body["value"].take())
    }
}

impl Drop for Window {
    /// A journey that failed half-way leaves no app behind.
    fn drop(&mut self) {
        for process in self.processes().unwrap_or_default() {
            let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn needed(name: &str) -> Result<PathBuf> {
    Ok(std::env::var_os(name)
        .with_context(|| format!("{name} is not set: run `cargo xtask test --only window`"))?
        .into())
}

/// Whether the bus still has the name by which a second start finds the first: a busy one notices a while later that
/// its owner has ended, and whoever starts meanwhile gives way to nobody.
fn owns_its_name() -> Result<bool> {
    let bus = ["--session", "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus"];
    let asked = ["--method", "org.freedesktop.DBus.NameHasOwner", "cn.shopkeeper.desktop.SingleInstance"];
    let answer = Command::new("gdbus").arg("call").args(bus).args(asked).output().context("gdbus does not start")?;
    Ok(String::from_utf8_lossy(&answer.stdout).contains("true"))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
