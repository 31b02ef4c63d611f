//! Who may do what: permissions, the preset roles, and what becomes of somebody who guesses passwords.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

crate::text_enum! {
    /// What a command asks of whoever gives it: a module, and what is done there. A permission to do
    /// something holds that to see it.
    pub enum Permission {
        /// Needs nothing, not even a name: what the screen must know before anybody has signed in.
        Open = "open",
        /// What everybody does who has signed in: own drafts, own views, own password.
        AppRead = "app_read",
        AppWrite = "app_write",
        OrdersRead = "orders_read",
        OrdersWrite = "orders_write",
        PaymentsRead = "payments_read",
        PaymentsWrite = "payments_write",
        /// Money that leaves.
        PaymentsRefund = "payments_refund",
        ShippingWrite = "shipping_write",
        CatalogRead = "catalog_read",
        CatalogWrite = "catalog_write",
        StockRead = "stock_read",
        StockWrite = "stock_write",
        CustomersRead = "customers_read",
        CustomersWrite = "customers_write",
        /// What the shop knows of a person, for good.
        CustomersErase = "customers_erase",
        /// Phones, e-mail addresses and streets in full, wherever they stand.
        ContactRead = "contact_read",
        /// One masked customer or order in full, for a reason that is kept.
        ContactOpen = "contact_open",
        /// What goods cost the shop.
        CostRead = "cost_read",
        AnalyticsRead = "analytics_read",
        AnalyticsWrite = "analytics_write",
        ImportsRead = "imports_read",
        ImportsWrite = "imports_write",
        ExportsWrite = "exports_write",
        AuditRead = "audit_read",
        SettingsRead = "settings_read",
        SettingsWrite = "settings_write",
        AccessRead = "access_read",
        AccessWrite = "access_write",
    }
}

impl Permission {
    /// Module and action.
    pub fn parts(self) -> (&'static str, &'static str) {
        self.as_str().split_once('_').unwrap_or((self.as_str(), ""))
    }

    /// What may be given to a role and taken from it; the others everybody has.
    pub fn is_given(self) -> bool {
        // The name, the currency and the rules of the shop stand in every screen.
        !matches!(self, Self::Open | Self::AppRead | Self::AppWrite | Self::SettingsRead)
    }

    /// What one must also have to make use of it.
    pub fn needs(self) -> &'static [Permission] {
        match self {
            Self::OrdersWrite => &[Self::OrdersRead, Self::CatalogRead, Self::CustomersRead],
            Self::PaymentsWrite => &[Self::PaymentsRead, Self::OrdersRead],
            Self::PaymentsRefund => &[Self::PaymentsRead, Self::OrdersRead],
            Self::ShippingWrite => &[Self::OrdersRead],
            Self::CatalogWrite | Self::StockRead => &[Self::CatalogRead],
            Self::StockWrite => &[Self::StockRead, Self::CatalogRead],
            Self::CustomersWrite | Self::CustomersErase => &[Self::CustomersRead],
            Self::AnalyticsWrite => &[Self::AnalyticsRead],
            Self::ImportsWrite => &[Self::ImportsRead],
            Self::AccessWrite => &[Self::AccessRead],
            _ => &[],
        }
    }
}

crate::text_enum! {
    /// What a shop can do without, wholly or for now: a small shop turns off what it has no use for, and
    /// nobody changes what is only to be seen.
    pub enum Module {
        Orders = "orders",
        Payments = "payments",
        Shipping = "shipping",
        Catalog = "catalog",
        Stock = "stock",
        Customers = "customers",
        Analytics = "analytics",
        Imports = "imports",
        Exports = "exports",
    }
}

impl Permission {
    /// The module it belongs to; settings, people and the history cannot be turned off.
    pub fn module(self) -> Option<Module> {
        Module::parse(self.parts().0).ok()
    }
}

/// What a shop has turned off, and what nobody changes there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Switches<'a> {
    pub off: &'a [Module],
    pub read_only: &'a [Module],
}

/// Why a switch forbids something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    Off(Module),
    ReadOnly(Module),
}

impl Switches<'_> {
    pub fn forbid(self, permission: Permission) -> Option<Switched> {
        let module = permission.module()?;
        if self.off.contains(&module) {
            return Some(Switched::Off(module));
        }
        (self.read_only.contains(&module) && permission.parts().1 != "read").then_some(Switched::ReadOnly(module))
    }

    /// What is left of `permissions`.
    pub fn leave(self, permissions: Permissions) -> Permissions {
        permissions.iter().filter(|permission| self.forbid(*permission).is_none()).collect()
    }

    /// A module that is on, and one that it cannot work without and that is off.
    pub fn broken(self) -> Option<(Module, Module)> {
        Permission::ALL.iter().filter(|permission| self.forbid(**permission).is_none()).find_map(|permission| {
            let needed = permission.needs().iter().find(|needed| self.forbid(**needed).is_some())?;
            Some((permission.module()?, needed.module()?))
        })
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// Those that everybody has who has signed in.
    pub fn common() -> Self {
        Permission::ALL.iter().copied().filter(|permission| !permission.is_given()).collect()
    }

    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    pub fn has(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u32 != 0
    }

    /// With what the permissions need to be of use.
    pub fn completed(self) -> Self {
        let mut whole = self;
        for permission in self.iter() {
            for needed in permission.needs() {
                whole.0 |= 1 << *needed as u32;
            }
        }
        if whole == self { self } else { whole.completed() }
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }

    /// What may be given and taken, of this set.
    pub fn given(self) -> Vec<Permission> {
        self.iter().filter(|permission| permission.is_given()).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u32))
    }
}

crate::text_enum! {
    /// Roles that every shop has. A shop makes further ones of its own.
    pub enum Preset {
        /// Everything, people included. A shop with people has one at least.
        Owner = "owner",
        /// Everything but people and the shop's settings.
        Manager = "manager",
        /// Orders and customers: takes, changes and cancels orders, talks to buyers.
        Service = "service",
        /// The shelf and the parcels.
        Warehouse = "warehouse",
        /// Payments, refunds and reports.
        Finance = "finance",
        /// Sees what the shop does and changes nothing.
        ReadOnly = "read_only",
    }
}

impl Preset {
    /// Fixed, so that it is the same in every shop.
    pub fn id(self) -> Uuid {
        Uuid::from_u128(self as u128 + 1)
    }

    pub fn of(id: Uuid) -> Option<Self> {
        Self::ALL.iter().copied().find(|preset| preset.id() == id)
    }

    pub fn permissions(self) -> Permissions {
        use Permission as P;
        let given: Vec<Permission> = match self {
            Self::Owner => return Permissions::all(),
            Self::Manager => Permission::ALL
                .iter()
                .copied()
                .filter(|p| !matches!(p, P::AccessRead | P::AccessWrite | P::SettingsWrite))
                .collect(),
            Self::Service => {
                vec![P::OrdersWrite, P::PaymentsRead, P::PaymentsWrite, P::StockRead, P::CustomersWrite, P::ContactOpen]
            }
            // Whoever packs writes the address on the parcel.
            Self::Warehouse => vec![P::OrdersRead, P::ShippingWrite, P::StockWrite, P::ContactRead],
            Self::Finance => vec![
                P::OrdersRead,
                P::PaymentsWrite,
                P::PaymentsRefund,
                P::CatalogRead,
                P::CustomersRead,
                P::CostRead,
                P::AnalyticsRead,
                P::ExportsWrite,
                P::AuditRead,
            ],
            Self::ReadOnly => {
                vec![P::OrdersRead, P::PaymentsRead, P::CatalogRead, P::StockRead, P::CustomersRead, P::AnalyticsRead]
            }
        };
        given.into_iter().chain(Permissions::common().iter()).collect::<Permissions>().completed()
    }
}

crate::text_enum! {
    /// What keeps somebody from an order that others see.
    pub enum Limit {
        /// It is of somebody else.
        Own = "own",
        /// It came through a channel of which they see nothing.
        Channels = "channels",
    }
}

/// Which orders somebody sees, and what hangs on them: payments, parcels, sums. All, unless it says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Sees {
    /// Only those that they placed themselves or that are assigned to them.
    pub own_orders: bool,
    /// Only those that came through these; empty: through any.
    pub channels: Vec<String>,
}

impl Sees {
    /// The first of its limits; `None` sees all.
    pub fn limit(&self) -> Option<Limit> {
        match self {
            Self { own_orders: true, .. } => Some(Limit::Own),
            Self { channels, .. } if !channels.is_empty() => Some(Limit::Channels),
            Self { .. } => None,
        }
    }

    pub fn channel(&self, channel: &str) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|seen| seen == channel)
    }

    /// What hides an order of this channel, of one's own or not.
    pub fn hides(&self, own: bool, channel: &str) -> Option<Limit> {
        match () {
            () if self.own_orders && !own => Some(Limit::Own),
            () if !self.channel(channel) => Some(Limit::Channels),
            () => None,
        }
    }

    /// What `other` shows and this does not.
    pub fn lacks(&self, other: &Self) -> Option<Limit> {
        let all_channels = !self.channels.is_empty() && other.channels.is_empty();
        match () {
            () if self.own_orders && !other.own_orders => Some(Limit::Own),
            () if all_channels || other.channels.iter().any(|channel| !self.channel(channel)) => Some(Limit::Channels),
            () => None,
        }
    }
}

/// What somebody may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    pub permissions: Permissions,
    /// The most that may be paid back of one order, in minor units of the shop's currency; `None`: no limit.
    pub refund_limit: Option<i64>,
    pub sees: Sees,
}

impl Rights {
    /// Of the owner, and of the program itself.
    pub fn all() -> Self {
        Self { permissions: Permissions::all(), refund_limit: None, sees: Sees::default() }
    }
}

/// Wrong passwords in a row after which the next one has to wait.
pub const FREE_GUESSES: i64 = 5;

/// How long nobody may try again after this many wrong passwords in a row: half a minute after the
/// fifth, twice as long after each further one, an hour at most.
pub fn lockout_ms(failures: i64) -> i64 {
    match failures - FREE_GUESSES {
        ..0 => 0,
        over => (30_000_i64 << over.min(7)).min(3_600_000),
    }
}

crate::text_enum! {
    /// Why a password is none.
    pub enum Weakness {
        TooShort = "too_short",
        TooLong = "too_long",
        /// One of those that are tried first.
        Common = "common",
        DigitsOnly = "digits_only",
    }
}

/// Wrong PINs in a row after which only the password helps. Ten thousand PINs are few: no wait would be
/// long enough.
pub const PIN_GUESSES: i64 = 5;

/// How long a PIN is worth something at a desk after somebody proved there by password who they are: a long
/// working day.
pub const PIN_HOURS_MS: i64 = 12 * 3_600_000;

/// Four to eight digits, and none of those that everybody tries: one digit throughout, or digits in a row.
pub fn pin_weakness(pin: &str) -> Option<Weakness> {
    let digits = pin.as_bytes();
    let steps = |by: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    match () {
        () if !digits.iter().all(u8::is_ascii_digit) => Some(Weakness::DigitsOnly),
        () if digits.len() < 4 => Some(Weakness::TooShort),
        () if digits.len() > 8 => Some(Weakness::TooLong),
        () if steps(0) || steps(1) || steps(-1) => Some(Weakness::Common),
        () => None,
    }
}

/// NIST SP 800-63B: length counts, not what it is made of.
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    const COMMON: [&str; 12] = [
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "88888888",
        "66666666",
        "00000000",
        "password",
        "password1",
        "qwertyui",
        "qwerty123",
        "abc12345",
    ];
    let length = password.chars().count();
    let plain = password.to_lowercase();
    match () {
        () if length < 8 => Some(Weakness::TooShort),
        () if length > 128 => Some(Weakness::TooLong),
        () if COMMON.contains(&plain.as_str()) || plain == login.to_lowercase() => Some(Weakness::Common),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_what_its_permissions_need() {
        for preset in Preset::ALL {
            let permissions = preset.permissions();
            assert_eq!(permissions, permissions.completed(), "{preset}");
            assert!(permissions.has(Permission::AppWrite), "{preset}");
            assert_eq!(Preset::of(preset.id()), Some(*preset));
        }
        let reads = Preset::ReadOnly.permissions();
        assert!(reads.given().iter().all(|permission| permission.parts().1 == "read"));
        assert!(Preset::Manager.permissions().has(Permission::PaymentsRefund));
        assert!(!Preset::Service.permissions().has(Permission::PaymentsRefund));
    }

    #[test]
    fn every_permission_fits_into_a_set() {
        assert!(Permission::ALL.len() <= 64);
        for permission in Permission::ALL {
            let alone: Permissions = [*permission].into_iter().collect();
            assert_eq!(alone.iter().collect::<Vec<_>>(), [*permission]);
            assert_eq!(Permission::parse(permission.as_str()), Ok(*permission));
        }
    }

    #[test]
    fn modules_are_switched() {
        let switches = Switches { off: &[Module::Analytics], read_only: &[Module::Stock] };
        assert_eq!(switches.forbid(Permission::AnalyticsRead), Some(Switched::Off(Module::Analytics)));
        assert_eq!(switches.forbid(Permission::StockWrite), Some(Switched::ReadOnly(Module::Stock)));
        assert_eq!(switches.forbid(Permission::StockRead), None);
        assert_eq!(switches.forbid(Permission::AccessWrite), None);
        assert_eq!(switches.broken(), None);
        // Who takes orders must find goods.
        let switches = Switches { off: &[Module::Catalog, Module::Stock], read_only: &[] };
        assert_eq!(switches.broken(), Some((Module::Orders, Module::Catalog)));
        let read_only = Switches { off: &[], read_only: Module::ALL };
        assert_eq!(read_only.broken(), None);
        let left = read_only.leave(Permissions::all());
        assert!(left.has(Permission::OrdersRead) && !left.has(Permission::OrdersWrite));
        for module in Module::ALL {
            assert!(Permission::ALL.iter().any(|permission| permission.module() == Some(*module)), "{module}");
        }
    }

    #[test]
    fn nobody_sees_through_a_role_what_they_do_not_see() {
        let of = |own_orders, channels: &[&str]| Sees {
            own_orders,
            channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
        };
        let (all, own, web) = (Sees::default(), of(true, &[]), of(false, &["web"]));
        assert_eq!([&all, &own, &web].map(Sees::limit), [None, Some(Limit::Own), Some(Limit::Channels)]);
        for narrower in [&all, &own, &web, &of(true, &["web", "counter"])] {
            assert_eq!(all.lacks(narrower), None);
            assert_eq!(narrower.lacks(narrower), None);
        }
        assert_eq!(own.lacks(&web), Some(Limit::Own));
        assert_eq!(own.lacks(&of(true, &["web"])), None);
        assert_eq!(web.lacks(&all), Some(Limit::Channels));
        assert_eq!(web.lacks(&of(true, &["web", "counter"])), Some(Limit::Channels));
        assert_eq!(web.hides(false, "web"), None);
        assert_eq!(web.hides(true, "counter"), Some(Limit::Channels));
        assert_eq!(own.hides(false, "web"), Some(Limit::Own));
        assert_eq!(all.hides(false, ""), None);
    }

    #[test]
    fn guessing_gets_slower() {
        let waits: Vec<i64> = (4..=14).map(|failures| lockout_ms(failures) / 1000).collect();
        assert_eq!(waits, [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        assert_eq!(lockout_ms(i64::MAX), 3_600_000);
    }

    #[test]
    fn passwords() {
        assert_eq!(weakness("seven77", "x"), Some(Weakness::TooShort));
        assert_eq!(weakness("一二三四五六七八", "x"), None);
        assert_eq!(weakness("Password1", "x"), Some(Weakness::Common));
        assert_eq!(weakness("Zhanghua", "zhanghua"), Some(Weakness::Common));
        assert_eq!(weakness(&"x".repeat(129), ""), Some(Weakness::TooLong));
    }

    #[test]
    fn pins() {
        for (pin, weakness) in [
            ("", Some(Weakness::TooShort)),
            ("482", Some(Weakness::TooShort)),
            ("123456789", Some(Weakness::TooLong)),
            ("12a4", Some(Weakness::DigitsOnly)),
            ("１２３５", Some(Weakness::DigitsOnly)),
            ("0000", Some(Weakness::Common)),
            ("1234", Some(Weakness::Common)),
            ("87654321", Some(Weakness::Common)),
            ("1235", None),
            ("48203957", None),
        ] {
            assert_eq!(pin_weakness(pin), weakness, "{pin}");
        }
    }
}
