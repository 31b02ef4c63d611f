//! The journey that pays the rent, through the real window: first start, a file brought in, an order
//! taken by keyboard, paid, sent; the app closed, killed, and everything still there.
//!
//! Needs a display, a bus and drivers: `cargo xtask test --only window` brings them.

#[path = "window/driver.rs"]
mod driver;

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use domain::access::Preset;
use driver::{ENTER, F7, F9, Window};
use engine::{
    Engine,
    commands::{self, SPECS},
    ctx::{Door, Meta},
    db::Address,
    settings::Nothing,
};
use serde_json::{Value, json};
use tests::{
    call, create_database,
    desks::{State, Wire},
    drop_database, postgres_server,
};

const PRODUCTS: &str = "\
名称,SKU,条码,售价,成本,库存\n\
红茶 Black tea,TEA-01,6901234567892,19.90,8.00,50\n\
绿茶 Green tea,TEA-02,,25.00,10.00,40\n";

#[tokio::test]
#[ignore = "drives the real window"]
async fn a_first_day_in_the_window() -> Result<()> {
    let home = tempfile::tempdir()?;
    let products = home.path().join("products.csv");
    fs::write(&products, PRODUCTS)?;

    let window = Window::open(home.path()).await?;
    let code = set_up_the_shop(&window).await?;
    bring_in(&window, &products).await?;
    let number = take_an_order(&window).await?;
    ensure!(window.ports()?.is_empty(), "it listens on {:?}", window.ports()?);
    send_it(&window, &number).await?;
    switch_the_language(&window).await?;
    window.quit().await?;

    let window = Window::open(home.path()).await?;
    window.there("nav").await?;
    window.go("/orders").await?;
    window.reads(&number).await?;
    window.picture("orders-after-restart").await?;
    ensure!(
        window.script("return document.documentElement.lang", json!([])).await? == "zh-CN",
        "the language was kept"
    );

    half_type_an_order(&window).await?;
    window.kill().await?;

    let window = Window::open(home.path()).await?;
    window.there("nav").await?;
    window.go("/orders/new").await?;
    window.reads("TEA-02").await?;
    window.until("three pieces", async || Ok(quantity(&window).await? == "3")).await?;
    window.picture("draft-after-kill").await?;
    window.quit().await?;

    nobody_reads(home.path(), "林小满")?;
    the_keyring_forgets(home.path())?;
    let window = Window::open(home.path()).await?;
    window.there("#sk-code-typed").await?;
    window.picture("recovery-code").await?;
    window.fill("#sk-code-typed", "0000-0000-0000-0000-0000-0000-0001").await?;
    window.keys(ENTER).await?;
    window.there("[role=alert]").await?;
    window.fill_anew("#sk-code-typed", &code.to_lowercase()).await?;
    window.keys(ENTER).await?;
    window.there("nav").await?;
    window.go("/settings/data").await?;
    window.reads("已加密").await?;
    window.picture("settings-encryption").await?;
    window.quit().await?;

    the_books_agree(home.path(), &number)
}

/// In no file that the app has left is there this name.
fn nobody_reads(folder: &Path, name: &str) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            nobody_reads(&path, name)?;
        } else if path.is_file() {
            let bytes = fs::read(&path)?;
            let found = bytes.windows(name.len()).any(|part| part == name.as_bytes());
            ensure!(!found, "{} can be read", path.display());
        }
    }
    Ok(())
}

/// As on another computer.
fn the_keyring_forgets(home: &Path) -> Result<()> {
    let file = fs::read(home.join("data/cn.shopkeeper.desktop/shop.db"))?;
    ensure!(!file.starts_with(b"SQLite format 3"), "the shop is encrypted");
    let salt: String = file[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("shop file {salt}");
    ensure!(engine::secrets::load(&name)?.is_some(), "the keyring knows the shop");
    Ok(engine::secrets::delete(&name)?)
}

/// The window's own door asks who is there, and holds to what their role allows.
#[tokio::test]
#[ignore = "drives the real window"]
async fn somebody_signs_in_at_the_window() -> Result<()> {
    let home = tempfile::tempdir()?;
    let window = Window::open(home.path()).await?;
    set_up_the_shop(&window).await?;
    window.go("/access").await?;
    window.reads("You work alone so far").await?;
    window.press("Add a person").await?;
    hire(&window, "Lin", "lin").await?;
    window.reads("Who is there?").await?;
    window.picture("sign-in").await?;
    let refused = invoke(&window, "orders_board", json!({})).await?;
    ensure!(refused["error"]["code"] == "sign_in_required", "{refused}");
    sign_in(&window).await?;
    let warehouse = json!({ "id": null, "version": 0, "name": "Chen", "login": "chen", "active": true,
        "role_id": Preset::Warehouse.id(), "password": PASSWORD });
    let hired = invoke(&window, "access_save_staff", warehouse).await?;
    ensure!(hired["ok"]["login"] == "chen", "{hired}");
    // A PIN opens the desk again when it is locked.
    let set = invoke(&window, "access_set_pin", json!({ "pin": "4820", "password": PASSWORD })).await?;
    ensure!(set.get("ok").is_some(), "{set}");
    invoke(&window, "access_lock", json!({})).await?;
    window.reads("type your PIN").await?;
    window.picture("locked").await?;
    let refused = invoke(&window, "orders_board", json!({})).await?;
    ensure!(refused["error"]["code"] == "sign_in_required", "{refused}");
    window.keys("4820").await?;
    window.keys(ENTER).await?;
    window.there("nav").await?;
    window.quit().await?;

    // The next start asks again.
    let window = Window::open(home.path()).await?;
    window.reads("Who is there?").await?;
    let pin = invoke(&window, "access_switch", json!({ "login": "lin", "pin": "4820" })).await?;
    ensure!(pin["error"]["code"] == "password_needed", "{pin}");
    let signed_in = invoke(&window, "access_sign_in", json!({ "login": "chen", "password": PASSWORD })).await?;
    ensure!(signed_in.get("ok").is_some(), "{signed_in}");
    window.there("nav").await?;
    window.picture("warehouse").await?;
    let rights = Preset::Warehouse.permissions();
    for spec in SPECS {
        let answer = invoke(&window, &spec.name.replace('.', "_"), json!({ "no": "such field" })).await?;
        let code = &answer["error"]["code"];
        // What lacks a field is turned away before it is asked who sends it.
        let malformed = answer["error"].as_str().is_some_and(|text| text.starts_with("invalid args"));
        match rights.has(spec.permission) {
            true => ensure!(code != "forbidden", "{}: {answer}", spec.name),
            false => ensure!(code == "forbidden" || malformed, "{}: {answer}", spec.name),
        }
    }
    let copy = home.path().join("copy.db");
    let refused = invoke(&window, "app_backup", json!({ "path": copy })).await?;
    ensure!(refused["error"]["code"] == "forbidden" && !copy.exists(), "{refused}");
    window.quit().await
}

/// The shop moves to a server, out of an encrypted file; then the wire is cut in the middle of a working day.
#[tokio::test]
#[ignore = "drives the real window"]
async fn a_shop_moves_to_a_server_and_sells_on_without_it() -> Result<()> {
    let Some(server) = postgres_server() else { return Ok(()) };
    let (url, name) = create_database(&server).await?;
    let outcome = move_and_lose(&url, &name).await;
    drop_database(&server, &name).await?;
    outcome
}

async fn move_and_lose(url: &str, database: &str) -> Result<()> {
    let (user, place) = url.trim_start_matches("postgres://").split_once('@').context("a URL with a user")?;
    let (user, password) = user.split_once(':').context("a user with a password")?;
    let (place, _) = place.split_once('/').context("a URL with a database")?;
    let wire = Wire::to(place.to_owned()).await?;
    let home = tempfile::tempdir()?;
    let products = home.path().join("products.csv");
    fs::write(&products, PRODUCTS)?;
    let window = Window::open(home.path()).await?;
    set_up_the_shop(&window).await?;
    bring_in(&window, &products).await?;
    let before = take_an_order(&window).await?;

    window.go("/settings/data").await?;
    window.press("Connect to Postgres").await?;
    window.fill_anew("#pg-host", "127.0.0.1").await?;
    window.fill_anew("#pg-port", &wire.port().to_string()).await?;
    window.fill_anew("#pg-db", database).await?;
    window.fill("#pg-user", user).await?;
    window.fill("#pg-password", password).await?;
    window.click("#pg-tls").await?;
    window.press("Connect").await?;
    window.there("#pg-bring").await?;
    window.picture("move-to-server").await?;
    window.press("Move the shop and connect").await?;
    window.reads("Move the shop to this computer").await?;
    // The file was encrypted: so are the backups.
    window.reads("New recovery code").await?;
    window.picture("settings-shared").await?;
    let file = home.path().join("data/cn.shopkeeper.desktop/shop.db");
    ensure!(!file.exists(), "nobody goes on in the file by mistake");
    window.go("/orders").await?;
    window.reads(&before).await?;
    window
        .until("a copy to go on with", async || {
            Ok(invoke(&window, "offline_connection", json!({})).await?["ok"]["ready"] == true)
        })
        .await?;

    // In the middle of the form.
    half_type_an_order(&window).await?;
    wire.set(State::Down);
    window.with_control(ENTER).await?;
    window.there(".so-placed").await?;
    window.there(".sk-offline").await?;
    let alone = order_number(&window).await?;
    window.picture("offline").await?;
    window.go("/orders").await?;
    window.reads(&alone).await?;

    wire.set(State::Open);
    window.gone(".sk-offline").await?;
    window.picture("online-again").await?;
    window.quit().await?;

    let shop = Engine::open(&Address::Postgres(url.to_owned())).await?;
    let caller = shop.owner(Door::CommandLine);
    let differences = call::app_check(&shop, &caller, Nothing {}).await?.differences;
    let orders = commands::call_json(&shop, &caller, "orders.list", Meta::new(), json!({ "limit": 10 })).await?;
    shop.close().await;
    let numbers: Vec<&str> =
        orders["items"].as_array().into_iter().flatten().filter_map(|o| o["number"].as_str()).collect();
    ensure!(differences.is_empty() && numbers.len() == 2, "{differences:?} {orders}");
    ensure!(numbers.contains(&before.as_str()) && numbers.contains(&alone.as_str()), "{numbers:?}");
    Ok(())
}

const PASSWORD: &str = "correct horse";

async fn hire(window: &Window, name: &str, login: &str) -> Result<()> {
    window.fill("#st-name", name).await?;
    window.fill("#st-login", login).await?;
    window.fill("#st-password", PASSWORD).await?;
    window.with_control(ENTER).await
}

/// As whoever the window remembers.
async fn sign_in(window: &Window) -> Result<()> {
    window.fill("#password", PASSWORD).await?;
    window.keys(ENTER).await?;
    window.there("nav").await
}

/// Calls a command as the page does.
async fn invoke(window: &Window, name: &str, input: Value) -> Result<Value> {
    let script = "window.answer = null;
        const meta = { command_id: crypto.randomUUID() };
        window.__TAURI_INTERNALS__.invoke(arguments[0], { meta, input: arguments[1] })
            .then((ok) => (window.answer = { ok }), (error) => (window.answer = { error }));";
    window.script(script, json!([name, input])).await?;
    window.until(name, async || Ok(!window.script("return window.answer", json!([])).await?.is_null())).await?;
    window.script("return window.answer", json!([])).await
}

/// Answers the recovery code.
async fn set_up_the_shop(window: &Window) -> Result<String> {
    window.press("English").await?;
    window.picture("first-start").await?;
    window.click(".sk-door-main").await?;
    window.fill("#fr-name", "青禾杂货 Qinghe €").await?;
    window.keys(ENTER).await?;
    window.until("a recovery code", async || Ok(recovery_code(window).await?.len() == 34)).await?;
    let code = recovery_code(window).await?;
    window.picture("encrypt").await?;
    window.click("#sk-recovery-kept").await?;
    window.press("Encrypt").await?;
    window.there("nav").await?;
    window.reads("青禾杂货 Qinghe €").await?;
    window.picture("dashboard-empty").await?;
    Ok(code)
}

async fn recovery_code(window: &Window) -> Result<String> {
    let script = "return document.querySelector('#sk-recovery')?.innerText.trim() ?? ''";
    Ok(window.script(script, json!([])).await?.as_str().unwrap_or_default().to_owned())
}

async fn bring_in(window: &Window, file: &Path) -> Result<()> {
    window.go("/imports").await?;
    window.fill("#im-path", file.to_str().context("an odd path")?).await?;
    window.keys(ENTER).await?;
    window.reads("How the columns are read").await?;
    window.picture("import-plan").await?;
    // The button of this name that stands last is the one of the form.
    window.press("Import").await?;
    window.there(".ant-progress-status-success").await?;
    window.picture("import-done").await
}

async fn take_an_order(window: &Window) -> Result<String> {
    window.go("/orders/new").await?;
    window.there(".so-find input").await?;
    // The first letters of hong cha, as a merchant types them.
    window.keys("hc").await?;
    window.there(".so-found-row").await?;
    window.keys(ENTER).await?;
    window.keys(&format!("*2{ENTER}")).await?;
    window.until("39.80", async || Ok(total(window).await?.contains("39.80"))).await?;
    window.keys(F7).await?;
    window.fill(".so-side .cu-paste textarea", "林小满 13800138000 浙江省杭州市西湖区文三路138号").await?;
    window.keys(ENTER).await?;
    window
        .until("the street", async || {
            let street =
                "return [...document.querySelectorAll('.so-side input')].some(e => e.value.includes('文三路'))";
            Ok(window.script(street, json!([])).await? == Value::Bool(true))
        })
        .await?;
    window.keys(F9).await?;
    window.keys("50").await?;
    window.picture("order-entry").await?;
    window.with_control(ENTER).await?;
    window.there(".so-placed").await?;
    window.reads("10.20").await?;
    window.picture("order-placed").await?;
    order_number(window).await
}

async fn order_number(window: &Window) -> Result<String> {
    let number = window.script("return document.querySelector('#so-placed .sk-num').innerText", json!([])).await?;
    Ok(number.as_str().context("the order has no number")?.to_owned())
}

async fn send_it(window: &Window, number: &str) -> Result<()> {
    window.press("Open the order").await?;
    window.there("#so-parcels").await?;
    window.until("a way to ship", async || Ok(window.text().await?.contains("Ship\n"))).await?;
    window.keys("s").await?;
    window.there("#sh-waybill").await?;
    window.keys("SF1234567890123").await?;
    window.there("#sh-verdict .sh-good").await?;
    window.keys(ENTER).await?;
    window.gone("#sh-waybill").await?;
    window.reads("SF1234567890123").await?;
    window.reads(number).await?;
    window.picture("order-shipped").await
}

async fn switch_the_language(window: &Window) -> Result<()> {
    window.go("/").await?;
    window.reads("Dashboard").await?;
    window.press("Language").await?;
    window.press("简体中文").await?;
    window.reads("工作台").await?;
    window.picture("dashboard-zh").await
}

async fn half_type_an_order(window: &Window) -> Result<()> {
    window.go("/orders/new").await?;
    window.there(".so-find input").await?;
    window.keys("TEA-02").await?;
    window.there(".so-found-row").await?;
    window.keys(ENTER).await?;
    window.keys(&format!("*3{ENTER}")).await?;
    window.until("three pieces", async || Ok(quantity(window).await? == "3")).await?;
    // What is typed is in the shop's database within a second; the last second is what a crash may take.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    Ok(())
}

async fn quantity(window: &Window) -> Result<String> {
    let script = "return document.querySelector('.so-main table tbody input')?.value ?? ''";
    Ok(window.script(script, json!([])).await?.as_str().unwrap_or_default().to_owned())
}

async fn total(window: &Window) -> Result<String> {
    let script = "return document.querySelector('[data-testid=total]')?.innerText ?? ''";
    Ok(window.script(script, json!([])).await?.as_str().unwrap_or_default().to_owned())
}

/// What stands in the file when no window is open: the order, sent and paid, and no balance that differs.
fn the_books_agree(home: &Path, number: &str) -> Result<()> {
    let database = home.join("data/cn.shopkeeper.desktop/shop.db");
    let ask = |arguments: &[&str]| -> Result<Value> {
        let shopctl = std::env::var_os("SHOPKEEPER_SHOPCTL").context("SHOPKEEPER_SHOPCTL is not set")?;
        let answer = Command::new(shopctl).arg("--db").arg(&database).args(arguments).output()?;
        ensure!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stdout));
        Ok(serde_json::from_slice(&answer.stdout)?)
    };
    ask(&["check"])?;
    let orders = ask(&["call", "orders.list", r#"{"limit":10}"#])?;
    let order = &orders["items"][0];
    ensure!(orders["items"].as_array().is_some_and(|all| all.len() == 1), "one order: {orders}");
    ensure!(order["number"] == number && order["payment_status"] == "paid", "{order}");
    ensure!(order["fulfilment_status"] == "shipped", "{order}");
    Ok(())
}
