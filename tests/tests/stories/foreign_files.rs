//! Files as nobody would write them: whatever is in a file, an import ends with a word the UI knows,
//! nothing panics, and the ledgers stay whole.
//!
//! The files are real ones, spoilt at random. `FUZZ_ROUNDS=20000 cargo test -p tests --test
//! foreign_files -- --nocapture` tries longer; `FUZZ_SEED` repeats a run.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::Context as _;
use engine::{
    Error,
    imports::{ImportKind, ImportOptions, ImportState, InspectFile, StartImport},
    settings::Nothing,
};
use rust_xlsxwriter::Workbook;
use tests::{Shop, call, data_folder, dice::Dice, files::import, from_env, on_sqlite};

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Libraries that panic on damaged workbooks; the importer catches that.
const WORKBOOKS: [&str; 3] = ["calamine", "quick-xml", "/zip-"];

/// What a file is made of and what it is taken for.
struct Sample {
    bytes: Vec<u8>,
    name: &'static str,
    kind: ImportKind,
}

/// The first lines of a file.
fn head(path: &Path, lines: usize) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Ok(bytes.split_inclusive(|byte| *byte == b'\n').take(lines).collect::<Vec<_>>().concat())
}

fn samples() -> anyhow::Result<Vec<Sample>> {
    let excerpt = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/online_retail_excerpt.csv"));
    let retail = head(&excerpt, 120)?;
    let text = |text: &str, kind| Sample { bytes: text.as_bytes().to_vec(), name: "a.csv", kind };
    let mut samples = vec![
        Sample { bytes: retail.clone(), name: "a.csv", kind: ImportKind::OnlineRetail },
        Sample { bytes: workbook(&retail)?, name: "a.xlsx", kind: ImportKind::OnlineRetail },
        text(
            "title,sku,price,stock,brand,barcode\n红茶,T-1,12.50,10,B,4006381333931\n\"绿茶, 罐\",T-2,8,,,\n,T-3,x,1,,\n",
            ImportKind::Products,
        ),
        text("name,phone,email,tags\n王伟,13800138000,a@b.cn,vip\nAnna,,anna@example.com,\n", ImportKind::Customers),
        text(
            "order,date,customer,phone,address,sku,qty,price,paid\n1,2026-01-02,王伟,13800138000,某路 1 号,T-1,2,9.9,\
             19.8\n1,,,,,T-2,1,,\n2,2026-02-30,,,,T-9,0,,\n",
            ImportKind::Orders,
        ),
        text("barcode,name\n6901234567892,矿泉水\n123,x\n", ImportKind::Barcodes),
        text("订单号,货号,数量\n1,a,2\n", ImportKind::Orders),
        text("Handle,Title,Variant SKU,Variant Price\na,A,\"'1\",2\n", ImportKind::ShopifyProducts),
        text(
            "ID,Type,SKU,Name,Regular price,Parent\n1,variable,a,A,,\n2,variation,b,B,3,id:1\n",
            ImportKind::WoocommerceProducts,
        ),
        Sample {
            bytes: "INSERT INTO `litemall_goods` VALUES (1,'1001','茶',1,0,'[]','k','b',1,1,'','',0,0,'件',9.90,8.80,\
                    'd\\'e',NULL,NULL,0);\n"
                .into(),
            name: "a.sql",
            kind: ImportKind::Litemall,
        },
    ];
    if let Some(data) = data_folder() {
        for (file, kind) in [
            ("catalog_shopify/fashion.csv", ImportKind::ShopifyProducts),
            ("catalog_woocommerce/sample_products.csv", ImportKind::WoocommerceProducts),
            ("cn_shop/litemall_data.sql", ImportKind::Litemall),
            ("barcodes/cn_retail_barcodes.csv", ImportKind::Barcodes),
        ] {
            let name = if file.ends_with("sql") { "a.sql" } else { "a.csv" };
            samples.push(Sample { bytes: head(&data.join(file), 60)?, name, kind });
        }
    }
    Ok(samples)
}

/// The rows of a table of commas as a workbook.
fn workbook(csv: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(String::from_utf8_lossy(csv).lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number)?,
                Err(_) => sheet.write_string(row, column, cell)?,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}

/// What is put into files: marks of every format, numbers beyond all bounds, halves of characters.
const BITS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b";",
    b"\0",
    b"'",
    b"\\",
    b"`",
    b"(",
    b")",
    b"=1+1",
    b"NULL",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe7\xba",
    b"\xf0\x9f",
    b"\x81\x30\x81\x30",
    b"-",
    b"1e308",
    b"9223372036854775808",
    b"-0.0000000001",
    b"99999999999999999999999999999",
    b"NaN",
    b"0001-01-01",
    b"9999-12-31 23:59:59",
    b"C",
    b"<p>",
    b"\xc4\xe3\xba\xc3",
    b"{\"a\":[",
    b"\xe2\x80\xae",
    b"PK\x03\x04",
    b"\x1f",
    b"%",
    b"  ",
    b"INSERT INTO `",
];

fn spoil(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + 1 + dice.roll(40)).min(bytes.len());
        match dice.roll(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            1 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
            2 => drop(bytes.drain(at.min(end)..end)),
            3 => {
                let copy = bytes[at.min(end)..end].to_vec();
                let to = dice.roll(bytes.len() + 1);
                bytes.splice(to..to, copy.repeat(1 + dice.roll(3)));
            }
            4 if dice.roll(6) == 0 => bytes.truncate(at),
            5 => {
                let long = vec![*dice.one(b"a,\"\n9\x80"); dice.roll(5000)];
                bytes.splice(at..at, long);
            }
            6 => bytes.extend((0..dice.roll(40)).map(|_| dice.roll(256) as u8)),
            _ => {
                let bit = *dice.one(BITS);
                bytes.splice(at..at, bit.iter().copied());
            }
        }
    }
}

#[test]
fn whatever_is_in_a_file_the_shop_stays_whole() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or("", |at| at.file());
        if !WORKBOOKS.iter().any(|library| place.contains(library)) {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(panic);
        }
    }));
    on_sqlite(async |shop| tried(&shop, from_env("FUZZ_ROUNDS", 400), from_env("FUZZ_SEED", 20_261_122)).await);
}

async fn tried(shop: &Shop, rounds: u64, seed: u64) -> anyhow::Result<()> {
    let samples = samples()?;
    let folder = tempfile::tempdir()?;
    let (mut taken, mut refused) = (0, 0);
    for round in 0..rounds {
        let mut dice = Dice((seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (round + 1)).max(1));
        dice.roll(2);
        let sample = dice.one(&samples);
        // Most are taken for what they were, some for anything, under any name.
        let (kind, name) = match dice.roll(4) {
            0 => (*dice.one(ImportKind::ALL), *dice.one(&["a.csv", "a.sql", "a.xlsx", "a"])),
            _ => (sample.kind, sample.name),
        };
        let mut bytes = sample.bytes.clone();
        spoil(&mut dice, &mut bytes);
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes)?;
        let path = path.to_string_lossy().into_owned();
        let outcome = one(shop, &path, kind, dice.roll(4) == 0).await;
        match outcome.with_context(|| format!("FUZZ_SEED={seed}, round {round}, {name} as {kind:?}"))? {
            true => taken += 1,
            false => refused += 1,
        }
        if round % 100 == 99 || round + 1 == rounds {
            let check = shop.ask(call::app_check, Nothing {}).await?;
            anyhow::ensure!(check.differences.is_empty(), "round {round}: {:#?}", check.differences);
        }
    }
    eprintln!("{rounds} spoilt files: {taken} imports, {refused} refused at once");
    Ok(())
}

/// Looks at a file and imports it; answers whether that was begun.
async fn one(shop: &Shop, path: &str, kind: ImportKind, dry_run: bool) -> anyhow::Result<bool> {
    let options = ImportOptions { currency: Some("CNY".into()), ..ImportOptions::default() };
    let inspect = InspectFile { path: path.into(), kind: Some(kind), options: ImportOptions::default() };
    let looked = shop.ask(call::imports_inspect, inspect).await;
    anyhow::ensure!(matches!(looked, Ok(_) | Err(Error::BadFile { .. })), "{looked:?}");
    let start = StartImport { path: path.into(), kind, mapping: Vec::new(), options, dry_run };
    let begun = match import(shop, start).await {
        Ok(job) => {
            let sound = match job.state {
                ImportState::Done => job.error.is_none(),
                ImportState::Failed => matches!(job.error, Some(Error::BadFile { .. })),
                _ => false,
            };
            anyhow::ensure!(sound, "{job:#?}");
            let reasons: i64 = job.reasons.iter().map(|of| of.count.0).sum();
            anyhow::ensure!(reasons == job.rejected.0, "a refused row has no reason: {job:#?}");
            true
        }
        Err(Error::BadFile { .. } | Error::Invalid { .. }) => false,
        Err(other) => return Err(other.into()),
    };
    anyhow::ensure!(PANICS.load(Ordering::SeqCst) == 0, "something panicked: see above");
    Ok(begun)
}
