//! What things look like on a terminal.
//!
//! Everything is styled here and written through `anstream`, which takes the styles away where they
//! are not wanted: `NO_COLOR`, a pipe, a terminal that has none.

pub(crate) mod record;
pub(crate) mod style;
pub(crate) mod table;
