//! Tables without lines but one, as wide as a report may be.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, LineStyle, Table, TableStyle};

/// Width of everything that is shown, in characters: fits a terminal of 120.
pub(crate) const WIDTH: u16 = 118;

/// What is left for the indentation of tables.
pub(crate) const MARGIN: u16 = 2;

/// Blanks after a column, beside [`BETWEEN`].
const GAP: u16 = 1;

/// Characters that a table puts between two columns by itself.
pub(crate) const BETWEEN: u16 = 1;

/// No lines but one under the header.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// What a cell says, beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing.
    Plain,
    /// As it should be.
    Good,
    /// To be looked at.
    Care,
    /// Wrong or refused.
    Bad,
    /// A name.
    Name,
    /// May be skipped.
    Faint,
}

/// A table with this header, or without one when it is empty.
pub(crate) fn with_header(header: &[&str]) -> Table {
    let mut table = Table::new();
    // Styled always: what the output cannot show is taken away where it is written.
    table.force_no_tty().enforce_styling().style_text_only();
    table.load_style(STYLE);
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH - MARGIN);
    if !header.is_empty() {
        table.set_header(
            header
                .iter()
                .map(|name| Cell::new(name).add_attribute(Attribute::Bold)),
        );
    }
    table
}

/// A cell. Its text is that of a database or a client, so what would act on a terminal is made
/// visible; line feeds stay.
pub(crate) fn cell(text: impl AsRef<str>, tone: Tone) -> Cell {
    let lines: Vec<_> = text.as_ref().lines().map(audit::printable).collect();
    let cell = Cell::new(lines.join("\n"));
    match tone {
        Tone::Plain => cell,
        Tone::Good => cell.fg(Color::Green),
        Tone::Care => cell.fg(Color::Yellow),
        Tone::Bad => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Tone::Name => cell.fg(Color::Cyan),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
    }
}

/// The lines of a table, each moved right by `indent` characters, without blanks at their ends.
pub(crate) fn lines(mut table: Table, indent: usize) -> String {
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, GAP));
    });
    let margin = " ".repeat(indent);
    table
        .lines()
        .map(|line| format!("{margin}{}\n", line.trim_end()))
        .collect()
}
