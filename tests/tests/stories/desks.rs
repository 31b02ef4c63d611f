//! Desks at random: whatever happens to them and to their wires, nothing that was acknowledged is lost or done
//! twice, and in the end all have what the server has.
//!
//! `DESK_SEEDS` and `DESK_SEED` ask for more of it. Seeds that follow each other share an office, with goods and
//! customers of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use domain::units::Millis;
use engine::{
    Error,
    ctx::Meta,
    offline::{CaseById, ListCases, Patience},
    orders::{AddOrderNote, OrderById, PlaceOrder, Placed},
    payments::{CapturePayment, PaymentMethod},
    settings::{DeskById, DeskState, Nothing},
};
use tests::{
    Shop, call,
    desks::{Office, State, Wire, in_offices},
    dice::Dice,
    from_env,
    sales::{buyer, cash, line, payment},
};
use uuid::Uuid;

const NAMES: [&str; 3] = ["one", "two", "three"];
/// So many seeds share an office.
const OF_AN_OFFICE: u64 = 25;
/// They wait more than they work.
const AT_ONCE: usize = 10;
/// Most seeds are short: what happens to a desk happens often, and what a few things do to each other comes first.
const STEPS: [usize; 4] = [3, 5, 8, 24];
/// A seed takes seconds; one that has not ended by then waits for something that does not come.
const STUCK: Duration = Duration::from_secs(300);
const ON_HAND: i64 = 15;
/// Of the first of them; each is a cent dearer than the one before.
const PRICE: i64 = 1000;
const HOUR: i64 = 3_600_000;
/// Impatient: what waits in the shop takes seconds, and is not what this is about.
const PATIENCE: Patience = Patience {
    answer: Duration::from_millis(60),
    greeting: Duration::from_millis(250),
    without_copy: Duration::from_secs(1),
    start: Duration::from_secs(1),
    parting: Duration::from_millis(40),
};

#[test]
fn at_random_end_equal() {
    let (first, seeds) = (from_env("DESK_SEED", 1), from_env("DESK_SEEDS", 1000));
    let begins = (first..first + seeds).step_by(usize::try_from(OF_AN_OFFICE).unwrap_or(1));
    in_offices(
        AT_ONCE,
        begins.map(|begin| {
            let end = (begin + OF_AN_OFFICE).min(first + seeds);
            async move |office: Office| {
                let mut floor = Floor::open(&office, begin..end).await?;
                for seed in begin..end {
                    let run = tokio::time::timeout(STUCK, floor.seed(seed)).await;
                    run.unwrap_or_else(|_| Err(anyhow::anyhow!("it does not end")))
                        .with_context(|| format!("DESK_SEED={begin} DESK_SEEDS={}", seed + 1 - begin))?;
                }
                println!("DESK_SEED={begin} DESK_SEEDS={}: {}", end - begin, floor.tally);
                Ok(())
            }
        }),
    );
}

/// One of the desks.
struct Desk {
    name: &'static str,
    shop: Shop,
    wire: Wire,
    /// How far its clock is wrong.
    wrong: Arc<AtomicI64>,
}

/// An office with its desks, over some seeds.
struct Floor<'o> {
    office: &'o Office,
    desks: Vec<Desk>,
    /// Of each seed.
    skus: BTreeMap<u64, Vec<Uuid>>,
    tally: Tally,
}

/// What came of it all.
#[derive(Default)]
struct Tally {
    orders: usize,
    payments: usize,
    offline: usize,
    again: usize,
    unheard: usize,
    cases: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { orders, payments, offline, again, unheard, cases } = self;
        write!(
            f,
            "{orders} orders and {payments} payments acknowledged, {offline} of them offline; {again} sent again; \
             {unheard} never heard of; {cases} refused, and carried out later"
        )
    }
}

/// An order that somebody was told of, or may have made.
struct Sale {
    desk: usize,
    meta: Meta,
    input: PlaceOrder,
    /// The last answer.
    told: Option<Placed>,
    /// Payments taken later: acknowledged, and those that nobody heard of.
    paid: i64,
    perhaps: i64,
}

impl Desk {
    async fn open(office: &Office, name: &'static str, wire: Wire, wrong: Arc<AtomicI64>) -> anyhow::Result<Self> {
        let hands = wrong.clone();
        let clock = Arc::new(move || Millis(engine::system_clock().0 + hands.load(Ordering::Relaxed)));
        let shop = office.open_with(name, &wire, clock, PATIENCE).await?;
        Ok(Self { name, shop, wire, wrong })
    }

    /// The same for a desk that has no copy yet, or none any more, and needs its server: which may be slow.
    async fn open_at_last(
        office: &Office,
        name: &'static str,
        wire: &Wire,
        wrong: &Arc<AtomicI64>,
    ) -> anyhow::Result<Self> {
        for _ in 0..20 {
            if let Ok(desk) = Self::open(office, name, wire.clone(), wrong.clone()).await {
                return Ok(desk);
            }
            wire.set(State::Open);
        }
        Self::open(office, name, wire.clone(), wrong.clone()).await
    }

    /// Ends in the middle of what it does, and is opened again.
    async fn restart(&mut self, office: &Office) -> anyhow::Result<()> {
        self.shop.engine.close().await;
        *self = Self::open_at_last(office, self.name, &self.wire, &self.wrong).await?;
        Ok(())
    }
}

impl<'o> Floor<'o> {
    async fn open(office: &'o Office, seeds: Range<u64>) -> anyhow::Result<Self> {
        let mut skus: BTreeMap<u64, Vec<Uuid>> = BTreeMap::new();
        for (seed, n) in seeds.flat_map(|seed| (0..3).map(move |n| (seed, n))) {
            let goods = office.server.goods(&format!("S{seed}-{n}"), PRICE + n, ON_HAND).await?;
            skus.entry(seed).or_default().push(goods);
        }
        let mut desks = Vec::new();
        for name in NAMES {
            let desk = Desk::open_at_last(office, name, &office.wire().await?, &Arc::default()).await?;
            // While the other offices are made the server is slow to greet.
            let mut tries = 0;
            while let Err(error) = office.let_in(&desk.shop).await {
                tries += 1;
                ensure!(tries < 20, "{name} is not let in: {error}");
            }
            desks.push(desk);
        }
        let floor = Self { office, desks, skus, tally: Tally::default() };
        floor.sync().await?;
        Ok(floor)
    }

    async fn seed(&mut self, seed: u64) -> anyhow::Result<()> {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let skus = self.skus.remove(&seed).context("goods")?;
        let mut sales: Vec<Sale> = Vec::new();
        for _ in 0..*dice.one(&STEPS) {
            self.step(&mut dice, seed, &skus, &mut sales).await?;
        }
        self.gather().await?;
        self.compare(&skus, &sales).await
    }

    async fn step(&mut self, dice: &mut Dice, seed: u64, skus: &[Uuid], sales: &mut Vec<Sale>) -> anyhow::Result<()> {
        let at = dice.roll(self.desks.len());
        match dice.roll(24) {
            0 | 1 => self.desks[at].wire.set(*dice.one(&[State::Lost, State::Down])),
            2 => self.desks[at].wire.set(State::Slow),
            3..=5 => self.desks[at].wire.set(State::Open),
            6..=8 => drop(self.desks[at].shop.engine.sync().await),
            // Ended while it comes back, or wherever it is.
            9 => {
                let ms = dice.roll(40) as u64;
                let sync = self.desks[at].shop.engine.sync();
                let _ = tokio::time::timeout(Duration::from_millis(ms), sync).await;
                self.desks[at].restart(self.office).await?;
            }
            // The wire breaks while it is at work, or mends.
            10 | 11 => {
                let (wire, ms) = (self.desks[at].wire.clone(), dice.roll(20) as u64);
                let state = *dice.one(&[State::Lost, State::Down, State::Open, State::Slow]);
                let later = async {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    wire.set(state);
                };
                let mut sale = sale(dice, at, seed, skus);
                let (outcome, ()) = tokio::join!(self.place(&mut sale), later);
                sales.push(sale);
                outcome?;
            }
            // All at once, for the same goods.
            12 => {
                let mut all: Vec<Sale> = (0..self.desks.len()).map(|at| sale(dice, at, seed, &skus[..1])).collect();
                let outcomes = futures_util::future::join_all(all.iter_mut().map(|sale| self.place(sale))).await;
                sales.extend(all);
                outcomes.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
            }
            // Somebody who did not hear, or who does not believe it, sends it again.
            13 | 14 => {
                let Some(n) = some(dice, sales.len()) else { return Ok(()) };
                self.tally.again += 1;
                self.place(&mut sales[n]).await?;
            }
            15 => {
                let phone = phone(dice, seed);
                let input = buyer(&format!("买家 {phone}"), &phone);
                match self.desks[at].shop.call(call::customers_save, input).await {
                    Err(Error::Duplicate { .. }) => {}
                    outcome => drop(heard(outcome)?),
                }
            }
            16 | 17 => {
                let Some(n) = some(dice, sales.len()) else { return Ok(()) };
                self.pay(at, &mut sales[n]).await?;
            }
            18 => {
                let Some(placed) = some(dice, sales.len()).and_then(|n| sales[n].told.as_ref()) else { return Ok(()) };
                let input = AddOrderNote { order_id: placed.order_id, text: format!("note of {at}") };
                match self.desks[at].shop.call(call::orders_add_note, input).await {
                    // Not on every desk, and not offline.
                    Err(Error::NotFound { .. } | Error::Offline { .. }) => {}
                    outcome => drop(heard(outcome)?),
                }
            }
            // The clock is put somewhere else.
            19 => self.desks[at].wrong.store((dice.roll(9) as i64 - 4) * HOUR, Ordering::Relaxed),
            20 => self.shut_out(at, dice.roll(2) == 0).await?,
            _ => {
                let mut sale = sale(dice, at, seed, skus);
                let outcome = self.place(&mut sale).await;
                sales.push(sale);
                outcome?;
            }
        }
        Ok(())
    }

    async fn place(&self, sale: &mut Sale) -> anyhow::Result<()> {
        let shop = &self.desks[sale.desk].shop;
        match shop.call_as(sale.meta, call::orders_place, sale.input.clone()).await {
            Ok(placed) => {
                if let Some(before) = &sale.told {
                    ensure!(before.order_id == placed.order_id, "{before:?}, then {placed:?}");
                }
                sale.told = Some(placed);
            }
            Err(Error::InsufficientStock { .. }) => {}
            Err(error) => drop(heard(Err::<(), _>(error))?),
        }
        Ok(())
    }

    async fn pay(&self, at: usize, sale: &mut Sale) -> anyhow::Result<()> {
        let Some(placed) = &sale.told else { return Ok(()) };
        let cent = payment(placed.order_id, PaymentMethod::Cash, 1);
        let input = CapturePayment { keep_overpayment: true, ..cent };
        match self.desks[at].shop.call(call::payments_capture, input).await {
            Ok(_) => sale.paid += 1,
            // Not every desk has heard of the order.
            Err(Error::NotFound { .. }) => {}
            Err(error) => {
                heard(Err::<(), _>(error))?;
                sale.perhaps += 1;
            }
        }
        Ok(())
    }

    /// Shuts a desk out, or lets it in again.
    async fn shut_out(&self, at: usize, out: bool) -> anyhow::Result<()> {
        let server = &self.office.server;
        let known = server.ask(call::settings_desks, Nothing {}).await?.items;
        let Some(desk) = known.iter().find(|desk| desk.name == NAMES[at]) else { return Ok(()) };
        let id = DeskById { id: desk.id };
        match (desk.state, out) {
            (DeskState::Admitted, true) => drop(server.call(call::settings_revoke_desk, id).await?),
            (DeskState::Revoked, false) => drop(server.call(call::settings_admit_desk, id).await?),
            _ => {}
        }
        Ok(())
    }

    /// Everybody comes back.
    async fn gather(&mut self) -> anyhow::Result<()> {
        for desk in &self.desks {
            desk.wire.set(State::Open);
        }
        let server = &self.office.server;
        self.sync().await?;
        // What a desk that was shut out had sold, somebody else does in their own name.
        let cases = server.ask(call::offline_cases, ListCases::default()).await?.cases;
        let before = self.tally.cases;
        for case in cases.iter().filter(|case| case.settled_at.is_none()).rev() {
            match &case.error {
                Some(Error::DeskRevoked) => {
                    match server.call(call::offline_carry_out, CaseById { id: case.id }).await {
                        Err(Error::Duplicate { kind, .. }) if kind == "customer" => {}
                        done => drop(done.with_context(|| format!("{case:?}"))?),
                    }
                    self.tally.cases += 1;
                }
                // The shop had met this customer meanwhile; or the order stands, and somebody finds the goods.
                Some(Error::Duplicate { kind, .. }) if kind == "customer" => {}
                None => {}
                _ => anyhow::bail!("{case:?}"),
            }
        }
        if self.tally.cases > before {
            self.sync().await?;
        }
        Ok(())
    }

    /// Until all have what the server has. Those who come back first give it something, which the others hear of then.
    async fn sync(&self) -> anyhow::Result<()> {
        for round in 0.. {
            let away = self.desks.iter().any(|desk| desk.shop.engine.is_offline());
            let mut all = !away;
            for (at, desk) in self.desks.iter().enumerate() {
                if away && !desk.shop.engine.is_offline() {
                    continue;
                }
                let outcome = desk.shop.engine.sync().await;
                if outcome == Err(Error::DeskRevoked) {
                    self.shut_out(at, false).await?;
                }
                // A server that is slow is taken for one that is gone.
                all &= outcome.is_ok() && !desk.shop.engine.is_offline();
                ensure!(round < 200, "{} does not come back: {outcome:?}", desk.name);
            }
            if all {
                break;
            }
        }
        Ok(())
    }

    async fn compare(&mut self, skus: &[Uuid], sales: &[Sale]) -> anyhow::Result<()> {
        let server = &self.office.server;
        let found = server.ask(call::app_check, Nothing {}).await?.differences;
        ensure!(found.is_empty(), "the books: {found:?}");
        let different = self.office.differences_of(&NAMES).await?;
        ensure!(different.is_empty(), "the copies: {different:?}");
        let mut taken: BTreeMap<Uuid, i64> = BTreeMap::new();
        let mut numbers = BTreeSet::new();
        for sale in sales {
            // What nobody was told of may be there all the same, under the id that its command gave it.
            let Some(told) = &sale.told else {
                self.tally.unheard += 1;
                continue;
            };
            self.tally.orders += 1;
            self.tally.payments += usize::try_from(sale.paid)?;
            self.tally.offline += usize::from(told.number.contains("0-"));
            let order = server.ask(call::orders_get, OrderById { order_id: told.order_id }).await?;
            ensure!((&order.number, order.total) == (&told.number, told.total), "{} for {told:?}", order.number);
            ensure!(numbers.insert(order.number.clone()), "{} twice", order.number);
            let paid = sale.input.payments.iter().map(|paid| paid.amount.0).sum::<i64>() + sale.paid;
            ensure!(
                (paid..=paid + sale.perhaps).contains(&order.captured.0),
                "{}: {paid} and perhaps {} was paid, {} is there",
                order.number,
                sale.perhaps,
                order.captured.0
            );
            let asked: i64 = sale.input.lines.iter().map(|line| line.qty.0).sum();
            let there: i64 = order.lines.iter().map(|line| line.qty.0).sum();
            ensure!(asked == there, "{}: {asked} asked for, {there} there", order.number);
            for line in &order.lines {
                *taken.entry(line.sku_id).or_default() += line.allocated.0;
            }
        }
        // What the orders have was taken from the shelf, once.
        for sku in skus {
            let (on_hand, reserved) = server.shelf(*sku).await?;
            let (left, taken) = (on_hand - reserved, taken.get(sku).copied().unwrap_or(0));
            let perhaps: i64 = sales.iter().filter(|sale| sale.told.is_none()).map(|sale| sale.qty_of(*sku)).sum();
            ensure!(
                (0..=perhaps).contains(&(ON_HAND - left - taken)),
                "{left} of {ON_HAND} left, {taken} and perhaps {perhaps} taken"
            );
        }
        Ok(())
    }
}

impl Sale {
    fn qty_of(&self, sku: Uuid) -> i64 {
        self.input.lines.iter().filter(|line| line.sku_id == sku).map(|line| line.qty.0).sum()
    }
}

/// Nobody hears of what a server does that is gone in the middle of it, nor does a desk that was shut out do anything.
fn heard<T>(outcome: engine::Result<T>) -> engine::Result<Option<T>> {
    match outcome {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Unreachable { .. } | Error::Busy | Error::DeskRevoked) => Ok(None),
        Err(error) => Err(error),
    }
}

fn some(dice: &mut Dice, of: usize) -> Option<usize> {
    (of > 0).then(|| dice.roll(of))
}

/// One of a few, so that customers meet.
fn phone(dice: &mut Dice, seed: u64) -> String {
    format!("138{:07}{}", seed % 10_000_000, dice.roll(4))
}

fn sale(dice: &mut Dice, desk: usize, seed: u64, skus: &[Uuid]) -> Sale {
    let (mut lines, mut total) = (Vec::new(), 0);
    for _ in 0..=dice.roll(2) {
        let (n, qty) = (dice.roll(skus.len()), 1 + dice.roll(2) as i64);
        total += (PRICE + n as i64) * qty;
        lines.push(line(skus[n], qty));
    }
    let mut input = PlaceOrder { lines, ..PlaceOrder::default() };
    if dice.roll(2) == 0 {
        let phone = phone(dice, seed);
        (input.buyer_name, input.buyer_phone) = (format!("买家 {phone}"), phone);
        input.pay_later = true;
    } else {
        input.payments = vec![cash(total)];
    }
    Sale { desk, meta: Meta::new(), input, told: None, paid: 0, perhaps: 0 }
}
