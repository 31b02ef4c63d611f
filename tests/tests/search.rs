//! Finding goods by any part of a name, by pinyin and initials, by code and barcode.

use std::time::Instant;

use engine::catalog::SearchSkus;
use tests::{
    Shop, call, data_folder,
    catalog::{axis, edit, product, sku},
    story,
};

async fn find(shop: &Shop, query: &str) -> engine::Result<Vec<String>> {
    let input = SearchSkus { query: query.into(), limit: Some(100), only_for_sale: true };
    Ok(shop.ask(call::catalog_search_skus, input).await?.items.into_iter().map(|item| item.code).collect())
}

story!(a_part_of_anything_finds_it, async |shop| {
    for (code, title, title_en, barcode) in [
        ("RT-01", "祁门红茶 100g", "Keemun black tea", Some("6901028075831")),
        ("GT-01", "西湖龙井绿茶", "Dragon well green tea", None),
        ("100%", "棉_毛巾 100%", "Cotton towel", None),
        ("CQ-9", "重庆火锅底料", "Hot pot base", Some("036000291452")),
        ("rt-010", "Mug \"large\" 50\\50", "", None),
    ] {
        let mut input = product(title);
        input.title_en = title_en.into();
        let mut one = sku(code, 100, 1);
        one.barcode = barcode.map(Into::into);
        input.skus.push(one);
        shop.call(call::catalog_save_product, input).await?;
    }
    for (query, expected) in [
        ("红茶", vec!["RT-01"]),
        ("茶", vec!["RT-01", "GT-01"]),
        ("hongcha", vec!["RT-01"]),
        ("hc", vec!["RT-01"]),
        ("龙井", vec!["GT-01"]),
        ("longjing", vec!["GT-01"]),
        ("xhlj", vec!["GT-01"]),
        ("chongqing", vec!["CQ-9"]),
        ("cqhg", vec!["CQ-9"]),
        ("dragon", vec!["GT-01"]),
        ("tea gre", vec!["GT-01"]),
        ("black tea", vec!["RT-01"]),
        ("RT-01", vec!["RT-01", "rt-010"]),
        ("rt-010", vec!["rt-010"]),
        ("r", vec!["RT-01", "rt-010"]),
        ("6901028075831", vec!["RT-01"]),
        ("07583", vec!["RT-01"]),
        ("0036000291452", vec!["CQ-9"]),
        ("036000291452", vec!["CQ-9"]),
        ("100%", vec!["100%"]),
        ("棉_毛", vec!["100%"]),
        ("50\\50", vec!["rt-010"]),
        ("\"large\"", vec!["rt-010"]),
        ("ＤＲＡＧＯＮ", vec!["GT-01"]),
        ("红茶 绿茶", vec![]),
        ("茶红", vec![]),
        ("", vec![]),
        ("\u{0}'\";%", vec![]),
    ] {
        let mut found = find(&shop, query).await?;
        let mut expected: Vec<String> = expected.into_iter().map(Into::into).collect();
        if query == "RT-01" {
            assert_eq!(found, expected, "an exact code comes first");
        }
        found.sort();
        expected.sort();
        // One letter also looks through names; its codes must be among what is found.
        if query == "r" {
            found.retain(|code| expected.contains(code));
        }
        assert_eq!(found, expected, "{query}");
    }
    Ok(())
});

story!(what_is_renamed_is_found_by_its_new_name_only, async |shop| {
    let mut input = product("Old name");
    input.options = vec![axis("颜色", &["红", "蓝"])];
    for (code, value) in [("X-1", "红"), ("X-2", "蓝")] {
        let mut one = sku(code, 1, 0);
        one.option_values = vec![value.into()];
        input.skus.push(one);
    }
    let saved = shop.call(call::catalog_save_product, input).await?;
    assert_eq!(find(&shop, "old 红").await?, ["X-1"]);
    let mut again = edit(&saved);
    again.title = "新名字".into();
    shop.call(call::catalog_save_product, again).await?;
    assert_eq!(find(&shop, "old").await?, Vec::<String>::new());
    assert_eq!(find(&shop, "xmz lan").await?, ["X-2"]);
    Ok(())
});

/// Real names, and how long a search takes among them. Skipped where the data is not at hand.
async fn real_names(shop: Shop) -> anyhow::Result<()> {
    let Some(folder) = data_folder() else { return Ok(()) };
    let chinese = std::fs::read_to_string(folder.join("barcodes/cn_retail_barcodes.csv"))?;
    let names: Vec<(String, String)> = chinese
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.splitn(3, ',');
            cells.next()?;
            Some((cells.next()?.to_owned(), cells.next()?.trim().to_owned()))
        })
        .filter(|(_, name)| !name.is_empty())
        .collect();
    assert!(names.len() > 3_000);
    for (at, chunk) in names.chunks(500).enumerate() {
        let mut input = product(&format!("批次 {at}"));
        input.options = vec![axis("品名", &[])];
        input.accept_odd_barcode = true;
        for (row, (barcode, name)) in chunk.iter().enumerate() {
            let mut one = sku(&format!("CN{at}-{row}"), 100, 0);
            let name = format!("{row} {name}");
            input.options[0].values.push(name.clone());
            one.option_values = vec![name];
            one.barcode = Some(barcode.clone());
            input.skus.push(one);
        }
        shop.call(call::catalog_save_product, input).await?;
    }
    let mut took = Vec::new();
    for (at, (barcode, name)) in names.iter().enumerate().step_by(37) {
        let code = format!("CN{}-{}", at / 500, at % 500);
        let word: String = name.chars().filter(|c| domain::search::is_han(*c)).take(2).collect();
        let started = Instant::now();
        let by_barcode = find(&shop, barcode).await?;
        took.push(started.elapsed());
        assert!(by_barcode.contains(&code), "{barcode} {name}: {by_barcode:?}");
        let started = Instant::now();
        let by_name = find(&shop, name).await?;
        took.push(started.elapsed());
        assert!(by_name.contains(&code), "{name}: {by_name:?}");
        if name.contains(&word) && word.chars().count() == 2 {
            let started = Instant::now();
            let by_word = find(&shop, &word).await?;
            took.push(started.elapsed());
            assert!(!by_word.is_empty(), "{word} of {name}");
        }
    }
    took.sort();
    eprintln!("{} searches, median {:?}, slowest {:?}", took.len(), took[took.len() / 2], took[took.len() - 1]);
    Ok(())
}

#[test]
fn real_names_are_found_on_sqlite() {
    tests::on_sqlite(real_names);
}

#[test]
fn real_names_are_found_on_postgres() {
    tests::on_postgres(real_names);
}
