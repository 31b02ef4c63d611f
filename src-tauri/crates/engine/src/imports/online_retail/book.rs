//! The stock codes of a file, gathered in a first pass: so a product is made once, with the title
//! and the price it ends up with, wherever a job was cut.

use std::{collections::HashMap, sync::Arc};

use super::{
    SERVICES,
    read::{Judge, Judged},
};
use crate::{
    error::Result,
    imports::{
        file::{self, Flow, Reading},
        run::Plan,
        values::short,
    },
};

#[derive(Debug, Default)]
pub struct Book {
    pub skus: Vec<Sku>,
    by_raw: HashMap<String, u32>,
    by_code: HashMap<String, u32>,
    pub rows: i64,
}

#[derive(Debug, Default)]
pub struct Sku {
    pub code: Arc<str>,
    pub title: Arc<str>,
    /// In millionths.
    pub price: i64,
    pub service: bool,
    titles: HashMap<String, u32>,
}

impl Book {
    pub fn gather(plan: &Plan, judge: &Judge) -> Result<Self> {
        let mut book = Self::default();
        let mut below_header = false;
        file::read(&plan.opened, &mut |reading| {
            if !std::mem::replace(&mut below_header, true) {
                return Ok(Flow::On);
            }
            book.rows += 1;
            let Reading::Row { cells, .. } = reading else { return Ok(Flow::On) };
            let row = judge.row(cells);
            if let Judged::Taken { micro, .. } = judge.judge(&row) {
                let at = book.index(row.code) as usize;
                let sku = &mut book.skus[at];
                if micro > 0 && !row.cancels() {
                    sku.price = micro;
                }
                let title = row.title;
                if !title.is_empty() {
                    match sku.titles.get_mut(title) {
                        Some(count) => *count += 1,
                        None => {
                            sku.titles.insert(title.to_owned(), 1);
                        }
                    }
                }
            }
            Ok(Flow::On)
        })?;
        for sku in &mut book.skus {
            let titles = std::mem::take(&mut sku.titles);
            let most = titles.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
            sku.title = most.map_or_else(|| sku.code.clone(), |(title, _)| short(&title, 200).into());
        }
        Ok(book)
    }

    /// The SKU of a code as written in the file.
    pub fn find(&self, raw: &str) -> Option<u32> {
        self.by_raw.get(raw).copied()
    }

    fn index(&mut self, raw: &str) -> u32 {
        if let Some(at) = self.by_raw.get(raw) {
            return *at;
        }
        let code = raw.to_uppercase();
        let next = u32::try_from(self.skus.len()).unwrap_or(u32::MAX);
        let at = *self.by_code.entry(code.clone()).or_insert(next);
        if at == next {
            let service = SERVICES.contains(&code.as_str());
            self.skus.push(Sku { code: code.into(), service, ..Sku::default() });
        }
        self.by_raw.insert(raw.to_owned(), at);
        at
    }
}
