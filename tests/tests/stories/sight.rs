//! What of an answer somebody may see: people's phones and addresses, and what goods cost.

use anyhow::Context as _;
use domain::{
    access::{Permission, Preset, Sees},
    orders::DeliveryMethod,
    units::{Count, Minor},
};
use engine::{
    Error,
    access::SaveRole,
    app::AuditInput,
    catalog::{ProductById, SaveSku},
    commands::{Kind, SPECS, call_json},
    ctx::{Caller, Meta},
    customers::{self, Customer, CustomerById, OpenCustomer, SaveAddress},
    orders::{OpenBuyer, OrderById, PlaceOrder, ShipTo},
};
use serde_json::{Value, json};
use tests::{
    Shop, call,
    catalog::{edit, product, sku},
    people::{of, with_owner},
    sales::line,
    story,
};
use uuid::Uuid;

const PHONE: &str = "13800138000";
/// Of somebody of whom nothing else is known.
const OTHER_PHONE: &str = "13900139000";
const EMAIL: &str = "zhang.san@example.com";
const STREET: &str = "人民路 88 号 3 单元";
const POSTCODE: &str = "200001";
const COST: i64 = 7_654_321;

struct Known {
    customer: Customer,
    order: Uuid,
    product: Uuid,
    sku: Uuid,
}

/// An order of this customer, filled in from what the caller was shown of them.
fn place(seen: &Customer, sku: Uuid) -> PlaceOrder {
    let address = &seen.addresses[0];
    PlaceOrder {
        customer_id: Some(seen.id),
        buyer_name: seen.name.clone(),
        buyer_phone: seen.phone.clone(),
        delivery: DeliveryMethod::Ship,
        ship_to: Some(ShipTo {
            name: address.name.clone(),
            phone: address.phone.clone(),
            country: address.country.clone(),
            province: address.province.clone(),
            city: address.city.clone(),
            street: address.street.clone(),
            postcode: address.postcode.clone(),
            ..ShipTo::default()
        }),
        address_id: Some(address.id),
        lines: vec![line(sku, 1)],
        pay_later: true,
        ..PlaceOrder::default()
    }
}

/// A customer with an address and an order, one with a phone only, and a product whose cost is known.
async fn known(shop: &Shop) -> anyhow::Result<Known> {
    let mut goods = product("Tea 茶");
    goods.skus.push(SaveSku { cost: Some(Minor(COST)), ..sku("TEA-1", 9_900, 50) });
    let goods = shop.call(call::catalog_save_product, goods).await?;
    let sku = goods.skus[0].id;
    let address = SaveAddress {
        name: "张三".into(),
        phone: PHONE.into(),
        country: "CN".into(),
        province: "上海市".into(),
        city: "上海市".into(),
        street: STREET.into(),
        postcode: POSTCODE.into(),
        ..SaveAddress::default()
    };
    let save = customers::Save {
        name: "张三".into(),
        phone: PHONE.into(),
        email: EMAIL.into(),
        note: format!("⇐ 老张 · {PHONE}"),
        addresses: vec![address],
        ..customers::Save::default()
    };
    let customer = shop.call(call::customers_save, save).await?;
    let order = shop.call(call::orders_place, place(&customer, sku)).await?.order_id;
    let other = PlaceOrder {
        buyer_phone: OTHER_PHONE.into(),
        lines: vec![line(sku, 1)],
        pay_later: true,
        ..PlaceOrder::default()
    };
    shop.call(call::orders_place, other).await?;
    Ok(Known { customer, order, product: goods.id, sku })
}

/// Somebody who may do and see everything but people's addresses and the cost of goods.
async fn clerk(shop: &Shop) -> anyhow::Result<Caller> {
    let not = [Permission::ContactRead, Permission::CostRead];
    let permissions = Permission::ALL.iter().copied().filter(|p| p.is_given() && !not.contains(p)).collect();
    let role = SaveRole {
        id: None,
        version: Count(0),
        name: "Clerk".into(),
        permissions,
        refund_limit: None,
        sees: Sees::default(),
    };
    let role = shop.call(call::access_save_role, role).await?;
    of(shop, "clerk", role.id).await
}

/// What all queries together tell this caller, by the name of the query.
async fn told(shop: &Shop, caller: &Caller, known: &Known) -> anyhow::Result<Vec<(&'static str, String)>> {
    let days = json!({ "from_day": 20_400, "to_day": 20_600 });
    let mut told = Vec::new();
    for spec in SPECS.iter().filter(|spec| spec.kind == Kind::Query) {
        let inputs: Vec<Value> = match spec.name {
            // Of files, and of work under way.
            "settings.try_backup"
            | "settings.test_backup_place"
            | "imports.inspect"
            | "imports.get"
            | "imports.rejects"
            | "imports.save_rejects"
            | "exports.get" => continue,
            "catalog.get_product" | "catalog.history" => vec![json!({ "id": known.product })],
            "catalog.list_products" => {
                vec![json!({ "states": [], "low_only": false, "incomplete_only": false, "sort": "title" })]
            }
            "catalog.sku_matrix" => {
                vec![json!({ "product_id": known.product, "options": [], "base": "X", "price": 1 })]
            }
            "catalog.search_skus" => vec![json!({ "query": "tea", "only_for_sale": false })],
            "stock.list" => vec![json!({ "low_only": false, "sort": "code" })],
            "stock.get" | "stock.moves" => vec![json!({ "sku_id": known.sku })],
            "orders.quote" => vec![json!({ "customer_id": known.customer.id, "lines": [line(known.sku, 1)] })],
            "orders.list" => vec![json!({ "filter": {} }), json!({ "filter": { "search": "张三" } })],
            "orders.get" => vec![json!({ "order_id": known.order })],
            "payments.summary" | "analytics.dashboard" => vec![days.clone()],
            "analytics.sales_by" => ["product", "sku", "category", "channel", "day", "month"]
                .map(|by| json!({ "dimension": by, "from_day": 20_400, "to_day": 20_600, "sort": "amount" }))
                .to_vec(),
            "shipping.check_waybill" => vec![json!({ "carrier": "sf", "waybill": "SF1234567890123" })],
            "settings.preview_number" => vec![json!({ "kind": "order" })],
            "customers.count_old" => vec![json!({ "years": 1 })],
            "customers.get" => vec![json!({ "id": known.customer.id })],
            "customers.list" => vec![
                json!({ "sort": "last_order", "query": "张" }),
                json!({ "sort": "last_order", "query": OTHER_PHONE }),
                json!({ "sort": "created" }),
            ],
            "customers.search" => vec![json!({ "query": "" }), json!({ "query": PHONE })],
            "customers.orders" => vec![json!({ "customer_id": known.customer.id })],
            "customers.parse_address" => vec![json!({ "text": "上海市" })],
            "app.audit" => vec![json!({}), json!({ "subject": known.customer.id }), json!({ "command": "catalog" })],
            "imports.list" => vec![json!({ "limit": 10 })],
            "app.drafts" | "app.views" => vec![json!({ "area": "orders" })],
            _ => vec![json!({})],
        };
        for input in inputs {
            let answer = call_json(&shop.engine, caller, spec.name, Meta::new(), input).await;
            told.push((spec.name, answer.with_context(|| spec.name)?.to_string()));
        }
    }
    Ok(told)
}

/// The queries that tell this.
fn tellers(told: &[(&'static str, String)], secret: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = told.iter().filter(|(_, text)| text.contains(secret)).map(|(name, _)| *name).collect();
    names.dedup();
    names
}

story!(no_query_tells_more_than_its_reader_may_see, async |shop| {
    let shop = with_owner(shop).await?;
    let known = known(&shop).await?;
    let all = told(&shop, &shop.caller, &known).await?;
    let in_full = tellers(&all, PHONE);
    for name in ["orders.get", "customers.get", "customers.list", "customers.search", "app.audit"] {
        assert!(in_full.contains(&name), "{name} tells its owner the phone: {in_full:?}");
    }
    assert!(tellers(&all, OTHER_PHONE).contains(&"customers.list"), "who has no name is called by the phone");
    let cost = COST.to_string();
    assert_eq!(tellers(&all, &cost), ["catalog.get_product", "catalog.history", "app.audit"]);

    let clerk = clerk(&shop).await?;
    let masked = told(&shop, &clerk, &known).await?;
    assert!(!tellers(&masked, "138****8000").is_empty());
    for secret in [PHONE, OTHER_PHONE, EMAIL, STREET, POSTCODE, &cost] {
        assert_eq!(tellers(&masked, secret), [""; 0], "{secret}");
    }
    // Nor does what is carried out of the house.
    let folder = tempfile::tempdir()?;
    for (caller, count) in [(&shop.caller, 1), (&clerk, 0)] {
        let path = folder.path().join(format!("{count}.csv"));
        let export = json!({ "what": "customers", "path": path, "format": "csv", "language": "en" });
        let job = call_json(&shop.engine, caller, "exports.table", Meta::new(), export).await?;
        let id = json!({ "id": job["id"] });
        while call_json(&shop.engine, caller, "exports.get", Meta::new(), id.clone()).await?["state"] == "running" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let text = std::fs::read_to_string(&path)?;
        assert!(text.contains("张三"), "{text}");
        assert_eq!(text.matches(PHONE).count(), count, "{text}");
    }
    Ok(())
});

story!(what_comes_back_masked_is_kept, async |shop| {
    let shop = with_owner(shop).await?;
    let known = known(&shop).await?;
    let (engine, id) = (&shop.engine, known.customer.id);
    let clerk = clerk(&shop).await?;

    let seen = call::customers_get(engine, &clerk, CustomerById { id }).await?;
    assert_eq!((seen.phone.as_str(), seen.email.as_str()), ("138****8000", "z***@example.com"));
    let save = customers::Save {
        id: Some(id),
        version: Some(seen.version),
        name: "张三丰".into(),
        phone: seen.phone.clone(),
        email: seen.email.clone(),
        note: seen.note.clone(),
        ..customers::Save::default()
    };
    let saved = call::customers_save(engine, &clerk, Meta::new(), save.clone()).await?;
    assert_eq!((saved.name.as_str(), saved.phone.as_str()), ("张三丰", "138****8000"));
    let address = SaveAddress { city: "苏州市".into(), ..SaveAddress::from(seen.addresses[0].clone()) };
    call::customers_save_address(engine, &clerk, Meta::new(), address.clone()).await?;
    let now = shop.ask(call::customers_get, CustomerById { id }).await?;
    assert_eq!((now.phone.as_str(), now.email.as_str()), (PHONE, EMAIL));
    assert_eq!(now.note, known.customer.note);
    let at = &now.addresses[0];
    assert_eq!((at.phone.as_str(), at.city.as_str(), at.street.as_str()), (PHONE, "苏州市", STREET));

    // A parcel goes where it should.
    let seen = call::customers_get(engine, &clerk, CustomerById { id }).await?;
    let input = place(&seen, known.sku);
    assert_eq!(input.ship_to.as_ref().map(|to| to.street.as_str()), Some("***"));
    let placed = call::orders_place(engine, &clerk, Meta::new(), input.clone()).await?;
    let order = shop.ask(call::orders_get, OrderById { order_id: placed.order_id }).await?;
    assert_eq!(order.buyer_phone, PHONE);
    let to = order.ship_to.unwrap_or_default();
    assert_eq!((to.phone.as_str(), to.street.as_str(), to.postcode.as_str()), (PHONE, STREET, POSTCODE));
    // A mask that stands for nothing known is no address, and no phone.
    for address_id in [None, Some(Uuid::now_v7())] {
        let wrong = PlaceOrder { address_id, ..input.clone() };
        let refused = call::orders_place(engine, &clerk, Meta::new(), wrong).await;
        assert_eq!(refused, Err(Error::invalid("ship_to.street", "masked")));
    }
    let other = customers::Save { id: None, version: None, ..save };
    let refused = call::customers_save(engine, &clerk, Meta::new(), other).await;
    assert_eq!(refused, Err(Error::invalid("phone", "masked")));
    let new = SaveAddress { id: None, ..address };
    let refused = call::customers_save_address(engine, &clerk, Meta::new(), new).await;
    assert_eq!(refused, Err(Error::invalid("phone", "masked")));

    // What goods cost is not seen, not set, and stays when the price changes and is taken back.
    let seen = call::catalog_get_product(engine, &clerk, ProductById { id: known.product }).await?;
    assert_eq!(seen.skus[0].cost, None);
    let mut input = edit(&seen);
    input.skus[0].price = Minor(10_900);
    let meta = Meta::new();
    call::catalog_save_product(engine, &clerk, meta, input.clone()).await?;
    let cost = async || shop.ask(call::catalog_get_product, ProductById { id: known.product }).await;
    assert_eq!(cost().await?.skus[0].cost, Some(Minor(COST)));
    engine::commands::undo(engine, &clerk, Meta::new(), meta.command_id).await?;
    assert_eq!(cost().await?.skus[0].cost, Some(Minor(COST)));
    let seen = call::catalog_get_product(engine, &clerk, ProductById { id: known.product }).await?;
    let mut input = edit(&seen);
    input.skus[0].cost = Some(Minor(1));
    let refused = call::catalog_save_product(engine, &clerk, Meta::new(), input).await;
    assert_eq!(refused.err(), Some(Error::Forbidden { permission: "cost_read".into() }));
    Ok(())
});

story!(what_is_masked_is_opened_for_a_reason_that_is_kept, async |shop| {
    let shop = with_owner(shop).await?;
    let known = known(&shop).await?;
    let engine = &shop.engine;
    let wang = of(&shop, "wang", Preset::Service.id()).await?;
    let order = call::orders_get(engine, &wang, OrderById { order_id: known.order }).await?;
    assert_eq!(order.buyer_phone, "138****8000");

    let open = |reason: &str| OpenCustomer { id: known.customer.id, reason: reason.into() };
    for (reason, refusal) in [
        ("", Error::invalid("reason", "required")),
        (" ", Error::invalid("reason", "required")),
        (&"x".repeat(201), Error::invalid_because("reason", "too_long", "200")),
    ] {
        assert_eq!(call::customers_open(engine, &wang, Meta::new(), open(reason)).await, Err(refusal));
    }
    let opened = call::customers_open(engine, &wang, Meta::new(), open("calls about a parcel 包裹")).await?;
    assert_eq!((opened.phone.as_str(), opened.addresses[0].street.as_str()), (PHONE, STREET));
    let buyer = OpenBuyer { order_id: known.order, reason: "check the address".into() };
    let opened = call::orders_open_buyer(engine, &wang, Meta::new(), buyer.clone()).await?;
    assert_eq!(opened.ship_to.map(|to| to.street).as_deref(), Some(STREET));
    // It stays masked everywhere else.
    let order = call::orders_get(engine, &wang, OrderById { order_id: known.order }).await?;
    assert_eq!(order.buyer_phone, "138****8000");

    // The owner sees who opened what, when and why.
    for (subject, command, reason) in [
        (known.customer.id, "customers.open", "calls about a parcel 包裹"),
        (known.order, "orders.open_buyer", "check the address"),
    ] {
        let asked = AuditInput { subject: Some(subject), command: command.into(), ..AuditInput::default() };
        let rows = shop.ask(call::app_audit, asked).await?.items;
        assert_eq!(rows.len(), 1);
        assert!(rows[0].actor_name == "WANG" && rows[0].input.contains(reason), "{rows:?}");
    }

    let reader = of(&shop, "zhao", Preset::ReadOnly.id()).await?;
    let refused = call::orders_open_buyer(engine, &reader, Meta::new(), buyer.clone()).await;
    assert_eq!(refused.err(), Some(Error::Forbidden { permission: "contact_open".into() }));
    // Whoever looks with the eyes of a role sees what it sees.
    let looking = engine.look_as(&shop.caller, Some(Preset::Service.id())).await?;
    let order = call::orders_get(engine, &looking, OrderById { order_id: known.order }).await?;
    assert_eq!(order.buyer_phone, "138****8000");
    let refused = call::orders_open_buyer(engine, &looking, Meta::new(), buyer).await;
    assert_eq!(refused.err(), Some(Error::OnlyLooking));
    Ok(())
});
