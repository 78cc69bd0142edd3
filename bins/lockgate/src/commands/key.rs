//! `lockgate key`: access keys.

use std::io::Write;

use identity::{AccessKey, IdentityError, KeyHash, KeyId, PrincipalName};
use jiff::{Timestamp, Unit};
use serde::Serialize;

use crate::cli::{Format, Key, NewKey};
use crate::commands::moment::{self, Direction};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::randomness;
use crate::render::style::{FAINT, HEADING, NAME};

pub(super) fn run(command: Key) -> Result<Exit, CommandError> {
    match command {
        Key::New(options) => new(&options),
    }
}

fn new(options: &NewKey) -> Result<Exit, CommandError> {
    let made = Made::new(options, Timestamp::now())?;
    let mut out = anstream::stdout().lock();
    match options.output {
        Format::Table => made.print(&mut out)?,
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&made.report())?)?,
    }
    Ok(Exit::Fine)
}

/// A key that was just made.
struct Made {
    key: AccessKey,
    id: KeyId,
    hash: KeyHash,
    expires: Option<Timestamp>,
    principal: Option<PrincipalName>,
}

/// The report for programs.
#[derive(Serialize)]
struct Report<'a> {
    id: &'a str,
    key: &'a str,
    hash: String,
    expires: Option<Timestamp>,
    toml: String,
}

impl Made {
    fn new(options: &NewKey, now: Timestamp) -> Result<Self, CommandError> {
        let named = |option, text: &str| (option, text.to_owned());
        let id = options
            .id
            .as_deref()
            .map(|text| checked(named("--id", text)))
            .transpose()?;
        let principal = options.principal.as_deref();
        let principal = principal
            .map(|text| checked(named("--principal", text)))
            .transpose()?;
        let expires = options
            .expires
            .as_deref()
            .map(|text| expiry(text, now))
            .transpose()?;
        let key = AccessKey::new(randomness::bytes()?);
        Ok(Made {
            id: id.unwrap_or_else(|| key.id().clone()),
            hash: KeyHash::of(key.expose().as_bytes(), randomness::bytes()?),
            expires,
            principal,
            key,
        })
    }

    fn report(&self) -> Report<'_> {
        Report {
            id: self.id.as_str(),
            key: self.key.expose(),
            hash: self.hash.to_string(),
            expires: self.expires,
            toml: self.toml(),
        }
    }

    /// What goes into the configuration. Names, hashes and times need no quoting.
    fn toml(&self) -> String {
        let (id, hash) = (&self.id, &self.hash);
        let expires = self
            .expires
            .map(|end| format!(", expires = {end}"))
            .unwrap_or_default();
        let keys = format!("keys = [{{ id = \"{id}\", hash = \"{hash}\"{expires} }}]");
        match &self.principal {
            None => keys,
            Some(name) => format!(
                "[[principal]]\nname = \"{name}\"\nkind = \"human\"   # or \"service\", or \"agent\" \
                 with on_behalf_of = \"…\"\ngroups = []       # such as \"support\"\n{keys}"
            ),
        }
    }

    fn print(&self, out: &mut dyn Write) -> Result<(), CommandError> {
        let end = self
            .expires
            .map_or("never".to_owned(), |end| end.to_string());
        let place = match &self.principal {
            Some(_) => {
                "Put this into the configuration; if the principal is there already, the last line only:"
            }
            None => "Put this line under the principal's [[principal]] in the configuration:",
        };
        writeln!(
            out,
            "{HEADING}Access key{HEADING:#}  {NAME}{}{NAME:#}",
            self.key.expose()
        )?;
        writeln!(out, "{HEADING}Ends{HEADING:#}        {end}")?;
        writeln!(
            out,
            "{FAINT}It is the password of its principal. It is shown this once and kept nowhere.{FAINT:#}"
        )?;
        writeln!(out, "\n{place}\n\n{}\n", self.toml())?;
        writeln!(
            out,
            "{FAINT}A principal may have several keys: put them into one list. The hash is no secret to log in{FAINT:#}"
        )?;
        writeln!(
            out,
            "{FAINT}with, but who has it can pose as the gate: keep the configuration private.{FAINT:#}"
        )?;
        Ok(())
    }
}

fn checked<T>((option, text): (&'static str, String)) -> Result<T, CommandError>
where
    T: std::str::FromStr<Err = IdentityError>,
{
    text.parse()
        .map_err(|error: IdentityError| CommandError::Option {
            option,
            problem: error.to_string(),
        })
}

/// The end of a key, to the second: nobody reads more in a configuration.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, CommandError> {
    let option = "--expires";
    let end = moment::read(option, text, now, Direction::Future)?;
    if end <= now {
        let problem = format!("`{text}` is over: the key would never work");
        return Err(CommandError::Option { option, problem });
    }
    end.round(Unit::Second)
        .map_err(|error| CommandError::Option {
            option,
            problem: error.to_string(),
        })
}
