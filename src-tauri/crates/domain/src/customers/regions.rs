//! The provinces, cities and districts of China.

/// The embedded divisions of China, indexed for reading addresses.
#[derive(Debug, Clone)]
pub struct Regions {}

/// One division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    pub code: String,
    pub name: String,
}

impl Regions {
    /// Reads the embedded tables; keep the result, as it takes some milliseconds.
    pub fn embedded() -> Self {
        Regions {}
    }
}
