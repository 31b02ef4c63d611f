//! Stock: a ledger of moves, and balances that cache it.

use domain::{
    orders::DeliveryMethod,
    stock::{LocationKind, MoveReason},
    units::{Count, Qty},
};
use engine::{
    Error,
    catalog::{ProductById, SaveSku},
    ctx::Meta,
    orders::{CancelOrder, OrderById, PlaceOrder, ShipTo},
    settings::Nothing,
    shipping::ShipOrder,
    stock::{AdjustMode, AdjustStock, AdjustStockLine, GetStock, ListMoves, ListStock, RepairStock, StockSort},
};
use tests::{
    Shop, call,
    catalog::{edit, product, simple, sku},
    sales::line,
    story,
};
use uuid::Uuid;

fn adjust(sku_id: Uuid, mode: AdjustMode, qty: i64) -> AdjustStock {
    AdjustStock {
        lines: vec![AdjustStockLine { sku_id, mode, qty: Qty(qty) }],
        reason: MoveReason::AdjustmentCount,
        note: "shelf 3".into(),
    }
}

async fn on_hand(shop: &Shop, sku_id: Uuid) -> engine::Result<i64> {
    Ok(shop.ask(call::stock_get, GetStock { sku_id }).await?.stock.on_hand.0)
}

story!(a_new_shop_has_no_stock_and_no_differences, async |shop| {
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    assert_eq!(shop.ask(call::stock_low, Nothing {}).await?.items, []);
    Ok(())
});

story!(an_adjustment_is_a_document_with_before_and_after, async |shop| {
    let sku_id = simple(&shop, "A", 100, 10).await?.skus[0].id;
    shop.wait_minutes(1);
    let meta = Meta::new();
    let done = shop.call_as(meta, call::stock_adjust, adjust(sku_id, AdjustMode::Set, 7)).await?;
    assert_eq!((done.lines[0].before, done.lines[0].after), (Qty(10), Qty(7)));
    shop.wait_minutes(1);
    shop.undo(meta.command_id).await?;
    assert_eq!(on_hand(&shop, sku_id).await?, 10);
    let ask = ListMoves { sku_id: Some(sku_id), ..ListMoves::default() };
    let moves = shop.ask(call::stock_moves, ask.clone()).await?.items;
    let told: Vec<_> = moves.iter().map(|m| (m.reason, m.delta.0, m.before.0, m.after.0, m.from, m.to)).collect();
    let count = MoveReason::AdjustmentCount;
    let (here, loss) = (LocationKind::Internal, LocationKind::Loss);
    assert_eq!(
        told,
        [
            (count, 3, 7, 10, loss, here),
            (count, -3, 10, 7, here, loss),
            (MoveReason::Opening, 10, 0, 10, LocationKind::Opening, here),
        ]
    );
    assert_eq!((moves[1].doc_kind.as_str(), moves[1].doc_id), ("adjustment", done.id));
    assert_eq!((moves[1].doc_number.as_str(), moves[1].note.as_str()), (done.number.as_str(), "shelf 3"));
    assert_eq!(moves[1].actor_name, "owner");
    let first = shop.ask(call::stock_moves, ListMoves { limit: Some(2), ..ask.clone() }).await?;
    let rest = shop.ask(call::stock_moves, ListMoves { cursor: first.next, ..ask.clone() }).await?;
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
    let today = 20_514;
    for (from, to, n) in [(today, today, 3), (today + 1, today + 2, 0), (0, today - 1, 0)] {
        let days = ListMoves { from_day: Some(from), to_day: Some(to), ..ask.clone() };
        assert_eq!(shop.ask(call::stock_moves, days).await?.items.len(), n, "{from} to {to}");
    }
    let opening = ListMoves { reason: Some(MoveReason::Opening), ..ListMoves::default() };
    assert_eq!(shop.ask(call::stock_moves, opening).await?.items.len(), 1);
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});

story!(an_adjustment_that_cannot_be_is_refused_whole, async |shop| {
    let a = simple(&shop, "A", 100, 10).await?.skus[0].id;
    let b = simple(&shop, "B", 100, 1).await?.skus[0].id;
    let mut both = adjust(a, AdjustMode::Delta, -4);
    both.lines.push(AdjustStockLine { sku_id: b, mode: AdjustMode::Delta, qty: Qty(-2) });
    match shop.call(call::stock_adjust, both).await {
        Err(Error::InsufficientStock { lines }) => {
            let [line] = lines.as_slice() else { anyhow::bail!("{lines:?}") };
            assert_eq!((line.sku.as_str(), line.wanted, line.available), ("B", Qty(2), Qty(1)));
        }
        other => anyhow::bail!("{other:?}"),
    }
    assert_eq!(on_hand(&shop, a).await?, 10);
    for bad in [
        AdjustStock { lines: vec![], ..adjust(a, AdjustMode::Set, 1) },
        AdjustStock { reason: MoveReason::Sale, ..adjust(a, AdjustMode::Set, 1) },
        adjust(a, AdjustMode::Set, -1),
        adjust(a, AdjustMode::Set, 10),
    ] {
        let refused = shop.call(call::stock_adjust, bad).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    }
    let unknown = shop.call(call::stock_adjust, adjust(Uuid::now_v7(), AdjustMode::Set, 1)).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    Ok(())
});

story!(low_stock_is_listed_until_it_is_filled_up, async |shop| {
    // The shop's usual threshold is 5.
    let a = simple(&shop, "A", 100, 5).await?.skus[0].id;
    simple(&shop, "B", 100, 6).await?;
    let low = shop.ask(call::stock_low, Nothing {}).await?;
    assert_eq!((low.count, low.items[0].sku_id), (Count(1), a));
    let ask = |input| shop.ask(call::stock_list, input);
    let only = ListStock { low_only: true, ..ListStock::default() };
    assert_eq!(ask(only.clone()).await?.items.len(), 1);
    shop.call(call::stock_adjust, adjust(a, AdjustMode::Set, 50)).await?;
    assert_eq!(shop.ask(call::stock_low, Nothing {}).await?.count, Count(0));
    assert_eq!(ask(only).await?.items, []);
    for n in 0..5 {
        simple(&shop, &format!("C{n}"), 100, n).await?;
    }
    for (sort, expected) in [
        (StockSort::Code, "A B C0 C1 C2 C3 C4"),
        (StockSort::Scarcest, "C0 C1 C2 C3 C4 B A"),
        (StockSort::OnHand, "A B C4 C3 C2 C1 C0"),
    ] {
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = ask(ListStock { sort, cursor, limit: Some(2), ..ListStock::default() }).await?;
            seen.extend(page.items.into_iter().map(|row| row.code));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.join(" "), expected);
    }
    let found = ask(ListStock { search: Some("product c3".into()), ..ListStock::default() }).await?;
    assert_eq!(found.items.len(), 1);
    Ok(())
});

story!(a_balance_that_went_wrong_is_found_and_repaired, async |shop| {
    let sku_id = simple(&shop, "A", 100, 10).await?.skus[0].id;
    shop.sql("UPDATE stock_balance SET on_hand = 12, reserved = 3").await?;
    let found = shop.ask(call::stock_check, Nothing {}).await?;
    let [wrong] = found.as_slice() else { anyhow::bail!("{found:?}") };
    assert_eq!((wrong.on_hand, wrong.moved, wrong.reserved, wrong.held), (Qty(12), Qty(10), Qty(3), Qty(0)));
    let repair = RepairStock { sku_id, location_id: wrong.location_id };
    shop.call(call::stock_repair, repair).await?;
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    let again = shop.call(call::stock_repair, repair).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    Ok(())
});

story!(many_adjustments_keep_ledger_and_balance_equal, async |shop| {
    let mut skus = Vec::new();
    for n in 0..5 {
        skus.push(simple(&shop, &format!("S{n}"), 100, n * 3).await?.skus[0].id);
    }
    let mut expected: Vec<i64> = (0..5).map(|n| n * 3).collect();
    let mut seed = 20_261_121_u64;
    let mut roll = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    let mut done = Vec::new();
    for step in 0..60 {
        let at = roll(5) as usize;
        if roll(5) == 0 && !done.is_empty() {
            let (command_id, at, delta): (Uuid, usize, i64) = done.swap_remove(roll(done.len() as u64) as usize);
            match shop.undo(command_id).await {
                Ok(_) => expected[at] -= delta,
                Err(Error::InsufficientStock { .. }) => assert!(expected[at] - delta < 0, "step {step}"),
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        let set = roll(2) == 0;
        let qty = roll(20) as i64 - if set { 0 } else { 10 };
        let wanted = if set { qty } else { expected[at] + qty };
        let mode = if set { AdjustMode::Set } else { AdjustMode::Delta };
        let meta = Meta::new();
        match shop.call_as(meta, call::stock_adjust, adjust(skus[at], mode, qty)).await {
            Ok(_) => {
                done.push((meta.command_id, at, wanted - expected[at]));
                expected[at] = wanted;
            }
            Err(Error::Invalid { .. }) => assert_eq!(wanted, expected[at], "step {step}"),
            Err(Error::InsufficientStock { .. }) => assert!(wanted < 0, "step {step}"),
            Err(error) => return Err(error.into()),
        }
    }
    for (sku, expected) in skus.iter().zip(expected) {
        assert_eq!(on_hand(&shop, *sku).await?, expected);
    }
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});

fn order_of(lines: &[(Uuid, i64)]) -> PlaceOrder {
    let lines = lines.iter().map(|(sku_id, qty)| line(*sku_id, *qty)).collect();
    let ship_to = ShipTo { name: "王小明".into(), street: "人民路 1 号".into(), ..ShipTo::default() };
    PlaceOrder {
        lines,
        delivery: DeliveryMethod::Ship,
        ship_to: Some(ship_to),
        pay_later: true,
        ..PlaceOrder::default()
    }
}

fn parcel_of(order_id: Uuid) -> ShipOrder {
    ShipOrder {
        order_id,
        version: None,
        carrier: "self".into(),
        waybill: String::new(),
        lines: Vec::new(),
        note: String::new(),
        accept_warnings: true,
    }
}

story!(what_may_be_sold_ahead_goes_below_nothing, async |shop| {
    let mut input = product("Pre-order");
    input.skus.push(SaveSku { backorder: true, ..sku("AHEAD", 100, 2) });
    let saved = shop.call(call::catalog_save_product, input).await?;
    let sku_id = saved.skus[0].id;
    let placed = shop.call(call::orders_place, order_of(&[(sku_id, 5), (sku_id, 1)])).await?;
    let card = shop.ask(call::stock_get, GetStock { sku_id }).await?;
    assert_eq!((card.stock.on_hand, card.stock.reserved, card.stock.available), (Qty(2), Qty(6), Qty(-4)));
    assert_eq!(card.holds.iter().map(|hold| hold.qty.0).sum::<i64>(), 6);
    assert_eq!(card.holds[0].order_number, placed.number);
    // Sold ahead, it cannot be told to stop selling ahead.
    let mut stop = edit(&shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?);
    stop.skus[0].backorder = false;
    let refused = shop.call(call::catalog_save_product, stop).await;
    assert!(matches!(&refused, Err(Error::Invalid { rule, .. }) if rule == "oversold"), "{refused:?}");
    shop.call(call::shipping_ship, parcel_of(placed.order_id)).await?;
    assert_eq!(on_hand(&shop, sku_id).await?, -4);
    let refused = shop.call(call::catalog_delete_product, ProductById { id: saved.id }).await;
    assert!(matches!(refused, Err(Error::InUse { .. })), "{refused:?}");
    let moves = shop.ask(call::stock_moves, ListMoves { sku_id: Some(sku_id), ..ListMoves::default() }).await?.items;
    assert_eq!((moves[0].order_id, &moves[0].doc_number), (Some(placed.order_id), &placed.number));
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});

story!(orders_and_corrections_in_any_order_keep_the_shelf_right, async |shop| {
    let mut skus = Vec::new();
    for n in 0..4 {
        skus.push(simple(&shop, &format!("S{n}"), 100, 8).await?.skus[0].id);
    }
    let mut ahead = product("Ahead");
    ahead.skus.push(SaveSku { backorder: true, ..sku("S4", 100, 0) });
    skus.push(shop.call(call::catalog_save_product, ahead).await?.skus[0].id);
    let mut seed = 7_u64;
    let mut roll = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    let mut open: Vec<Uuid> = Vec::new();
    let mut seen = [0; 5];
    for step in 0..80 {
        let outcome: Result<(), Error> = match roll(6) {
            0..=2 => {
                let lines: Vec<(Uuid, i64)> =
                    (0..1 + roll(3)).map(|_| (skus[roll(5) as usize], 1 + roll(3) as i64)).collect();
                shop.call(call::orders_place, order_of(&lines)).await.map(|placed| {
                    seen[0] += 1;
                    open.push(placed.order_id);
                })
            }
            3 if !open.is_empty() => {
                let order_id = open.swap_remove(roll(open.len() as u64) as usize);
                seen[1] += 1;
                shop.call(call::shipping_ship, parcel_of(order_id)).await.map(|_| ())
            }
            4 if !open.is_empty() => {
                let order_id = open.swap_remove(roll(open.len() as u64) as usize);
                let version = shop.ask(call::orders_get, OrderById { order_id }).await?.version;
                let input = CancelOrder { order_id, version, reason: String::new(), refund: None };
                seen[2] += 1;
                shop.call(call::orders_cancel, input).await.map(|_| ())
            }
            _ => {
                let input = adjust(skus[roll(5) as usize], AdjustMode::Delta, roll(9) as i64 - 3);
                seen[3] += 1;
                shop.call(call::stock_adjust, input).await.map(|_| ())
            }
        };
        match outcome {
            Ok(()) | Err(Error::Invalid { .. }) => {}
            Err(Error::InsufficientStock { lines }) => {
                seen[4] += 1;
                assert!(lines.iter().all(|line| line.wanted > line.available), "step {step}: {lines:?}");
            }
            Err(error) => anyhow::bail!("step {step}: {error:?}"),
        }
        assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, [], "step {step}");
    }
    assert!(seen.iter().all(|n| *n > 3), "every kind of thing happened: {seen:?}");
    Ok(())
});
