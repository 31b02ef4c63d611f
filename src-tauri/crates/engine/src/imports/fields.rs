//! What columns can mean, and what they most likely do mean.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::wire::{FileFormat, ImportField, ImportKind, MappedColumn};

/// A field of a kind: its name, whether the kind is nothing without it, and the headings it goes by.
type Spec = (&'static str, bool, &'static [&'static str]);

const PRODUCTS: &[Spec] = &[
    (
        "title",
        true,
        &["title", "name", "product", "product name", "商品名称", "名称", "品名", "商品", "标题", "商品标题"],
    ),
    (
        "sku",
        false,
        &["sku", "sku code", "code", "item code", "stock code", "商品编码", "货号", "编码", "商家编码", "规格编码"],
    ),
    ("product_id", false, &["product id", "handle", "parent", "spu", "商品id", "款号", "商品编号"]),
    ("barcode", false, &["barcode", "ean", "upc", "gtin", "条码", "条形码", "商品条码"]),
    (
        "price",
        false,
        &["price", "sale price", "unit price", "retail price", "售价", "价格", "零售价", "销售价", "单价"],
    ),
    ("list_price", false, &["list price", "regular price", "compare at price", "rrp", "原价", "划线价", "市场价"]),
    ("cost", false, &["cost", "cost price", "cost per item", "purchase price", "成本", "成本价", "进价", "进货价"]),
    ("stock", false, &["stock", "qty", "quantity", "inventory", "on hand", "库存", "数量", "库存数量"]),
    ("category", false, &["category", "categories", "type", "product type", "分类", "类目", "商品分类", "类别"]),
    ("brand", false, &["brand", "vendor", "manufacturer", "品牌", "厂家"]),
    ("weight", false, &["weight", "weight g", "grams", "重量", "重量克", "净重"]),
    ("weight_kg", false, &["weight kg", "重量kg", "重量千克", "重量公斤"]),
    ("tags", false, &["tags", "tag", "labels", "标签"]),
    ("description", false, &["description", "details", "body", "商品描述", "描述", "详情", "简介"]),
    ("image", false, &["image", "image url", "image src", "images", "picture", "图片", "主图", "图片地址"]),
    ("option1", false, &["option1", "option1 value", "colour", "color", "颜色", "规格1", "规格值1", "规格"]),
    ("option2", false, &["option2", "option2 value", "size", "尺码", "规格2", "规格值2", "尺寸"]),
    ("option3", false, &["option3", "option3 value", "material", "规格3", "规格值3", "材质"]),
    ("state", false, &["state", "status", "published", "状态", "上架状态"]),
    ("low_stock", false, &["low stock", "low stock amount", "预警库存", "库存预警"]),
];

const ORDERS: &[Spec] = &[
    (
        "order",
        true,
        &["order", "order no", "order number", "order id", "invoice", "invoiceno", "订单号", "订单编号", "单号"],
    ),
    (
        "sku",
        true,
        &[
            "sku",
            "sku code",
            "code",
            "item code",
            "stockcode",
            "商品编码",
            "货号",
            "编码",
            "商家编码",
            "条码",
            "barcode",
        ],
    ),
    ("qty", true, &["qty", "quantity", "count", "数量", "件数"]),
    ("price", false, &["price", "unit price", "单价", "价格", "售价"]),
    (
        "date",
        false,
        &["date", "order date", "created at", "paid at", "invoicedate", "下单时间", "日期", "订单时间", "创建时间"],
    ),
    (
        "customer",
        false,
        &["customer", "customer name", "buyer", "name", "recipient", "客户", "姓名", "收货人", "买家", "收件人"],
    ),
    ("phone", false, &["phone", "mobile", "tel", "telephone", "电话", "手机", "手机号", "联系电话"]),
    ("address", false, &["address", "street", "shipping address", "地址", "收货地址", "详细地址"]),
    ("province", false, &["province", "state", "省", "省份"]),
    ("city", false, &["city", "town", "市", "城市"]),
    ("district", false, &["district", "county", "区", "区县", "县"]),
    ("postcode", false, &["postcode", "zip", "postal code", "邮编"]),
    ("paid", false, &["paid", "paid amount", "amount paid", "实付", "实付金额", "已付", "付款金额"]),
    ("freight", false, &["freight", "shipping", "postage", "运费", "邮费"]),
    ("discount", false, &["discount", "优惠", "优惠金额", "折扣"]),
    ("note", false, &["note", "buyer note", "remark", "message", "备注", "买家留言", "留言"]),
];

const CUSTOMERS: &[Spec] = &[
    ("name", true, &["name", "customer", "customer name", "full name", "姓名", "客户", "客户名称", "名称", "会员"]),
    ("id", false, &["id", "customer id", "customerid", "member no", "客户编号", "会员号", "编号"]),
    ("phone", false, &["phone", "mobile", "tel", "telephone", "电话", "手机", "手机号", "联系电话"]),
    ("email", false, &["email", "e-mail", "mail", "邮箱", "电子邮件"]),
    ("country", false, &["country", "国家"]),
    ("province", false, &["province", "state", "region", "省", "省份"]),
    ("city", false, &["city", "town", "市", "城市"]),
    ("district", false, &["district", "county", "区", "区县", "县"]),
    ("address", false, &["address", "street", "address1", "地址", "详细地址", "收货地址"]),
    ("postcode", false, &["postcode", "zip", "postal code", "邮编"]),
    ("tags", false, &["tags", "tag", "标签", "分组"]),
    ("note", false, &["note", "remark", "comment", "备注"]),
];

const ONLINE_RETAIL: &[Spec] = &[
    ("invoice", true, &["invoiceno", "invoice", "invoice no"]),
    ("sku", true, &["stockcode", "stock code"]),
    ("title", false, &["description"]),
    ("qty", true, &["quantity"]),
    ("date", true, &["invoicedate", "invoice date"]),
    ("price", true, &["unitprice", "price", "unit price"]),
    ("customer", false, &["customerid", "customer id"]),
    ("country", false, &["country"]),
];

const BARCODES: &[Spec] = &[
    ("barcode", true, &["barcode", "goodscode", "code", "ean", "gtin", "upc", "条码", "条形码", "商品条码"]),
    ("title", true, &["product_name", "goodsname", "product name", "name", "title", "商品名称", "名称", "品名"]),
    ("price", false, &["goodsprice", "price", "售价", "价格", "零售价"]),
    ("image", false, &["image_url", "image url", "image", "图片"]),
    ("brand", false, &["brand", "brands", "品牌"]),
    ("category", false, &["category", "categories", "分类"]),
];

const SHOPIFY: &[Spec] = &[
    ("handle", true, &["handle", "url handle"]),
    ("title", true, &["title"]),
    ("body", false, &["body html", "body (html)", "description"]),
    ("vendor", false, &["vendor"]),
    ("type", false, &["type", "product category"]),
    ("tags", false, &["tags"]),
    ("published", false, &["published", "published on online store"]),
    ("status", false, &["status"]),
    ("option1_name", false, &["option1 name"]),
    ("option1", false, &["option1 value"]),
    ("option2_name", false, &["option2 name"]),
    ("option2", false, &["option2 value"]),
    ("option3_name", false, &["option3 name"]),
    ("option3", false, &["option3 value"]),
    ("sku", false, &["variant sku", "sku"]),
    ("grams", false, &["variant grams", "weight value grams"]),
    ("tracker", false, &["variant inventory tracker", "inventory tracker"]),
    ("stock", false, &["variant inventory qty", "inventory quantity"]),
    ("policy", false, &["variant inventory policy", "continue selling when out of stock"]),
    ("price", true, &["variant price", "price"]),
    ("list_price", false, &["variant compare at price", "compare-at price"]),
    ("barcode", false, &["variant barcode", "barcode"]),
    ("image", false, &["image src", "product image url"]),
    ("variant_image", false, &["variant image", "variant image url"]),
    ("cost", false, &["cost per item"]),
    ("gift_card", false, &["gift card"]),
];

const WOOCOMMERCE: &[Spec] = &[
    ("id", true, &["id"]),
    ("type", true, &["type"]),
    ("sku", false, &["sku"]),
    ("name", true, &["name"]),
    ("published", false, &["published"]),
    ("short_description", false, &["short description"]),
    ("description", false, &["description"]),
    ("stock", false, &["stock"]),
    ("low_stock", false, &["low stock amount"]),
    ("backorders", false, &["backorders allowed?"]),
    ("weight_kg", false, &["weight (kg)"]),
    ("weight", false, &["weight (g)"]),
    ("sale_price", false, &["sale price"]),
    ("price", true, &["regular price"]),
    ("categories", false, &["categories"]),
    ("tags", false, &["tags"]),
    ("images", false, &["images"]),
    ("parent", false, &["parent"]),
    ("brand", false, &["brands", "brand"]),
    ("barcode", false, &["gtin, upc, ean, or isbn", "barcode"]),
    ("attribute1_name", false, &["attribute 1 name"]),
    ("attribute1", false, &["attribute 1 value(s)"]),
    ("attribute2_name", false, &["attribute 2 name"]),
    ("attribute2", false, &["attribute 2 value(s)"]),
    ("attribute3_name", false, &["attribute 3 name"]),
    ("attribute3", false, &["attribute 3 value(s)"]),
];

fn specs(kind: ImportKind) -> &'static [Spec] {
    match kind {
        ImportKind::Products => PRODUCTS,
        ImportKind::Orders => ORDERS,
        ImportKind::Customers => CUSTOMERS,
        ImportKind::OnlineRetail => ONLINE_RETAIL,
        ImportKind::Barcodes => BARCODES,
        ImportKind::ShopifyProducts => SHOPIFY,
        ImportKind::WoocommerceProducts => WOOCOMMERCE,
        ImportKind::Litemall => &[],
    }
}

pub fn fields(kind: ImportKind) -> Vec<ImportField> {
    specs(kind).iter().map(|(name, needed, _)| ImportField { name: (*name).into(), needed: *needed }).collect()
}

/// The kind a header most likely belongs to.
pub fn guess_kind(format: FileFormat, header: &[String]) -> ImportKind {
    if format == FileFormat::Sql {
        return ImportKind::Litemall;
    }
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|known| *known == plain(name));
    if has("InvoiceNo") && has("StockCode") || has("Invoice") && has("StockCode") && has("Customer ID") {
        return ImportKind::OnlineRetail;
    }
    if has("Handle") && (has("Variant Price") || has("Variant SKU") || has("Body (HTML)")) {
        return ImportKind::ShopifyProducts;
    }
    if has("Regular price") && has("Type") && has("Parent") {
        return ImportKind::WoocommerceProducts;
    }
    // The kind with the most columns known to it; one that lacks what it needs is none.
    let score = |kind: ImportKind| {
        let mapped = guess_mapping(kind, header);
        let found = mapped.iter().filter(|column| column.field.is_some()).count();
        if missing(kind, &mapped).is_empty() { found } else { 0 }
    };
    let barcodes = score(ImportKind::Barcodes);
    if barcodes > 0 && header.len() <= 4 && barcodes + 1 >= header.len() && !has("sku") {
        return ImportKind::Barcodes;
    }
    let (orders, customers, products) =
        (score(ImportKind::Orders), score(ImportKind::Customers), score(ImportKind::Products));
    if orders > 0 && orders + 1 >= products {
        return ImportKind::Orders;
    }
    let contact =
        ["phone", "mobile", "email", "手机", "手机号", "电话", "邮箱", "联系电话"].iter().any(|name| has(name));
    if customers > 0 && contact && !has("sku") && customers >= products {
        return ImportKind::Customers;
    }
    ImportKind::Products
}

/// Each column with the field its heading names; each field goes to one column.
pub fn guess_mapping(kind: ImportKind, header: &[String]) -> Vec<MappedColumn> {
    let mut names: HashMap<String, (usize, &'static str)> = HashMap::new();
    for (field, _, known) in specs(kind) {
        for (rank, name) in known.iter().enumerate() {
            names.entry(plain(name)).or_insert((rank, field));
        }
        names.entry(plain(field)).or_insert((0, field));
    }
    // Of two columns for one field, the heading that stands earlier in the list of its names wins.
    let mut best: HashMap<&str, (usize, usize)> = HashMap::new();
    for (at, column) in header.iter().enumerate() {
        if let Some((rank, field)) = names.get(&plain(column)) {
            let entry = best.entry(field).or_insert((*rank, at));
            if *rank < entry.0 {
                *entry = (*rank, at);
            }
        }
    }
    let chosen: HashMap<usize, &str> = best.into_iter().map(|(field, (_, at))| (at, field)).collect();
    header
        .iter()
        .enumerate()
        .map(|(at, column)| MappedColumn { column: column.clone(), field: chosen.get(&at).map(|f| (*f).to_owned()) })
        .collect()
}

/// The needed fields that no column is mapped to.
pub fn missing(kind: ImportKind, mapping: &[MappedColumn]) -> Vec<String> {
    specs(kind)
        .iter()
        .filter(|(name, needed, _)| *needed && !mapping.iter().any(|column| column.field.as_deref() == Some(*name)))
        .map(|(name, ..)| (*name).to_owned())
        .collect()
}

/// Where in a row each field stands.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    at: HashMap<String, usize>,
}

impl Columns {
    pub fn new(header: &[String], mapping: &[MappedColumn]) -> Self {
        let mut at = HashMap::new();
        let mut used = vec![false; header.len()];
        for column in mapping {
            let Some(field) = column.field.as_deref().filter(|field| !field.is_empty()) else { continue };
            // Two columns may bear one heading: each use takes the next of them.
            let found = header.iter().enumerate().find(|(at, name)| !used[*at] && **name == column.column);
            if let Some((index, _)) = found {
                used[index] = true;
                at.entry(field.to_owned()).or_insert(index);
            }
        }
        Self { at }
    }

    pub fn index(&self, field: &str) -> Option<usize> {
        self.at.get(field).copied()
    }

    /// The trimmed cell of a field; empty when the row or the file has none.
    pub fn get<'a>(&self, cells: &'a csv::StringRecord, field: &str) -> &'a str {
        self.index(field).and_then(|at| cells.get(at)).unwrap_or_default().trim()
    }
}

/// By what a header is remembered.
pub fn header_hash(header: &[String]) -> String {
    let mut hasher = Sha256::new();
    for name in header {
        hasher.update(name.as_bytes());
        hasher.update([0]);
    }
    HEXLOWER.encode(&hasher.finalize()[..16])
}

/// A heading without case, width, spaces and punctuation.
fn plain(name: &str) -> String {
    domain::search::normalise(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn kinds() {
        for (text, kind) in [
            (
                "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
                ImportKind::OnlineRetail,
            ),
            ("Handle,Title,Body (HTML),Variant SKU,Variant Price", ImportKind::ShopifyProducts),
            ("ID,Type,SKU,Name,Regular price,Parent", ImportKind::WoocommerceProducts),
            ("goodsPrice,goodsCode,goodsName", ImportKind::Barcodes),
            ("barcode,product_name,image_url", ImportKind::Barcodes),
            ("订单号,商品编码,数量,单价,收货人,手机号", ImportKind::Orders),
            ("姓名,手机号,地址", ImportKind::Customers),
            ("商品名称,货号,条码,售价,成本价,库存", ImportKind::Products),
            ("x,y", ImportKind::Products),
        ] {
            assert_eq!(guess_kind(FileFormat::Csv, &header(text)), kind, "{text}");
        }
    }

    #[test]
    fn columns_of_one_name() {
        let header = header("price,price,Ｎａｍｅ");
        let mapping = guess_mapping(ImportKind::Products, &header);
        assert_eq!(
            mapping.iter().map(|m| m.field.as_deref()).collect::<Vec<_>>(),
            [Some("price"), None, Some("title")]
        );
        let columns = Columns::new(&header, &mapping);
        assert_eq!((columns.index("price"), columns.index("title"), columns.index("sku")), (Some(0), Some(2), None));
        assert!(missing(ImportKind::Products, &mapping).is_empty());
    }
}
