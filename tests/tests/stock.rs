//! Stock: a ledger of moves, and balances that cache it.

use engine::settings::Nothing;
use tests::{call, story};

story!(a_new_shop_has_no_stock_and_no_differences, async |shop| {
    assert_eq!(shop.ask(call::stock_check, Nothing {}).await?, []);
    assert_eq!(shop.ask(call::stock_low, Nothing {}).await?.items, []);
    Ok(())
});
