//! The built proxy when its machine runs short, and when it dies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

#[allow(dead_code, reason = "shared with the tests of the gate")]
#[path = "../../../../crates/gateway/tests/faults/client.rs"]
mod client;
mod descriptors;
mod disk;
mod killed;
mod proxy;
