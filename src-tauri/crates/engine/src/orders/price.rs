//! What an order comes to: its SKUs as they are sold now, and the domain's quote over them.

use std::collections::HashMap;

use domain::{
    money::{Rate, TaxBasis, TaxMode},
    orders::{DeliveryMethod, Quote, QuoteError, QuoteLine},
    units::Minor,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PlaceOrder;
use crate::{
    catalog::{SaleSku, skus_for_order},
    ctx::Ctx,
    error::{Error, Result},
    offline::Trouble,
};

/// An order's lines, priced; `lines[i]` of the quote is `input.lines[i]`.
pub(crate) struct Priced {
    pub skus: HashMap<Uuid, SaleSku>,
    pub rates: Vec<i64>,
    pub unit_prices: Vec<i64>,
    pub tax_inclusive: bool,
    pub tax_per_order: bool,
    pub quote: Quote,
}

/// How an order was sold while the server was gone: so it stays, whatever changed meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sold {
    pub lines: Vec<SoldLine>,
    pub tax_inclusive: bool,
    pub tax_per_order: bool,
    pub buyer_name: String,
    pub buyer_phone: String,
    pub pickup_code: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SoldLine {
    pub code: String,
    pub title: String,
    pub qty: i64,
    pub unit_price: i64,
    pub tax_ppm: i64,
}

impl Sold {
    /// Of the order that this command placed offline, if it did.
    pub fn of(ctx: &Ctx) -> Result<Option<Self>> {
        match ctx.given() {
            Some(made) if !made.facts.is_null() => Ok(Some(serde_json::from_value(made.facts.clone())?)),
            _ => Ok(None),
        }
    }
}

impl SaleSku {
    pub(crate) fn is_for_sale(&self) -> bool {
        !self.retired && self.state == domain::catalog::ProductState::Listed
    }
}

/// `sold`: how it was sold already.
pub(crate) async fn price(ctx: &mut Ctx, input: &PlaceOrder, sold: Option<&Sold>) -> Result<Priced> {
    let shop = ctx.shop()?;
    let preferences = &shop.preferences;
    if input.lines.len() > domain::orders::MAX_LINES {
        return Err(Error::invalid("lines", "too_many"));
    }
    let ids: Vec<Uuid> = input.lines.iter().map(|line| line.sku_id).collect();
    let skus = skus_for_order(ctx, &ids).await?;
    let mut lines = Vec::with_capacity(input.lines.len());
    let mut troubles = Vec::new();
    for (at, line) in input.lines.iter().enumerate() {
        let sku = skus.get(&line.sku_id).ok_or_else(|| Error::invalid(format!("lines.{at}.sku_id"), "unknown"))?;
        let mut ppm = sku.tax_ppm.unwrap_or(i64::from(preferences.tax_ppm));
        let mut unit_price = line.unit_price.map_or(sku.price, |price| price.0);
        if let Some(then) = sold.and_then(|sold| sold.lines.get(at)) {
            if then.unit_price != unit_price {
                let (sold, now) = (Minor(then.unit_price), Minor(unit_price));
                troubles.push(Trouble::PriceChanged { sku: sku.code.clone(), sold, now });
            }
            (ppm, unit_price) = (then.tax_ppm, then.unit_price);
        }
        lines.push(QuoteLine {
            qty: line.qty.0,
            unit_price_minor: unit_price,
            tax_rate: Rate::from_ppm(ppm).map_err(|_| Error::invalid("tax_ppm", "out_of_range"))?,
            weight: sku.weight_g.unwrap_or(0),
        });
    }
    troubles.into_iter().for_each(|trouble| ctx.trouble(trouble));
    let (tax_inclusive, tax_per_order) = match sold {
        Some(sold) => (sold.tax_inclusive, sold.tax_per_order),
        None => (preferences.tax_inclusive, preferences.tax_per_order),
    };
    let mode = if tax_inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
    let basis = if tax_per_order { TaxBasis::Order } else { TaxBasis::Line };
    let quote = domain::orders::quote(&lines, input.discount.0, input.freight.0, mode, basis).map_err(refusal)?;
    if input.freight.0 > 0 && input.delivery != DeliveryMethod::Ship {
        return Err(Error::invalid("freight", "not_shipped"));
    }
    Ok(Priced {
        skus,
        rates: lines.iter().map(|line| line.tax_rate.ppm()).collect(),
        unit_prices: lines.iter().map(|line| line.unit_price_minor).collect(),
        tax_inclusive,
        tax_per_order,
        quote,
    })
}

/// The domain's refusal by the field that caused it.
fn refusal(error: QuoteError) -> Error {
    match error {
        QuoteError::NoLines => Error::invalid("lines", "required"),
        QuoteError::TooManyLines { .. } => Error::invalid("lines", "too_many"),
        QuoteError::BadQty { line } => Error::invalid(format!("lines.{line}.qty"), "not_positive"),
        QuoteError::NegativePrice { line } => Error::invalid(format!("lines.{line}.unit_price"), "negative"),
        QuoteError::NegativeWeight { line } => Error::invalid(format!("lines.{line}.sku_id"), "negative"),
        QuoteError::NegativeDiscount => Error::invalid("discount", "negative"),
        QuoteError::DiscountAboveGoods { goods } => Error::invalid_because("discount", "too_large", goods.to_string()),
        QuoteError::NegativeFreight => Error::invalid("freight", "negative"),
        QuoteError::TooLarge => Error::invalid("lines", "too_large"),
    }
}
