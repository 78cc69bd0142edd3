//! What goes wrong around a gate, one theme a file: the right error comes, nothing leaks, other
//! sessions go on, and the server has its processes back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod client;
mod extremes;
mod gone;
mod relay;
mod segments;
mod silent;
mod stand;
mod upstream;
