//! Goods on the shelf: a ledger of moves between two places, and balances that cache it.

mod adjust;
mod check;
mod list;
mod moves;
mod places;
mod post;
mod reserve;

pub use adjust::{AdjustMode, AdjustStock, AdjustStockLine, AdjustedStock, AdjustedStockLine, adjust};
pub use check::{RepairStock, StockDifference, differences, repair};
pub use list::{GetStock, ListStock, LowStock, StockCard, StockHold, StockPage, StockRow, StockSort, get, list, low};
pub use moves::{ListMoves, MovePage, MoveRow, moves};

pub(crate) use check::check;
pub(crate) use places::{create_locations, main_location};
pub(crate) use post::{Line, Posting, default_low_changed, follow_skus, open_balances, post, put_back};
pub(crate) use reserve::{consume, release, reserve};
