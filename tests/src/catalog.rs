//! Products for stories, in one line each.

use domain::{
    catalog::{OptionAxis, ProductState},
    units::{Minor, Qty},
};
use engine::catalog::{Product, SaveProduct, SaveSku};

use crate::{Shop, call};

/// A listed product without SKUs; add them with [`sku`].
pub fn product(title: &str) -> SaveProduct {
    SaveProduct {
        id: None,
        version: None,
        title: title.into(),
        title_en: String::new(),
        description: String::new(),
        category_id: None,
        brand: String::new(),
        tags: Vec::new(),
        options: Vec::new(),
        specs: Vec::new(),
        media: Vec::new(),
        skus: Vec::new(),
        state: ProductState::Listed,
        accept_odd_barcode: false,
    }
}

pub fn sku(code: &str, price: i64, stock: i64) -> SaveSku {
    SaveSku {
        id: None,
        code: code.into(),
        barcode: None,
        option_values: Vec::new(),
        price: Minor(price),
        list_price: None,
        cost: None,
        weight_g: None,
        volume_cm3: None,
        backorder: false,
        tax_ppm: None,
        low_stock: None,
        opening_stock: (stock > 0).then_some(Qty(stock)),
    }
}

pub fn axis(name: &str, values: &[&str]) -> OptionAxis {
    OptionAxis { name: name.into(), values: values.iter().map(|value| (*value).into()).collect() }
}

/// A listed product with one SKU and so much of it on the shelf.
pub async fn simple(shop: &Shop, code: &str, price: i64, stock: i64) -> engine::Result<Product> {
    let mut input = product(&format!("Product {code}"));
    input.skus.push(sku(code, price, stock));
    shop.call(call::catalog_save_product, input).await
}

/// What would save the product as it is now, to be changed and sent.
pub fn edit(product: &Product) -> SaveProduct {
    SaveProduct {
        id: Some(product.id),
        version: Some(product.version),
        title: product.title.clone(),
        title_en: product.title_en.clone(),
        description: product.description.clone(),
        category_id: product.category_id,
        brand: product.brand.clone(),
        tags: product.tags.clone(),
        options: product.options.clone(),
        specs: product.specs.clone(),
        media: product.media.clone(),
        skus: product
            .skus
            .iter()
            .map(|sku| SaveSku {
                id: Some(sku.id),
                code: sku.code.clone(),
                barcode: sku.barcode.clone(),
                option_values: sku.option_values.clone(),
                price: sku.price,
                list_price: sku.list_price,
                cost: sku.cost,
                weight_g: sku.weight_g,
                volume_cm3: sku.volume_cm3,
                backorder: sku.backorder,
                tax_ppm: sku.tax_ppm,
                low_stock: sku.low_stock,
                opening_stock: None,
            })
            .collect(),
        state: product.state,
        accept_odd_barcode: false,
    }
}
