//! The session between a scripted client and a scripted server, and between a client and a real one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, its helpers too"
)]

mod double;
mod machine;
mod messages;
mod model;
mod nested;
mod rows;
mod server;
mod splits;
mod transcripts;
mod upstream;
