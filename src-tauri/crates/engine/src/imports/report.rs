//! What a job has to tell, added up batch by batch.

use std::collections::BTreeMap;

use domain::units::Count;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::wire::{ImportSum, ImportTally};

/// What became of rows, and what is to be said about them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    #[serde(skip)]
    pub created: i64,
    #[serde(skip)]
    pub updated: i64,
    #[serde(skip)]
    pub unchanged: i64,
    #[serde(skip)]
    pub rejects: Vec<Refused>,
    pub reasons: BTreeMap<String, i64>,
    pub made: BTreeMap<String, i64>,
    pub notes: BTreeMap<String, i64>,
    pub sums: BTreeMap<String, Decimal>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub row: i64,
    pub reason: &'static str,
    pub field: &'static str,
    pub raw: Vec<String>,
}

impl Report {
    pub fn refuse(&mut self, row: i64, reason: &'static str, field: &'static str, raw: Vec<String>) {
        *self.reasons.entry(reason.to_owned()).or_default() += 1;
        self.rejects.push(Refused { row, reason, field, raw });
    }

    pub fn made(&mut self, what: &str, count: i64) {
        if count != 0 {
            *self.made.entry(what.to_owned()).or_default() += count;
        }
    }

    pub fn note(&mut self, what: &str, count: i64) {
        if count != 0 {
            *self.notes.entry(what.to_owned()).or_default() += count;
        }
    }

    pub fn sum(&mut self, what: &str, amount: Decimal) {
        let sum = self.sums.entry(what.to_owned()).or_default();
        // Beyond 28 digits a sum of money means nothing; it stays at what it was.
        *sum = sum.checked_add(amount).unwrap_or(*sum);
    }

    pub fn add(&mut self, other: Report) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejects.extend(other.rejects);
        for (into, from) in
            [(&mut self.reasons, other.reasons), (&mut self.made, other.made), (&mut self.notes, other.notes)]
        {
            for (what, count) in from {
                *into.entry(what).or_default() += count;
            }
        }
        for (what, amount) in other.sums {
            self.sum(&what, amount);
        }
    }

    pub fn tallies(map: &BTreeMap<String, i64>) -> Vec<ImportTally> {
        map.iter().map(|(what, count)| ImportTally { what: what.clone(), count: Count(*count) }).collect()
    }

    pub fn sums(&self) -> Vec<ImportSum> {
        self.sums
            .iter()
            .map(|(what, amount)| ImportSum { what: what.clone(), amount: amount.normalize().to_string() })
            .collect()
    }
}

/// A row as it is kept with its rejection: long cells are cut, the file has them in full.
pub fn raw_of(cells: &csv::StringRecord) -> Vec<String> {
    cells.iter().map(|cell| super::values::short(cell, 500)).collect()
}
