//! What PostgreSQL's own functions do, beside computing a value from their arguments.
//!
//! `built_in.tsv` has every name in `pg_catalog` and `information_schema` of servers 13 to 18, and
//! those that their extensions put there. A name that it lacks, of a newer server, counts as unknown.

use crate::facts::FunctionClass;

/// A line per name, sorted by its bytes: the name, a tabulator, one of the words of [`BuiltIn::of`].
const BUILT_IN: &str = include_str!("functions/built_in.tsv");

/// What a function of PostgreSQL itself does. Overloads are not told apart: what one does all do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// Computes a value from its arguments, the clock, or by chance.
    Computes,
    /// `count`: the number of rows tells nothing of the values in them.
    Counts,
    /// Reports from the catalogs, the session or the server's statistics; shows no rows of tables.
    Reports,
    /// Runs a query that is given as text, or reads a table that is given by name.
    RunsSql,
    /// Reads or writes files, large objects, other sessions' statements or the write-ahead log, or
    /// shows the server's own configuration.
    ReachesOutside,
    /// Changes the session, the server, sequences, replication or statistics.
    ChangesState,
    /// Takes time.
    Sleeps,
    /// Ends, interrupts or tells other processes of the server.
    Signals,
    /// Takes, tries or frees an advisory lock, which other sessions see.
    Locks,
}

impl BuiltIn {
    /// What the function of this name in `pg_catalog` or `information_schema` does; `None`: no such
    /// function is known.
    pub fn named(name: &str) -> Option<Self> {
        let (mut rest, wanted) = (BUILT_IN, name.as_bytes());
        while !rest.is_empty() {
            let (before, line, after) = middle_line(rest)?;
            let (found, word) = line.split_once('\t')?;
            rest = match found.as_bytes().cmp(wanted) {
                std::cmp::Ordering::Less => after,
                std::cmp::Ordering::Greater => before,
                std::cmp::Ordering::Equal => return Self::of(word),
            };
        }
        None
    }

    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "computes" => Self::Computes,
            "counts" => Self::Counts,
            "reports" => Self::Reports,
            "runs_sql" => Self::RunsSql,
            "reaches_outside" => Self::ReachesOutside,
            "changes_state" => Self::ChangesState,
            "sleeps" => Self::Sleeps,
            "signals" => Self::Signals,
            "locks" => Self::Locks,
            _ => return None,
        })
    }

    /// How facts tell of it; `None`: it is harmless.
    fn class(self) -> Option<FunctionClass> {
        match self {
            Self::Computes | Self::Counts | Self::Reports => None,
            Self::RunsSql => Some(FunctionClass::RunsSql),
            Self::ReachesOutside => Some(FunctionClass::ReachesOutside),
            Self::ChangesState | Self::Sleeps | Self::Signals | Self::Locks => {
                Some(FunctionClass::ChangesState)
            }
        }
    }
}

/// What is known about the function of `pg_catalog` with this name; `None`: it is harmless.
pub(crate) fn class_of(name: &str) -> Option<FunctionClass> {
    BuiltIn::named(name).map_or(Some(FunctionClass::Unknown), BuiltIn::class)
}

/// The line in the middle of whole lines, and those before and after it.
fn middle_line(lines: &str) -> Option<(&str, &str, &str)> {
    let (front, back) = lines.split_at_checked(lines.len() / 2)?;
    let start = front.rfind('\n').map_or(0, |end| end + 1);
    let end = front.len() + back.find('\n')?;
    Some((
        lines.get(..start)?,
        lines.get(start..end)?,
        lines.get(end + 1..)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_the_functions_of_the_threat_list() {
        let cases = [
            ("query_to_xml_and_xmlschema", Some(FunctionClass::RunsSql)),
            ("database_to_xmlschema", Some(FunctionClass::RunsSql)),
            ("ts_stat", Some(FunctionClass::RunsSql)),
            ("lo_get", Some(FunctionClass::ReachesOutside)),
            ("pg_read_binary_file", Some(FunctionClass::ReachesOutside)),
            ("pg_ls_dir", Some(FunctionClass::ReachesOutside)),
            (
                "pg_logical_slot_peek_changes",
                Some(FunctionClass::ReachesOutside),
            ),
            ("pg_sleep_for", Some(FunctionClass::ChangesState)),
            (
                "pg_try_advisory_xact_lock",
                Some(FunctionClass::ChangesState),
            ),
            ("nextval", Some(FunctionClass::ChangesState)),
            ("pg_logical_emit_message", Some(FunctionClass::ChangesState)),
            ("of_a_newer_server", Some(FunctionClass::Unknown)),
            ("", Some(FunctionClass::Unknown)),
            ("currval", None),
            ("current_setting", None),
            ("lower", None),
            ("log", None),
            ("lower_inc", None),
            ("pg_get_viewdef", None),
        ];
        for (name, class) in cases {
            assert_eq!(class_of(name), class, "{name}");
        }
    }

    #[test]
    fn every_line_is_found() {
        let lines: Vec<_> = BUILT_IN.lines().collect();
        assert!(lines.is_sorted_by(|left, right| left < right));
        for line in lines {
            let (name, word) = line.split_once('\t').unwrap();
            assert!(BuiltIn::of(word).is_some(), "{line}");
            assert_eq!(BuiltIn::named(name), BuiltIn::of(word), "{line}");
        }
    }
}
