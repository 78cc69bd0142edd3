//! A real client of the gate: over TLS, with a name and an access key.

use std::error::Error;

use gateway::tls::{ClientTls, Trust};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::people::Person;
use super::setup::Stage;
use super::tape::{Recording, Tape};
use crate::failure::CommandError;

/// Somebody who is connected.
pub(super) struct Visitor {
    /// Who.
    pub(super) person: Person,
    /// Every byte that they received.
    pub(super) tape: Tape,
    client: Client,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Rows.
    Rows(Rows),
    /// An error.
    Error(Report),
}

/// Rows of a result; NULL is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rows {
    /// Names of the columns.
    pub(super) columns: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// A cell, `NULL` for that; empty where there is none.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        match self.rows.get(row).and_then(|row| row.get(column)) {
            Some(Some(text)) => text.trim_end(),
            Some(None) => "NULL",
            None => "",
        }
    }
}

/// An error as psql shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Report {
    pub(super) sqlstate: String,
    pub(super) message: String,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
}

impl From<&tokio_postgres::Error> for Report {
    fn from(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(error) => Report {
                sqlstate: error.code().code().to_owned(),
                message: error.message().to_owned(),
                detail: error.detail().map(str::to_owned),
                hint: error.hint().map(str::to_owned),
            },
            None => Report {
                message: error.to_string(),
                ..Report::default()
            },
        }
    }
}

impl Visitor {
    /// Connects `person` with the person's own key, and trusts the gate's certificate alone.
    ///
    /// # Errors
    /// [`CommandError::Client`].
    pub(super) async fn connect(
        stage: &Stage,
        person: Person,
        connection: &str,
    ) -> Result<Self, CommandError> {
        let key = stage
            .holder(person)
            .map_or("", |holder| holder.key.expose());
        let connected = connect(stage, (person.name, key), connection).await?;
        let (client, tape) = connected.map_err(|report| CommandError::Client {
            principal: person.name,
            problem: report.message,
        })?;
        Ok(Visitor {
            person,
            tape,
            client,
        })
    }

    /// Sends a text as psql does, by the simple protocol.
    pub(super) async fn ask(&self, sql: &str) -> Answer {
        match self.client.simple_query(sql).await {
            Ok(messages) => Answer::Rows(rows(&messages)),
            Err(error) => Answer::Error(Report::from(&error)),
        }
    }

    /// Prepares a statement and runs it `times` times, with its results in the binary format. A
    /// text is given as it is, any other value as its bytes in hexadecimal.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn ask_prepared(&self, sql: &str, times: usize) -> Result<Vec<Rows>, Report> {
        let report = |error: tokio_postgres::Error| Report::from(&error);
        let statement = self.client.prepare(sql).await.map_err(report)?;
        let names = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned());
        let columns: Vec<_> = names.collect();
        let mut results = Vec::new();
        for _ in 0..times {
            let mut rows = Vec::new();
            for row in &self.client.query(&statement, &[]).await.map_err(report)? {
                let cell = |at| {
                    row.try_get(at)
                        .map(|raw: Option<Raw>| raw.map(|Raw(text)| text))
                };
                rows.push(
                    (0..row.len())
                        .map(cell)
                        .collect::<Result<_, _>>()
                        .map_err(report)?,
                );
            }
            results.push(Rows {
                columns: columns.clone(),
                rows,
            });
        }
        Ok(results)
    }
}

/// A value as it was received: a text, or bytes in hexadecimal.
struct Raw(String);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(kind: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        if <&str as FromSql>::accepts(kind) {
            return Ok(Raw(std::str::from_utf8(bytes)?.to_owned()));
        }
        Ok(Raw(bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()))
    }

    fn accepts(_kind: &Type) -> bool {
        true
    }
}

/// Tries to log in with a key.
///
/// # Errors
/// [`CommandError`] when the gate's certificate cannot be read; inside, what the gate said.
pub(super) async fn connect(
    stage: &Stage,
    (user, key): (&str, &str),
    connection: &str,
) -> Result<Result<(Client, Tape), Report>, CommandError> {
    let certificate = stage.certificate();
    let tls = ClientTls::required(Trust::Full(certificate.as_deref()), None)
        .map_err(|error| CommandError::Start(error.into()))?;
    let ClientTls::Required(tls) = tls else {
        return Ok(Err(Report {
            message: "the gate has no certificate".to_owned(),
            ..Report::default()
        }));
    };
    let mut config = Config::new();
    config
        .host(stage.address().ip().to_string())
        .port(stage.address().port())
        .user(user)
        .password(key)
        .dbname(connection)
        .application_name("lockgate demo")
        .ssl_mode(SslMode::Require);
    let tape = Tape::default();
    let recording = Recording::new(MakeRustlsConnect::new((*tls).clone()), &tape);
    Ok(match config.connect(recording).await {
        Ok((client, wire)) => {
            // Ends with the client; its errors are the client's errors too.
            tokio::spawn(wire);
            Ok((client, tape))
        }
        Err(error) => Err(Report::from(&error)),
    })
}

fn rows(messages: &[SimpleQueryMessage]) -> Rows {
    let mut rows = Rows::default();
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                rows.columns = columns
                    .iter()
                    .map(|column| column.name().to_owned())
                    .collect();
            }
            SimpleQueryMessage::Row(row) => {
                rows.rows.push(
                    (0..row.len())
                        .map(|at| row.get(at).map(str::to_owned))
                        .collect(),
                );
            }
            _ => {}
        }
    }
    rows
}
