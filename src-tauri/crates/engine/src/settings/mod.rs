//! The shop and its settings.

mod desks;
mod numbers;
mod save;

use domain::{
    access::{Module, Switches},
    money::Currency,
    numbering::NumberDate,
    units::{Count, Millis, Minor},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::Tx,
    error::{Error, Result},
    execute, fetch_optional,
};

pub use desks::{Desk, DeskById, DeskState, Desks, NameDesk, admit_desk, desks, name_desk, revoke_desk};
pub(crate) use desks::{check_desk, enrol, this_device};
pub(crate) use numbers::next_number;
pub use numbers::preview_number;
pub(crate) use save::checked_country;
pub use save::{logo, save_logo, save_preferences, save_shop};

/// The input of what takes none.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
pub struct Nothing {}

/// The shop's own facts; used on prints and as the defaults of every document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Shop {
    pub id: Uuid,
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA zone; reports are cut into days there.
    pub zone: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub contact: String,
    pub phone: String,
    pub address: String,
    pub tax_id: String,
    /// Thresholds, time-outs, numbering, tax: see [`Preferences`].
    pub preferences: Preferences,
    pub version: Count,
    /// The sample shop says so on every screen.
    pub sample: bool,
}

/// What a merchant may tune. Every field has a default, so an old row reads well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Preferences {
    /// Prices hold the tax (`inclusive`) or it is added (`exclusive`).
    pub tax_inclusive: bool,
    /// Tax is rounded per line, or once per order and rate.
    pub tax_per_order: bool,
    /// The usual rate, in millionths: 130000 is 13 %.
    pub tax_ppm: i32,
    /// Available at or below this is low stock.
    pub low_stock: i32,
    /// An unpaid order is closed after so many minutes; 0 never closes.
    pub unpaid_minutes: i32,
    /// A delivered order completes after so many days; 0 waits for a person.
    pub complete_days: i32,
    /// Who bought nothing for so many years is erased; 0 keeps everybody.
    pub erase_years: i32,
    /// Paid orders go to "ready" by themselves when nothing holds them.
    pub auto_review: bool,
    /// Stock is reserved when an order is placed (else when it is paid).
    pub reserve_on_place: bool,
    pub order_prefix: String,
    pub return_prefix: String,
    /// Which part of the date stands in a number, and so when counting starts again.
    pub order_date: NumberDate,
    pub order_digits: i32,
    /// Modules that are turned off, and those that nobody changes.
    pub modules_off: Vec<Module>,
    pub modules_read_only: Vec<Module>,
    /// The desk asks again who is there after so many minutes without a hand on it; 0 never does.
    pub lock_minutes: i32,
    /// What is paid back of one order needs a second person from this much on; 0 never does.
    pub second_person_from: Minor,
    /// Whoever manages people is told when one person does more than this; 0 never tells. Of an hour: rows exported,
    /// contacts shown in full, wrong passwords under one name. Of a day: refunds and cancelled orders.
    pub watch_exports: i32,
    pub watch_contacts: i32,
    pub watch_sign_ins: i32,
    pub watch_refunds: i32,
    /// From when to when the shop is open, in minutes since midnight: what is done besides is told of. The same twice:
    /// always.
    pub hours_from: i32,
    pub hours_to: i32,
}

impl Preferences {
    pub(crate) fn switches(&self) -> Switches<'_> {
        Switches { off: &self.modules_off, read_only: &self.modules_read_only }
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            tax_inclusive: true,
            tax_per_order: false,
            tax_ppm: 0,
            low_stock: 5,
            unpaid_minutes: 0,
            complete_days: 15,
            erase_years: 0,
            auto_review: true,
            reserve_on_place: true,
            order_prefix: "SO-".into(),
            return_prefix: "RT-".into(),
            order_date: NumberDate::Day,
            order_digits: 4,
            modules_off: Vec::new(),
            modules_read_only: Vec::new(),
            lock_minutes: 15,
            second_person_from: Minor::ZERO,
            watch_exports: 5_000,
            watch_contacts: 20,
            watch_sign_ins: 10,
            watch_refunds: 20,
            hours_from: 0,
            hours_to: 0,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Setup {
    pub name: String,
    pub currency: String,
    pub zone: String,
    pub country: String,
    pub tax_inclusive: bool,
}

/// Saves the shop's facts as read. Currency and zone stand fast once there are orders: every sum and
/// every day of a report was made with them.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaveShop {
    pub version: Count,
    pub name: String,
    pub currency: String,
    pub zone: String,
    pub country: String,
    #[serde(default)]
    pub contact: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub tax_id: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SavePreferences {
    pub version: Count,
    pub preferences: Preferences,
}

/// A picture as a `data:` address, for prints; none when there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Logo {
    pub data: Option<String>,
}

/// Numbering as somebody is about to save it; empty fields as saved.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PreviewNumber {
    /// order | return
    pub kind: String,
    pub prefix: Option<String>,
    pub date: Option<NumberDate>,
    pub digits: Option<i32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NumberPreview {
    pub number: String,
}

/// Whether there is a shop, and which.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ShopState {
    pub shop: Option<Shop>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    currency: String,
    zone: String,
    country: String,
    contact: String,
    phone: String,
    address: String,
    tax_id: String,
    preferences: String,
    version: i64,
    sample: bool,
    asks: bool,
    waits: bool,
    revoked: bool,
    moved: bool,
}

impl Shop {
    pub fn currency(&self) -> Result<Currency> {
        Currency::parse(&self.currency).map_err(|_| Error::invalid("currency", "unknown"))
    }

    pub fn day_of(&self, at: Millis) -> Result<i32> {
        domain::time::day_of(at.0, &self.zone).map_err(|_| Error::invalid("zone", "unknown"))
    }
}

/// Creates the shop. There is one; a second set-up is refused.
pub async fn setup(ctx: &mut Ctx, input: Setup) -> Result<Shop> {
    if ctx.shop.is_some() {
        return Err(Error::Duplicate { kind: "shop".into(), field: "id".into(), value: String::new(), existing: None });
    }
    let facts = save::checked(&input.name, &input.currency, &input.zone, &input.country)?;
    let id = ctx.new_id();
    let preferences = Preferences { tax_inclusive: input.tax_inclusive, ..Preferences::default() };
    execute!(
        ctx.tx,
        "INSERT INTO shop (id, name, currency, zone, country, contact, phone, address, tax_id, preferences, version,
                           sample, created_at)
         VALUES ($1,$2,$3,$4,$5,'','','','',$6,1,$7,$8)",
        id,
        facts.name.as_str(),
        facts.currency.code(),
        facts.zone.as_str(),
        facts.country.as_str(),
        serde_json::to_string(&preferences)?,
        false,
        ctx.now.0
    )?;
    crate::stock::create_locations(ctx).await?;
    ctx.about(id);
    load(&mut ctx.tx).await?.ok_or(Error::NoShop)
}

pub async fn shop(ctx: &mut Ctx, _: Nothing) -> Result<ShopState> {
    Ok(ShopState { shop: ctx.shop.as_deref().cloned() })
}

/// The shop as the database has it now.
pub(crate) async fn load(tx: &mut Tx) -> Result<Option<Shop>> {
    Ok(load_at_door(tx, Uuid::nil()).await?.0)
}

/// What is asked of whoever comes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AtDoor {
    /// Who they are: as soon as somebody can sign in.
    pub asks: bool,
    /// Nobody has let this desk in yet.
    pub waits: bool,
    /// Somebody has shut it out.
    pub revoked: bool,
    /// The shop is somewhere else by now.
    pub moved: bool,
}

/// The shop, and what it asks of whoever comes from this desk.
pub(crate) async fn load_at_door(tx: &mut Tx, device: Uuid) -> Result<(Option<Shop>, AtDoor)> {
    let row: Option<Row> = fetch_optional!(
        *tx,
        Row,
        "SELECT id, name, currency, zone, country, contact, phone, address, tax_id, preferences, version, sample,
                EXISTS (SELECT 1 FROM staff WHERE active) AS asks,
                EXISTS (SELECT 1 FROM device WHERE id = $1 AND approved_at IS NULL) AS waits,
                EXISTS (SELECT 1 FROM device WHERE id = $1 AND revoked_at IS NOT NULL) AS revoked,
                moved_at IS NOT NULL AS moved
         FROM shop",
        device
    )?;
    let at_door = row.as_ref().map_or_else(AtDoor::default, |row| AtDoor {
        asks: row.asks,
        waits: row.waits,
        revoked: row.revoked,
        moved: row.moved,
    });
    let shop = row.map(|row| -> Result<Shop> {
        Ok(Shop {
            id: row.id,
            name: row.name,
            currency: row.currency,
            zone: row.zone,
            country: row.country,
            contact: row.contact,
            phone: row.phone,
            address: row.address,
            tax_id: row.tax_id,
            preferences: serde_json::from_str(&row.preferences)?,
            version: Count(row.version),
            sample: row.sample,
        })
    });
    Ok((shop.transpose()?, at_door))
}
