//! Files become products, customers and orders; nothing vanishes, and twice is once.

use std::{io::Write as _, path::PathBuf, time::Duration};

use anyhow::Context as _;
use domain::units::Count;
use engine::{
    Error,
    imports::{
        ImportJob, ImportJobId, ImportKind, ImportOptions, ImportRejectList, ImportState, InspectFile, SaveRejects,
        StartImport,
    },
};
use tests::{
    Shop, call, data_folder,
    files::{finished, import},
    story,
};

/// The pounds of Online Retail are taken for the shop's own currency, so that sums can be compared.
fn input(path: &std::path::Path, kind: ImportKind) -> StartImport {
    StartImport {
        path: path.to_string_lossy().into_owned(),
        kind,
        mapping: Vec::new(),
        options: ImportOptions { currency: Some("CNY".into()), ..ImportOptions::default() },
        dry_run: false,
    }
}

async fn count(shop: &Shop, table: &str) -> anyhow::Result<i64> {
    let mut tx = shop.engine.db.begin_read().await?;
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}");
    let rows: Vec<(i64,)> = engine::fetch_dyn!(tx, (i64,), sql, &[])?;
    Ok(rows[0].0)
}

async fn number(shop: &Shop, sql: &str) -> anyhow::Result<i64> {
    let mut tx = shop.engine.db.begin_read().await?;
    let rows: Vec<(i64,)> = engine::fetch_dyn!(tx, (i64,), sql, &[])?;
    Ok(rows[0].0)
}

fn file(name: &str, bytes: &[u8]) -> anyhow::Result<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    std::fs::File::create(&path)?.write_all(bytes)?;
    Ok((folder, path))
}

fn made(job: &ImportJob, what: &str) -> i64 {
    job.made.iter().find(|tally| tally.what == what).map_or(0, |tally| tally.count.0)
}

fn noted(job: &ImportJob, what: &str) -> i64 {
    job.notes.iter().find(|tally| tally.what == what).map_or(0, |tally| tally.count.0)
}

fn refused(job: &ImportJob, reason: &str) -> i64 {
    job.reasons.iter().find(|tally| tally.what == reason).map_or(0, |tally| tally.count.0)
}

fn sum<'a>(job: &'a ImportJob, what: &str) -> &'a str {
    job.sums.iter().find(|sum| sum.what == what).map_or("", |sum| sum.amount.as_str())
}

/// The ledgers against the balances, the counters against the documents.
async fn assert_sound(shop: &Shop) -> anyhow::Result<()> {
    let report = engine::commands::call_json(
        &shop.engine,
        &shop.caller,
        "app.check",
        engine::ctx::Meta::new(),
        serde_json::json!({}),
    )
    .await?;
    let differences = report["differences"].as_array().context("differences")?;
    anyhow::ensure!(differences.is_empty(), "{differences:#?}");
    Ok(())
}

/// Some rows in the layout of "Online Retail" (UCI, CC BY 4.0), with each rule on at least one.
const RETAIL: &str = "\u{feff}InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.0,17850.0,United Kingdom
536366,22633,HAND WARMER UNION JACK,6,2010-12-01 08:28:00,1.85,,Hong Kong
536367,POST,POSTAGE,1,2010-12-01 08:34:00,5.5,13047.0,EIRE
536368,22960,JAM MAKING SET WITH JARS,2,2010-12-01 08:34:00,0.0,13047.0,EIRE
536368,22960,JAM SET,2,2010-12-01 08:34:00,4.25,13047.0,EIRE
536369,PADS,PADS TO MATCH ALL CUSHIONS,1,2010-12-01 09:00:00,0.001,13047.0,EIRE
536370,85123a,CREAM HANGING HEART T-LIGHT HOLDER,1,2010-12-01 09:01:00,2.95,13047.0,EIRE
536371,85123A,,-10,2010-12-01 09:05:00,0.0,,United Kingdom
536372,85123A,found,10,2010-12-01 09:05:00,0.0,,United Kingdom
A536373,B,Adjust bad debt,1,2010-12-01 10:00:00,11062.06,,United Kingdom
C536374,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-2,2010-12-02 10:00:00,2.55,17850.0,United Kingdom
C536374,D,Discount,-1,2010-12-02 10:00:00,27.5,17850.0,United Kingdom
C536375,22633,HAND WARMER UNION JACK,-6,2010-12-02 10:01:00,1.85,,United Kingdom
C536376,AMAZONFEE,AMAZON FEE,-1,2010-12-02 10:02:00,13541.33,,United Kingdom
536365,22633,HAND WARMER UNION JACK,1,2010-12-03 08:26:00,1.85,17850.0,United Kingdom
536377,22633,HAND WARMER UNION JACK,lots,2010-12-03 08:26:00,1.85,17850.0,United Kingdom
536378,22633,HAND WARMER UNION JACK,1,yesterday,1.85,17850.0,United Kingdom
";

story!(online_retail_by_its_rules, async |shop| {
    let (_folder, path) = file("retail.csv", RETAIL.as_bytes())?;
    let looked = shop
        .ask(
            call::imports_inspect,
            InspectFile { path: path.to_string_lossy().into_owned(), kind: None, options: ImportOptions::default() },
        )
        .await?;
    assert_eq!((looked.kind, looked.encoding.as_str(), looked.bom), (ImportKind::OnlineRetail, "UTF-8", true));
    assert_eq!((looked.rows.len(), looked.missing.len(), looked.currency.as_deref()), (20, 0, Some("GBP")));

    let dry = import(&shop, StartImport { dry_run: true, ..input(&path, ImportKind::OnlineRetail) }).await?;
    assert_eq!((dry.created.0, dry.rejected.0, count(&shop, "orders").await?), (13, 7, 0), "{dry:#?}");
    assert_eq!((count(&shop, "product").await?, count(&shop, "customer").await?), (0, 0));

    let job = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    assert_eq!(job.state, ImportState::Done, "{job:#?}");
    assert_eq!((job.created, job.rejected, job.rows_read), (dry.created, dry.rejected, Count(20)), "{job:#?}");
    assert_eq!(job.sums, dry.sums);
    for (reason, rows) in [
        ("stock_correction", 1),
        ("no_price", 1),
        ("adjustment", 1),
        ("fee", 1),
        ("late_row", 1),
        ("quantity", 1),
        ("date", 1),
    ] {
        assert_eq!(refused(&job, reason), rows, "{reason}");
    }
    // 15.30 + 20.34 + 20.34 + 18.00 + 11.10 + 5.50 + 8.50 + 0.001 + 2.95 − 5.10 − 27.50 − 11.10
    assert_eq!((sum(&job, "taken"), sum(&job, "rounding")), ("58.331", "-0.001"));
    assert_eq!(sum(&job, "source"), "-2417.239", "{:?}", job.sums);
    assert_eq!((made(&job, "orders"), made(&job, "returns"), made(&job, "customers")), (6, 2, 2));

    let orders = "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM orders";
    assert_eq!(number(&shop, orders).await?, 10_203);
    assert_eq!(number(&shop, "SELECT freight FROM orders WHERE external_id = '536365'").await?, 1800);
    assert_eq!(number(&shop, "SELECT freight FROM orders WHERE external_id = '536367'").await?, 0);
    assert_eq!(number(&shop, "SELECT refunded FROM orders WHERE external_id = '536365'").await?, 510);
    assert_eq!(number(&shop, "SELECT CAST(COUNT(*) AS BIGINT) FROM sku WHERE code = '85123A'").await?, 1);
    assert_eq!(number(&shop, "SELECT price FROM sku WHERE code = '85123A'").await?, 295);
    assert_sound(&shop).await?;

    let again = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    assert_eq!((again.created.0, again.unchanged.0, again.rejected.0), (0, 13, 7), "{again:#?}");
    assert_eq!((noted(&again, "same_file"), count(&shop, "orders").await?, count(&shop, "payment").await?), (1, 6, 8));
    assert_sound(&shop).await?;

    let rejects = shop.ask(call::imports_rejects, ImportRejectList { id: job.id, cursor: None, limit: 3 }).await?;
    assert_eq!(rejects.items[0].row.0, 12);
    assert_eq!((rejects.items[0].reason.as_str(), rejects.items[0].raw[0].as_str()), ("stock_correction", "536371"));
    assert!(rejects.next.is_some());
    let saved = path.with_file_name("rejects.csv");
    let input = SaveRejects { id: job.id, path: saved.to_string_lossy().into_owned(), language: "zh-CN".into() };
    assert_eq!(shop.ask(call::imports_save_rejects, input).await?.rows.0, 7);
    let text = std::fs::read_to_string(saved)?;
    assert!(text.starts_with("\u{feff}行号,原因,字段,InvoiceNo"), "{text}");
    assert!(text.contains("12,库存更正，不是销售,price,536371,85123A"), "{text}");
    Ok(())
});

story!(amounts_in_another_currency_are_converted, async |shop| {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/online_retail_excerpt.csv");
    let with = |rate: Option<&str>| {
        let options = ImportOptions { rate: rate.map(str::to_owned), ..ImportOptions::default() };
        StartImport { options, ..input(&path, ImportKind::OnlineRetail) }
    };
    for (rate, rule) in
        [(None, "required"), (Some(" "), "required"), (Some("neun"), "not_a_number"), (Some("0"), "too_small")]
    {
        let error = shop.call(call::imports_start, with(rate)).await.unwrap_err();
        assert_eq!(error, Error::invalid("options.rate", rule));
    }
    let pounds = import(&shop, with(Some("9.1234"))).await?;
    assert_eq!(pounds.state, ImportState::Done, "{pounds:#?}");
    assert!(noted(&pounds, "other_currency") > 0);
    // Each line on its own: £15.30 is ¥139.58802, so 139.59.
    let line = "SELECT l.net FROM order_line l JOIN orders o ON o.id = l.order_id
                WHERE o.external_id = '536365' AND l.sku_code = '85123A'";
    assert_eq!(number(&shop, line).await?, 13_959);
    let foreign = "SELECT CAST(COUNT(*) AS BIGINT) FROM orders WHERE currency <> 'CNY'";
    assert_eq!(number(&shop, foreign).await?, 0);
    assert_sound(&shop).await
});

story!(online_retail_in_whole, async |shop| {
    let Some(path) = data_folder().map(|folder| folder.join("online_retail/online_retail_2010-12_2011-12.csv")) else {
        return Ok(());
    };
    let started = std::time::Instant::now();
    let job = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    eprintln!("imported in {:?}", started.elapsed());
    assert_eq!(job.state, ImportState::Done, "{job:#?}");
    // What the source is known to have.
    assert_eq!((job.rows_read, job.rows_total), (Count(541_909), Some(Count(541_909))));
    assert_eq!(sum(&job, "source"), "9747747.934");
    assert_eq!((job.created.0, job.unchanged.0), (541_909 - job.rejected.0, 0));
    for (reason, rows) in [
        ("adjustment", 3),
        ("fee", 87),
        ("stock_correction", 1336),
        ("no_price", 1139),
        ("late_row", 0),
        ("quantity", 0),
    ] {
        assert_eq!(refused(&job, reason), rows, "{reason} {:?}", job.reasons);
    }
    // Two sums that differ only by what half a penny rounds to.
    assert_eq!((sum(&job, "taken"), sum(&job, "rounding")), ("9995439.563", "-0.003"), "{:?}", job.sums);
    assert_eq!(sum(&job, "refused"), "-247691.629");
    let orders = number(&shop, "SELECT CAST(SUM(total) AS BIGINT) FROM orders").await?;
    let returns = number(&shop, "SELECT CAST(SUM(total) AS BIGINT) FROM order_return").await?;
    assert_eq!(orders - returns, 999_543_956);
    let ledger = "SELECT CAST(SUM(CASE WHEN kind = 'capture' THEN amount ELSE -amount END) AS BIGINT) FROM payment";
    assert_eq!(number(&shop, ledger).await?, 999_543_956);
    assert_eq!(count(&shop, "order_return_line").await?, 9_288 - 73);
    eprintln!("{:?} {:?} {:?}", job.made, job.notes, job.sums);
    let checked = std::time::Instant::now();
    assert_sound(&shop).await?;
    eprintln!("checked in {:?}", checked.elapsed());

    let tables = ["orders", "order_line", "order_return", "payment", "order_event", "customer", "product", "sku"];
    let mut before = Vec::new();
    for table in tables {
        before.push(count(&shop, table).await?);
    }
    let again = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    assert_eq!((again.created.0, again.updated.0, again.unchanged), (0, 0, job.created), "{again:#?}");
    assert_eq!((again.rejected, noted(&again, "same_file"), noted(&again, "differs")), (job.rejected, 1, 0));
    for (table, rows) in tables.iter().zip(before) {
        assert_eq!(count(&shop, table).await?, rows, "{table}");
    }
    Ok(())
});

story!(catalogues_of_other_programs, async |shop| {
    let Some(folder) = data_folder() else { return Ok(()) };
    // File, kind, rows taken, rows refused, products, SKUs.
    for (name, kind, taken, refused, products, skus) in [
        ("catalog_shopify/fashion.csv", ImportKind::ShopifyProducts, 5016, 8, 997, 3676),
        ("catalog_shopify/jewelry.csv", ImportKind::ShopifyProducts, 30, 0, 19, 24),
        ("catalog_woocommerce/sample_products.csv", ImportKind::WoocommerceProducts, 23, 1, 14, 21),
        ("cn_shop/litemall_data.sql", ImportKind::Litemall, 483, 0, 239, 244),
        ("barcodes/cn_retail_barcodes.csv", ImportKind::Barcodes, 3218, 0, 3218, 3218),
    ] {
        let path = folder.join(name);
        let look =
            InspectFile { path: path.to_string_lossy().into_owned(), kind: None, options: ImportOptions::default() };
        assert_eq!(shop.ask(call::imports_inspect, look).await?.kind, kind, "{name}");
        let dry = import(&shop, StartImport { dry_run: true, ..input(&path, kind) }).await?;
        let job = import(&shop, input(&path, kind)).await?;
        assert_eq!(job.state, ImportState::Done, "{job:#?}");
        let found = (job.created.0, job.rejected.0, made(&job, "products"), made(&job, "skus"));
        assert_eq!(found, (taken, refused, products, skus), "{name} {:?} {:?}", job.reasons, job.notes);
        assert_eq!((dry.created, dry.rejected), (job.created, job.rejected), "{name}");
        let again = import(&shop, input(&path, kind)).await?;
        assert_eq!((again.created.0, again.updated.0, again.unchanged), (0, 0, job.created), "{name} {again:#?}");
    }
    assert_sound(&shop).await
});

story!(a_table_with_mapped_columns, async |shop| {
    let text = "品名,货号,条码,售价,进价,库存,类目,颜色,尺码,重量\n\
        真丝围巾,SC-R-M,6901294176904,¥199.00,80,12,服饰 > 围巾,红,M,120\n\
        真丝围巾,SC-B-M,,\"1,199\",80.5,0,服饰 > 围巾,蓝,M,120g\n\
        茶杯,CUP,0123,35,,3,家居,,,\n\
        ,NONAME,,1,,,,,,\n\
        坏价格,BAD,,abc,,,,,,\n\
        重复,CUP,,1,,,,,,\n\
        无价商品,,,,,,,,,\n";
    let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
    let (_folder, path) = file("商品.csv", &gb18030)?;
    let look = InspectFile { path: path.to_string_lossy().into_owned(), kind: None, options: ImportOptions::default() };
    let looked = shop.ask(call::imports_inspect, look.clone()).await?;
    assert_eq!((looked.kind, looked.encoding.as_str()), (ImportKind::Products, "gb18030"));
    assert_eq!(looked.rows[0][0], "真丝围巾");
    let mut wanted = input(&path, ImportKind::Products);
    wanted.mapping = looked.mapping.clone();
    let weight = wanted.mapping.iter_mut().find(|column| column.column == "重量").context("a column")?;
    weight.field = None;
    let job = import(&shop, wanted.clone()).await?;
    assert_eq!((job.created.0, job.rejected.0), (4, 3), "{job:#?}");
    assert_eq!((refused(&job, "no_title"), refused(&job, "not_a_number"), refused(&job, "duplicate_sku")), (1, 1, 1));
    assert_eq!(
        (count(&shop, "product").await?, count(&shop, "sku").await?, count(&shop, "category").await?),
        (3, 4, 3)
    );
    assert_eq!(number(&shop, "SELECT price FROM sku WHERE code = 'SC-B-M'").await?, 119_900);
    assert_eq!(
        number(&shop, "SELECT on_hand FROM stock_balance b JOIN sku s ON s.id = b.sku_id WHERE code = 'SC-R-M'")
            .await?,
        12
    );
    assert_sound(&shop).await?;

    // The mapping is remembered by the header, until it is forgotten.
    let looked = shop.ask(call::imports_inspect, look.clone()).await?;
    assert!(looked.remembered && looked.imported_before.is_some());
    assert_eq!(looked.mapping, wanted.mapping);
    let forget = engine::imports::ForgetMapping { kind: ImportKind::Products, header: looked.header };
    shop.call(call::imports_forget_mapping, forget).await?;
    assert!(!shop.ask(call::imports_inspect, look).await?.remembered);

    // What the file says anew is taken; the shelf is not filled twice.
    std::fs::write(&path, text.replace("¥199.00", "¥189.00"))?;
    let job = import(&shop, wanted).await?;
    assert_eq!((job.created.0, job.updated.0 + job.unchanged.0), (0, 4), "{job:#?}");
    assert_eq!(number(&shop, "SELECT price FROM sku WHERE code = 'SC-R-M'").await?, 18_900);
    assert_eq!(number(&shop, "SELECT CAST(SUM(on_hand) AS BIGINT) FROM stock_balance").await?, 15);
    assert_sound(&shop).await
});

story!(orders_and_customers_from_tables, async |shop| {
    let products = "title,sku,price,stock\nCup,CUP,12.50,10\nPlate,PLATE,8,2\n";
    let (_folder, path) = file("products.csv", products.as_bytes())?;
    assert_eq!(import(&shop, input(&path, ImportKind::Products)).await?.created.0, 2);
    let people = "姓名,手机号,邮箱,城市,地址\n李雷,13800138000,lilei@example.com,杭州,文三路 1 号\n韩梅梅,138-0013-8001,,,\n,13800138002,,,\n坏电话,电话不详,,,\n";
    let (_folder, path) = file("people.csv", people.as_bytes())?;
    let job = import(&shop, input(&path, ImportKind::Customers)).await?;
    assert_eq!((job.created.0, job.rejected.0, refused(&job, "phone")), (2, 2, 1), "{job:#?}");
    assert_eq!(import(&shop, input(&path, ImportKind::Customers)).await?.unchanged.0, 2);

    let orders = "订单号,下单时间,货号,数量,单价,收货人,手机号,地址,实付\n\
        A1,2026-03-01 09:00,CUP,2,12.00,李雷,13800138000,文三路 1 号,32\n\
        A1,2026-03-01 09:00,PLATE,1,8,李雷,13800138000,文三路 1 号,32\n\
        A2,2026-03-01 10:00,CUP,1,,王五,,,\n\
        A3,2026-03-01 11:00,NOSUCH,1,1,王五,,,\n\
        A3,2026-03-01 11:00,CUP,1,1,王五,,,\n\
        A4,2026-03-01 12:00,PLATE,5,8,赵六,,,\n\
        A5,someday,CUP,1,1,赵六,,,\n";
    let (_folder, path) = file("orders.csv", orders.as_bytes())?;
    let dry = import(&shop, StartImport { dry_run: true, ..input(&path, ImportKind::Orders) }).await?;
    assert_eq!(count(&shop, "orders").await?, 0);
    let job = import(&shop, input(&path, ImportKind::Orders)).await?;
    assert_eq!((job.created.0, job.rejected.0), (3, 4), "{job:#?}");
    assert_eq!((dry.created, dry.rejected), (job.created, job.rejected));
    for reason in ["unknown_sku", "order_refused", "short_stock", "date"] {
        assert_eq!(refused(&job, reason), 1, "{reason} {:?}", job.reasons);
    }
    assert_eq!(number(&shop, "SELECT captured FROM orders WHERE external_id = 'A1'").await?, 3_200);
    let again = import(&shop, input(&path, ImportKind::Orders)).await?;
    assert_eq!((again.created.0, again.unchanged.0), (0, 3), "{again:#?}");
    assert_sound(&shop).await?;

    for (what, format, rows) in [
        ("orders", "csv", 2),
        ("order_lines", "xlsx", 3),
        ("customers", "csv", 3),
        ("stock", "xlsx", 2),
        ("products", "csv", 2),
        ("payments", "csv", 1),
    ] {
        let out = path.with_file_name(format!("{what}.{format}"));
        let wanted =
            serde_json::json!({"what": what, "format": format, "path": out, "filter": null, "language": "zh-CN"});
        let job = shop.call(call::exports_table, serde_json::from_value(wanted)?).await?;
        let job = loop {
            let job = shop.ask(call::exports_get, engine::exports::ExportId { id: job.id }).await?;
            if job.state != engine::exports::ExportState::Running {
                break job;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!((job.state, job.rows.0), (engine::exports::ExportState::Done, rows), "{what} {job:?}");
        if format == "csv" {
            let text = std::fs::read_to_string(&out)?;
            assert_eq!(text.lines().count() as i64, rows + 1, "{what}");
            assert!(!text.contains("unpaid") && !text.contains("listed") && !text.contains("capture"), "{text}");
        } else {
            // What is written can be read again.
            let look =
                InspectFile { path: out.to_string_lossy().into_owned(), kind: None, options: ImportOptions::default() };
            assert_eq!(shop.ask(call::imports_inspect, look).await?.rows.len() as i64, rows);
        }
    }
    Ok(())
});

/// Many small invoices, so that a job has several batches and can be caught between them.
fn many_rows(invoices: usize) -> String {
    let mut text = String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    for n in 0..invoices {
        let (day, customer) = (1 + n % 28, 12_000 + n % 97);
        for line in 0..4 {
            let (sku, qty) = ((n * 7 + line * 13) % 211, 1 + (n + line) % 5);
            text.push_str(&format!(
                "{},S{sku},THING {sku},{qty},2011-01-{day:02} 10:00:00,{}.{:02},{customer}.0,France\n",
                600_000 + n,
                1 + sku % 9,
                sku % 100
            ));
        }
        if n % 10 == 9 {
            let sku = ((n - 7) * 7) % 211;
            text.push_str(&format!(
                "C{},S{sku},THING {sku},-1,2011-02-{day:02} 10:00:00,{}.{:02},{}.0,France\n",
                600_000 + n,
                1 + sku % 9,
                sku % 100,
                12_000 + (n - 7) % 97
            ));
        }
    }
    text
}

/// What a shop holds, told without ids.
async fn holdings(shop: &Shop) -> anyhow::Result<Vec<i64>> {
    let mut all = Vec::new();
    for table in [
        "orders",
        "order_line",
        "order_return",
        "order_return_line",
        "payment",
        "customer",
        "product",
        "sku",
        "sales_sku_daily",
    ] {
        all.push(count(shop, table).await?);
    }
    for sum in [
        "SUM(total) AS BIGINT) FROM orders",
        "SUM(refunded) AS BIGINT) FROM orders",
        "SUM(returned) AS BIGINT) FROM order_line",
        "SUM(net) AS BIGINT) FROM order_return_line",
        "COUNT(order_line_id) AS BIGINT) FROM order_return_line",
        "SUM(gmv) AS BIGINT) FROM sales_daily",
        "SUM(order_total) AS BIGINT) FROM customer",
    ] {
        all.push(number(shop, &format!("SELECT CAST({sum}")).await?);
    }
    Ok(all)
}

story!(a_cut_import_goes_on_where_it_stopped, async |shop| {
    let (folder, path) = file("many.csv", many_rows(15_000).as_bytes())?;
    let whole = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    assert_eq!((whole.state, whole.rejected.0), (ImportState::Done, 0), "{whole:#?}");
    let expected = holdings(&shop).await?;
    drop(shop);

    let (address, other) = tests::sqlite_address()?;
    let shop = Shop::open(address, Some(other)).await?;
    let job = shop.call(call::imports_start, input(&path, ImportKind::OnlineRetail)).await?;
    loop {
        let now = shop.ask(call::imports_get, ImportJobId { id: job.id }).await?;
        if now.rows_read.0 > 0 {
            assert!(now.rows_read < whole.rows_read, "the job was too fast to be caught");
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // The database goes away under the job, as when the program ends.
    let shop = shop.reopen().await?;
    let mut resumed = shop.call(call::imports_resume, ImportJobId { id: job.id }).await;
    for _ in 0..500 {
        if resumed.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        resumed = shop.call(call::imports_resume, ImportJobId { id: job.id }).await;
    }
    let resumed = resumed?;
    assert!(resumed.rows_read.0 > 0);
    let done = finished(&shop, job.id).await?;
    assert_eq!(
        (done.state, done.rows_read, done.created),
        (ImportState::Done, whole.rows_read, whole.created),
        "{done:#?}"
    );
    assert_eq!((&done.sums, &done.made), (&whole.sums, &whole.made));
    assert_eq!(holdings(&shop).await?, expected);
    assert_sound(&shop).await?;
    drop(folder);
    Ok(())
});

story!(a_cancelled_import_stays_where_it_is, async |shop| {
    let (_folder, path) = file("many.csv", many_rows(15_000).as_bytes())?;
    let job = shop.call(call::imports_start, input(&path, ImportKind::OnlineRetail)).await?;
    let busy = shop.call(call::imports_start, input(&path, ImportKind::OnlineRetail)).await;
    assert!(matches!(busy, Err(Error::WrongState { .. })), "{busy:?}");
    while shop.ask(call::imports_get, ImportJobId { id: job.id }).await?.rows_read.0 == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let cancelled = shop.call(call::imports_cancel, ImportJobId { id: job.id }).await?;
    assert_eq!(cancelled.state, ImportState::Cancelled);
    assert!(cancelled.rows_read.0 > 0);
    assert!(shop.call(call::imports_resume, ImportJobId { id: job.id }).await.is_err());
    assert_sound(&shop).await?;
    // Another import of the file brings the rest.
    let rest = import(&shop, input(&path, ImportKind::OnlineRetail)).await?;
    assert_eq!((rest.state, rest.unchanged), (ImportState::Done, cancelled.created), "{rest:#?}");
    assert_sound(&shop).await
});

story!(files_that_are_none, async |shop| {
    let xlsx = {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "title")?;
        book.save_to_buffer()?
    };
    let mut utf16: Vec<u8> = vec![0xff, 0xfe];
    utf16.extend("title,sku\nCup,A\n".encode_utf16().flat_map(u16::to_le_bytes));
    let open_quote = format!("title,sku\n\"Cup,{}", "x".repeat(20 << 20));
    let files: Vec<(&str, Vec<u8>, Result<&str, &str>)> = vec![
        ("empty.csv", Vec::new(), Err("empty")),
        ("blank.csv", b"\n\n  \n".to_vec(), Err("empty")),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), Err("old_excel")),
        ("binary.csv", (0..=255).cycle().take(5000).collect(), Err("binary")),
        ("cut.xlsx", xlsx[..xlsx.len() / 2].to_vec(), Err("damaged")),
        ("spoilt.xlsx", { let mut bytes = xlsx.clone(); let end = xlsx.len() * 2 / 3; for byte in &mut bytes[30..end] { *byte ^= 0x5a; } bytes }, Err("damaged")),
        ("zip.xlsx", b"PK\x03\x04 nothing".to_vec(), Err("damaged")),
        ("quote.csv", open_quote.into_bytes(), Err("row_too_long")),
        ("dump.sql", b"INSERT INTO `other` VALUES (1);".to_vec(), Err("no_litemall")),
        ("cut.sql", b"INSERT INTO `litemall_goods` VALUES (1,'x".to_vec(), Err("damaged")),
        ("utf16.csv", utf16, Ok("UTF-16LE")),
        ("nul.csv", b"title,sku\nCup,A\nPl\0ate,B\n".to_vec(), Ok("UTF-8")),
        ("latin.csv", b"title,sku\nCaf\xe9 cr\xe8me br\xfbl\xe9e \xe0 la fran\xe7aise,A\nG\xe2teau d\xe9j\xe0 vu, tr\xe8s \xe9l\xe9gant,B\n".to_vec(), Ok("windows-1252")),
        ("some.csv", b"title;sku\nCup;A\n\"Sau;cer\";B\n".to_vec(), Ok("UTF-8")),
    ];
    for (name, bytes, expected) in files {
        let (_folder, path) = file(name, &bytes)?;
        let look =
            InspectFile { path: path.to_string_lossy().into_owned(), kind: None, options: ImportOptions::default() };
        let looked = shop.ask(call::imports_inspect, look).await;
        match (looked, expected) {
            (Err(Error::BadFile { reason, .. }), Err(expected)) => assert_eq!(reason, expected, "{name}"),
            (Ok(looked), Ok(encoding)) => {
                assert_eq!(looked.encoding, encoding, "{name}");
                let job = import(&shop, input(&path, ImportKind::Products)).await?;
                assert_eq!(job.state, ImportState::Done, "{name} {job:#?}");
            }
            (looked, _) => panic!("{name}: {looked:?}"),
        }
    }
    assert_eq!(count(&shop, "import_job").await?, 4);
    let missing =
        shop.call(call::imports_start, input(std::path::Path::new("/no/such.csv"), ImportKind::Products)).await;
    assert!(matches!(missing, Err(Error::BadFile { reason, .. }) if reason == "not_found"));
    let (_folder, path) = file("other.csv", b"colour,size\nred,M\n")?;
    let unmapped = shop.call(call::imports_start, input(&path, ImportKind::Products)).await;
    assert!(matches!(unmapped, Err(Error::Invalid { field, rule, .. }) if field == "mapping" && rule == "required"));
    assert_sound(&shop).await
});
