//! A cell (type, format, bytes) and an operator give a valid cell of the same type and format.
//!
//! The crate knows how PostgreSQL writes values, in text and in binary, alone and in the rows of
//! `COPY … TO STDOUT`. [`Masker`] replaces a whole cell whose column is protected; [`Scanner`]
//! replaces what [`detect`] finds inside a cell of a column that is not. [`JsonMasker`] masks JSON by
//! path; [`mask_text`], [`mask_json`] and [`TextMasker`] are the door for text of any origin; and
//! [`Reveal`] is the way back from what can be undone.
//!
//! What always holds:
//! - A masked cell is a valid value of its type in the format given, and the same value in both
//!   formats; it is never longer than a declared type modifier allows.
//! - What cannot be read as its type is replaced by the constant of the type, or by NULL, and the
//!   [`Outcome`] says so.
//! - An operator that has no form for a type, or would not be safe there, is refused when it is
//!   chosen: [`Operator::check`].
//! - NULL stays NULL and an empty text stays empty; otherwise [`Operator::Redact`],
//!   [`Operator::Default`] and [`Operator::Null`] do not depend on the cell at all.
//! - Equal values of a key's domain are masked equally in every process, in both formats and, for
//!   [`Operator::Token`], as integer, numeric or text.
//! - A pseudonym depends on the cell only through keyed BLAKE3 under the [`MaskKey`], except for
//!   its shape (number of digits and letters) and for dates, which move by at most 180 days.
//!
//! This crate never opens a file or a socket, never reads the clock or the environment, holds no
//! state that changes, and knows no SQL and no policy.
//!
//! What a cell costs on a core of a shared machine, in nanoseconds of its time and without an
//! allocation: partial 40 to 70, `mask` and `mask_*` 60 to 120, `token` 140 for an int4 and 185 for nine
//! characters of text, `hash` 145 (int8) to 285 (text), pseudonym of an e-mail address 160; `fpe` takes
//! 4 µs and, like `encrypt`, allocates. `cargo bench -p lockgate-mask --bench masking` measures them.
//!
//! ```
//! use mask::{Format, MaskKey, Masker, Operator, Outcome, Shape, Styles};
//!
//! let key = MaskKey::derive(&[7; 32], "email");
//! let operator = Operator::Partial(Some(detect::Entity::EmailAddress));
//! let masker = Masker::new(operator, &Shape::Text, Format::Text, -1, &key, &Styles::default());
//! let mut out = Vec::new();
//! assert_eq!(masker.mask(b"ada.lovelace@engines.org", &mut out), Outcome::Masked);
//! assert_eq!(out, b"a***@e***.org");
//! ```

mod array;
pub mod copy;
mod error;
mod fixed;
mod front;
mod json;
mod key;
mod limit;
mod masker;
mod nested;
mod operation;
mod operator;
mod pseudonym;
mod reveal;
mod scan;
mod shape;
mod text;
mod value;

pub use error::MaskError;
pub use front::{TextMasker, mask_json, mask_text};
pub use json::masker::JsonMasker;
pub use json::path::JsonPath;
pub use key::{KeyId, KeyRing, MaskKey};
pub use masker::Masker;
pub use operator::{
    Alphabet, Characters, Charset, CheckDigit, DateShift, EmailPart, Fpe, Generalize, Hash, Label,
    Length, NetworkBits, Noise, Separators, ShiftOf,
};
pub use operator::{DateStyle, Format, Operator, Outcome, Styles};
pub use reveal::Reveal;
pub use scan::{Findings, ScanPolicy, Scanner, SpanOperator};
pub use shape::{RowField, Shape};
