//! What is decided, as data: `check(who, what, expected)`.

mod agents;
mod approval;
mod cache;
mod label;
mod lineage;
mod mistakes;
mod packs;
mod schema;
mod shop;
mod spelling;
