//! Products, their SKUs and the tree they hang in.

use domain::stock::MoveReason;
use domain::{
    catalog::ProductState,
    units::{Count, Minor, Qty},
};
use engine::{
    Error,
    catalog::{
        DeleteCategory, ListProducts, Missing, MoveCategory, ProductById, ProductSort, ProductSpec, SaveCategory,
        SearchSkus, SetProductState, SkuMatrix,
    },
    ctx::Meta,
    settings::Nothing,
    stock::{AdjustMode, AdjustStock, AdjustStockLine, ListStock},
};
use tests::{
    Shop, call,
    catalog::{axis, edit, product, simple, sku},
    story,
};
use uuid::Uuid;

async fn category(shop: &Shop, parent: Option<Uuid>, name: &str) -> engine::Result<Uuid> {
    let input = SaveCategory { id: None, version: None, parent_id: parent, name: name.into() };
    Ok(shop.call(call::catalog_save_category, input).await?.id)
}

story!(a_product_comes_back_as_it_was_saved, async |shop| {
    let food = category(&shop, None, "食品").await?;
    let mut input = product(" 红富士苹果 ");
    input.title_en = "Fuji\0 apple".into();
    input.description = "Sweet.\nKeeps for weeks.".into();
    input.category_id = Some(food);
    input.brand = "果园".into();
    input.tags = vec!["fruit".into(), "red".into(), "fruit".into()];
    input.specs = vec![ProductSpec { name: "Origin".into(), value: "山东".into() }];
    input.media = vec!["apple.jpg".into(), "box.jpg".into()];
    let mut only = sku("", 1290, 30);
    only.barcode = Some("6901028075831".into());
    only.list_price = Some(Minor(1500));
    only.cost = Some(Minor(700));
    only.weight_g = Some(Qty(1000));
    only.volume_cm3 = Some(Qty(1500));
    only.tax_ppm = Some(90_000);
    only.low_stock = Some(Qty(10));
    input.skus.push(only);
    let saved = shop.call(call::catalog_save_product, input).await?;
    let shop = shop.reopen().await?;
    let read = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?;
    assert_eq!(read, saved);
    assert_eq!((read.title.as_str(), read.title_en.as_str()), ("红富士苹果", "Fuji apple"));
    assert_eq!(read.tags, ["fruit", "red"]);
    assert_eq!(read.missing, []);
    let [only] = read.skus.as_slice() else { anyhow::bail!("one SKU") };
    assert_eq!(only.code, "HONGFUSHIPINGGUO");
    assert_eq!((only.on_hand, only.reserved, only.available), (Qty(30), Qty(0), Qty(30)));
    let list = shop.ask(call::catalog_list_products, ListProducts::default()).await?;
    let [row] = list.items.as_slice() else { anyhow::bail!("one row") };
    assert_eq!((row.price_min, row.available, row.low), (Minor(1290), Qty(30), false));
    assert_eq!((row.cover.as_deref(), row.category_name.as_deref()), (Some("apple.jpg"), Some("食品")));
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});

story!(what_cannot_be_saved_is_refused_by_field, async |shop| {
    let mut good = product("Mug");
    good.skus.push(sku("MUG", 500, 0));
    shop.call(call::catalog_save_product, good.clone()).await?;
    let refused = |shop: &Shop, input| {
        let (engine, caller) = (shop.engine.clone(), shop.caller.clone());
        async move { call::catalog_save_product(&engine, &caller, Meta::new(), input).await }
    };
    let field = |outcome: engine::Result<_>| match outcome {
        Err(Error::Invalid { field, rule, .. }) => format!("{field} {rule}"),
        other => format!("{other:?}"),
    };
    let mut bad = good.clone();
    bad.title = "  ".into();
    assert_eq!(field(refused(&shop, bad).await), "title required");
    let mut bad = good.clone();
    bad.skus.clear();
    assert_eq!(field(refused(&shop, bad).await), "skus required");
    let mut bad = good.clone();
    bad.skus[0].price = Minor(-1);
    assert_eq!(field(refused(&shop, bad).await), "skus.0.price negative");
    let mut bad = good.clone();
    bad.category_id = Some(Uuid::now_v7());
    assert_eq!(field(refused(&shop, bad).await), "category_id unknown");
    let mut bad = good.clone();
    bad.skus[0].barcode = Some("6901028075832".into());
    assert_eq!(field(refused(&shop, bad.clone()).await), "skus.0.barcode check_digit");
    bad.accept_odd_barcode = true;
    bad.skus[0].code = "MUG-ODD".into();
    assert_eq!(refused(&shop, bad).await?.skus[0].barcode.as_deref(), Some("6901028075832"));
    let mut bad = good.clone();
    bad.skus[0].option_values = vec!["red".into()];
    assert_eq!(field(refused(&shop, bad).await), "skus.0.option_values wrong_number");
    match refused(&shop, good).await {
        Err(Error::Duplicate { kind, field, value, existing }) => {
            assert_eq!((kind.as_str(), field.as_str(), value.as_str()), ("sku", "code", "MUG"));
            assert_eq!(existing.as_deref(), Some("Mug"));
        }
        other => anyhow::bail!("{other:?}"),
    }
    Ok(())
});

story!(three_colours_by_four_sizes_are_twelve_skus, async |shop| {
    let options = vec![axis("颜色", &["红", "蓝", "白"]), axis("尺码", &["S", "M", "L", "XL"])];
    let ask = SkuMatrix { product_id: None, options: options.clone(), base: "TS".into(), price: Minor(9900) };
    let matrix = shop.ask(call::catalog_sku_matrix, ask).await?;
    assert_eq!(matrix.rows.len(), 12);
    assert_eq!(matrix.rows[0].code, "TS-HONG-S");
    let mut input = product("T恤");
    input.options = options.clone();
    for (at, row) in matrix.rows.iter().enumerate() {
        let mut one = sku(&row.code, 9900 + at as i64, if at == 0 { 5 } else { 0 });
        one.option_values.clone_from(&row.option_values);
        input.skus.push(one);
    }
    let saved = shop.call(call::catalog_save_product, input).await?;
    assert_eq!(saved.skus.len(), 12);
    assert_eq!(saved.skus[11].price, Minor(9911));

    // The value 红 has stock on one SKU: it stays.
    let mut without = edit(&saved);
    without.options[0].values.remove(0);
    without.skus.retain(|sku| sku.option_values[0] != "红");
    let refused = shop.call(call::catalog_save_product, without).await;
    assert!(matches!(&refused, Err(Error::InUse { kind, by, .. }) if kind == "sku" && by == "stock"), "{refused:?}");

    // Two SKUs swap their codes.
    let mut swapped = edit(&saved);
    (swapped.skus[1].code, swapped.skus[2].code) = (saved.skus[2].code.clone(), saved.skus[1].code.clone());
    let swapped = shop.call(call::catalog_save_product, swapped).await?;
    assert_eq!((&swapped.skus[1].code, swapped.skus[1].id), (&saved.skus[2].code, saved.skus[1].id));
    let saved = shop
        .call(
            call::catalog_save_product,
            engine::catalog::SaveProduct { version: Some(swapped.version), ..edit(&saved) },
        )
        .await?;

    // 白 was never used: its SKUs go.
    let mut without = edit(&saved);
    without.options[0].values.remove(2);
    without.skus.retain(|sku| sku.option_values[0] != "白");
    let meta = Meta::new();
    let fewer = shop.call_as(meta, call::catalog_save_product, without).await?;
    assert_eq!((fewer.skus.len(), fewer.retired.len()), (8, 0));
    // A matrix of the product keeps what it has, and proposes the rest.
    let ask = SkuMatrix { product_id: Some(saved.id), options, base: "TS".into(), price: Minor(1) };
    let matrix = shop.ask(call::catalog_sku_matrix, ask).await?;
    assert_eq!(matrix.rows.iter().filter(|row| row.sku_id.is_some()).count(), 8);
    assert_eq!(matrix.rows[0].price, Minor(9900));
    shop.undo(meta.command_id).await?;
    let back = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?;
    assert_eq!(back.skus, saved.skus);
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});

story!(a_sku_that_was_counted_retires, async |shop| {
    let mut input = product("Pen");
    input.options = vec![axis("Ink", &["blue", "red"])];
    for (code, ink) in [("PEN-B", "blue"), ("PEN-R", "red")] {
        let mut one = sku(code, 300, 0);
        one.option_values = vec![ink.into()];
        input.skus.push(one);
    }
    let saved = shop.call(call::catalog_save_product, input).await?;
    let red = saved.skus[1].id;
    for qty in [3, -3] {
        let line = AdjustStockLine { sku_id: red, mode: AdjustMode::Delta, qty: Qty(qty) };
        let adjust = AdjustStock { lines: vec![line], reason: MoveReason::AdjustmentFound, note: String::new() };
        shop.call(call::stock_adjust, adjust).await?;
    }
    let mut without = edit(&saved);
    without.options[0].values.pop();
    without.skus.pop();
    let fewer = shop.call(call::catalog_save_product, without).await?;
    assert_eq!((fewer.skus.len(), fewer.retired.len()), (1, 1));
    let find = SearchSkus { query: "PEN".into(), limit: None, only_for_sale: true };
    assert_eq!(shop.ask(call::catalog_search_skus, find).await?.items.len(), 1);
    // Typed in again under its code, it is the same SKU.
    let mut again = edit(&fewer);
    again.options[0].values.push("red".into());
    let mut one = sku("PEN-R", 350, 0);
    one.option_values = vec!["red".into()];
    again.skus.push(one);
    let again = shop.call(call::catalog_save_product, again).await?;
    assert_eq!((again.skus[1].id, again.retired.len()), (red, 0));
    let refused = shop.call(call::catalog_delete_product, ProductById { id: saved.id }).await;
    assert!(matches!(refused, Err(Error::InUse { .. })), "{refused:?}");
    Ok(())
});

story!(an_edit_is_written_down_and_a_stale_one_refused, async |shop| {
    let saved = simple(&shop, "CUP", 800, 4).await?;
    let mut first = edit(&saved);
    first.title = "Cup".into();
    first.skus[0].price = Minor(900);
    let meta = Meta::new();
    let after = shop.call_as(meta, call::catalog_save_product, first).await?;
    assert_eq!((after.version, after.skus[0].price, after.skus[0].on_hand), (Count(2), Minor(900), Qty(4)));
    let mut second = edit(&saved);
    second.title = "Beaker".into();
    let stale = shop.call(call::catalog_save_product, second).await;
    assert!(matches!(stale, Err(Error::Stale { current: Count(2), .. })), "{stale:?}");
    let history = shop.ask(call::catalog_history, ProductById { id: saved.id }).await?;
    assert_eq!(history.items.len(), 2);
    let told: Vec<String> = history.items[0]
        .fields
        .iter()
        .map(|f| format!("{} {} {:?} > {:?}", f.kind, f.field, f.before, f.after))
        .collect();
    assert_eq!(
        told,
        ["product title Some(\"Product CUP\") > Some(\"Cup\")", "sku price Some(\"800\") > Some(\"900\")"]
    );
    assert_eq!(history.items[0].actor_name, "owner");
    shop.undo(meta.command_id).await?;
    let back = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?;
    assert_eq!((back.title.as_str(), back.skus[0].price), ("Product CUP", Minor(800)));
    assert!(shop.ask(call::catalog_history, ProductById { id: saved.id }).await?.items[1].undone);
    Ok(())
});

story!(a_product_is_deleted_and_brought_back, async |shop| {
    let saved = simple(&shop, "TOY", 800, 7).await?;
    let meta = Meta::new();
    shop.call_as(meta, call::catalog_delete_product, ProductById { id: saved.id }).await?;
    let gone = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
    assert_eq!(shop.ask(call::stock_list, ListStock::default()).await?.items, []);
    shop.undo(meta.command_id).await?;
    let back = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?;
    assert_eq!(back.skus, saved.skus);
    let find = SearchSkus { query: "toy".into(), limit: None, only_for_sale: true };
    assert_eq!(shop.ask(call::catalog_search_skus, find).await?.items.len(), 1);
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    // A mistyped product, taken back at once.
    let meta = Meta::new();
    let mut input = product("Typo");
    input.skus.push(sku("TYPO", 1, 100));
    let typo = shop.call_as(meta, call::catalog_save_product, input).await?;
    shop.undo(meta.command_id).await?;
    assert!(shop.ask(call::catalog_get_product, ProductById { id: typo.id }).await.is_err());
    Ok(())
});

story!(products_are_listed_and_put_away, async |shop| {
    let (a, b) = (simple(&shop, "A", 100, 1).await?, simple(&shop, "B", 100, 1).await?);
    let mut draft = product("Draft");
    draft.state = ProductState::Draft;
    draft.skus.push(sku("D", 1, 0));
    let draft = shop.call(call::catalog_save_product, draft).await?;
    let find = || SearchSkus { query: "Product".into(), limit: None, only_for_sale: true };
    assert_eq!(shop.ask(call::catalog_search_skus, find()).await?.items.len(), 2);
    let meta = Meta::new();
    let ids = vec![a.id, b.id, draft.id];
    let set = SetProductState { ids: ids.clone(), state: ProductState::Unlisted };
    let done = shop.call_as(meta, call::catalog_set_state, set).await?;
    assert_eq!((done.changed, done.refused.len()), (Count(2), 1));
    assert_eq!(shop.ask(call::catalog_search_skus, find()).await?.items, []);
    let all = SearchSkus { only_for_sale: false, ..find() };
    assert_eq!(shop.ask(call::catalog_search_skus, all.clone()).await?.items.len(), 2);
    shop.undo(meta.command_id).await?;
    assert_eq!(shop.ask(call::catalog_search_skus, find()).await?.items.len(), 2);
    assert_eq!(shop.ask(call::catalog_history, ProductById { id: b.id }).await?.items.len(), 3);

    let set = SetProductState { ids: vec![a.id], state: ProductState::Archived };
    shop.call(call::catalog_set_state, set).await?;
    assert_eq!(shop.ask(call::catalog_search_skus, all).await?.items.len(), 1);
    assert_eq!(shop.ask(call::catalog_list_products, ListProducts::default()).await?.items.len(), 2);
    let counts = shop.ask(call::catalog_counts, Nothing {}).await?;
    let of = |state| counts.states.iter().find(|row| row.state == state).map(|row| row.count.0);
    assert_eq!(of(ProductState::Archived), Some(1));
    assert_eq!(of(ProductState::Listed), Some(1));
    assert_eq!(of(ProductState::Unlisted), Some(0));
    let set = SetProductState { ids: vec![a.id], state: ProductState::Listed };
    let refused = shop.call(call::catalog_set_state, set).await;
    assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
    Ok(())
});

story!(the_list_is_filtered_and_paged, async |shop| {
    let food = category(&shop, None, "Food").await?;
    let fruit = category(&shop, Some(food), "Fruit").await?;
    for n in 0..7 {
        shop.wait_minutes(1);
        let mut input = product(&format!("Thing {n}"));
        input.brand = if n % 2 == 0 { "Even".into() } else { "Odd".into() };
        input.tags = vec![format!("t{}", n % 3)];
        input.category_id = [None, Some(food), Some(fruit)][n as usize % 3];
        let mut one = sku(&format!("T{n}"), 100 + n, n * 2);
        one.weight_g = Some(Qty(10));
        input.skus.push(one);
        if n == 5 {
            input.media = vec!["x.jpg".into()];
            input.description = "full".into();
        }
        shop.call(call::catalog_save_product, input).await?;
    }
    let titles = |page: engine::catalog::ProductPage| -> Vec<String> {
        page.items.iter().map(|row| row.title.replace("Thing ", "")).collect()
    };
    let ask = |input| shop.ask(call::catalog_list_products, input);
    let all = ListProducts::default();
    assert_eq!(titles(ask(all.clone()).await?).concat(), "6543210");
    assert_eq!(titles(ask(ListProducts { category_id: Some(food), ..all.clone() }).await?).concat(), "5421");
    assert_eq!(titles(ask(ListProducts { category_id: Some(fruit), ..all.clone() }).await?).concat(), "52");
    assert_eq!(titles(ask(ListProducts { tag: Some("t0".into()), ..all.clone() }).await?).concat(), "630");
    assert_eq!(titles(ask(ListProducts { brand: Some("Odd".into()), ..all.clone() }).await?).concat(), "531");
    assert_eq!(titles(ask(ListProducts { low_only: true, ..all.clone() }).await?).concat(), "210");
    assert_eq!(titles(ask(ListProducts { incomplete_only: true, ..all.clone() }).await?).concat(), "643210");
    assert_eq!(titles(ask(ListProducts { search: Some("thing 4".into()), ..all.clone() }).await?).concat(), "4");
    assert_eq!(titles(ask(ListProducts { search: Some("6".into()), ..all.clone() }).await?).concat(), "6");
    assert_eq!(titles(ask(ListProducts { search: Some("nothing".into()), ..all.clone() }).await?).concat(), "");
    for sort in [ProductSort::Updated, ProductSort::Title] {
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = ask(ListProducts { sort, cursor, limit: Some(3), ..all.clone() }).await?;
            cursor = page.next.clone();
            seen.extend(titles(page));
            if cursor.is_none() {
                break;
            }
        }
        let expected = if sort == ProductSort::Title { "0123456" } else { "6543210" };
        assert_eq!(seen.concat(), expected);
    }
    let page = ask(ListProducts { limit: Some(1), ..all.clone() }).await?;
    assert_eq!(page.items[0].missing, [Missing::Picture, Missing::Category, Missing::Description]);
    assert!(ask(ListProducts { cursor: Some("x".into()), ..all }).await.is_err());
    Ok(())
});

story!(the_tree_has_no_circles_and_loses_nothing, async |shop| {
    let a = category(&shop, None, "A").await?;
    let b = category(&shop, Some(a), "B").await?;
    let c = category(&shop, Some(b), "C").await?;
    let d = category(&shop, None, "D").await?;
    let tree = async || -> anyhow::Result<String> {
        let tree = shop.ask(call::catalog_categories, Nothing {}).await?;
        Ok(tree.items.iter().map(|row| format!("{}{}", row.depth, row.name)).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(tree().await?, "0A 1B 2C 0D");
    let twice = SaveCategory { id: None, version: None, parent_id: Some(a), name: "B".into() };
    assert!(matches!(shop.call(call::catalog_save_category, twice).await, Err(Error::Duplicate { .. })));
    for parent in [a, b, c] {
        let circle = MoveCategory { id: a, parent_id: Some(parent), position: Count(0) };
        let refused = shop.call(call::catalog_move_category, circle).await;
        assert!(matches!(&refused, Err(Error::Invalid { rule, .. }) if rule == "cycle"), "{refused:?}");
    }
    let meta = Meta::new();
    let under = MoveCategory { id: b, parent_id: Some(d), position: Count(9) };
    shop.call_as(meta, call::catalog_move_category, under).await?;
    assert_eq!(tree().await?, "0A 0D 1B 2C");
    shop.undo(meta.command_id).await?;
    assert_eq!(tree().await?, "0A 1B 2C 0D");
    let first = MoveCategory { id: d, parent_id: None, position: Count(0) };
    shop.call(call::catalog_move_category, first).await?;
    assert_eq!(tree().await?, "0D 0A 1B 2C");

    let mut input = product("In C");
    input.category_id = Some(c);
    input.skus.push(sku("C1", 1, 0));
    let saved = shop.call(call::catalog_save_product, input).await?;
    let refused = shop.call(call::catalog_delete_category, DeleteCategory { id: b, move_to: None }).await;
    assert!(matches!(refused, Err(Error::InUse { .. })), "{refused:?}");
    let inside = shop.call(call::catalog_delete_category, DeleteCategory { id: b, move_to: Some(c) }).await;
    assert!(matches!(inside, Err(Error::Invalid { .. })), "{inside:?}");
    shop.call(call::catalog_delete_category, DeleteCategory { id: b, move_to: Some(d) }).await?;
    assert_eq!(tree().await?, "0D 1C 0A");
    let below_d = ListProducts { category_id: Some(d), ..ListProducts::default() };
    assert_eq!(shop.ask(call::catalog_list_products, below_d).await?.items.len(), 1);
    shop.call(call::catalog_delete_category, DeleteCategory { id: c, move_to: Some(a) }).await?;
    let moved = shop.ask(call::catalog_get_product, ProductById { id: saved.id }).await?;
    assert_eq!(moved.category_id, Some(a));
    let meta = Meta::new();
    shop.call_as(meta, call::catalog_delete_category, DeleteCategory { id: d, move_to: None }).await?;
    shop.undo(meta.command_id).await?;
    assert_eq!(tree().await?, "0A 0D");
    Ok(())
});

story!(whatever_is_typed_is_saved_or_refused_by_field, async |shop| {
    const SCRAPS: &[&str] = &[
        "",
        " ",
        "\0",
        "'",
        "\"",
        "\\",
        "%",
        "_",
        "红",
        "é",
        "e\u{301}",
        "🧵",
        "\u{200d}",
        "\u{202e}",
        "\u{feff}",
        "\n",
        "\t",
        "\u{1f}",
        "A",
        "1",
        "１",
        "-",
        "<b>",
        "$1",
        "{",
        "]",
        "ﷺ",
        "İ",
        "ß",
        "\u{10ffff}",
        "690",
        "NULL",
        "; DROP TABLE sku",
    ];
    let mut seed = 42_u64;
    let mut roll = move |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % sides as u64) as usize
    };
    let (mut saved, mut refused) = (0, 0);
    for _ in 0..150 {
        let mut text = |most: usize| (0..roll(most)).map(|_| SCRAPS[roll(SCRAPS.len())]).collect::<String>();
        let mut input = product(&text(9));
        input.title_en = text(6);
        input.description = text(20);
        input.brand = text(4);
        input.tags = vec![text(4), text(4)];
        input.media = vec![text(4)];
        input.specs = vec![ProductSpec { name: format!("s{}", text(4)), value: text(4) }];
        let values = [format!("a{}", text(3)), format!("b{}", text(3))];
        input.options = vec![axis(&format!("n{}", text(4)), &[&values[0], &values[1]])];
        input.accept_odd_barcode = true;
        for value in input.options[0].values.clone() {
            let mut one = sku(&text(5), [0, 5, i64::from(i32::MAX), -1][text(3).len() % 4], text(2).len() as i64);
            one.barcode = Some(text(5));
            one.option_values = vec![value];
            input.skus.push(one);
        }
        let query = text(5);
        match shop.call(call::catalog_save_product, input).await {
            Ok(product) => {
                saved += 1;
                let code = product.skus[0].code.clone();
                let find = SearchSkus { query: code.clone(), limit: None, only_for_sale: true };
                let found = shop.ask(call::catalog_search_skus, find).await?.items;
                assert!(found.iter().any(|item| item.code == code), "{code:?}");
            }
            Err(Error::Invalid { .. } | Error::Duplicate { .. }) => refused += 1,
            Err(error) => anyhow::bail!("{error:?}"),
        }
        let find = SearchSkus { query: query.clone(), limit: None, only_for_sale: false };
        shop.ask(call::catalog_search_skus, find).await?;
        let list = ListProducts { search: Some(query.clone()), tag: Some(query.clone()), ..ListProducts::default() };
        shop.ask(call::catalog_list_products, list).await?;
        shop.ask(call::stock_list, ListStock { search: Some(query), ..ListStock::default() }).await?;
    }
    assert!(saved > 10 && refused > 10, "{saved} saved, {refused} refused");
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    Ok(())
});
