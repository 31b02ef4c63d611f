//! Which orders somebody sees, and what hangs on them: of a role that sees only its own, or those of a channel.

use std::collections::BTreeSet;

use anyhow::Context as _;
use domain::{
    access::{Limit, Permission, Preset, Sees},
    orders::DeliveryMethod,
    units::{Count, Minor, Qty},
};
use engine::{
    Error,
    access::{Role, SaveRole},
    commands::{Kind, SPECS, call_json},
    ctx::{Caller, Meta},
    customers::{CustomerById, CustomerOrdersInput},
    offline::ListCases,
    orders::{
        AnnotateOrders, ListOrders, OrderAnnotation, OrderById, OrderFilter, PlaceLine, PlaceOrder, PlacePayment,
    },
    payments::{ListPayments, PaymentDays, PaymentMethod},
    settings::Nothing,
    stock::{GetStock, ListMoves},
};
use serde_json::{Value, json};
use tests::{
    Shop, call,
    people::{of, with_owner},
    story,
};
use uuid::Uuid;

const DAYS: (i32, i32) = (20_400, 20_600);

/// An order with a total, a payment, a tag and a remark that no other has.
struct Known {
    id: Uuid,
    number: String,
    total: i64,
}

impl Known {
    fn secrets(&self) -> [String; 6] {
        let total = self.total;
        let own = [format!("tag-{total}"), format!("remark {total}"), format!("REF-{total}")];
        let [tag, remark, reference] = own;
        [self.id.to_string(), self.number.clone(), total.to_string(), tag, remark, reference]
    }
}

struct Scene {
    sku: Uuid,
    customer: Uuid,
    /// Of the owner: over the counter, from the web, and one that waits for its buyer.
    counter: Known,
    web: Known,
    waiting: Known,
    /// Of a seller, over the counter.
    sold: Known,
    seller: Caller,
    web_clerk: Caller,
}

impl Scene {
    fn all(&self) -> [&Known; 4] {
        [&self.counter, &self.web, &self.waiting, &self.sold]
    }
}

/// A role with every right and these limits.
fn role(name: &str, sees: Sees) -> SaveRole {
    let permissions = Permission::ALL.iter().copied().filter(|permission| permission.is_given()).collect();
    SaveRole { id: None, version: Count(0), name: name.into(), permissions, refund_limit: None, sees }
}

fn own() -> Sees {
    Sees { own_orders: true, channels: Vec::new() }
}

fn of_web() -> Sees {
    Sees { own_orders: false, channels: vec!["web".into()] }
}

fn named(name: &str) -> engine::customers::Save {
    engine::customers::Save { name: name.into(), ..engine::customers::Save::default() }
}

async fn place(shop: &Shop, caller: &Caller, input: PlaceOrder) -> anyhow::Result<Known> {
    let placed = call::orders_place(&shop.engine, caller, Meta::new(), input).await?;
    Ok(Known { id: placed.order_id, number: placed.number, total: placed.total.0 })
}

fn order(sku: Uuid, customer: Uuid, channel: &str, total: i64) -> PlaceOrder {
    PlaceOrder {
        customer_id: Some(customer),
        channel: channel.into(),
        delivery: DeliveryMethod::Counter,
        lines: vec![PlaceLine { sku_id: sku, qty: Qty(1), unit_price: Some(Minor(total)), note: String::new() }],
        seller_note: format!("remark {total}"),
        ..PlaceOrder::default()
    }
}

/// Paid at once, and taken along.
fn sale(sku: Uuid, customer: Uuid, channel: &str, total: i64) -> PlaceOrder {
    let payment = PlacePayment {
        method: PaymentMethod::BankTransfer,
        amount: Minor(total),
        tendered: None,
        reference: format!("REF-{total}"),
    };
    PlaceOrder { payments: vec![payment], ..order(sku, customer, channel, total) }
}

async fn scene(shop: &Shop) -> anyhow::Result<Scene> {
    let sku = shop.goods("TEA-1", 9_900, 50).await?;
    let customer = shop.call(call::customers_save, named("张三")).await?.id;
    let seller = shop.call(call::access_save_role, role("Seller 导购", own())).await?;
    let web_clerk = shop.call(call::access_save_role, role("Web 网店", of_web())).await?;
    let seller = of(shop, "wang", seller.id).await?;
    let web_clerk = of(shop, "zhou", web_clerk.id).await?;
    let waits =
        PlaceOrder { delivery: DeliveryMethod::Pickup, pay_later: true, ..order(sku, customer, "counter", 20_030_009) };
    let scene = Scene {
        sku,
        customer,
        counter: place(shop, &shop.caller, sale(sku, customer, "", 7_100_003)).await?,
        web: place(shop, &shop.caller, sale(sku, customer, "web", 520_007)).await?,
        waiting: place(shop, &shop.caller, waits).await?,
        sold: place(shop, &seller, sale(sku, customer, "", 3_310_009)).await?,
        seller,
        web_clerk,
    };
    let tagged = |order: &Known| OrderAnnotation {
        order_id: order.id,
        tags: Some(vec![format!("tag-{}", order.total)]),
        ..OrderAnnotation::default()
    };
    shop.call(call::orders_annotate, AnnotateOrders { orders: scene.all().map(tagged).to_vec() }).await?;
    Ok(scene)
}

/// What each query answers, or why it does not.
async fn told(shop: &Shop, caller: &Caller, scene: &Scene) -> anyhow::Result<Vec<(String, engine::Result<String>)>> {
    let days = json!({ "from_day": DAYS.0, "to_day": DAYS.1 });
    let mut told = Vec::new();
    for spec in SPECS.iter().filter(|spec| spec.kind == Kind::Query) {
        let sku = json!({ "sku_id": scene.sku });
        let inputs: Vec<Value> = match spec.name {
            // Of files, and of work under way.
            "settings.test_backup_place" | "settings.try_backup" | "exports.get" => continue,
            "imports.inspect" | "imports.get" | "imports.rejects" | "imports.save_rejects" => continue,
            "catalog.list_products" => {
                vec![json!({ "states": [], "low_only": false, "incomplete_only": false, "sort": "title" })]
            }
            "catalog.get_product" | "catalog.history" => {
                let card = shop.ask(call::stock_get, GetStock { sku_id: scene.sku }).await?;
                vec![json!({ "id": card.stock.product_id })]
            }
            "catalog.sku_matrix" => continue,
            "catalog.search_skus" => vec![json!({ "query": "tea", "only_for_sale": false })],
            "stock.list" => vec![json!({ "low_only": false, "sort": "code" })],
            "stock.get" => vec![sku],
            "stock.moves" => vec![sku, json!({})],
            "orders.quote" => {
                vec![json!({ "customer_id": scene.customer, "lines": [{ "sku_id": scene.sku, "qty": 1 }] })]
            }
            "orders.list" => [
                json!({}),
                json!({ "search": "张三" }),
                json!({ "search": "TEA-1" }),
                json!({ "search": "2026" }),
                json!({ "customer_id": scene.customer }),
                json!({ "sku_id": scene.sku }),
                json!({ "channel": "counter" }),
                json!({ "channel": "web" }),
                json!({ "stages": ["completed", "ready", "review"] }),
                json!({ "stages": ["completed"] }),
                json!({ "payment_status": "paid" }),
                json!({ "payment_status": "unpaid" }),
                json!({ "amount_min": 1 }),
                json!({ "tag": format!("tag-{}", scene.counter.total) }),
            ]
            .map(|filter| json!({ "filter": filter }))
            .into_iter()
            .chain([json!({ "filter": {}, "sort": "amount_desc" }), json!({ "filter": {}, "sort": "oldest" })])
            .collect(),
            "orders.get" => scene.all().map(|order| json!({ "order_id": order.id })).to_vec(),
            "payments.list" => vec![json!({}), json!({ "method": "bank_transfer" })],
            "payments.summary" => vec![days.clone()],
            "analytics.dashboard" => vec![days.clone()],
            "analytics.sales_by" => ["product", "sku", "category", "channel", "day", "month"]
                .map(|by| json!({ "dimension": by, "from_day": DAYS.0, "to_day": DAYS.1, "sort": "amount" }))
                .to_vec(),
            "shipping.check_waybill" => vec![json!({ "carrier": "sf", "waybill": "SF1234567890123" })],
            "settings.preview_number" => vec![json!({ "kind": "adjustment" })],
            "customers.count_old" => vec![json!({ "years": 1 })],
            "customers.get" => vec![json!({ "id": scene.customer })],
            "customers.list" => ["last_order", "created", "total"]
                .map(|sort| json!({ "sort": sort }))
                .into_iter()
                .chain([json!({ "sort": "total", "query": "张" })])
                .collect(),
            "customers.search" => vec![json!({ "query": "" }), json!({ "query": "张三" })],
            "customers.orders" => vec![json!({ "customer_id": scene.customer })],
            "customers.parse_address" => vec![json!({ "text": "上海市" })],
            "app.audit" => {
                let subjects = scene.all().map(|order| json!({ "subject": order.id }));
                subjects.into_iter().chain([json!({}), json!({ "command": "orders" })]).collect()
            }
            "imports.list" => vec![json!({ "limit": 10 })],
            "app.drafts" | "app.views" => vec![json!({ "area": "orders" })],
            _ => vec![json!({})],
        };
        for input in inputs {
            let answer = call_json(&shop.engine, caller, spec.name, Meta::new(), input.clone()).await;
            match &answer {
                Ok(_) | Err(Error::OutOfScope { .. }) => {}
                Err(error) => anyhow::bail!("{} {input}: {error:?}", spec.name),
            }
            told.push((format!("{} {input}", spec.name), answer.map(|answer| answer.to_string())));
        }
    }
    Ok(told)
}

/// Every sum that a hidden order is a part of.
fn sums(orders: &[&Known], hidden: &[&Known]) -> Vec<String> {
    let of = |set: usize| orders.iter().enumerate().filter(move |(at, _)| set & 1 << at != 0).map(|(_, order)| *order);
    (1..1_usize << orders.len())
        .filter(|set| of(*set).any(|order| hidden.iter().any(|hidden| hidden.id == order.id)))
        .map(|set| of(set).map(|order| order.total).sum::<i64>().to_string())
        .collect()
}

story!(no_query_tells_of_an_order_that_is_not_seen, async |shop| {
    let shop = with_owner(shop).await?;
    let scene = scene(&shop).await?;
    let all = told(&shop, &shop.caller, &scene).await?;
    for order in scene.all() {
        for secret in order.secrets() {
            let known = all.iter().any(|(_, answer)| answer.as_ref().is_ok_and(|answer| answer.contains(&secret)));
            assert!(known || order.id == scene.waiting.id, "the owner is told {secret}");
        }
    }
    let sum: i64 = scene.all().iter().map(|order| order.total).sum();
    assert!(all.iter().any(|(_, answer)| answer.as_ref().is_ok_and(|answer| answer.contains(&sum.to_string()))));

    let cases = [(&scene.seller, vec![&scene.sold], Limit::Own), (&scene.web_clerk, vec![&scene.web], Limit::Channels)];
    for (caller, seen, limit) in cases {
        let hidden: Vec<&Known> =
            scene.all().into_iter().filter(|order| seen.iter().all(|seen| seen.id != order.id)).collect();
        let answers = told(&shop, caller, &scene).await?;
        for secret in hidden.iter().flat_map(|order| order.secrets()).chain(sums(&scene.all(), &hidden)) {
            for (query, answer) in &answers {
                // What was asked is known to who asks.
                let Ok(answer) = answer else { continue };
                assert!(!answer.contains(&secret), "{limit}: {query} tells {secret}: {answer}");
            }
        }
        let refused: BTreeSet<&str> = answers
            .iter()
            .filter(|(_, answer)| answer.is_err())
            .filter_map(|(query, _)| query.split(' ').next())
            .collect();
        let mut expected =
            BTreeSet::from(["analytics.recount", "analytics.sales_by", "app.check", "imports.list", "orders.get"]);
        if limit == Limit::Own {
            expected.insert("analytics.dashboard");
        }
        assert_eq!(refused, expected, "{limit}");
        for (query, answer) in &answers {
            assert!(!matches!(answer, Err(error) if *error != Error::OutOfScope { limit }), "{query}: {answer:?}");
        }
        // What they see is there: whole, and in every sum.
        let (engine, order) = (&shop.engine, seen[0]);
        let listed = call::orders_list(engine, caller, ListOrders::default()).await?.items;
        assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [order.id]);
        let found = OrderFilter { search: Some("张三".into()), ..OrderFilter::default() };
        let found = call::orders_list(engine, caller, ListOrders { filter: found, ..ListOrders::default() }).await?;
        assert_eq!(found.items.len(), 1);
        assert_eq!(call::orders_get(engine, caller, OrderById { order_id: order.id }).await?.total.0, order.total);
        let board = call::orders_board(engine, caller, Nothing {}).await?;
        assert_eq!(board.stages.iter().map(|stage| stage.n.0).sum::<i64>() + board.archived.0, 1);
        assert_eq!(call::orders_tags(engine, caller, Nothing {}).await?.tags, [format!("tag-{}", order.total)]);
        let paid = call::payments_list(engine, caller, ListPayments::default()).await?.items;
        assert_eq!(paid.iter().map(|payment| payment.amount.0).collect::<Vec<_>>(), [order.total]);
        let till = PaymentDays { from_day: DAYS.0, to_day: DAYS.1 };
        assert_eq!(call::payments_summary(engine, caller, till).await?.captured.0, order.total);
        let buyer = call::customers_get(engine, caller, CustomerById { id: scene.customer }).await?;
        assert_eq!((buyer.order_count.0, buyer.order_total.0), (1, order.total));
        let bought = CustomerOrdersInput { customer_id: scene.customer, cursor: None, limit: None };
        assert_eq!(call::customers_orders(engine, caller, bought).await?.items.len(), 1);
        let moves = call::stock_moves(engine, caller, ListMoves::default()).await?.items;
        assert_eq!(moves.iter().filter(|row| row.order_id.is_some()).count(), 1);
        assert_eq!(moves.len(), shop.ask(call::stock_moves, ListMoves::default()).await?.items.len());
        assert_eq!(call::offline_cases(engine, caller, ListCases::default()).await?.open.0, 0);
    }
    let dashboard = json!({ "from_day": DAYS.0, "to_day": DAYS.1 });
    let dashboard = call_json(&shop.engine, &scene.web_clerk, "analytics.dashboard", Meta::new(), dashboard).await?;
    assert_eq!(dashboard["period"]["kpis"]["gmv"], json!(scene.web.total));
    // Nor does what is carried out of the house.
    let folder = tempfile::tempdir()?;
    for (caller, seen) in [(&shop.caller, 4), (&scene.seller, 1), (&scene.web_clerk, 1)] {
        for what in ["orders", "order_lines", "payments", "customers"] {
            let path = folder.path().join(format!("{what}-{}.csv", caller.actor));
            let export = json!({ "what": what, "path": path, "format": "csv", "language": "en" });
            let job = call_json(&shop.engine, caller, "exports.table", Meta::new(), export).await?;
            let id = json!({ "id": job["id"] });
            while call_json(&shop.engine, caller, "exports.get", Meta::new(), id.clone()).await?["state"] == "running" {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            let text = std::fs::read_to_string(&path).context(what)?;
            let told = scene.all().iter().filter(|order| text.contains(&order.number)).count();
            match what {
                "customers" => assert!(text.contains(&format!(",{seen},")), "{text}"),
                "payments" => assert_eq!(told, seen.min(3), "{text}"),
                _ => assert_eq!(told, seen, "{text}"),
            }
        }
    }
    Ok(())
});

story!(no_order_is_changed_that_is_not_seen, async |shop| {
    let shop = with_owner(shop).await?;
    let scene = scene(&shop).await?;
    let packed = json!({ "order_id": scene.waiting.id });
    let packed = call_json(&shop.engine, &shop.caller, "shipping.ready_for_pickup", Meta::new(), packed).await?;
    let before = shop.ask(call::orders_get, OrderById { order_id: scene.waiting.id }).await?;
    let (id, parcel) = (scene.waiting.id, packed["parcel_id"].clone());
    let back = json!({ "order_id": scene.counter.id, "method": "cash", "amount": 100, "reason": "broken" });
    let asked = call_json(&shop.engine, &shop.caller, "payments.ask_refund", Meta::new(), back.clone()).await?;
    let (at, many) = (json!({ "order_id": id }), json!({ "order_ids": [scene.sold.id, scene.web.id, id] }));
    let commands = [
        ("orders.open_buyer", json!({ "order_id": id, "reason": "curious" })),
        ("orders.cancel", json!({ "order_id": id, "version": before.version })),
        ("orders.review", many.clone()),
        ("orders.hold", json!({ "order_id": id, "kind": "manual" })),
        ("orders.release_hold", json!({ "order_id": id, "hold_id": Uuid::now_v7() })),
        ("orders.reserve", at.clone()),
        ("orders.annotate", json!({ "orders": [{ "order_id": id, "assignee": "WANG" }] })),
        ("orders.archive", many.clone()),
        ("orders.unarchive", many),
        ("orders.deliver", at.clone()),
        ("orders.complete", at.clone()),
        ("orders.add_note", json!({ "order_id": id, "text": "was here" })),
        ("payments.capture", json!({ "order_id": id, "method": "cash", "amount": 100 })),
        ("payments.refund", json!({ "order_id": scene.counter.id, "method": "cash", "amount": 100 })),
        ("payments.ask_refund", back),
        ("payments.approve_refund", json!({ "id": asked["id"] })),
        ("payments.decline_refund", json!({ "id": asked["id"], "answer": "no" })),
        ("payments.read_refund", json!({ "id": asked["id"] })),
        ("shipping.ship", json!({ "order_id": id, "carrier": "self" })),
        ("shipping.ready_for_pickup", at.clone()),
        ("shipping.hand_over", at),
        ("shipping.deliver", json!({ "parcel_id": parcel })),
        ("shipping.cancel_parcel", json!({ "parcel_id": parcel })),
        ("customers.delete", json!({ "id": scene.customer })),
        ("customers.erase", json!({ "id": scene.customer, "reason": "curious" })),
        // Of the whole shop.
        ("orders.run_timers", json!({})),
        ("customers.erase_old", json!({})),
        ("analytics.rebuild", json!({})),
    ];
    let areas = ["orders.", "payments.", "shipping."];
    for spec in SPECS.iter().filter(|spec| spec.kind == Kind::Command && spec.name != "orders.place") {
        let tried = commands.iter().any(|(name, _)| *name == spec.name);
        assert!(tried || !areas.iter().any(|area| spec.name.starts_with(area)), "{} is tried", spec.name);
    }
    for (caller, limit) in [(&scene.seller, Limit::Own), (&scene.web_clerk, Limit::Channels)] {
        for (name, input) in &commands {
            let refused = call_json(&shop.engine, caller, name, Meta::new(), input.clone()).await;
            assert_eq!(refused.err(), Some(Error::OutOfScope { limit }), "{name}");
        }
    }
    let after = shop.ask(call::orders_get, OrderById { order_id: id }).await?;
    assert_eq!((after.version, after.timeline.len()), (before.version, before.timeline.len()));
    assert_eq!(shop.ask(call::app_check, Nothing {}).await?.differences, []);

    // What is sold through another channel would be gone from sight.
    let counter = order(scene.sku, scene.customer, "", 100);
    let refused = call::orders_place(&shop.engine, &scene.web_clerk, Meta::new(), counter).await;
    assert_eq!(refused.err(), Some(Error::OutOfScope { limit: Limit::Channels }));
    let web = PlaceOrder { external_id: Some("W-1".into()), ..order(scene.sku, scene.customer, "web", 100) };
    let placed = call::orders_place(&shop.engine, &scene.web_clerk, Meta::new(), web.clone()).await?;
    call::orders_get(&shop.engine, &scene.web_clerk, OrderById { order_id: placed.order_id }).await?;
    // The channel's number does not lead to what somebody else placed.
    let again = call::orders_place(&shop.engine, &scene.seller, Meta::new(), web).await;
    assert_eq!(again.err(), Some(Error::OutOfScope { limit: Limit::Own }));

    // What is assigned to somebody is theirs from now on, and what is taken from them is not.
    let assign = |name: &str| AnnotateOrders {
        orders: vec![OrderAnnotation { order_id: id, assignee: Some(name.into()), ..OrderAnnotation::default() }],
    };
    shop.call(call::orders_annotate, assign("WANG")).await?;
    let listed = call::orders_list(&shop.engine, &scene.seller, ListOrders::default()).await?.items;
    assert_eq!(listed.iter().map(|row| row.id).collect::<BTreeSet<_>>(), BTreeSet::from([id, scene.sold.id]));
    call::orders_get(&shop.engine, &scene.seller, OrderById { order_id: id }).await?;
    shop.call(call::orders_annotate, assign("")).await?;
    let gone = call::orders_get(&shop.engine, &scene.seller, OrderById { order_id: id }).await;
    assert_eq!(gone.err(), Some(Error::OutOfScope { limit: Limit::Own }));
    Ok(())
});

story!(nobody_gives_a_wider_sight_than_they_have, async |shop| {
    let shop = with_owner(shop).await?;
    let scene = scene(&shop).await?;
    let engine = &shop.engine;
    let roles: Vec<Role> = shop.ask(call::access_staff, Nothing {}).await?.roles;
    let of_preset =
        |preset: Preset| roles.iter().find(|role| role.preset == Some(preset)).map(|role| role.sees.clone());
    assert_eq!(of_preset(Preset::Owner), Some(Sees::default()), "the owner sees all");
    assert_eq!(shop.ask(call::access_staff, Nothing {}).await?.channels, ["counter", "web"]);
    let me = call::access_me(engine, &scene.web_clerk, Nothing {}).await?;
    assert_eq!(me.sees, of_web());

    let wider = call::access_save_role(engine, &scene.web_clerk, Meta::new(), role("All", Sees::default())).await;
    assert_eq!(wider.err(), Some(Error::OutOfScope { limit: Limit::Channels }));
    let wider = call::access_save_role(engine, &scene.seller, Meta::new(), role("Web", of_web())).await;
    assert_eq!(wider.err(), Some(Error::OutOfScope { limit: Limit::Own }));
    let narrower = Sees { own_orders: true, ..of_web() };
    call::access_save_role(engine, &scene.web_clerk, Meta::new(), role("Own of the web", narrower)).await?;

    // Who looks as a role sees what it sees, and no more than they do themselves.
    let web = roles.iter().find(|role| role.sees == of_web()).context("the role")?;
    let looking = engine.look_as(&shop.caller, Some(web.id)).await?;
    let seen = call::orders_list(engine, &looking, ListOrders::default()).await?.items;
    assert_eq!(seen.iter().map(|row| row.id).collect::<Vec<_>>(), [scene.web.id]);
    let peeping = engine.look_as(&scene.web_clerk, Some(Preset::Manager.id())).await;
    assert_eq!(peeping.err(), Some(Error::OutOfScope { limit: Limit::Channels }));

    // A limit holds at once, and so does its end.
    let less = SaveRole { id: Some(web.id), version: web.version, ..role("Web 网店", Sees::default()) };
    shop.call(call::access_save_role, less).await?;
    assert_eq!(call::orders_list(engine, &scene.web_clerk, ListOrders::default()).await?.items.len(), 4);
    Ok(())
});

story!(a_shop_from_before_knows_who_placed_its_orders, async |shop| {
    let shop = with_owner(shop).await?;
    let nobodys = shop.goods("OLD-1", 100, 5).await?;
    let nobody = shop.engine.owner(engine::ctx::Door::Clockwork);
    let input = sale(nobodys, shop.call(call::customers_save, named("李四")).await?.id, "", 4_000_001);
    let nobodys = place(&shop, &nobody, input).await?;
    let scene = scene(&shop).await?;
    let mut tx = shop.engine.db.begin().await?;
    for sql in [
        "DROP INDEX orders_by_placer",
        "DROP INDEX orders_by_channel_standing",
        "ALTER TABLE orders DROP COLUMN placed_by",
        "ALTER TABLE staff_role DROP COLUMN own_orders",
        "ALTER TABLE staff_role DROP COLUMN channels",
        "DELETE FROM _sqlx_migrations WHERE version = 23",
    ] {
        tx.execute_dyn(sql.to_owned(), &[]).await?;
    }
    tx.commit().await?;
    shop.engine.close().await;
    let engine = engine::Engine::open(&shop.address).await?;
    let mut tx = engine.db.begin_read().await?;
    let placed: Vec<(Uuid, Option<Uuid>)> =
        engine::fetch_all!(tx, (Uuid, Option<Uuid>), "SELECT id, placed_by FROM orders")?;
    tx.rollback().await?;
    let by = |order: &Known| placed.iter().find(|(id, _)| *id == order.id).and_then(|(_, by)| *by);
    assert_eq!((by(&scene.sold), by(&nobodys)), (Some(scene.seller.actor), None));
    assert_eq!([&scene.counter, &scene.web, &scene.waiting].map(by), [Some(shop.caller.actor); 3]);
    engine.close().await;
    Ok(())
});
