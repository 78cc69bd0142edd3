//! Statement text and catalog snapshot → facts.
//!
//! The door is [`read`]: it takes the text of a `Query` or `Parse` message, a [`Catalog`] snapshot
//! and the session's [`NameContext`], and returns one [`Statement`] with its [`Facts`] for each SQL
//! statement in the text, or the reason why the text cannot be analysed.
//!
//! This crate never decides anything, never does I/O, and never shows a parser's tree in a public
//! signature. What it cannot resolve it says ([`Facts::unresolved`]); it never guesses.

mod read;

pub mod catalog;
pub mod facts;

mod functions;
mod gate;
mod identifier;
mod normalise;
pub mod outline;
mod resolve;
mod second;
mod tokens;
mod unreadable;
mod views;

pub use catalog::{Catalog, CatalogRows, Oid};
pub use facts::{Facts, Statement};
pub use normalise::normalise;
pub use outline::outline;
pub use read::{NameContext, STACK, read, unread};
pub use unreadable::{Disagreement, LexicalError, Unreadable, UnreadableReason};
