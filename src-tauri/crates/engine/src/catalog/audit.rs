//! Who changed a product, when, and what from and to.

use std::collections::BTreeMap;

use domain::units::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specta::Type;
use uuid::Uuid;

use super::{
    product::{Product, ProductById, Sku},
    save::{SaveProduct, SaveSku},
};
use crate::{access::veil_json, ctx::Ctx, db::Arg, error::Result, fetch_all};

/// One field that a command changed; values as text, `None` where there was or is nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductFieldChange {
    /// product | sku
    pub kind: String,
    pub id: String,
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductChange {
    pub command_id: Uuid,
    pub command: String,
    pub at: Millis,
    pub actor_name: String,
    /// Taken back since.
    pub undone: bool,
    pub fields: Vec<ProductFieldChange>,
}

/// Newest first, at most 200.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProductHistory {
    pub items: Vec<ProductChange>,
}

pub async fn history(ctx: &mut Ctx, input: ProductById) -> Result<ProductHistory> {
    let rows: Vec<Row> = fetch_all!(
        ctx.tx,
        Row,
        "SELECT a.command_id, a.command, a.at, a.actor_name, a.changes, a.undone_by
         FROM product_history h JOIN audit a ON a.command_id = h.command_id
         WHERE h.product_id = $1 ORDER BY h.at DESC, h.command_id DESC LIMIT 200",
        input.id
    )?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let changes: Vec<Change> = serde_json::from_str(&veil_json(&row.changes, &ctx.rights))?;
        items.push(ProductChange {
            command_id: row.command_id,
            command: row.command,
            at: Millis(row.at),
            actor_name: row.actor_name,
            undone: row.undone_by.is_some(),
            fields: changes
                .into_iter()
                // A command on many products tells each its own part.
                .filter(|change| change.kind != "product" || change.id == input.id.to_string())
                .flat_map(Change::fields)
                .collect(),
        });
    }
    Ok(ProductHistory { items })
}

/// Remembers that this command touched these products.
pub(super) async fn note(ctx: &mut Ctx, products: &[Uuid]) -> Result<()> {
    let rows: Vec<Arg> =
        products.iter().flat_map(|id| [Arg::Uuid(*id), ctx.now.into(), Arg::Uuid(ctx.command_id)]).collect();
    for chunk in rows.chunks(1500) {
        ctx.tx
            .insert_many(
                "INSERT INTO product_history (product_id, at, command_id)",
                3,
                chunk,
                "ON CONFLICT (product_id, at, command_id) DO NOTHING",
            )
            .await?;
    }
    Ok(())
}

/// Writes to the audit row what differs, field by field.
pub(super) fn note_difference(ctx: &mut Ctx, before: Option<&Product>, after: Option<&Product>) -> Result<()> {
    let Some(id) = after.or(before).map(|product| product.id) else { return Ok(()) };
    let (old, new) = differing(before.map(product_fields).transpose()?, after.map(product_fields).transpose()?);
    if old != new {
        ctx.changed("product", id, old, new);
    }
    let mut skus: BTreeMap<Uuid, (Option<&Sku>, Option<&Sku>)> = BTreeMap::new();
    for sku in before.iter().flat_map(|product| &product.skus) {
        skus.entry(sku.id).or_default().0 = Some(sku);
    }
    for sku in after.iter().flat_map(|product| &product.skus) {
        skus.entry(sku.id).or_default().1 = Some(sku);
    }
    for (old, new) in skus.into_values() {
        let Some(code) = old.or(new).map(|sku| sku.code.clone()) else { continue };
        let (old, new) = differing(old.map(sku_fields).transpose()?, new.map(sku_fields).transpose()?);
        if old != new {
            ctx.changed("sku", code, old, new);
        }
    }
    Ok(())
}

fn product_fields(product: &Product) -> Result<Value> {
    let mut fields = serde_json::to_value(SaveProduct::same_as(product, None))?;
    if let Value::Object(map) = &mut fields {
        for name in ["id", "version", "skus", "accept_odd_barcode"] {
            map.remove(name);
        }
    }
    Ok(fields)
}

fn sku_fields(sku: &Sku) -> Result<Value> {
    let mut fields = serde_json::to_value(SaveSku::same_as(sku))?;
    if let Value::Object(map) = &mut fields {
        map.remove("id");
        map.remove("opening_stock");
    }
    Ok(fields)
}

/// Leaves out what is equal, and what was empty when the whole is new.
fn differing(old: Option<Value>, new: Option<Value>) -> (Value, Value) {
    let (Value::Object(mut old), Value::Object(mut new)) =
        (old.unwrap_or_else(|| json!({})), new.unwrap_or_else(|| json!({})))
    else {
        return (Value::Null, Value::Null);
    };
    let empty = |value: &Value| *value == Value::Null || *value == json!("") || *value == json!([]);
    old.retain(|name, value| match new.get(name) {
        Some(same) if same == value => {
            new.remove(name);
            false
        }
        Some(_) => true,
        None => !empty(value),
    });
    new.retain(|name, value| old.contains_key(name) || !empty(value));
    let whole = |map: serde_json::Map<String, Value>| if map.is_empty() { Value::Null } else { Value::Object(map) };
    (whole(old), whole(new))
}

#[derive(sqlx::FromRow)]
struct Row {
    command_id: Uuid,
    command: String,
    at: i64,
    actor_name: String,
    changes: String,
    undone_by: Option<Uuid>,
}

/// As [`crate::ctx::Change`] is stored.
#[derive(Deserialize)]
struct Change {
    kind: String,
    id: String,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
}

impl Change {
    fn fields(self) -> Vec<ProductFieldChange> {
        let mut names: Vec<&String> =
            self.before.as_object().into_iter().chain(self.after.as_object()).flat_map(|map| map.keys()).collect();
        names.sort();
        names.dedup();
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        names
            .into_iter()
            .map(|name| ProductFieldChange {
                kind: self.kind.clone(),
                id: self.id.clone(),
                field: name.clone(),
                before: text(self.before.get(name)),
                after: text(self.after.get(name)),
            })
            .collect()
    }
}
