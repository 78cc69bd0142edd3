//! Frames and messages of the PostgreSQL protocol 3.0 and 3.2, both directions, sans-I/O.
//!
//! Bytes come in as slices and go out into a [`bytes::BytesMut`]. Reading goes in two steps:
//! [`frame::scan`] finds whole frames by their headers alone, and [`frontend::decode`] or
//! [`backend::decode`] gives a typed view that borrows from the frame. What only passes need not
//! be decoded at all: [`frame::run`] measures a run of whole frames.
//!
//! Invariants, by absence. This crate never
//! - reads or writes a socket, a clock, a file or a global,
//! - allocates while it scans or decodes (an error that names a startup parameter is the one
//!   exception),
//! - trusts a length or a count: each is compared with a limit or with the bytes that are there,
//! - accepts a byte that it cannot account for,
//! - knows SQL, policy or any other crate of this workspace.
//!
//! ```
//! use bytes::BytesMut;
//! use wire::frame::{Limits, Scan, Side, scan};
//! use wire::{encode, frontend};
//!
//! let mut out = BytesMut::new();
//! encode::query(&mut out, b"select 1")?;
//! let Scan::Frame(frame, used) = scan(&out, Side::Frontend, &Limits::default())? else {
//!     unreachable!("the whole frame is there");
//! };
//! assert_eq!(used, out.len());
//! let frontend::Message::Query(query) = frontend::decode(frame)? else {
//!     unreachable!("a Query was written");
//! };
//! assert_eq!(query.text, b"select 1");
//! # Ok::<(), wire::WireError>(())
//! ```

mod cursor;
mod error;
mod limits;

pub mod frame;
pub mod startup;

pub mod backend;
pub mod frontend;

pub mod encode;

pub use error::WireError;
