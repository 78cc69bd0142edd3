//! Messages as text: `Bind p1 s1`, `DataRow "1" null`, `ErrorResponse 42601 "syntax error"`.
//!
//! A name of nothing is `-`. What stands in double quotes is one word; `\n` and `\t` in it are what
//! they are in Rust.

use bytes::BytesMut;
use wire::backend::{self, Field, TransactionStatus};
use wire::encode::{self, Binding, Report, Severity};
use wire::frame::{self, Frame, Limits, Scan, Side};
use wire::frontend::{self, Target};

use crate::double::PEOPLE;

/// The words of a line; a quoted one keeps its blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, tail) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted
                    .find('"')
                    .unwrap_or_else(|| panic!("no closing quote: {line}"));
                (plain(&quoted[..end]), &quoted[end + 1..])
            }
            None => {
                let end = rest.find(' ').unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        words.push(word);
        rest = tail.trim_start();
    }
    words
}

fn plain(quoted: &str) -> String {
    quoted.replace("\\n", "\n").replace("\\t", "\t")
}

fn name(word: &str) -> &[u8] {
    match word {
        "-" => b"",
        name => name.as_bytes(),
    }
}

fn target(word: &str) -> Target {
    match word {
        "S" => Target::Statement,
        "P" => Target::Portal,
        other => panic!("`{other}` is neither S nor P"),
    }
}

fn number<T: std::str::FromStr>(word: &str) -> T {
    word.parse()
        .unwrap_or_else(|_| panic!("`{word}` is no number"))
}

/// The bytes of a client's message.
pub(crate) fn client(line: &str) -> Vec<u8> {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut out = BytesMut::new();
    match words.as_slice() {
        ["Query", text] => encode::query(&mut out, text.as_bytes()),
        ["Parse", statement, text] => {
            encode::parse(&mut out, name(statement), text.as_bytes(), &[])
        }
        ["Bind", portal, statement, formats @ ..] => {
            let formats: Vec<i16> = formats.iter().map(|word| number(word)).collect();
            let binding = Binding {
                portal: name(portal),
                statement: name(statement),
                result_formats: &formats,
                ..Binding::default()
            };
            encode::bind(&mut out, &binding)
        }
        ["Describe", of, what] => encode::describe(&mut out, target(of), name(what)),
        ["Execute", portal] => encode::execute(&mut out, name(portal), 0),
        ["Execute", portal, rows] => encode::execute(&mut out, name(portal), number(rows)),
        ["Close", of, what] => encode::close(&mut out, target(of), name(what)),
        ["Sync"] => {
            encode::sync(&mut out);
            Ok(())
        }
        ["Flush"] => {
            encode::flush(&mut out);
            Ok(())
        }
        ["Terminate"] => {
            encode::terminate(&mut out);
            Ok(())
        }
        ["CopyData", data] => encode::copy_data(&mut out, data.as_bytes()),
        ["CopyDone"] => {
            encode::copy_done(&mut out);
            Ok(())
        }
        ["CopyFail", reason] => encode::copy_fail(&mut out, reason.as_bytes()),
        ["Password", word] => encode::password(&mut out, word.as_bytes()),
        ["Raw", tag, body] => raw(&mut out, tag, body.as_bytes()),
        ["QueryLatin1", text] => raw(&mut out, "Q", &[&latin1(text)[..], b"\0"].concat()),
        ["FunctionCall", function] => {
            let function: u32 = number(function);
            raw(
                &mut out,
                "F",
                &[&function.to_be_bytes()[..], &[0; 6]].concat(),
            )
        }
        _ => panic!("no message of a client: {line}"),
    }
    .unwrap();
    out.to_vec()
}

/// A frame of any type, with any body.
fn raw(out: &mut BytesMut, tag: &str, body: &[u8]) -> Result<(), wire::WireError> {
    out.extend_from_slice(tag.as_bytes());
    out.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    Ok(())
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// The bytes of a server's message.
pub(crate) fn server(line: &str) -> Vec<u8> {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut out = BytesMut::new();
    match words.as_slice() {
        ["RowDescription", fields @ ..] => {
            encode::row_description(&mut out, fields.iter().map(|word| field(word)))
        }
        ["DataRow", cells @ ..] => {
            let cells = cells.iter().map(|word| match *word {
                "null" => None,
                text => Some(text.as_bytes()),
            });
            encode::data_row(&mut out, cells)
        }
        ["CommandComplete", tag] => encode::command_complete(&mut out, tag.as_bytes()),
        ["ErrorResponse", sqlstate, message] => {
            report(&mut out, Severity::Error, sqlstate, message)
        }
        ["FatalResponse", sqlstate, message] => {
            report(&mut out, Severity::Fatal, sqlstate, message)
        }
        ["NoticeResponse", sqlstate, message] => encode::notice_response(
            &mut out,
            &Report {
                severity: Severity::Notice,
                sqlstate,
                message,
                detail: None,
                hint: None,
                position: None,
            },
        ),
        ["ReadyForQuery", status] => {
            encode::ready_for_query(
                &mut out,
                match *status {
                    "I" => TransactionStatus::Idle,
                    "T" => TransactionStatus::InTransaction,
                    "E" => TransactionStatus::Failed,
                    other => panic!("`{other}` is no status"),
                },
            );
            Ok(())
        }
        ["ParameterStatus", setting, value] => {
            encode::parameter_status(&mut out, setting.as_bytes(), value.as_bytes())
        }
        ["ParameterDescription"] => encode::parameter_description(&mut out, &[]),
        ["NotificationResponse", channel, payload] => {
            encode::notification_response(&mut out, 1, channel.as_bytes(), payload.as_bytes())
        }
        ["CopyInResponse", columns] => {
            encode::copy_in_response(&mut out, 0, &vec![0; number(columns)])
        }
        ["CopyOutResponse", columns] => {
            encode::copy_out_response(&mut out, 0, &vec![0; number(columns)])
        }
        ["CopyData", data] => encode::copy_data(&mut out, data.as_bytes()),
        // The beginning of a row of this many bytes.
        ["DataRowHead", length] => {
            let length: u32 = number(length);
            out.extend_from_slice(&[b"D", &length.to_be_bytes()[..]].concat());
            Ok(())
        }
        ["CopyBothResponse"] => raw(&mut out, "W", &[0; 3]),
        ["Raw", tag, body] => raw(&mut out, tag, body.as_bytes()),
        [empty] => {
            put_empty(&mut out, empty);
            Ok(())
        }
        _ => panic!("no message of a server: {line}"),
    }
    .unwrap();
    out.to_vec()
}

fn put_empty(out: &mut BytesMut, word: &str) {
    match word {
        "ParseComplete" => encode::parse_complete(out),
        "BindComplete" => encode::bind_complete(out),
        "CloseComplete" => encode::close_complete(out),
        "NoData" => encode::no_data(out),
        "EmptyQueryResponse" => encode::empty_query(out),
        "PortalSuspended" => encode::portal_suspended(out),
        "CopyDone" => encode::copy_done(out),
        "AuthenticationOk" => encode::authentication_ok(out),
        other => panic!("no message of a server: {other}"),
    }
}

fn report(
    out: &mut BytesMut,
    severity: Severity,
    sqlstate: &str,
    message: &str,
) -> Result<(), wire::WireError> {
    let (detail, hint, position) = (None, None, None);
    encode::error_response(
        out,
        &Report {
            severity,
            sqlstate,
            message,
            detail,
            hint,
            position,
        },
    )
}

/// `ssn@4` is text of the fourth column of `people`, `n:int` an expression, `n:int/1` in binary.
fn field(word: &str) -> Field<'_> {
    let (word, format) = match word.split_once('/') {
        Some((word, format)) => (word, number(format)),
        None => (word, 0),
    };
    let (word, type_oid) = match word.split_once(':') {
        Some((word, "int")) => (word, 23),
        Some((_, other)) => panic!("no type `{other}`"),
        None => (word, 25),
    };
    let (name, column) = match word.split_once('@') {
        Some((name, column)) => (name, number(column)),
        None => (word, 0),
    };
    Field {
        name: name.as_bytes(),
        table: if column == 0 { 0 } else { PEOPLE },
        column,
        type_oid,
        type_size: -1,
        type_modifier: -1,
        format,
    }
}

/// The messages in these bytes, as text; each with its bytes.
pub(crate) fn told(bytes: &[u8], side: Side) -> Vec<(String, Vec<u8>)> {
    let mut told = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok(Scan::Frame(frame, length)) = frame::scan(rest, side, &Limits::default()) else {
            told.push((format!("… {} bytes", rest.len()), rest.to_vec()));
            break;
        };
        let line = match side {
            Side::Frontend => told_client(frame),
            Side::Backend => told_server(frame),
        };
        told.push((line, rest[..length].to_vec()));
        rest = &rest[length..];
    }
    told
}

fn quoted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    format!("\"{}\"", text.replace('\n', "\\n").replace('\t', "\\t"))
}

fn named(bytes: &[u8]) -> String {
    match bytes {
        b"" => "-".to_owned(),
        name => String::from_utf8_lossy(name).into_owned(),
    }
}

fn of(target: Target) -> char {
    char::from(target.byte())
}

fn told_client(frame: Frame<'_>) -> String {
    use frontend::Message;
    match frontend::decode(frame).unwrap() {
        Message::Query(query) => format!("Query {}", quoted(query.text)),
        Message::Parse(parse) => format!("Parse {} {}", named(parse.name), quoted(parse.text)),
        Message::Bind(bind) => {
            let formats: String = bind
                .result_formats
                .iter()
                .map(|f| format!(" {f}"))
                .collect();
            format!(
                "Bind {} {}{formats}",
                named(bind.portal),
                named(bind.statement)
            )
        }
        Message::Describe(what) => format!("Describe {} {}", of(what.target), named(what.name)),
        Message::Execute(execute) if execute.max_rows == 0 => {
            format!("Execute {}", named(execute.portal))
        }
        Message::Execute(execute) => {
            format!("Execute {} {}", named(execute.portal), execute.max_rows)
        }
        Message::Close(close) => format!("Close {} {}", of(close.target), named(close.name)),
        Message::CopyData(data) => format!("CopyData {}", quoted(data)),
        Message::CopyFail(reason) => format!("CopyFail {}", quoted(reason)),
        _ => frame::message_name(Side::Frontend, frame.tag).to_owned(),
    }
}

fn told_server(frame: Frame<'_>) -> String {
    use backend::Message;
    match backend::decode(frame).unwrap() {
        Message::DataRow(row) => {
            let cells = row.cells().map(|cell| match cell.unwrap() {
                Some(cell) => format!(" {}", quoted(cell)),
                None => " null".to_owned(),
            });
            format!("DataRow{}", cells.collect::<String>())
        }
        Message::ErrorResponse(fields) => {
            let part = |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap()).into_owned();
            format!(
                "ErrorResponse {} {}",
                part(fields.sqlstate()),
                quoted(fields.message().unwrap())
            )
        }
        Message::NoticeResponse(fields) => format!(
            "NoticeResponse {} {}",
            String::from_utf8_lossy(fields.sqlstate().unwrap()),
            quoted(fields.message().unwrap())
        ),
        Message::ReadyForQuery(ready) => {
            format!("ReadyForQuery {}", char::from(ready.status.byte()))
        }
        Message::CommandComplete(complete) => format!("CommandComplete {}", quoted(complete.tag)),
        Message::CopyData(data) => format!("CopyData {}", quoted(data)),
        _ => frame::message_name(Side::Backend, frame.tag).to_owned(),
    }
}
