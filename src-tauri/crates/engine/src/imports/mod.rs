//! Bringing in data from files.

/// The imports now running in this process.
#[derive(Default)]
pub struct Jobs {}
