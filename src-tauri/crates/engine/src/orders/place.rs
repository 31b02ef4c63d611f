//! Taking an order.
//!
//! Everything is worked out before the first row is written, so that each table gets one statement:
//! the order enters the database in the stage its facts lead to.

use domain::{
    customers::{is_masked, masked_name, masked_phone},
    orders::{
        AfterSaleStatus, DeliveryMethod, Flag, HoldKind, LineCounts, OrderFacts, Stage, fulfilment_status, next_stage,
        payment_status,
    },
    units::{Millis, Minor},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    OrderEventData, PlaceOrder, Placed, buyers, checked_text,
    counters::{self, Deltas, Standing},
    facts,
    price::{self, Priced, Sold, price},
};
use crate::{
    access::unveil,
    analytics::{self, Sale, SoldLine},
    ctx::Ctx,
    customers,
    db::Arg,
    error::{Error, Result, Shortage, is_unique_violation},
    execute, fetch_optional,
    offline::Trouble,
    payments::{self, Booking, Entry, PaymentKind},
    settings, shipping, stock,
};

/// A clock that runs a little ahead of ours is no reason to refuse a sale.
const CLOCK_SKEW_MS: i64 = 5 * 60_000;

/// What the order is before it has a row.
struct Draft {
    id: Uuid,
    channel: String,
    external_id: Option<String>,
    customer_id: Option<Uuid>,
    buyer_name: String,
    buyer_phone: String,
    ship_to: String,
    buyer_note: String,
    seller_note: String,
    assignee: String,
    placed_at: Millis,
    day: i32,
    line_ids: Vec<Uuid>,
    payments: Vec<Entry>,
    captured: i64,
    change: i64,
}

/// Takes an order, with what is paid at once. An order paid in full at the counter is handed out in
/// the same moment.
pub async fn place(ctx: &mut Ctx, input: PlaceOrder) -> Result<Placed> {
    let shop = ctx.shop()?;
    let channel = channel(&input)?;
    ctx.sees_channel(&channel)?;
    let external_id = input.external_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    if let Some(external_id) = external_id
        && let Some(existing) = existing(ctx, &channel, external_id).await?
    {
        ctx.sees_orders(&[existing.order_id]).await?;
        return Ok(existing);
    }
    check(ctx, &input)?;
    let sold = Sold::of(ctx)?;
    let priced = price(ctx, &input, sold.as_ref()).await?;
    match for_sale(&priced) {
        Err(Error::NotForSale { skus }) if sold.is_some() => ctx.trouble(Trouble::NotForSale { skus }),
        outcome => outcome?,
    }
    let draft = draft(ctx, &input, channel, &priced, sold.as_ref()).await?;
    let total = priced.quote.total;
    let paid = draft.captured >= total;
    let mut at_once = paid && input.delivery == DeliveryMethod::Counter;
    let wanted: Vec<(Uuid, Uuid, i64)> =
        input.lines.iter().zip(&draft.line_ids).map(|(line, id)| (*id, line.sku_id, line.qty.0)).collect();

    let reserves = shop.preferences.reserve_on_place;
    let takes = at_once || reserves || paid || input.pay_later;
    let short = if !takes {
        None
    } else if sold.is_none() && (at_once || reserves) {
        take(ctx, draft.id, &wanted, at_once).await?;
        None
    } else {
        // It may wait for its goods; what was sold already was sold, wherever they are by now.
        take_if_there(ctx, draft.id, &wanted, at_once).await?
    };
    if let (Some(lines), Some(_)) = (&short, &sold) {
        ctx.trouble(Trouble::SoldOut { lines: lines.clone() });
    }
    at_once &= short.is_none();
    let allocated = takes && short.is_none();

    let counts: Vec<LineCounts> = wanted
        .iter()
        .map(|(_, _, qty)| {
            let of = |yes: bool| if yes { *qty } else { 0 };
            LineCounts {
                ordered: *qty,
                allocated: of(allocated),
                shipped: of(at_once),
                delivered: of(at_once),
                ..LineCounts::default()
            }
        })
        .collect();
    // Who sells over the counter has looked at the order already.
    let audited = shop.preferences.auto_review || input.delivery == DeliveryMethod::Counter;
    let holds = i64::from(short.is_some());
    let stage = next_stage(&OrderFacts {
        stage: Stage::Placed,
        total,
        captured: draft.captured,
        refunded: 0,
        granted_refund: 0,
        pay_later: input.pay_later,
        audited,
        open_holds: u32::from(short.is_some()),
        backorder: false,
        may_complete: at_once,
        lines: &counts,
    });
    let standing = Standing {
        stage,
        payment: payment_status(total, draft.captured, 0, 0),
        fulfilment: fulfilment_status(&counts),
        held: short.is_some(),
        archived: false,
    };

    let number = settings::next_number(ctx, "order").await?;
    let pickup_code = (input.delivery == DeliveryMethod::Pickup)
        .then(|| sold.and_then(|sold| sold.pickup_code).unwrap_or_else(shipping::new_pickup_code));
    keep(ctx, &input, &draft, &priced, pickup_code.as_deref())?;
    insert_order(ctx, &input, &draft, &priced, &number, &standing, audited, holds, pickup_code).await?;
    insert_lines(ctx, &input, &draft, &priced, &counts).await?;
    if let Some(customer) = draft.customer_id {
        buyers::placed(&mut ctx.tx, draft.id, draft.placed_at.0, customer).await?;
    }
    if at_once {
        shipping::insert_parcel(ctx, draft.id, DeliveryMethod::Counter, "", "", "", true, &wanted).await?;
    }
    payments::write(ctx, draft.id, &shop.currency, draft.placed_at, &draft.payments).await?;
    insert_events(ctx, &draft, &standing, total, short.as_deref()).await?;
    if let Some(short) = &short {
        insert_stock_hold(ctx, draft.id, short).await?;
    }
    count(ctx, &draft, &priced, &wanted, &standing).await?;

    ctx.about(draft.id);
    ctx.changed("order", draft.id, serde_json::Value::Null, json!({"number": number, "total": total, "stage": stage}));
    Ok(Placed {
        order_id: draft.id,
        number,
        total: Minor(total),
        due: Minor((total - draft.captured).max(0)),
        change: Minor(draft.change),
        stage,
        existing: false,
    })
}

/// The first of what placing would refuse, before any SKU is looked at.
pub(super) fn check(ctx: &Ctx, input: &PlaceOrder) -> Result<()> {
    if input.lines.is_empty() {
        return Err(Error::invalid("lines", "required"));
    }
    for (at, line) in input.lines.iter().enumerate() {
        checked_text(&format!("lines.{at}.note"), &line.note, 500)?;
    }
    if input.placed_at.is_some_and(|at| at.0 > ctx.now.0 + CLOCK_SKEW_MS) {
        return Err(Error::invalid("placed_at", "future"));
    }
    if input.placed_at.is_some_and(|at| at.0 < 0) {
        return Err(Error::invalid("placed_at", "too_early"));
    }
    if input.delivery == DeliveryMethod::Ship {
        let to = input.ship_to.as_ref().ok_or_else(|| Error::invalid("ship_to", "required"))?;
        if to.street.trim().is_empty() {
            return Err(Error::invalid("ship_to.street", "required"));
        }
        if to.name.trim().is_empty() && input.buyer_name.trim().is_empty() && input.customer_id.is_none() {
            return Err(Error::invalid("ship_to.name", "required"));
        }
    }
    if let Some(to) = &input.ship_to {
        for (field, text) in [
            ("ship_to.name", &to.name),
            ("ship_to.phone", &to.phone),
            ("ship_to.country", &to.country),
            ("ship_to.region_code", &to.region_code),
            ("ship_to.province", &to.province),
            ("ship_to.city", &to.city),
            ("ship_to.district", &to.district),
            ("ship_to.street", &to.street),
            ("ship_to.postcode", &to.postcode),
        ] {
            checked_text(field, text, 300)?;
        }
    }
    Ok(())
}

/// SKUs that may not enter a new order.
pub(super) fn for_sale(priced: &Priced) -> Result<()> {
    let mut skus: Vec<String> =
        priced.skus.values().filter(|sku| !sku.is_for_sale()).map(|sku| sku.code.clone()).collect();
    if skus.is_empty() {
        return Ok(());
    }
    skus.sort();
    Err(Error::NotForSale { skus })
}

fn channel(input: &PlaceOrder) -> Result<String> {
    let channel = checked_text("channel", &input.channel, 40)?;
    Ok(if channel.is_empty() { "counter".into() } else { channel })
}

/// The order that the channel sent before.
async fn existing(ctx: &mut Ctx, channel: &str, external_id: &str) -> Result<Option<Placed>> {
    let row: Option<(Uuid, String, i64, i64, i64, i64, Stage)> = fetch_optional!(
        ctx.tx,
        (Uuid, String, i64, i64, i64, i64, Stage),
        "SELECT id, number, total, captured, refunded, granted, stage FROM orders
         WHERE channel = $1 AND external_id = $2",
        channel,
        external_id
    )?;
    let Some((order_id, number, total, captured, refunded, granted, stage)) = row else { return Ok(None) };
    ctx.about(order_id);
    let due = if stage == Stage::Cancelled { 0 } else { (total - granted - captured + refunded).max(0) };
    Ok(Some(Placed {
        order_id,
        number,
        total: Minor(total),
        due: Minor(due),
        change: Minor::ZERO,
        stage,
        existing: true,
    }))
}

/// What was sold, and how, is kept with a command that the server has not heard of.
fn keep(ctx: &mut Ctx, input: &PlaceOrder, draft: &Draft, priced: &Priced, pickup_code: Option<&str>) -> Result<()> {
    if !ctx.is_local() {
        return Ok(());
    }
    let lines = input.lines.iter().enumerate().filter_map(|(at, line)| {
        let sku = priced.skus.get(&line.sku_id)?;
        Some(price::SoldLine {
            code: sku.code.clone(),
            title: sku.title.clone(),
            qty: line.qty.0,
            unit_price: priced.unit_prices[at],
            tax_ppm: priced.rates[at],
        })
    });
    ctx.made.facts = serde_json::to_value(Sold {
        lines: lines.collect(),
        tax_inclusive: priced.tax_inclusive,
        tax_per_order: priced.tax_per_order,
        buyer_name: draft.buyer_name.clone(),
        buyer_phone: draft.buyer_phone.clone(),
        pickup_code: pickup_code.map(str::to_owned),
    })?;
    Ok(())
}

async fn draft(
    ctx: &mut Ctx,
    input: &PlaceOrder,
    channel: String,
    priced: &Priced,
    sold: Option<&Sold>,
) -> Result<Draft> {
    let shop = ctx.shop()?;
    // First of all: what else is made depends on what there is already, and these must be the same for this
    // command offline and on the server.
    let id = ctx.new_id();
    let line_ids: Vec<Uuid> = input.lines.iter().map(|_| ctx.new_id()).collect();
    let payment_ids: Vec<Uuid> = input.payments.iter().map(|_| ctx.new_id()).collect();
    let mut buyer_name = checked_text("buyer_name", &input.buyer_name, 200)?;
    let mut buyer_phone = checked_text("buyer_phone", &input.buyer_phone, 40)?;
    let mut ship_to = input.ship_to.clone();
    let customer = match input.customer_id {
        None => None,
        Some(id) => match (customers::find_for_order(ctx, id).await, sold) {
            (Err(Error::NotFound { .. }), Some(sold)) => {
                (buyer_name, buyer_phone) = (sold.buyer_name.clone(), sold.buyer_phone.clone());
                ctx.trouble(Trouble::CustomerGone { name: sold.buyer_name.clone() });
                None
            }
            (found, _) => Some(found?),
        },
    };
    let customer_id = match customer {
        Some(customer) => {
            unveil(&mut buyer_name, &customer.name, masked_name);
            unveil(&mut buyer_phone, &customer.phone, masked_phone);
            if let Some(to) = &mut ship_to {
                if let Some(address) = input.address_id {
                    customers::unveil_address(ctx, customer.id, address, to).await?;
                }
                unveil(&mut to.name, &customer.name, masked_name);
                unveil(&mut to.phone, &customer.phone, masked_phone);
            }
            if buyer_name.is_empty() {
                buyer_name = customer.name;
            }
            if buyer_phone.is_empty() {
                buyer_phone = customer.phone;
            }
            Some(customer.id)
        }
        None if input.customer_id.is_some() || (buyer_name.is_empty() && buyer_phone.is_empty()) => None,
        None => Some(customers::quick_create(ctx, &buyer_name, &buyer_phone).await?),
    };
    for (field, text) in [
        ("buyer_phone", &buyer_phone),
        ("ship_to.phone", ship_to.as_ref().map_or(&buyer_phone, |to| &to.phone)),
        ("ship_to.street", ship_to.as_ref().map_or(&buyer_phone, |to| &to.street)),
    ] {
        // Masked, and of nobody known: nothing could be sent there.
        if is_masked(text) {
            return Err(Error::invalid(field, "masked"));
        }
    }
    let (mut entries, mut captured, mut change) = (Vec::with_capacity(input.payments.len()), 0_i64, 0_i64);
    for (at, payment) in input.payments.iter().enumerate() {
        let field = format!("payments.{at}.");
        let due = (priced.quote.total - captured).max(0);
        let booking: Booking = payments::book(&field, payment.method, payment.amount, payment.tendered, due, false)?;
        captured = captured.saturating_add(booking.amount);
        change += booking.change;
        entries.push(Entry {
            id: payment_ids[at],
            kind: PaymentKind::Capture,
            method: payment.method,
            booking,
            reference: checked_text(&format!("{field}reference"), &payment.reference, 200)?,
            note: String::new(),
        });
    }
    if Minor::new(captured).is_none() {
        return Err(Error::invalid("payments", "too_large"));
    }
    let placed_at = input.placed_at.unwrap_or(ctx.now);
    Ok(Draft {
        id,
        channel,
        external_id: match &input.external_id {
            Some(id) => Some(checked_text("external_id", id, 200)?).filter(|id| !id.is_empty()),
            None => None,
        },
        customer_id,
        buyer_name,
        buyer_phone,
        ship_to: match (&ship_to, input.delivery) {
            (Some(to), DeliveryMethod::Ship) => serde_json::to_string(to)?,
            _ => String::new(),
        },
        buyer_note: checked_text("buyer_note", &input.buyer_note, 2000)?,
        seller_note: checked_text("seller_note", &input.seller_note, 2000)?,
        assignee: checked_text("assignee", &input.assignee, 100)?,
        placed_at,
        day: shop.day_of(placed_at)?,
        line_ids,
        payments: entries,
        captured,
        change,
    })
}

/// Takes stock for an order: off the shelf `at_once`, or by reserving it.
async fn take(ctx: &mut Ctx, order_id: Uuid, wanted: &[(Uuid, Uuid, i64)], at_once: bool) -> Result<()> {
    match at_once {
        true => stock::consume(ctx, order_id, "order", order_id, wanted).await,
        false => stock::reserve(ctx, order_id, wanted).await,
    }
}

/// As [`take`], for an order that may also wait for its goods: answers what is missing.
async fn take_if_there(
    ctx: &mut Ctx,
    order_id: Uuid,
    wanted: &[(Uuid, Uuid, i64)],
    at_once: bool,
) -> Result<Option<Vec<Shortage>>> {
    execute!(ctx.tx, "SAVEPOINT reserving")?;
    match take(ctx, order_id, wanted, at_once).await {
        Ok(()) => {
            execute!(ctx.tx, "RELEASE SAVEPOINT reserving")?;
            Ok(None)
        }
        Err(Error::InsufficientStock { lines }) => {
            execute!(ctx.tx, "ROLLBACK TO SAVEPOINT reserving")?;
            execute!(ctx.tx, "RELEASE SAVEPOINT reserving")?;
            Ok(Some(lines))
        }
        Err(error) => Err(error),
    }
}

#[allow(clippy::too_many_arguments)]
async fn insert_order(
    ctx: &mut Ctx,
    input: &PlaceOrder,
    draft: &Draft,
    priced: &Priced,
    number: &str,
    standing: &Standing,
    audited: bool,
    holds: i64,
    pickup_code: Option<String>,
) -> Result<()> {
    let shop = ctx.shop()?;
    let quote = &priced.quote;
    let first_title = input.lines.first().and_then(|line| priced.skus.get(&line.sku_id)).map(|sku| sku.title.as_str());
    let units: i64 = input.lines.iter().map(|line| line.qty.0).sum();
    let paid = draft.captured >= quote.total;
    let gone = standing.stage == Stage::Delivered || standing.stage == Stage::Completed;
    let at = draft.placed_at.0;
    let inserted = execute!(
        ctx.tx,
        "INSERT INTO orders (id, number, channel, external_id, stage, archived, payment_status, fulfilment_status,
                             after_sale_status, holds, delivery, pickup_code, customer_id, buyer_name, buyer_phone,
                             ship_to, currency, goods, discount, freight, tax, total, captured, refunded, granted,
                             tax_inclusive, tax_per_order, pay_later, audited, units, line_count, first_title, flag,
                             assignee, buyer_note, seller_note, moves_stock, placed_at, day, paid_at, paid_day,
                             shipped_at, delivered_at, closed_at, created_by, placed_by, version)
         VALUES ($1,$2,$3,$4,$5,FALSE,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,0,0,$23,$24,$25,
                 $26,$27,$28,$29,$30,$31,$32,$33,TRUE,$34,$35,$36,$37,$38,$39,$40,$41,$42,1)",
        draft.id,
        number,
        draft.channel.as_str(),
        draft.external_id.as_deref(),
        standing.stage.as_str(),
        standing.payment.as_str(),
        standing.fulfilment.as_str(),
        AfterSaleStatus::None.as_str(),
        holds,
        input.delivery.as_str(),
        pickup_code,
        draft.customer_id,
        draft.buyer_name.as_str(),
        draft.buyer_phone.as_str(),
        draft.ship_to.as_str(),
        shop.currency.as_str(),
        quote.goods,
        quote.discount,
        quote.freight,
        quote.tax,
        quote.total,
        draft.captured,
        priced.tax_inclusive,
        priced.tax_per_order,
        input.pay_later,
        audited,
        units,
        i64::try_from(input.lines.len()).unwrap_or(i64::MAX),
        first_title.unwrap_or_default(),
        Flag::None.as_str(),
        draft.assignee.as_str(),
        draft.buyer_note.as_str(),
        draft.seller_note.as_str(),
        at,
        i64::from(draft.day),
        paid.then_some(at),
        paid.then_some(i64::from(draft.day)),
        gone.then_some(at),
        gone.then_some(at),
        standing.stage.is_final().then_some(at),
        ctx.caller.actor_name.as_str(),
        Some(ctx.caller.actor).filter(|actor| !actor.is_nil())
    );
    match inserted {
        Ok(_) => Ok(()),
        // The channel's order or the number was taken at the same moment: the next try sees it.
        Err(error) if is_unique_violation(&error) => Err(Error::Busy),
        Err(error) => Err(error.into()),
    }
}

async fn insert_lines(
    ctx: &mut Ctx,
    input: &PlaceOrder,
    draft: &Draft,
    priced: &Priced,
    counts: &[LineCounts],
) -> Result<()> {
    let mut values: Vec<Arg> = Vec::with_capacity(input.lines.len() * 21);
    for (at, line) in input.lines.iter().enumerate() {
        let Some(sku) = priced.skus.get(&line.sku_id) else { continue };
        let quoted = &priced.quote.lines[at];
        values.extend([
            Arg::Uuid(draft.line_ids[at]),
            Arg::Uuid(draft.id),
            Arg::I64(i64::try_from(at).unwrap_or(i64::MAX) + 1),
            Arg::Uuid(sku.id),
            Arg::from(sku.code.as_str()),
            Arg::from(sku.title.as_str()),
            Arg::from(sku.options.as_str()),
            Arg::from(line.note.trim()),
            Arg::I64(line.qty.0),
            Arg::I64(priced.unit_prices[at]),
            Arg::I64(quoted.gross),
            Arg::I64(quoted.discount),
            Arg::I64(quoted.net),
            Arg::I64(priced.rates[at]),
            Arg::I64(quoted.tax),
            Arg::I64(counts[at].allocated),
            Arg::I64(counts[at].shipped),
            Arg::I64(counts[at].delivered),
            Arg::I64(0),
            Arg::I64(0),
            Arg::I64(draft.placed_at.0),
        ]);
    }
    ctx.tx
        .insert_many(
            "INSERT INTO order_line (id, order_id, line_no, sku_id, sku_code, title, options, note, qty, unit_price,
                                     gross, discount, net, tax_ppm, tax, allocated, shipped, delivered, cancelled,
                                     returned, placed_at)",
            21,
            &values,
            "",
        )
        .await?;
    Ok(())
}

async fn insert_events(
    ctx: &mut Ctx,
    draft: &Draft,
    standing: &Standing,
    total: i64,
    short: Option<&[Shortage]>,
) -> Result<()> {
    let mut events = vec![(
        "placed",
        OrderEventData { amount: Some(Minor(total)), text: Some(draft.channel.clone()), ..Default::default() },
    )];
    for entry in &draft.payments {
        events.push(("paid", payments::money_event(entry.booking.amount, entry.method, "")));
    }
    if let Some(short) = short {
        events.push((
            "hold",
            OrderEventData { hold: Some(HoldKind::Stock), text: Some(short_text(short)), ..Default::default() },
        ));
    }
    if standing.stage != Stage::Placed {
        events.push((
            "stage",
            OrderEventData { from: Some(Stage::Placed), to: Some(standing.stage), ..Default::default() },
        ));
    }
    facts::write_events(ctx, draft.id, draft.placed_at, &events).await
}

async fn insert_stock_hold(ctx: &mut Ctx, order_id: Uuid, short: &[Shortage]) -> Result<()> {
    let id = ctx.new_id();
    execute!(
        ctx.tx,
        "INSERT INTO order_hold (id, order_id, kind, reason, placed_at, placed_by) VALUES ($1,$2,'stock',$3,$4,$5)",
        id,
        order_id,
        short_text(short),
        ctx.now.0,
        ctx.caller.actor_name.as_str()
    )?;
    Ok(())
}

pub(super) fn short_text(short: &[Shortage]) -> String {
    short.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>().join(", ")
}

/// The sums that other screens show, in the order that every command takes them.
async fn count(
    ctx: &mut Ctx,
    draft: &Draft,
    priced: &Priced,
    wanted: &[(Uuid, Uuid, i64)],
    standing: &Standing,
) -> Result<()> {
    let total = priced.quote.total;
    let new_customer = match draft.customer_id {
        Some(id) => customers::ordered(ctx, id, 1, total, draft.placed_at).await?,
        None => false,
    };
    let mut deltas = Deltas::default();
    deltas.add(standing, 1);
    counters::moved(ctx, &deltas).await?;
    let lines: Vec<SoldLine> =
        wanted.iter().zip(&priced.quote.lines).map(|((_, sku_id, qty), quoted)| (*sku_id, *qty, quoted.net)).collect();
    let units = wanted.iter().map(|(_, _, qty)| *qty).sum();
    let sale = Sale { day: draft.day, channel: &draft.channel, total, units, lines: &lines, new_customer };
    analytics::placed(ctx, &sale).await?;
    let paid_orders = i64::from(draft.captured >= total);
    if draft.captured > 0 || paid_orders > 0 {
        analytics::paid(ctx, draft.day, &draft.channel, draft.captured, 0, paid_orders).await?;
    }
    Ok(())
}
