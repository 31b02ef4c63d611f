//! What a desk keeps a copy of, in families: rows that belong together and are copied together.
//!
//! Postgres notes the changed families in `feed` (migration `offline_feed`), the copy those that were changed
//! on it without the server in `desk_touched`. The story `offline::every_table_of_a_copy_is_watched` holds
//! the two together.

/// Rows of one root: an order with its lines, a product with its SKUs.
pub(super) struct Family {
    pub name: &'static str,
    /// Each with what its rows know their root by.
    pub tables: &'static [(&'static str, Root)],
}

#[derive(Clone, Copy)]
pub(super) enum Root {
    /// A column of the table.
    Column(&'static str),
    /// By way of the order that another table knows: (column, that table).
    Through(&'static str, &'static str),
}

use Root::{Column, Through};

pub(super) const ORDERS: &str = "orders";
pub(super) const CUSTOMER: &str = "customer";
/// Search documents are not copied as rows: their pieces are kept differently on the two databases.
pub(super) const SEARCH: &str = "search";
pub(super) const SEARCH_TABLE: &str = "search_doc";

/// Small tables, copied whole when anything in them changed; their root is the nil UUID.
pub(super) const WHOLE: &[&str] = &[
    "shop",
    "shop_picture",
    "device",
    "location",
    "category",
    "staff",
    "staff_role",
    "saved_view",
    "draft",
    "order_counter",
];

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "product",
        tables: &[("product", Column("id")), ("product_tag", Column("product_id")), ("sku", Column("product_id"))],
    },
    Family { name: "balance", tables: &[("stock_balance", Column("sku_id"))] },
    Family { name: CUSTOMER, tables: &[("customer", Column("id")), ("customer_address", Column("customer_id"))] },
    Family {
        name: ORDERS,
        tables: &[
            ("orders", Column("id")),
            ("order_line", Column("order_id")),
            ("order_event", Column("order_id")),
            ("order_hold", Column("order_id")),
            ("order_tag", Column("order_id")),
            ("reservation", Column("order_id")),
            ("order_return", Column("order_id")),
            ("order_return_line", Through("return_id", "order_return")),
            ("payment", Column("order_id")),
            ("parcel", Column("order_id")),
            ("parcel_line", Through("parcel_id", "parcel")),
        ],
    },
];

/// The family a table belongs to, and how its rows know their root.
pub(super) fn family_of(table: &str) -> Option<(&'static Family, Root)> {
    FAMILIES
        .iter()
        .find_map(|family| family.tables.iter().find(|(name, _)| *name == table).map(|(_, root)| (family, *root)))
}

impl Root {
    /// The rows of these roots, as a condition; `roots` is a list of placeholders.
    pub(super) fn condition(self, roots: &str) -> String {
        match self {
            Column(column) => format!("{column} IN ({roots})"),
            Through(column, by) => format!("{column} IN (SELECT id FROM {by} WHERE order_id IN ({roots}))"),
        }
    }

    /// The root of the row called `row` in a trigger.
    pub(super) fn of(self, row: &str) -> String {
        match self {
            Column(column) => format!("{row}.{column}"),
            Through(column, by) => format!("(SELECT order_id FROM {by} WHERE id = {row}.{column})"),
        }
    }
}
