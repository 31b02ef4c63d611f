//! What each table has in its columns, read page by page from the list of its area.

use std::borrow::Cow;

use domain::{
    money::{Currency, format_minor},
    units::{Millis, Minor},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{ExportTable, words};
use crate::{
    catalog::{self, ListProducts},
    ctx::Ctx,
    customers::{self, CustomerSort, ListCustomers},
    db::{Arg, placeholders},
    error::{Error, Result},
    fetch_dyn,
    orders::{self, ListOrders, OrderRow},
    payments::{self, ListPayments},
    stock::{self, ListStock},
};

const PAGE: i32 = 200;

#[derive(Clone, Debug)]
pub enum Cell {
    Text(String),
    /// The text of a number.
    Number(String),
}

impl Cell {
    /// As CSV: a spreadsheet must not take a customer's name for a formula.
    pub fn guarded(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => Cow::Owned(format!("'{text}")),
            Self::Text(text) | Self::Number(text) => Cow::Borrowed(text),
        }
    }
}

/// A list and where in it we are.
pub struct Source {
    what: ExportTable,
    list: List,
    chinese: bool,
    done: bool,
}

enum List {
    Orders(ListOrders),
    Products(ListProducts),
    Customers(ListCustomers),
    Stock(ListStock),
    Payments(ListPayments),
}

type Titles = &'static [(&'static str, &'static str)];

const ORDERS: Titles = &[
    ("订单号", "Order"),
    ("下单时间", "Placed at"),
    ("渠道", "Channel"),
    ("阶段", "Stage"),
    ("付款", "Payment"),
    ("发货", "Fulfilment"),
    ("买家", "Buyer"),
    ("币种", "Currency"),
    ("总额", "Total"),
    ("未付", "Due"),
    ("件数", "Units"),
    ("首个商品", "First item"),
    ("负责人", "Assignee"),
    ("标签", "Tags"),
    ("买家留言", "Buyer's note"),
    ("卖家备注", "Seller's note"),
];
const ORDER_LINES: Titles = &[
    ("订单号", "Order"),
    ("下单时间", "Placed at"),
    ("渠道", "Channel"),
    ("买家", "Buyer"),
    ("行号", "Line"),
    ("货号", "SKU"),
    ("商品", "Item"),
    ("规格", "Options"),
    ("数量", "Quantity"),
    ("币种", "Currency"),
    ("单价", "Unit price"),
    ("优惠", "Discount"),
    ("小计", "Net"),
    ("已发货", "Shipped"),
    ("已退货", "Returned"),
];
const PRODUCTS: Titles = &[
    ("商品", "Product"),
    ("英文名", "English name"),
    ("品牌", "Brand"),
    ("状态", "State"),
    ("分类", "Category"),
    ("货号", "SKU"),
    ("规格数", "SKUs"),
    ("最低价", "Lowest price"),
    ("最高价", "Highest price"),
    ("库存", "On hand"),
    ("可售", "Available"),
    ("更新时间", "Updated at"),
];
const CUSTOMERS: Titles = &[
    ("客户", "Customer"),
    ("电话", "Phone"),
    ("邮箱", "E-mail"),
    ("国家", "Country"),
    ("订单数", "Orders"),
    ("消费总额", "Spent"),
    ("最近下单", "Last order"),
    ("创建时间", "Created at"),
];
const STOCK: Titles = &[
    ("货号", "SKU"),
    ("条码", "Barcode"),
    ("商品", "Product"),
    ("规格", "Options"),
    ("库存", "On hand"),
    ("占用", "Reserved"),
    ("可售", "Available"),
    ("预警线", "Low at"),
];
const PAYMENTS: Titles = &[
    ("时间", "At"),
    ("订单号", "Order"),
    ("类型", "Kind"),
    ("方式", "Method"),
    ("币种", "Currency"),
    ("金额", "Amount"),
    ("流水号", "Reference"),
    ("备注", "Note"),
    ("经手人", "By"),
];

impl Source {
    pub fn new(what: ExportTable, filter: Option<&str>, chinese: bool) -> Result<Self> {
        let list = match what {
            ExportTable::Orders | ExportTable::OrderLines => List::Orders(filtered(&ListOrders::default(), filter)?),
            ExportTable::Products => List::Products(filtered(&ListProducts::default(), filter)?),
            ExportTable::Customers => {
                let all = ListCustomers {
                    query: String::new(),
                    sort: CustomerSort::Created,
                    ascending: true,
                    cursor: None,
                    limit: None,
                };
                List::Customers(filtered(&all, filter)?)
            }
            ExportTable::Stock => List::Stock(filtered(&ListStock::default(), filter)?),
            ExportTable::Payments => List::Payments(filtered(&ListPayments::default(), filter)?),
        };
        Ok(Self { what, list, chinese, done: false })
    }

    pub fn header(&self) -> Vec<&'static str> {
        let titles = match self.what {
            ExportTable::Orders => ORDERS,
            ExportTable::OrderLines => ORDER_LINES,
            ExportTable::Products => PRODUCTS,
            ExportTable::Customers => CUSTOMERS,
            ExportTable::Stock => STOCK,
            ExportTable::Payments => PAYMENTS,
        };
        titles.iter().map(|(zh, en)| if self.chinese { *zh } else { *en }).collect()
    }

    /// The next page of rows; `None` after the last.
    pub async fn next(&mut self, ctx: &mut Ctx) -> Result<Option<Vec<Vec<Cell>>>> {
        if self.done {
            return Ok(None);
        }
        let shop = ctx.shop()?;
        let own = Currency::parse(&shop.currency).map_or(2, Currency::exponent);
        let when = |at: Millis| moment(at, &shop.zone);
        let chinese = self.chinese;
        let (rows, next) = match &mut self.list {
            List::Orders(list) => {
                list.limit = Some(PAGE);
                let page = orders::list(ctx, list.clone()).await?;
                let rows = if self.what == ExportTable::OrderLines {
                    lines(ctx, &page.items, when).await?
                } else {
                    page.items.iter().map(|order| of_order(order, when, chinese)).collect()
                };
                list.cursor.clone_from(&page.next);
                (rows, page.next)
            }
            List::Products(list) => {
                list.limit = Some(PAGE);
                let page = catalog::list_products(ctx, list.clone()).await?;
                list.cursor.clone_from(&page.next);
                let row = |product: &catalog::ProductRow| {
                    vec![
                        text(&product.title),
                        text(&product.title_en),
                        text(&product.brand),
                        words::PRODUCT.cell(product.state.as_str(), chinese),
                        text(product.category_name.as_deref().unwrap_or_default()),
                        text(&product.sku_code),
                        number(product.sku_count.0),
                        money(product.price_min, own),
                        money(product.price_max, own),
                        number(product.on_hand.0),
                        number(product.available.0),
                        when(product.updated_at),
                    ]
                };
                (page.items.iter().map(row).collect(), page.next)
            }
            List::Customers(list) => {
                list.limit = Some(PAGE);
                let page = customers::list(ctx, list.clone()).await?;
                list.cursor.clone_from(&page.next);
                let row = |customer: &customers::CustomerRow| {
                    vec![
                        text(&customer.name),
                        text(&customer.phone),
                        text(&customer.email),
                        text(&customer.country),
                        number(customer.order_count.0),
                        money(customer.order_total, own),
                        customer.last_order_at.map_or_else(|| text(""), when),
                        when(customer.created_at),
                    ]
                };
                (page.items.iter().map(row).collect(), page.next)
            }
            List::Stock(list) => {
                list.limit = Some(PAGE);
                let page = stock::list(ctx, list.clone()).await?;
                list.cursor.clone_from(&page.next);
                let row = |sku: &stock::StockRow| {
                    vec![
                        text(&sku.code),
                        text(sku.barcode.as_deref().unwrap_or_default()),
                        text(&sku.title),
                        text(&sku.options),
                        number(sku.on_hand.0),
                        number(sku.reserved.0),
                        number(sku.available.0),
                        sku.low_at.map_or_else(|| text(""), |low| number(low.0)),
                    ]
                };
                (page.items.iter().map(row).collect(), page.next)
            }
            List::Payments(list) => {
                list.limit = Some(PAGE);
                let page = payments::list(ctx, list.clone()).await?;
                list.cursor.clone_from(&page.next);
                let row = |payment: &payments::Payment| {
                    vec![
                        when(payment.at),
                        text(payment.order_number.as_deref().unwrap_or_default()),
                        words::KIND.cell(payment.kind.as_str(), chinese),
                        words::METHOD.cell(payment.method.as_str(), chinese),
                        text(&payment.currency),
                        money_in(payment.amount, &payment.currency),
                        text(&payment.reference),
                        text(&payment.note),
                        text(&payment.actor_name),
                    ]
                };
                (page.items.iter().map(row).collect(), page.next)
            }
        };
        self.done = next.is_none();
        Ok(Some(rows))
    }
}

/// The list's own input: what the filter says over what holds when nothing is said.
fn filtered<T: Serialize + DeserializeOwned>(usual: &T, filter: Option<&str>) -> Result<T> {
    let mut input = serde_json::to_value(usual)?;
    let malformed = |error: serde_json::Error| Error::invalid_because("filter", "malformed", error.to_string());
    if let Some(filter) = filter.filter(|filter| !filter.trim().is_empty()) {
        let Value::Object(wanted) = serde_json::from_str(filter).map_err(malformed)? else {
            return Err(Error::invalid("filter", "malformed"));
        };
        if let Value::Object(input) = &mut input {
            input.extend(wanted);
        }
    }
    if let Value::Object(input) = &mut input {
        input.insert("cursor".into(), Value::Null);
        input.insert("limit".into(), Value::Null);
    }
    serde_json::from_value(input).map_err(malformed)
}

fn of_order(order: &OrderRow, when: impl Fn(Millis) -> Cell, chinese: bool) -> Vec<Cell> {
    vec![
        text(&order.number),
        when(order.placed_at),
        text(&order.channel),
        words::STAGE.cell(order.stage.as_str(), chinese),
        words::PAYMENT.cell(order.payment_status.as_str(), chinese),
        words::FULFILMENT.cell(order.fulfilment_status.as_str(), chinese),
        text(&order.buyer_name),
        text(&order.currency),
        money_in(order.total, &order.currency),
        money_in(order.due, &order.currency),
        number(order.units.0),
        text(&order.first_title),
        text(&order.assignee),
        text(&order.tags.join(", ")),
        text(&order.buyer_note),
        text(&order.seller_note),
    ]
}

#[derive(sqlx::FromRow)]
struct LineRow {
    order_id: uuid::Uuid,
    line_no: i64,
    sku_code: String,
    title: String,
    options: String,
    qty: i64,
    unit_price: i64,
    discount: i64,
    net: i64,
    shipped: i64,
    returned: i64,
}

async fn lines(ctx: &mut Ctx, orders: &[OrderRow], when: impl Fn(Millis) -> Cell) -> Result<Vec<Vec<Cell>>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT order_id, line_no, sku_code, title, options, qty, unit_price, discount, net, shipped, returned
         FROM order_line WHERE order_id IN ({}) ORDER BY order_id, line_no",
        placeholders(0, orders.len())
    );
    let args: Vec<Arg> = orders.iter().map(|order| Arg::Uuid(order.id)).collect();
    let found: Vec<LineRow> = fetch_dyn!(ctx.tx, LineRow, sql, &args)?;
    let mut by_order: std::collections::HashMap<uuid::Uuid, Vec<LineRow>> = std::collections::HashMap::new();
    for line in found {
        by_order.entry(line.order_id).or_default().push(line);
    }
    let mut rows = Vec::new();
    for order in orders {
        for line in by_order.remove(&order.id).unwrap_or_default() {
            rows.push(vec![
                text(&order.number),
                when(order.placed_at),
                text(&order.channel),
                text(&order.buyer_name),
                number(line.line_no),
                text(&line.sku_code),
                text(&line.title),
                text(&line.options),
                number(line.qty),
                text(&order.currency),
                money_in(Minor(line.unit_price), &order.currency),
                money_in(Minor(line.discount), &order.currency),
                money_in(Minor(line.net), &order.currency),
                number(line.shipped),
                number(line.returned),
            ]);
        }
    }
    Ok(rows)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(number: i64) -> Cell {
    Cell::Number(number.to_string())
}

fn money(amount: Minor, exponent: u32) -> Cell {
    Cell::Number(format_minor(amount.0, exponent))
}

fn money_in(amount: Minor, currency: &str) -> Cell {
    money(amount, Currency::parse(currency).map_or(2, Currency::exponent))
}

/// A time as the shop's clock shows it: `2026-03-02 10:00:00`.
fn moment(at: Millis, zone: &str) -> Cell {
    Cell::Text(domain::time::local_text(at.0, zone).unwrap_or_else(|| at.0.to_string()))
}
