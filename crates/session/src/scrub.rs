//! Errors and notices of statements that touch protected columns lose every field that can carry a
//! value.

use bytes::BytesMut;
use sql::Catalog;
use wire::WireError;
use wire::backend::ReportFields;
use wire::encode::{self, Severity};

/// Said in place of the detail.
const HINT: &str = "The text is withheld because the statement touches protected columns; it could show their values.";

/// Most digits of a position that is passed on: positions are less than 2^31.
const POSITION_DIGITS: usize = 10;

/// Appends an ErrorResponse that says no more than what failed and where.
pub(crate) fn error(
    out: &mut BytesMut,
    fields: &ReportFields<'_>,
    catalog: &Catalog,
) -> Result<(), WireError> {
    let message = format!("{} ({})", condition(sqlstate(fields)), sqlstate(fields));
    let kept = kept(fields, message.as_bytes(), Severity::Error, catalog);
    encode::error_response_of(out, kept)
}

/// Appends a NoticeResponse that says no more than what it is about.
pub(crate) fn notice(
    out: &mut BytesMut,
    fields: &ReportFields<'_>,
    catalog: &Catalog,
) -> Result<(), WireError> {
    let kept = kept(fields, b"notice withheld", Severity::Notice, catalog);
    encode::notice_response_of(out, kept)
}

/// The fields that cannot carry a value, around `message`: severity, SQLSTATE, the position in the
/// statement, and the names of things that the catalog knows. A function may raise an error with any
/// text in any field, so names count as such only when there is such a thing.
fn kept<'a>(
    fields: &ReportFields<'a>,
    message: &'a [u8],
    usual: Severity,
    catalog: &Catalog,
) -> impl Iterator<Item = (u8, &'a [u8])> {
    let severity = severity(fields).unwrap_or(usual).word().as_bytes();
    let said = [
        (b'S', severity),
        (b'V', severity),
        (b'C', sqlstate(fields).as_bytes()),
        (b'M', message),
        (b'H', HINT.as_bytes()),
    ];
    let position = fields.field(b'P').filter(|text| is_position(text));
    let position = position.map(|text| (b'P', text));
    said.into_iter()
        .chain(position)
        .chain(names(fields, catalog))
}

fn severity(fields: &ReportFields<'_>) -> Option<Severity> {
    Some(match fields.severity()? {
        b"ERROR" => Severity::Error,
        b"FATAL" => Severity::Fatal,
        b"PANIC" => Severity::Panic,
        b"WARNING" => Severity::Warning,
        b"NOTICE" => Severity::Notice,
        b"DEBUG" => Severity::Debug,
        b"INFO" => Severity::Info,
        b"LOG" => Severity::Log,
        _ => return None,
    })
}

fn is_position(text: &[u8]) -> bool {
    text.len() <= POSITION_DIGITS && text.iter().all(u8::is_ascii_digit)
}

/// Schema, table and column, as far as they exist. The catalog knows no constraints, so their names
/// are withheld.
fn names<'a>(
    fields: &ReportFields<'a>,
    catalog: &Catalog,
) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
    let text = |code| std::str::from_utf8(fields.field(code)?).ok();
    let known = text(b's').zip(text(b't'));
    let relation = known.and_then(|(schema, table)| catalog.relation_named(schema, table));
    let has_column = |name: &&str| {
        relation.is_some_and(|relation| relation.columns.iter().any(|each| each.name == *name))
    };
    let (schema, table) = known.filter(|_| relation.is_some()).unzip();
    let column = text(b'c').filter(has_column);
    [(b's', schema), (b't', table), (b'c', column)]
        .into_iter()
        .filter_map(|(code, text)| Some((code, text?.as_bytes())))
}

fn sqlstate<'a>(fields: &ReportFields<'a>) -> &'a str {
    let well_formed =
        |code: &&str| code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fields
        .sqlstate()
        .and_then(|code| std::str::from_utf8(code).ok())
        .filter(well_formed)
        .unwrap_or("XX000")
}

/// What the class of an SQLSTATE means (PostgreSQL documentation, appendix A).
fn condition(sqlstate: &str) -> &'static str {
    match sqlstate.get(..2) {
        Some("21") => "cardinality violation",
        Some("22") => "a value could not be converted or is out of range",
        Some("23") => "a constraint would be violated",
        Some("25") => "invalid transaction state",
        Some("26" | "34") => "name does not exist",
        Some("40") => "the transaction was rolled back",
        Some("42") => "syntax error or access rule violation",
        Some("53") => "insufficient resources",
        Some("54") => "a limit of the server was exceeded",
        Some("55") => "the object is not in the state that is needed",
        Some("57") => "the statement was cancelled or the server is shutting down",
        Some("0A") => "feature not supported",
        Some("P0") => "a function raised an error",
        _ => "the statement failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sql::catalog::{CatalogRows, Column, ColumnOrigin, Relation, RelationKind};
    use wire::backend::{Message, decode};
    use wire::frame::{Limits, Scan, Side, scan};

    fn catalog() -> Catalog {
        let ssn = Column {
            number: 1,
            name: "ssn".to_owned(),
            type_oid: 25,
            type_modifier: -1,
            origin: ColumnOrigin::Given,
        };
        let customers = Relation {
            oid: 1,
            schema: "public".to_owned(),
            name: "customers".to_owned(),
            kind: RelationKind::Table,
            columns: vec![ssn],
            definition: None,
            parents: Vec::new(),
            estimated_rows: 0,
        };
        let rows = CatalogRows {
            relations: vec![customers],
            ..CatalogRows::default()
        };
        Catalog::new(rows, 1)
    }

    type Scrub = fn(&mut BytesMut, &ReportFields<'_>, &Catalog) -> Result<(), WireError>;

    /// What is left of a report, as `code text` lines without the hint.
    fn scrubbed(scrub: Scrub, fields: &[(u8, &str)]) -> String {
        let mut out = BytesMut::new();
        let bytes = fields.iter().map(|(code, text)| (*code, text.as_bytes()));
        encode::error_response_of(&mut out, bytes).unwrap();
        let mut left = BytesMut::new();
        with_fields(&out, |fields| scrub(&mut left, fields, &catalog()).unwrap());
        let mut lines = Vec::new();
        with_fields(&left, |fields| {
            for (code, text) in fields.fields().filter(|(code, _)| *code != b'H') {
                lines.push(format!(
                    "{}{}",
                    char::from(code),
                    String::from_utf8_lossy(text)
                ));
            }
        });
        lines.join(" | ")
    }

    fn with_fields(message: &[u8], look: impl FnOnce(&ReportFields<'_>)) {
        let Ok(Scan::Frame(frame, _)) = scan(message, Side::Backend, &Limits::default()) else {
            panic!("a whole frame");
        };
        match decode(frame) {
            Ok(Message::ErrorResponse(fields) | Message::NoticeResponse(fields)) => look(&fields),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_what_cannot_carry_a_value_is_left() {
        let told = [
            (b'S', "FEHLER"),
            (b'V', "ERROR"),
            (b'C', "23505"),
            (b'M', "duplicate key value"),
            (b'D', "Key (ssn)=(111-22-3333) already exists."),
            (b'H', "111-22-3333"),
            (b'P', "17"),
            (b'p', "3"),
            (b'q', "select '111-22-3333'"),
            (b'W', "while reading 111-22-3333"),
            (b's', "public"),
            (b't', "customers"),
            (b'c', "ssn"),
            (b'd', "111-22-3333"),
            (b'n', "111-22-3333"),
            (b'F', "111-22-3333"),
            (b'L', "1112"),
            (b'R', "111-22-3333"),
            (b'Z', "111-22-3333"),
        ];
        assert_eq!(
            scrubbed(error, &told),
            "SERROR | VERROR | C23505 | Ma constraint would be violated (23505) | P17 | spublic | tcustomers | cssn"
        );
    }

    #[test]
    fn a_field_that_is_not_what_it_should_be_is_withheld() {
        let told = [
            (b'S', "111-22-3333"),
            (b'V', "111-22-3333"),
            (b'C', "1-2-3"),
            (b'P', "111-22-3333"),
            (b's', "public"),
            (b't', "111-22-3333"),
            (b'c', "ssn"),
        ];
        assert_eq!(
            scrubbed(error, &told),
            "SERROR | VERROR | CXX000 | Mthe statement failed (XX000)"
        );
        let told = [
            (b'V', "WARNING"),
            (b'C', "01000"),
            (b's', "public"),
            (b't', "customers"),
            (b'c', "111-22-3333"),
        ];
        assert_eq!(
            scrubbed(notice, &told),
            "SWARNING | VWARNING | C01000 | Mnotice withheld | spublic | tcustomers"
        );
    }
}
