//! The outside world over HTTP. What stands here knows a protocol and nothing of the shop.

pub mod storage;
