//! What each of the three sees, side by side.

use comfy_table::{Attribute, Cell, ColumnConstraint, Table, Width};

use super::claim::Surprise;
use super::guests::Guests;
use crate::demo::client::{Answer, Rows};
use crate::render::table::{self, Tone, cell};

/// Width of the column with the names, and of one person's.
const NAMES: u16 = 14;
const ONE: u16 = (table::WIDTH - table::MARGIN - NAMES - 3 * table::BETWEEN) / 3;

/// Rows of three people for the same question.
pub(super) type Three = [Rows; 3];

/// The rows of three answers.
///
/// # Errors
/// An answer that is an error.
pub(super) fn rows(answers: [Answer; 3]) -> Result<Three, Surprise> {
    let mut three = Three::default();
    for (place, answer) in three.iter_mut().zip(answers) {
        match answer {
            Answer::Rows(rows) => *place = rows,
            Answer::Error(report) => {
                return Err(Surprise {
                    expected: "rows".to_owned(),
                    got: format!("{} {}", report.sqlstate, report.message),
                });
            }
        }
    }
    Ok(three)
}

/// A row for each column of the result's first row, a column for each person.
pub(super) fn of_columns(guests: &Guests, three: &Three) -> Table {
    let mut table = empty(guests, "column");
    let [dana, _, _] = three;
    for (at, name) in dana.columns.iter().enumerate() {
        add(
            &mut table,
            name,
            three.each_ref().map(|rows| rows.cell(0, at).to_owned()),
        );
    }
    table
}

/// A row for each row of the result, named by its first column, with its other columns.
pub(super) fn of_rows(guests: &Guests, three: &Three) -> Table {
    let [dana, _, _] = three;
    let mut table = empty(guests, dana.columns.first().map_or("", String::as_str));
    for row in 0..dana.rows.len() {
        let values = |rows: &Rows| {
            let cells = (1..rows.columns.len()).map(|at| rows.cell(row, at).to_owned());
            cells.collect::<Vec<_>>().join("   ")
        };
        add(&mut table, dana.cell(row, 0), three.each_ref().map(values));
    }
    table
}

/// A table without rows, for the three.
pub(super) fn empty(guests: &Guests, first: &str) -> Table {
    let mut table = table::with_header(&[]);
    let person = |name: &str, role: &str| {
        Cell::new(format!("{name}\n{role}")).add_attribute(Attribute::Bold)
    };
    let mut header = vec![Cell::new(first).add_attribute(Attribute::Bold)];
    header.extend(
        guests
            .all()
            .map(|visitor| person(visitor.person.name, visitor.person.role)),
    );
    table.set_header(header);
    table.set_constraints(
        [NAMES, ONE, ONE, ONE].map(|width| ColumnConstraint::Absolute(Width::Fixed(width))),
    );
    table
}

/// Adds a row; what differs from what the first sees is marked.
pub(super) fn add(table: &mut Table, name: &str, [dana, sam, bot]: [String; 3]) {
    let tone = |text: &str| {
        if text == dana {
            Tone::Plain
        } else {
            Tone::Care
        }
    };
    table.add_row([
        cell(name, Tone::Name),
        cell(&dana, Tone::Plain),
        cell(&sam, tone(&sam)),
        cell(&bot, tone(&bot)),
    ]);
}
