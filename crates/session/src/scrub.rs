//! Errors and notices of statements that touch protected columns lose every field that can carry a
//! value.

use bytes::BytesMut;
use wire::WireError;
use wire::backend::ReportFields;
use wire::encode::{self, Report, Severity};

/// Said in place of the detail.
const HINT: &str = "The text is withheld because the statement touches protected columns; it could show their values.";

/// Appends an ErrorResponse with the severity and SQLSTATE of `fields` and no other of their text.
pub(crate) fn error(out: &mut BytesMut, fields: &ReportFields<'_>) -> Result<(), WireError> {
    let sqlstate = sqlstate(fields);
    let message = format!("{} ({sqlstate})", condition(sqlstate));
    let severity = match fields.severity() {
        Some(b"FATAL") => Severity::Fatal,
        Some(b"PANIC") => Severity::Panic,
        _ => Severity::Error,
    };
    let report = Report {
        severity,
        sqlstate,
        message: &message,
        detail: None,
        hint: Some(HINT),
        position: None,
    };
    encode::error_response(out, &report)
}

/// Appends a NoticeResponse with the SQLSTATE of `fields` and no other of their text.
pub(crate) fn notice(out: &mut BytesMut, fields: &ReportFields<'_>) -> Result<(), WireError> {
    let report = Report {
        severity: Severity::Notice,
        sqlstate: sqlstate(fields),
        message: "notice withheld",
        detail: None,
        hint: Some(HINT),
        position: None,
    };
    encode::notice_response(out, &report)
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
