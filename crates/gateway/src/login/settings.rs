//! What a client asks for in its startup packet: who, where, and settings.
//!
//! A setting that is pinned may be given the value that it has; those that are not harmless are for
//! policy to decide (`Policy::may_set`), once it is known who asks.

use sql::{SettingClass, is_pinned_value};
use wire::startup::Startup;

use crate::error::Refusal;

/// Longest value of a setting in bytes; a generous search path.
pub const MAX_VALUE_LEN: usize = 1024;

/// Names and values of settings.
pub type Settings = Vec<(String, String)>;

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The principal's name; not verified.
    pub user: String,
    /// The connection's name; by PostgreSQL's custom the user's when none is given.
    pub database: String,
    /// Settings that are not pinned, spelled as the client does, each once.
    pub settings: Settings,
}

/// Reads the parameters of a startup packet, and the settings within `options`.
///
/// # Errors
/// What the client is told: 28000 without a user, 0A000 for replication and for options that are no
/// settings, 22023 for an encoding other than UTF8 and for other unfit values.
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

/// The settings, the last one of each name: `options` come first, as with PostgreSQL
/// (`process_startup_options`).
fn settings(startup: &Startup<'_>) -> Result<Settings, Refusal> {
    let mut chosen = Settings::new();
    for (name, value) in options(startup.parameter("options").unwrap_or_default())? {
        choose(&mut chosen, &name, &value)?;
    }
    for (name, value) in startup.parameters() {
        match name {
            "user" | "database" | "options" => {}
            "replication" => return Err(replication()),
            _ => choose(&mut chosen, name, value)?,
        }
    }
    Ok(chosen)
}

fn replication() -> Refusal {
    Refusal::new("0A000", "replication connections are not supported")
        .hint("A replication stream holds every row unmasked. Connect to the server itself.")
}

fn choose(chosen: &mut Settings, name: &str, value: &str) -> Result<(), Refusal> {
    if let SettingClass::Pinned(only) = SettingClass::of(name, None) {
        return check_pinned(name, only, value);
    }
    if name.is_empty() {
        return Err(unfit("a setting has no name".to_owned()));
    }
    if value.len() > MAX_VALUE_LEN {
        return Err(unfit(format!(
            "value of setting \"{name}\" is longer than {MAX_VALUE_LEN} bytes"
        )));
    }
    chosen.retain(|(earlier, _)| !earlier.eq_ignore_ascii_case(name));
    chosen.push((name.to_owned(), value.to_owned()));
    Ok(())
}

fn unfit(message: String) -> Refusal {
    Refusal::new("22023", message)
}

/// The session is pinned in any case, and says so.
///
/// `SQL_ASCII` asks for no conversion, which for us is the same as UTF8; libpq asks for it in the C
/// locale.
fn check_pinned(name: &str, only: &str, value: &str) -> Result<(), Refusal> {
    let unconverted = name.eq_ignore_ascii_case("client_encoding")
        && value
            .replace(['_', '-'], "")
            .eq_ignore_ascii_case("sqlascii");
    if unconverted || is_pinned_value(only, value) {
        return Ok(());
    }
    let message = format!("invalid value for parameter \"{name}\": \"{value}\"");
    Err(unfit(message).hint(format!(
        "Only {only} is supported: the text of statements is read under it."
    )))
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
    fn settings_are_taken_as_they_are() {
        check("application_name", "psql", "application_name=psql");
        check("datestyle", "ISO", "datestyle=ISO");
        check("TIMEZONE", "UTC", "TIMEZONE=UTC");
        // Not harmless: whoever asks is not known yet.
        check("role", "postgres", "role=postgres");
        check("app.user", "bob", "app.user=bob");
        for value in ["database", "true", "false", ""] {
            check(
                "replication",
                value,
                "0A000 replication connections are not supported",
            );
        }
    }

    #[test]
    fn pins_hold() {
        check("standard_conforming_strings", "on", "");
        check("STANDARD_CONFORMING_STRINGS", "yes", "");
        for (name, value) in [
            ("standard_conforming_strings", "off"),
            ("Standard_Conforming_Strings", "0"),
            ("client_encoding", "SJIS"),
        ] {
            let message = format!("22023 invalid value for parameter \"{name}\": \"{value}\"");
            check(name, value, &message);
            let option = format!("-c {name}={value}");
            check("options", &option, &message);
        }
        let dashes = "22023 invalid value for parameter \"standard_conforming_strings\": \"off\"";
        check("options", "--standard-conforming-strings=off", dashes);
        check("options", "-c\tstandard_conforming_strings=off", dashes);
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
    fn options_are_settings_as_well() {
        check("options", "", "");
        check("options", "-c search_path=a,b", "search_path=a,b");
        check(
            "options",
            "-csearch_path=a --statement-timeout=5s",
            "search_path=a;statement_timeout=5s",
        );
        check("options", r"-c search_path=a,\ b\\", r"search_path=a, b\");
        check("options", "--client-encoding=utf8", "");
        check("options", r"-c ro\le=postgres", "role=postgres");
        check("options", "-c geqo=off -c GEQO=on", "GEQO=on");
        check("options", "-c =x", "22023 a setting has no name");
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
    fn values_are_bounded() {
        let long = "x".repeat(MAX_VALUE_LEN + 1);
        let message = "22023 value of setting \"search_path\" is longer than 1024 bytes";
        check("search_path", &long, message);
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
