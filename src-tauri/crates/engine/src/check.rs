//! What a cached number says against what its documents say.

use domain::units::Count;
use serde::{Deserialize, Serialize};
use specta::Type;

/// One number that is not what the documents add up to. A healthy shop has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Difference {
    pub area: String,
    /// Which number: `on_hand`, `order_total`, `gmv` …
    pub what: String,
    /// Of what: an id, a day, a name.
    pub id: String,
    /// What the documents add up to.
    pub expected: Count,
    /// What was stored.
    pub found: Count,
}

impl Difference {
    pub fn new(area: &str, what: &str, id: impl ToString, expected: i64, found: i64) -> Self {
        Self {
            area: area.into(),
            what: what.into(),
            id: id.to_string(),
            expected: Count(expected),
            found: Count(found),
        }
    }

    /// Notes a difference when the two are not equal.
    pub(crate) fn compare(into: &mut Vec<Self>, area: &str, what: &str, id: impl ToString, expected: i64, found: i64) {
        if expected != found {
            into.push(Self::new(area, what, id, expected, found));
        }
    }
}
