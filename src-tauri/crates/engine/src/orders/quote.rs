//! What an order would come to, while it is being typed: problems are told, not refused.

use std::collections::{BTreeMap, HashMap};

use domain::units::{Minor, Qty};
use uuid::Uuid;

use super::{
    OrderProblem, OrderQuote, OrderQuoteLine, PlaceOrder,
    place::{check, for_sale},
    price::price,
};
use crate::{
    ctx::Ctx,
    db::{Arg, placeholders},
    error::{Error, Result, Shortage},
    fetch_dyn, payments,
};

pub async fn quote(ctx: &mut Ctx, input: PlaceOrder) -> Result<OrderQuote> {
    let mut problems = Vec::new();
    let mut note = |outcome: Result<()>| match outcome {
        Err(Error::Invalid { field, rule, detail }) => {
            problems.push(OrderProblem { field, rule, detail });
            Ok(())
        }
        Err(Error::NotForSale { skus }) => {
            let rule = "not_for_sale".to_owned();
            problems.push(OrderProblem { field: "lines".into(), rule, detail: skus.join(", ") });
            Ok(())
        }
        other => other,
    };
    note(check(ctx, &input))?;
    let priced = match price(ctx, &input, None).await {
        Ok(priced) => priced,
        Err(error) => {
            if !input.lines.is_empty() {
                note(Err(error))?;
            }
            return Ok(OrderQuote { problems, ..nothing(&input) });
        }
    };
    note(for_sale(&priced))?;
    let (mut captured, mut change) = (0_i64, 0_i64);
    for (at, payment) in input.payments.iter().enumerate() {
        let due = (priced.quote.total - captured).max(0);
        let field = format!("payments.{at}.");
        match payments::book(&field, payment.method, payment.amount, payment.tendered, due, false) {
            Ok(booking) => {
                captured = captured.saturating_add(booking.amount);
                change += booking.change;
            }
            Err(error) => note(Err(error))?,
        }
    }
    let available = available(ctx, priced.skus.keys().copied()).await?;
    let mut wanted: BTreeMap<Uuid, i64> = BTreeMap::new();
    for line in &input.lines {
        let sum = wanted.entry(line.sku_id).or_default();
        *sum = sum.saturating_add(line.qty.0);
    }
    let mut shortages = Vec::new();
    let mut lines = Vec::with_capacity(input.lines.len());
    for (at, line) in input.lines.iter().enumerate() {
        let Some(sku) = priced.skus.get(&line.sku_id) else { continue };
        let left = Qty(available.get(&sku.id).copied().unwrap_or(0));
        // The same SKU on two lines is one demand, and one shortage.
        if let Some(sum) = wanted.remove(&sku.id).filter(|sum| !sku.backorder && *sum > left.0) {
            let (sku, title) = (sku.code.clone(), sku.title.clone());
            shortages.push(Shortage { sku, title, wanted: Qty(sum), available: left });
        }
        let quoted = &priced.quote.lines[at];
        lines.push(OrderQuoteLine {
            sku_id: sku.id,
            sku_code: sku.code.clone(),
            title: sku.title.clone(),
            options: sku.options.clone(),
            qty: line.qty,
            list_price: Minor(sku.price),
            unit_price: Minor(priced.unit_prices[at]),
            gross: Minor(quoted.gross),
            discount: Minor(quoted.discount),
            net: Minor(quoted.net),
            tax: Minor(quoted.tax),
            available: left,
        });
    }
    Ok(OrderQuote {
        goods: Minor(priced.quote.goods),
        discount: Minor(priced.quote.discount),
        freight: Minor(priced.quote.freight),
        tax: Minor(priced.quote.tax),
        total: Minor(priced.quote.total),
        due: Minor((priced.quote.total - captured).max(0)),
        change: Minor(change),
        units: Qty(input.lines.iter().map(|line| line.qty.0).sum()),
        weight_g: Qty(priced.quote.weight),
        lines,
        shortages,
        problems,
    })
}

/// An order that cannot be priced (yet).
fn nothing(input: &PlaceOrder) -> OrderQuote {
    OrderQuote {
        goods: Minor::ZERO,
        discount: input.discount,
        freight: input.freight,
        tax: Minor::ZERO,
        total: Minor::ZERO,
        due: Minor::ZERO,
        change: Minor::ZERO,
        units: Qty::ZERO,
        weight_g: Qty::ZERO,
        lines: Vec::new(),
        shortages: Vec::new(),
        problems: Vec::new(),
    }
}

/// What can still be promised of each SKU.
async fn available(ctx: &mut Ctx, skus: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, i64>> {
    let args: Vec<Arg> = skus.map(Arg::Uuid).collect();
    if args.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT b.sku_id, b.on_hand - b.reserved FROM stock_balance b JOIN location l ON l.id = b.location_id
         WHERE l.main AND b.sku_id IN ({})",
        placeholders(0, args.len())
    );
    Ok(fetch_dyn!(ctx.tx, (Uuid, i64), sql, &args)?.into_iter().collect())
}
