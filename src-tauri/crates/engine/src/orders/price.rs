//! What an order comes to: its SKUs as they are sold now, and the domain's quote over them.

use std::collections::HashMap;

use domain::{
    money::{Rate, TaxBasis, TaxMode},
    orders::{DeliveryMethod, Quote, QuoteError, QuoteLine},
};
use uuid::Uuid;

use super::PlaceOrder;
use crate::{
    catalog::{SaleSku, skus_for_order},
    ctx::Ctx,
    error::{Error, Result},
};

/// An order's lines, priced; `lines[i]` of the quote is `input.lines[i]`.
pub(crate) struct Priced {
    pub skus: HashMap<Uuid, SaleSku>,
    pub rates: Vec<i64>,
    pub unit_prices: Vec<i64>,
    pub quote: Quote,
}

impl SaleSku {
    pub(crate) fn is_for_sale(&self) -> bool {
        !self.retired && self.state == domain::catalog::ProductState::Listed
    }
}

pub(crate) async fn price(ctx: &mut Ctx, input: &PlaceOrder) -> Result<Priced> {
    let shop = ctx.shop()?;
    let preferences = &shop.preferences;
    if input.lines.len() > domain::orders::MAX_LINES {
        return Err(Error::invalid("lines", "too_many"));
    }
    let ids: Vec<Uuid> = input.lines.iter().map(|line| line.sku_id).collect();
    let skus = skus_for_order(ctx, &ids).await?;
    let mut lines = Vec::with_capacity(input.lines.len());
    for (at, line) in input.lines.iter().enumerate() {
        let sku = skus.get(&line.sku_id).ok_or_else(|| Error::invalid(format!("lines.{at}.sku_id"), "unknown"))?;
        let ppm = sku.tax_ppm.unwrap_or(i64::from(preferences.tax_ppm));
        lines.push(QuoteLine {
            qty: line.qty.0,
            unit_price_minor: line.unit_price.map_or(sku.price, |price| price.0),
            tax_rate: Rate::from_ppm(ppm).map_err(|_| Error::invalid("tax_ppm", "out_of_range"))?,
            weight: sku.weight_g.unwrap_or(0),
        });
    }
    let mode = if preferences.tax_inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
    let basis = if preferences.tax_per_order { TaxBasis::Order } else { TaxBasis::Line };
    let quote = domain::orders::quote(&lines, input.discount.0, input.freight.0, mode, basis).map_err(refusal)?;
    if input.freight.0 > 0 && input.delivery != DeliveryMethod::Ship {
        return Err(Error::invalid("freight", "not_shipped"));
    }
    Ok(Priced {
        skus,
        rates: lines.iter().map(|line| line.tax_rate.ppm()).collect(),
        unit_prices: lines.iter().map(|line| line.unit_price_minor).collect(),
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
