//! What a client may ask for in its startup packet: who, where, and a few harmless settings.
//!
//! An allow-list: a setting decides how statements are read (`standard_conforming_strings`), who
//! the session is (`role`) or what code runs (`session_preload_libraries`), unless it is known not
//! to.

use wire::startup::Startup;

use crate::error::Refusal;

/// The settings that a client may choose at the start.
pub const ALLOWED: &[&str] = &[
    "application_name",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "extra_float_digits",
    "search_path",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
];

/// Longest value of a setting in bytes; a generous search path.
pub const MAX_VALUE_LEN: usize = 1024;

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The principal's name; not verified.
    pub user: String,
    /// The connection's name; by PostgreSQL's custom the user's when none is given.
    pub database: String,
    /// Allowed settings, spelled as in [`ALLOWED`].
    pub settings: Vec<(&'static str, String)>,
}

/// Reads the parameters of a startup packet, and the settings within `options`.
///
/// # Errors
/// What the client is told: 28000 without a user, 0A000 for replication and for what is not on the
/// list, 22023 for an encoding other than UTF8 and for other unfit values.
pub fn read(startup: &Startup<'_>) -> Result<Requested, Refusal> {
    let user = startup
        .parameter("user")
        .filter(|user| !user.is_empty())
        .ok_or_else(no_user)?;
    let database = startup
        .parameter("database")
        .filter(|database| !database.is_empty());
    let database = database.unwrap_or(user);
    let settings = settings(startup).map_err(|refusal| refusal.asked_by(user, database))?;
    Ok(Requested {
        user: user.to_owned(),
        database: database.to_owned(),
        settings,
    })
}

fn no_user() -> Refusal {
    Refusal::new(
        "28000",
        "no PostgreSQL user name specified in startup packet",
    )
    .hint("Give the name of a principal as the user.")
}

fn settings(startup: &Startup<'_>) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut chosen = Vec::new();
    for (name, value) in startup.parameters() {
        match name {
            "user" | "database" => {}
            "replication" => return Err(replication()),
            "options" => {
                for (name, value) in options(value)? {
                    choose(&mut chosen, &name, &value)?;
                }
            }
            _ => choose(&mut chosen, name, value)?,
        }
    }
    Ok(chosen)
}

fn replication() -> Refusal {
    Refusal::new("0A000", "replication connections are not supported")
        .hint("A replication stream holds every row unmasked. Connect to the server itself.")
}

fn choose(
    chosen: &mut Vec<(&'static str, String)>,
    name: &str,
    value: &str,
) -> Result<(), Refusal> {
    if name.eq_ignore_ascii_case("client_encoding") {
        return check_encoding(value);
    }
    let allowed = ALLOWED
        .iter()
        .find(|allowed| allowed.eq_ignore_ascii_case(name));
    let allowed = *allowed.ok_or_else(|| not_allowed(name))?;
    if value.len() > MAX_VALUE_LEN {
        return Err(Refusal::new(
            "22023",
            format!("value of setting \"{allowed}\" is longer than {MAX_VALUE_LEN} bytes"),
        ));
    }
    if chosen.iter().any(|(earlier, _)| *earlier == allowed) {
        return Err(Refusal::new(
            "22023",
            format!("setting \"{allowed}\" is given twice"),
        ));
    }
    chosen.push((allowed, value.to_owned()));
    Ok(())
}

fn not_allowed(name: &str) -> Refusal {
    Refusal::new(
        "0A000",
        format!("setting \"{name}\" may not be chosen at connection start"),
    )
    .hint(format!(
        "Allowed are client_encoding (UTF8) and {}.",
        ALLOWED.join(", ")
    ))
}

/// UTF8 it is, in any of PostgreSQL's spellings (`clean_encoding_name`: letters and digits count).
/// In other encodings a byte of a character may look like a quote to whoever reads bytes.
///
/// `SQL_ASCII` asks for no conversion, which for us is the same as UTF8; libpq asks for it in the C
/// locale. The session is pinned to UTF8 in any case, and says so.
fn check_encoding(value: &str) -> Result<(), Refusal> {
    let letters = value.bytes().filter(u8::is_ascii_alphanumeric);
    let clean: Vec<u8> = letters.map(|byte| byte.to_ascii_lowercase()).collect();
    match clean.as_slice() {
        b"utf8" | b"unicode" | b"sqlascii" => Ok(()),
        _ => Err(Refusal::new(
            "22023",
            format!("invalid value for parameter \"client_encoding\": \"{value}\""),
        )
        .hint("Only UTF8 is supported: set PGCLIENTENCODING=UTF8.")),
    }
}

/// The settings within `options`, which is a command line of the server: `-c name=value`,
/// `-cname=value` and `--name=value` (PostgreSQL documentation, "Server Configuration via the
/// Shell").
fn options(line: &str) -> Result<Vec<(String, String)>, Refusal> {
    let mut settings = Vec::new();
    let mut words = split(line).into_iter();
    while let Some(word) = words.next() {
        let setting = match (word.strip_prefix("--"), word.strip_prefix("-c")) {
            (Some(setting), _) => Some(setting.to_owned()),
            (None, Some("")) => words.next(),
            (None, Some(setting)) => Some(setting.to_owned()),
            (None, None) => None,
        };
        let setting = setting
            .as_deref()
            .and_then(|setting| setting.split_once('='));
        let (name, value) = setting.ok_or_else(|| unknown_option(&word))?;
        // As ParseLongOption: dashes in names stand for underscores.
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

fn unknown_option(word: &str) -> Refusal {
    Refusal::new(
        "0A000",
        format!("command-line option \"{word}\" is not supported"),
    )
    .hint("Give settings as \"-c name=value\".")
}

/// Splits at white space; a backslash keeps the next character (PostgreSQL's `pg_split_opts`).
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            // As C's isspace().
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(characters.next()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;
    use wire::encode;
    use wire::startup::{Packet, ScanPacket, Version, scan};

    fn ask(parameters: &[(&str, &str)]) -> Result<Requested, Refusal> {
        let mut bytes = BytesMut::new();
        encode::startup(&mut bytes, Version::V3_0, parameters.iter().copied()).unwrap();
        let Ok(ScanPacket::Packet(Packet::Startup(startup), _)) = scan(&bytes) else {
            panic!()
        };
        read(&startup)
    }

    /// What comes of one parameter: the settings, or SQLSTATE and message.
    fn check(name: &str, value: &str, expected: &str) {
        let got = match ask(&[("user", "ada"), ("database", "shop"), (name, value)]) {
            Ok(requested) => {
                let settings = requested.settings.iter();
                settings
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join(";")
            }
            Err(refusal) => {
                assert_eq!(refusal.user.as_deref(), Some("ada"));
                format!("{} {}", refusal.sqlstate, refusal.message)
            }
        };
        assert_eq!(got, expected, "{name}={value}");
    }

    #[test]
    fn settings_of_the_list_pass_and_others_do_not() {
        check("application_name", "psql", "application_name=psql");
        check("datestyle", "ISO", "DateStyle=ISO");
        check("TIMEZONE", "UTC", "TimeZone=UTC");
        let refused = |name: &str| {
            check(
                name,
                "x",
                &format!("0A000 setting \"{name}\" may not be chosen at connection start"),
            );
        };
        for name in [
            "role",
            "session_authorization",
            "standard_conforming_strings",
            "backslash_quote",
            "session_preload_libraries",
            "local_preload_libraries",
            "client_min_messages",
            "row_security",
            "app.user",
            "USER",
        ] {
            refused(name);
        }
        for value in ["database", "true", "false", ""] {
            check(
                "replication",
                value,
                "0A000 replication connections are not supported",
            );
        }
    }

    #[test]
    fn only_utf8_is_an_encoding() {
        for value in ["UTF8", "utf-8", "'utf-8'", "Unicode", "SQL_ASCII"] {
            check("client_encoding", value, "");
        }
        for value in ["SJIS", "GBK", "LATIN1", "", "UTF8x", "UTF16"] {
            let message =
                format!("22023 invalid value for parameter \"client_encoding\": \"{value}\"");
            check("client_encoding", value, &message);
        }
    }

    #[test]
    fn options_are_held_against_the_same_list() {
        check("options", "", "");
        check("options", "-c search_path=a,b", "search_path=a,b");
        check(
            "options",
            "-csearch_path=a --statement-timeout=5s",
            "search_path=a;statement_timeout=5s",
        );
        check("options", r"-c search_path=a,\ b\\", r"search_path=a, b\");
        check("options", "--client-encoding=utf8", "");
        for (value, name) in [
            ("-c role=postgres", "role"),
            ("-crole=postgres", "role"),
            ("--role=postgres", "role"),
            (r"-c ro\le=postgres", "role"),
            (
                "-c\tstandard_conforming_strings=off",
                "standard_conforming_strings",
            ),
            (
                "--standard-conforming-strings=off",
                "standard_conforming_strings",
            ),
            ("-c -c=role=postgres", "_c"),
            ("-c =x", ""),
        ] {
            let message = format!("0A000 setting \"{name}\" may not be chosen at connection start");
            check("options", value, &message);
        }
        for (value, word) in [
            ("-d5", "-d5"),
            ("-B 10", "-B"),
            ("search_path=a", "search_path=a"),
            ("-c", "-c"),
            ("-c search_path", "-c"),
            ("--search_path", "--search_path"),
            ("-", "-"),
            ("--", "--"),
        ] {
            let message = format!("0A000 command-line option \"{word}\" is not supported");
            check("options", value, &message);
        }
        check(
            "options",
            "-c client_encoding=SJIS",
            "22023 invalid value for parameter \"client_encoding\": \"SJIS\"",
        );
    }

    #[test]
    fn values_are_bounded_and_unique() {
        let long = "x".repeat(MAX_VALUE_LEN + 1);
        let message = "22023 value of setting \"search_path\" is longer than 1024 bytes";
        check("search_path", &long, message);
        check(
            "options",
            "-c search_path=a -c SEARCH_PATH=b",
            "22023 setting \"search_path\" is given twice",
        );
    }

    #[test]
    fn a_user_is_needed_and_a_database_is_not() {
        assert_eq!(ask(&[("database", "x")]).unwrap_err().sqlstate, "28000");
        assert_eq!(ask(&[("user", "")]).unwrap_err().sqlstate, "28000");
        assert_eq!(ask(&[("user", "ada")]).unwrap().database, "ada");
        assert_eq!(
            ask(&[("user", "ada"), ("database", "")]).unwrap().database,
            "ada"
        );
    }
}
