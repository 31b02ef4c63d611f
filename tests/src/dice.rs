//! Chance that can be repeated.

use uuid::Uuid;

use crate::from_env;

/// A small generator: the same seed, the same throws. The seed must not be 0.
pub struct Dice(pub u64);

impl Dice {
    /// 0 up to one below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or(0)
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// The seed that the environment asks for, or one by chance. It is told, so that the run can be repeated.
pub fn seed(name: &str) -> u64 {
    let chance = u64::from_le_bytes(Uuid::new_v4().as_bytes()[..8].try_into().expect("8 bytes")) | 1;
    let seed = from_env(name, chance);
    eprintln!("{name}={seed}");
    seed
}
