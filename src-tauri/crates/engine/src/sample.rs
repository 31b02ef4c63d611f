//! A small shop to look around in, with two months of trade up to now.
//!
//! Made through the ordinary commands, with a clock set back for each, so that every document,
//! ledger and sum is what a merchant would have made. Goods and baskets come from "Online Retail"
//! (see `sample/NOTICE.md`); the people are invented.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{
    catalog::{OptionAxis, ProductState},
    orders::DeliveryMethod,
    units::{Millis, Minor, Qty},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    Engine,
    catalog::{SaveCategory, SaveProduct, SaveSku},
    commands::{Answer, call},
    ctx::{Caller, Door, Meta},
    customers::{Customer, Save, SaveAddress},
    error::{Error, Result},
    execute,
    orders::{CancelOrder, OrderAt, OrderById, PlaceLine, PlaceOrder, PlacePayment, Placed, ShipTo},
    payments::{CapturePayment, PaymentMethod, RefundPayment},
    settings::{SaveShop, Setup},
    shipping::ShipOrder,
};

const PRODUCTS: &str = include_str!("sample/products.csv");
const ORDERS: &str = include_str!("sample/orders.csv");
const SOURCE: &str = "示例数据取自 Online Retail（Daqing Chen，UCI，CC BY 4.0），顾客为虚构。\n\
    Sample data from Online Retail (Daqing Chen, UCI, CC BY 4.0); the customers are invented.";

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// How far the sample's past reaches.
const DAYS: i64 = 60;
const FREIGHT: Minor = Minor(800);

const CATEGORIES: [(&str, &str); 5] =
    [("B", "箱包 Bags"), ("K", "厨房 Kitchen"), ("H", "家居 Home"), ("P", "派对 Party"), ("G", "礼品 Gifts")];

/// Name, and where they live: region code, province, city, district, street. Abroad without code.
const PEOPLE: [(&str, &str, &str, &str, &str, &str); 25] = [
    ("王小明", "440305", "广东省", "深圳市", "南山区", "科技园路 1 号"),
    ("李娜", "310115", "上海市", "上海市", "浦东新区", "世纪大道 88 号"),
    ("张伟", "110105", "北京市", "北京市", "朝阳区", "建国路 93 号"),
    ("陈静", "330106", "浙江省", "杭州市", "西湖区", "文三路 12 号"),
    ("欧阳雪", "320505", "江苏省", "苏州市", "虎丘区", "狮山路 5 号"),
    ("刘洋", "510107", "四川省", "成都市", "武侯区", "人民南路 20 号"),
    ("赵敏", "420106", "湖北省", "武汉市", "武昌区", "中北路 66 号"),
    ("黄丽", "440106", "广东省", "广州市", "天河区", "体育西路 101 号"),
    ("周杰", "350203", "福建省", "厦门市", "思明区", "湖滨南路 9 号"),
    ("吴迪", "370102", "山东省", "济南市", "历下区", "泉城路 180 号"),
    ("徐婷", "610113", "陕西省", "西安市", "雁塔区", "小寨东路 3 号"),
    ("孙浩", "210102", "辽宁省", "沈阳市", "和平区", "太原街 45 号"),
    ("马超", "500103", "重庆市", "重庆市", "渝中区", "民权路 28 号"),
    ("朱琳", "430102", "湖南省", "长沙市", "芙蓉区", "五一大道 7 号"),
    ("胡军", "340104", "安徽省", "合肥市", "蜀山区", "黄山路 15 号"),
    ("郭芳", "410105", "河南省", "郑州市", "金水区", "花园路 33 号"),
    ("林峰", "350102", "福建省", "福州市", "鼓楼区", "五四路 60 号"),
    ("何欣", "530102", "云南省", "昆明市", "五华区", "翠湖南路 2 号"),
    ("高原", "120101", "天津市", "天津市", "和平区", "南京路 75 号"),
    ("罗琪", "440304", "广东省", "深圳市", "福田区", "深南大道 6 号"),
    ("Emma Green", "", "England", "Bristol", "", "14 Harbour Street"),
    ("Oliver Stone", "", "England", "Leeds", "", "3 Mill Lane"),
    ("Sofia Rossi", "", "Lombardia", "Milano", "", "Via Verde 21"),
    ("Lukas Weber", "", "Bayern", "München", "", "Gartenweg 8"),
    ("Hannah Brown", "", "Scotland", "Perth", "", "27 High Street"),
];

#[derive(Deserialize)]
struct Good {
    category: String,
    code: String,
    title: String,
    title_en: String,
    value: String,
    value_en: String,
    pence: i64,
}

#[derive(Clone, Deserialize)]
struct Line {
    order: String,
    days_ago: i64,
    minute: i64,
    buyer: usize,
    code: String,
    qty: i64,
}

/// The shop at a moment of its past.
struct Past {
    engine: Engine,
    caller: Caller,
    clock: Arc<AtomicI64>,
    now: i64,
}

/// Fills a database on which nobody has set up a shop yet.
pub fn create(engine: &Engine) -> Answer<()> {
    let engine = engine.clone();
    Box::pin(async move { make(&engine).await })
}

async fn make(engine: &Engine) -> Result<()> {
    let now = engine.now().0;
    let clock = Arc::new(AtomicI64::new(now - DAYS * DAY - DAY));
    let hands = clock.clone();
    let engine = engine.with_clock(Arc::new(move || Millis(hands.load(Ordering::Relaxed))));
    let past = Past { caller: engine.owner(Door::Clockwork), engine, clock, now };
    let lines: Vec<Line> = read(ORDERS)?;
    set_up(&past).await?;
    mark(&past).await?;
    let skus = goods(&past, &lines).await?;
    let people = people(&past).await?;
    let orders = lines.chunk_by(|a, b| a.order == b.order).enumerate();
    for (n, basket) in orders {
        order(&past, n, basket, &skus, &people).await?;
    }
    Ok(())
}

impl Past {
    fn set(&self, at: i64) {
        self.clock.store(at.min(self.now), Ordering::Relaxed);
    }

    fn later(&self, minutes: i64) {
        self.set(self.clock.load(Ordering::Relaxed) + minutes * MINUTE);
    }
}

async fn set_up(past: &Past) -> Result<()> {
    let Past { engine, caller, .. } = past;
    let setup = Setup {
        name: "示例店 Sample shop".into(),
        currency: "CNY".into(),
        zone: "Asia/Shanghai".into(),
        country: "CN".into(),
        tax_inclusive: true,
    };
    let shop = call::settings_setup(engine, caller, Meta::new(), setup).await?;
    let facts = SaveShop {
        version: shop.version,
        name: shop.name,
        currency: shop.currency,
        zone: shop.zone,
        country: shop.country,
        contact: SOURCE.into(),
        phone: "0571-8888 6666".into(),
        address: "杭州市西湖区文三路 100 号".into(),
        tax_id: String::new(),
    };
    call::settings_save_shop(engine, caller, Meta::new(), facts).await?;
    Ok(())
}

/// Products of one or several SKUs, with enough on the shelf for all that will be sold.
async fn goods(past: &Past, lines: &[Line]) -> Result<HashMap<String, (Uuid, i64)>> {
    let Past { engine, caller, .. } = past;
    let mut categories = HashMap::new();
    for (letter, name) in CATEGORIES {
        let input = SaveCategory { id: None, version: None, parent_id: None, name: name.into() };
        let category = call::catalog_save_category(engine, caller, Meta::new(), input).await?;
        categories.insert(letter, category.id);
    }
    let mut sold: HashMap<&str, i64> = HashMap::new();
    for line in lines {
        *sold.entry(&line.code).or_default() += line.qty;
    }
    let goods: Vec<Good> = read(PRODUCTS)?;
    let mut skus = HashMap::new();
    for (n, family) in goods.chunk_by(|a, b| a.title == b.title).enumerate() {
        let Some(first) = family.first() else { continue };
        let value = |good: &Good| format!("{} {}", good.value, good.value_en);
        let options = if first.value.is_empty() {
            Vec::new()
        } else {
            vec![OptionAxis { name: "款式 Style".into(), values: family.iter().map(value).collect() }]
        };
        let shelf = |at: usize, good: &Good| {
            let spare = if (n + at).is_multiple_of(9) { 2 } else { 12 + (n * 7 + at * 13) as i64 % 60 };
            sold.get(good.code.as_str()).copied().unwrap_or(0) + spare
        };
        let saved = SaveProduct {
            id: None,
            version: None,
            title: first.title.clone(),
            title_en: first.title_en.clone(),
            description: String::new(),
            category_id: categories.get(first.category.as_str()).copied(),
            brand: String::new(),
            tags: Vec::new(),
            skus: family
                .iter()
                .enumerate()
                .map(|(at, good)| SaveSku {
                    id: None,
                    code: good.code.clone(),
                    barcode: None,
                    option_values: if options.is_empty() { Vec::new() } else { vec![value(good)] },
                    // A pound was some ten yuan then: pence become tenths of a yuan.
                    price: Minor(good.pence * 10),
                    list_price: None,
                    cost: Some(Minor(good.pence * 6)),
                    weight_g: Some(Qty(80 + good.pence)),
                    volume_cm3: None,
                    backorder: false,
                    tax_ppm: None,
                    low_stock: None,
                    opening_stock: Some(Qty(shelf(at, good))),
                })
                .collect(),
            options,
            specs: Vec::new(),
            media: Vec::new(),
            state: ProductState::Listed,
            accept_odd_barcode: false,
        };
        let product = call::catalog_save_product(engine, caller, Meta::new(), saved).await?;
        skus.extend(product.skus.into_iter().map(|sku| (sku.code, (sku.id, sku.price.0))));
    }
    Ok(skus)
}

async fn people(past: &Past) -> Result<Vec<Customer>> {
    let Past { engine, caller, .. } = past;
    let mut made = Vec::with_capacity(PEOPLE.len());
    for (n, (name, code, province, city, district, street)) in PEOPLE.into_iter().enumerate() {
        past.later(7);
        let chinese = !code.is_empty();
        // Numbers and addresses nobody has.
        let phone =
            if chinese { format!("1990000{:04}", 1200 + n * 37) } else { format!("+44 7700 900{:03}", 100 + n) };
        let address = SaveAddress {
            name: name.into(),
            phone: phone.clone(),
            country: if chinese { "CN".into() } else { String::new() },
            region_code: code.into(),
            province: province.into(),
            city: city.into(),
            district: district.into(),
            street: street.into(),
            ..SaveAddress::default()
        };
        let input = Save {
            name: name.into(),
            phone,
            email: if chinese { String::new() } else { format!("customer{n}@example.com") },
            country: if chinese { "CN".into() } else { String::new() },
            addresses: vec![address],
            ..Save::default()
        };
        made.push(call::customers_save(engine, caller, Meta::new(), input).await?);
    }
    Ok(made)
}

/// One order, as far as it would have come by now.
async fn order(
    past: &Past,
    n: usize,
    basket: &[Line],
    skus: &HashMap<String, (Uuid, i64)>,
    people: &[Customer],
) -> Result<()> {
    let Past { engine, caller, .. } = past;
    let (Some(first), Some(customer)) = (basket.first(), basket.first().and_then(|line| people.get(line.buyer))) else {
        return Err(Error::internal("a sample order without buyer"));
    };
    let days_ago = first.days_ago;
    // Midnight of the shop's zone, eight hours before that of UTC.
    let midnight = (past.now + 8 * 60 * MINUTE).div_euclid(DAY) * DAY - 8 * 60 * MINUTE;
    let at = midnight - days_ago * DAY + first.minute * MINUTE;
    past.set(if at < past.now { at } else { past.now - (first.minute % 120 + 5) * MINUTE });

    let counter = n.is_multiple_of(3);
    let unpaid = !counter && (n % 17 == 4 || (days_ago <= 1 && n.is_multiple_of(2)));
    let goods: i64 = basket.iter().filter_map(|line| Some(skus.get(&line.code)?.1 * line.qty)).sum();
    let lines = basket
        .iter()
        .filter_map(|line| {
            let (sku_id, _) = *skus.get(&line.code)?;
            Some(PlaceLine { sku_id, qty: Qty(line.qty), unit_price: None, note: String::new() })
        })
        .collect();
    let payment = |method| PlacePayment { method, amount: Minor(goods), tendered: None, reference: String::new() };
    let input = PlaceOrder {
        customer_id: Some(customer.id),
        buyer_name: customer.name.clone(),
        buyer_phone: customer.phone.clone(),
        delivery: if counter { DeliveryMethod::Counter } else { DeliveryMethod::Ship },
        ship_to: if counter { None } else { ship_to(customer) },
        freight: if counter { Minor::ZERO } else { FREIGHT },
        lines,
        payments: if counter { vec![payment(PaymentMethod::Cash)] } else { Vec::new() },
        ..PlaceOrder::default()
    };
    let placed = call::orders_place(engine, caller, Meta::new(), input).await?;
    if counter {
        return Ok(());
    }
    if unpaid {
        if days_ago > 1 {
            past.later(24 * 60);
            cancel(past, &placed).await?;
        }
        return Ok(());
    }
    past.later(12);
    let method = if n.is_multiple_of(2) { PaymentMethod::BankTransfer } else { PaymentMethod::Elsewhere };
    let capture = CapturePayment {
        order_id: placed.order_id,
        method,
        amount: placed.total,
        tendered: None,
        reference: String::new(),
        note: String::new(),
        keep_overpayment: false,
    };
    call::payments_capture(engine, caller, Meta::new(), capture).await?;
    if days_ago >= 3 {
        past.later(20 * 60);
        send(past, n, placed.order_id).await?;
    }
    if days_ago >= 8 {
        past.later(3 * 24 * 60);
        let order = || OrderAt { order_id: placed.order_id, version: None };
        call::orders_deliver(engine, caller, Meta::new(), order()).await?;
        if n % 11 == 5 {
            past.later(24 * 60);
            // One piece came broken: its price goes back, the goods stay.
            let (_, price) = skus.get(&first.code).copied().unwrap_or_default();
            let refund = RefundPayment {
                order_id: placed.order_id,
                amount: Minor(price),
                method,
                reason: "到货破损一件 one piece arrived broken".into(),
                lowers_due: None,
            };
            call::payments_refund(engine, caller, Meta::new(), refund).await?;
        }
        if days_ago >= 24 {
            past.later(15 * 24 * 60);
            call::orders_complete(engine, caller, Meta::new(), order()).await?;
        }
    }
    Ok(())
}

async fn send(past: &Past, n: usize, order_id: Uuid) -> Result<()> {
    let carrier = if n.is_multiple_of(2) { "zhongtong" } else { "yunda" };
    let input = ShipOrder {
        order_id,
        version: None,
        carrier: carrier.into(),
        waybill: format!("7310000{:06}", 100_000 + n * 917),
        lines: Vec::new(),
        note: String::new(),
        accept_warnings: true,
    };
    call::shipping_ship(&past.engine, &past.caller, Meta::new(), input).await?;
    Ok(())
}

async fn cancel(past: &Past, placed: &Placed) -> Result<()> {
    let order = call::orders_get(&past.engine, &past.caller, OrderById { order_id: placed.order_id }).await?;
    let input = CancelOrder {
        order_id: placed.order_id,
        version: order.version,
        reason: "超时未付款 not paid in time".into(),
        refund: None,
    };
    call::orders_cancel(&past.engine, &past.caller, Meta::new(), input).await?;
    Ok(())
}

/// Every screen says that this is a sample: from the start, lest one that was cut short does not.
async fn mark(past: &Past) -> Result<()> {
    let mut tx = past.engine.db.begin().await?;
    execute!(tx, "UPDATE shop SET sample = $1", true)?;
    tx.commit().await?;
    Ok(())
}

fn ship_to(customer: &Customer) -> Option<ShipTo> {
    let address = customer.addresses.first()?;
    Some(ShipTo {
        name: address.name.clone(),
        phone: address.phone.clone(),
        country: address.country.clone(),
        region_code: address.region_code.clone(),
        province: address.province.clone(),
        city: address.city.clone(),
        district: address.district.clone(),
        street: address.street.clone(),
        postcode: address.postcode.clone(),
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(Error::internal)
}
