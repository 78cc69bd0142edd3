//! Statement text and catalog snapshot → facts.
//!
//! The door is [`read`]: it takes the text of a `Query` or `Parse` message, a [`Catalog`] snapshot
//! and the session's [`NameContext`], and returns one [`Statement`] with its [`Facts`] for each SQL
//! statement in the text, or the reason why the text cannot be analysed. [`Reading`] is the same
//! where the statements of one text are read under different names, because one of them changes
//! what names mean.
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
mod settings;
mod tokens;
mod unreadable;
mod views;

pub use catalog::{Catalog, CatalogRows, Oid};
pub use facts::{Facts, Statement};
pub use functions::BuiltIn;
pub use normalise::normalise;
pub use outline::outline;
pub use read::{NameContext, Reading, STACK, read, unreadable};
pub use settings::{SettingClass, is_pinned_value, split_search_path};
pub use unreadable::{Disagreement, LexicalError, Unreadable, UnreadableReason};
