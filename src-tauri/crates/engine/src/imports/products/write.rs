//! Comparing products of a file with the shop's, and writing what differs.

use std::collections::{BTreeSet, HashMap};

use domain::catalog::{MAX_SKUS, OptionAxis, sku_code};
use uuid::Uuid;

use super::{
    Draft, DraftSku,
    store::{self, NewProduct, NewSku},
};
use crate::{
    catalog,
    ctx::Ctx,
    db::{Arg, placeholders},
    error::Result,
    execute, fetch_all, fetch_dyn,
    imports::{report::Report, run::Plan},
};

pub struct Writer {
    /// Categories by parent and name.
    categories: HashMap<(Option<Uuid>, String), (Uuid, String)>,
    /// Codes given in this run, where a file has none.
    given: BTreeSet<String>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Head {
    id: Uuid,
    source: String,
    external_id: Option<String>,
    title: String,
    description: String,
    category_id: Option<Uuid>,
    brand: String,
    options: String,
    media: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Sku {
    id: Uuid,
    product_id: Uuid,
    code: String,
    barcode: Option<String>,
    option_values: String,
    price: i64,
    list_price: Option<i64>,
    cost: Option<i64>,
    weight_g: Option<i64>,
    retired: bool,
}

/// What a batch is compared with.
#[derive(Default)]
struct Shop {
    products: HashMap<Uuid, Head>,
    skus: HashMap<Uuid, Vec<Sku>>,
    by_external: HashMap<(String, String), Uuid>,
    by_code: HashMap<String, (Uuid, Uuid)>,
    tags: HashMap<Uuid, BTreeSet<String>>,
}

impl Writer {
    pub async fn load(_plan: &Plan, ctx: &mut Ctx) -> Result<Self> {
        type Row = (Uuid, Option<Uuid>, String, String);
        let rows: Vec<Row> = fetch_all!(ctx.tx, Row, "SELECT id, parent_id, name, path FROM category")?;
        let categories = rows.into_iter().map(|(id, parent, name, path)| ((parent, name), (id, path))).collect();
        Ok(Self { categories, given: BTreeSet::new() })
    }

    pub async fn write(&mut self, ctx: &mut Ctx, plan: &Plan, drafts: Vec<Draft>) -> Result<Report> {
        let mut report = Report::default();
        let mut shop = read_shop(ctx, &drafts).await?;
        let mut new: Vec<NewProduct> = Vec::new();
        let mut touched: Vec<Uuid> = Vec::new();
        let mut more: Vec<(Uuid, NewSku)> = Vec::new();
        for mut draft in drafts {
            let known = shop.find(&draft);
            // A code that another product has would break it: that row is refused, the others stay.
            let product = known.map(|head| head.id);
            draft.skus.retain(|sku| {
                let other = shop.by_code.get(&sku.code).is_some_and(|(owner, _)| Some(*owner) != product);
                if other && !sku.code.is_empty() {
                    report.refuse(sku.row, "other_product", "sku", vec![sku.code.clone()]);
                    draft.rows.retain(|row| *row != sku.row);
                }
                !other || sku.code.is_empty()
            });
            let rows = draft.rows.len() as i64;
            if draft.skus.is_empty() && known.is_none() {
                // Rows with nothing but texts and pictures go the way of their product.
                for row in &draft.rows {
                    report.refuse(*row, "no_variant", "", vec![draft.title.clone()]);
                }
                continue;
            }
            let category = self.category(ctx, plan, &draft.category, &mut report).await?;
            match known.cloned() {
                None => {
                    let product = self.new_product(ctx, &draft, category).await?;
                    report.created += rows;
                    report.made("products", 1);
                    report.made("skus", product.skus.len() as i64);
                    shop.remember(&product);
                    new.push(product);
                }
                Some(head) => {
                    let changed = if new.iter().any(|product| product.id == head.id) {
                        // More SKUs of a product made in this very batch.
                        self.join(ctx, &mut new, head.id, &draft).await?
                    } else {
                        self.update(ctx, plan, &mut shop, &head, &draft, category, &mut more).await?
                    };
                    if changed {
                        report.updated += rows;
                        report.made("products_changed", 1);
                        touched.push(head.id);
                    } else {
                        report.unchanged += rows;
                    }
                }
            }
        }
        if !plan.dry_run {
            store::insert(ctx, &new).await?;
            store::insert_skus(ctx, &more).await?;
            touched.sort_unstable();
            touched.dedup();
            store::touched(ctx, &touched).await?;
        }
        Ok(report)
    }

    async fn new_product(&mut self, ctx: &mut Ctx, draft: &Draft, category_id: Option<Uuid>) -> Result<NewProduct> {
        let mut skus = Vec::with_capacity(draft.skus.len());
        for (position, sku) in (0_i64..).zip(&draft.skus) {
            skus.push(self.new_sku(ctx, draft, sku, position).await?);
        }
        let priced = draft.skus.iter().any(|sku| sku.price.is_some());
        let specs: Vec<serde_json::Value> =
            draft.specs.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect();
        Ok(NewProduct {
            id: ctx.new_id(),
            source: draft.source.to_owned(),
            external_id: draft.external_id.clone(),
            title: draft.title.clone(),
            description: draft.description.clone(),
            category_id,
            brand: draft.brand.clone(),
            listed: draft.listed.unwrap_or(true),
            draft: !priced,
            options: axes(&draft.option_names, skus.iter().map(|sku| &sku.option_values)),
            specs: serde_json::to_string(&specs)?,
            media: draft.media.clone(),
            tags: draft.tags.clone(),
            skus,
        })
    }

    async fn new_sku(&mut self, ctx: &mut Ctx, draft: &Draft, sku: &DraftSku, position: i64) -> Result<NewSku> {
        let code = if sku.code.is_empty() { self.free_code(ctx, draft, sku).await? } else { sku.code.clone() };
        Ok(NewSku {
            id: ctx.new_id(),
            code,
            barcode: sku.barcode.clone(),
            option_values: sku.option_values.clone(),
            price: sku.price.unwrap_or(0),
            list_price: sku.list_price,
            cost: sku.cost,
            weight_g: sku.weight_g,
            backorder: sku.backorder,
            low_stock: sku.low_stock,
            position,
            stock: sku.stock.unwrap_or(0).max(0),
        })
    }

    /// A code for a SKU that has none: made of its handle or title and its options.
    async fn free_code(&mut self, ctx: &mut Ctx, draft: &Draft, sku: &DraftSku) -> Result<String> {
        let base = match draft.external_id.as_deref() {
            Some(id) if !id.starts_with("title:") => id.trim_start_matches("barcode:"),
            _ => draft.title.as_str(),
        };
        let plain: String = sku_code(base, &sku.option_values).chars().take(56).collect();
        let mut number = 1_u32;
        loop {
            let code = if number == 1 { plain.clone() } else { format!("{plain}-{number}") };
            if !self.given.contains(&code) {
                let taken: Vec<(Uuid,)> =
                    fetch_all!(ctx.tx, (Uuid,), "SELECT id FROM sku WHERE code = $1", code.as_str())?;
                if taken.is_empty() {
                    self.given.insert(code.clone());
                    return Ok(code);
                }
            }
            number += 1;
        }
    }

    /// Adds the SKUs of a later part of a product to what is about to be inserted.
    async fn join(&mut self, ctx: &mut Ctx, new: &mut [NewProduct], id: Uuid, draft: &Draft) -> Result<bool> {
        let mut skus = Vec::new();
        for sku in &draft.skus {
            skus.push(self.new_sku(ctx, draft, sku, 0).await?);
        }
        let Some(product) = new.iter_mut().find(|product| product.id == id) else { return Ok(false) };
        for mut sku in skus {
            sku.position = product.skus.len() as i64;
            product.skus.push(sku);
        }
        product.options = axes(&draft.option_names, product.skus.iter().map(|sku| &sku.option_values));
        Ok(true)
    }

    #[allow(clippy::too_many_arguments)]
    async fn update(
        &mut self,
        ctx: &mut Ctx,
        plan: &Plan,
        shop: &mut Shop,
        head: &Head,
        draft: &Draft,
        category: Option<Uuid>,
        more: &mut Vec<(Uuid, NewSku)>,
    ) -> Result<bool> {
        let own = shop.skus.get(&head.id).cloned().unwrap_or_default();
        let mut changed = false;
        let mut values: Vec<Vec<String>> =
            own.iter().filter_map(|sku| serde_json::from_str(&sku.option_values).ok()).collect();
        for sku in &draft.skus {
            let options = serde_json::to_string(&sku.option_values)?;
            let same = own.iter().find(|have| !sku.code.is_empty() && have.code == sku.code).or_else(|| {
                own.iter().find(|have| sku.code.is_empty() && !have.retired && have.option_values == options)
            });
            let Some(have) = same else {
                if own.len() + more.len() >= MAX_SKUS {
                    continue;
                }
                let position = own.len() as i64 + more.iter().filter(|(id, _)| *id == head.id).count() as i64;
                values.push(sku.option_values.clone());
                more.push((head.id, self.new_sku(ctx, draft, sku, position).await?));
                changed = true;
                continue;
            };
            let barcode = sku.barcode.clone().or_else(|| have.barcode.clone());
            let next = (
                sku.price.unwrap_or(have.price),
                sku.list_price.or(have.list_price),
                sku.cost.or(have.cost),
                sku.weight_g.or(have.weight_g),
            );
            if (next.0, next.1, next.2, next.3, &barcode)
                == (have.price, have.list_price, have.cost, have.weight_g, &have.barcode)
            {
                continue;
            }
            changed = true;
            if !plan.dry_run {
                execute!(
                    ctx.tx,
                    "UPDATE sku SET price = $2, list_price = $3, cost = $4, weight_g = $5, barcode = $6,
                            barcode_key = $7, version = version + 1 WHERE id = $1",
                    have.id,
                    next.0,
                    next.1,
                    next.2,
                    next.3,
                    barcode.as_deref(),
                    barcode.as_deref().map(catalog::barcode_key)
                )?;
            }
        }
        let or = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
        let mut media: Vec<String> = serde_json::from_str(&head.media).unwrap_or_default();
        for address in &draft.media {
            if !media.contains(address) {
                media.push(address.clone());
            }
        }
        let options = if values.len() > own.len() {
            let names = if draft.option_names.is_empty() {
                let axes: Vec<OptionAxis> = serde_json::from_str(&head.options).unwrap_or_default();
                axes.into_iter().map(|axis| axis.name).collect()
            } else {
                draft.option_names.clone()
            };
            serde_json::to_string(&axes(&names, values.iter()))?
        } else {
            head.options.clone()
        };
        let next = Head {
            title: or(&draft.title, &head.title),
            description: or(&draft.description, &head.description),
            brand: or(&draft.brand, &head.brand),
            category_id: category.or(head.category_id),
            media: serde_json::to_string(&media)?,
            options,
            ..head.clone()
        };
        let have = shop.tags.get(&head.id);
        let new_tags: Vec<&String> =
            draft.tags.iter().filter(|tag| !have.is_some_and(|have| have.contains(*tag))).collect();
        let same = (&next.title, &next.description, &next.brand, next.category_id)
            == (&head.title, &head.description, &head.brand, head.category_id)
            && (media_of(&next.media), &next.options) == (media_of(&head.media), &head.options);
        if same && new_tags.is_empty() {
            if changed && !plan.dry_run {
                execute!(
                    ctx.tx,
                    "UPDATE product SET updated_at = $2, version = version + 1 WHERE id = $1",
                    head.id,
                    ctx.now.0
                )?;
            }
            return Ok(changed);
        }
        if !plan.dry_run {
            execute!(
                ctx.tx,
                "UPDATE product SET title = $2, description = $3, brand = $4, category_id = $5, media = $6, options = $7,
                        updated_at = $8, version = version + 1 WHERE id = $1",
                head.id,
                next.title.as_str(),
                next.description.as_str(),
                next.brand.as_str(),
                next.category_id,
                next.media.as_str(),
                next.options.as_str(),
                ctx.now.0
            )?;
            for tag in new_tags {
                execute!(
                    ctx.tx,
                    "INSERT INTO product_tag (product_id, tag) VALUES ($1, $2)
                     ON CONFLICT (product_id, tag) DO NOTHING",
                    head.id,
                    tag.as_str()
                )?;
            }
        }
        Ok(true)
    }

    /// The category at this path, made where it is missing.
    async fn category(
        &mut self,
        ctx: &mut Ctx,
        plan: &Plan,
        path: &[String],
        report: &mut Report,
    ) -> Result<Option<Uuid>> {
        let mut parent: Option<(Uuid, String)> = None;
        for name in path {
            let key = (parent.as_ref().map(|(id, _)| *id), name.clone());
            if let Some(found) = self.categories.get(&key) {
                parent = Some(found.clone());
                continue;
            }
            let id = ctx.new_id();
            let above = parent.as_ref().map_or("", |(_, path)| path.as_str());
            let path = format!("{above}{}/", id.simple());
            if !plan.dry_run {
                let position = self.categories.keys().filter(|(parent, _)| *parent == key.0).count() as i64;
                execute!(
                    ctx.tx,
                    "INSERT INTO category (id, parent_id, name, path, position, version) VALUES ($1,$2,$3,$4,$5,1)",
                    id,
                    key.0,
                    name.as_str(),
                    path.as_str(),
                    position
                )?;
            }
            report.made("categories", 1);
            self.categories.insert(key, (id, path.clone()));
            parent = Some((id, path));
        }
        Ok(parent.map(|(id, _)| id))
    }
}

impl Shop {
    fn find(&self, draft: &Draft) -> Option<&Head> {
        let by_id =
            draft.external_id.as_ref().and_then(|id| self.by_external.get(&(draft.source.to_owned(), id.clone())));
        let id = by_id
            .or_else(|| draft.skus.iter().find_map(|sku| self.by_code.get(&sku.code).map(|(product, _)| product)))?;
        self.products.get(id)
    }

    /// A product that is about to be inserted, for later parts of it.
    fn remember(&mut self, product: &NewProduct) {
        if let Some(id) = &product.external_id {
            self.by_external.insert((product.source.clone(), id.clone()), product.id);
        }
        for sku in &product.skus {
            self.by_code.insert(sku.code.clone(), (product.id, sku.id));
        }
        let head = Head {
            id: product.id,
            source: product.source.clone(),
            external_id: product.external_id.clone(),
            title: product.title.clone(),
            description: String::new(),
            category_id: None,
            brand: String::new(),
            options: String::new(),
            media: String::new(),
        };
        self.products.insert(product.id, head);
    }
}

async fn read_shop(ctx: &mut Ctx, drafts: &[Draft]) -> Result<Shop> {
    let mut shop = Shop::default();
    let codes: Vec<&str> = drafts
        .iter()
        .flat_map(|draft| &draft.skus)
        .map(|sku| sku.code.as_str())
        .filter(|code| !code.is_empty())
        .collect();
    let mut ids: BTreeSet<Uuid> = BTreeSet::new();
    for chunk in codes.chunks(500) {
        let sql = format!("SELECT code, product_id, id FROM sku WHERE code IN ({})", placeholders(0, chunk.len()));
        let args: Vec<Arg> = chunk.iter().map(|code| Arg::from(*code)).collect();
        let rows: Vec<(String, Uuid, Uuid)> = fetch_dyn!(ctx.tx, (String, Uuid, Uuid), sql, &args)?;
        for (code, product, sku) in rows {
            ids.insert(product);
            shop.by_code.insert(code, (product, sku));
        }
    }
    let external: Vec<&str> = drafts.iter().filter_map(|draft| draft.external_id.as_deref()).collect();
    let source = drafts.first().map_or("", |draft| draft.source);
    for chunk in external.chunks(500) {
        let sql =
            format!("SELECT id FROM product WHERE source = $1 AND external_id IN ({})", placeholders(1, chunk.len()));
        let args: Vec<Arg> = [source].iter().chain(chunk).map(|text| Arg::from(*text)).collect();
        let rows: Vec<(Uuid,)> = fetch_dyn!(ctx.tx, (Uuid,), sql, &args)?;
        ids.extend(rows.into_iter().map(|(id,)| id));
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    for chunk in ids.chunks(500) {
        let which = placeholders(0, chunk.len());
        let args: Vec<Arg> = chunk.iter().copied().map(Arg::Uuid).collect();
        let sql = format!(
            "SELECT id, source, external_id, title, description, category_id, brand, options, media
             FROM product WHERE id IN ({which})"
        );
        let heads: Vec<Head> = fetch_dyn!(ctx.tx, Head, sql, &args)?;
        for head in heads {
            if let Some(external_id) = &head.external_id {
                shop.by_external.insert((head.source.clone(), external_id.clone()), head.id);
            }
            shop.products.insert(head.id, head);
        }
        let sql = format!(
            "SELECT id, product_id, code, barcode, option_values, price, list_price, cost, weight_g, retired
             FROM sku WHERE product_id IN ({which}) ORDER BY position"
        );
        let skus: Vec<Sku> = fetch_dyn!(ctx.tx, Sku, sql, &args)?;
        for sku in skus {
            shop.skus.entry(sku.product_id).or_default().push(sku);
        }
        let sql = format!("SELECT product_id, tag FROM product_tag WHERE product_id IN ({which})");
        let tags: Vec<(Uuid, String)> = fetch_dyn!(ctx.tx, (Uuid, String), sql, &args)?;
        for (product, tag) in tags {
            shop.tags.entry(product).or_default().insert(tag);
        }
    }
    Ok(shop)
}

/// The options of a product, with the values its SKUs have, in their order.
fn axes<'a>(names: &[String], values: impl Iterator<Item = &'a Vec<String>>) -> Vec<OptionAxis> {
    let mut axes: Vec<OptionAxis> =
        names.iter().map(|name| OptionAxis { name: name.clone(), values: Vec::new() }).collect();
    for values in values {
        for (axis, value) in axes.iter_mut().zip(values) {
            if !axis.values.contains(value) {
                axis.values.push(value.clone());
            }
        }
    }
    axes
}

fn media_of(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}
