//! What the databases of a configuration are like.

use std::io::Write;

use config::{Config, ConnectionConfig};
use gateway::InspectError;
use gateway::upstream::{Upstream, catalog_client};
use policy::Labels;
use serde::Serialize;
use session::World;

use crate::failure::CommandError;
use crate::render::style::{BAD, CARE, FAINT, GOOD, NAME};

/// What our role upstream can do that the gate does not need, with what is wrong about it.
const POWERS: [(&str, &str); 6] = [
    (
        "rolsuper",
        "is SUPERUSER: a statement that got past the gate could do anything",
    ),
    (
        "rolbypassrls",
        "has BYPASSRLS: row-level security of the database does not hold for it",
    ),
    (
        "rolreplication",
        "has REPLICATION: it can read every change of every table",
    ),
    (
        "rolcreaterole",
        "has CREATEROLE: it can make roles with more rights",
    ),
    ("rolcreatedb", "has CREATEDB: it can copy whole databases"),
    (
        "server",
        "may read or write files, or run programs, on the database's server",
    ),
];

const POWERS_QUERY: &str = "
    SELECT rolsuper, rolbypassrls, rolreplication, rolcreaterole, rolcreatedb,
           NOT rolsuper AND (pg_has_role(oid, 'pg_read_server_files', 'MEMBER')
               OR pg_has_role(oid, 'pg_write_server_files', 'MEMBER')
               OR pg_has_role(oid, 'pg_execute_server_program', 'MEMBER')) AS server
    FROM pg_catalog.pg_roles WHERE rolname = current_user";

/// One connection, looked at.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    connection: String,
    environment: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It answers.
    Connected {
        /// Such as `15.6`.
        server_version: String,
        /// Tables, views and the like outside the system schemas.
        relations: usize,
        /// Columns outside the system schemas that carry a tag.
        labelled: usize,
        /// What is allowed but should be known.
        warnings: Vec<String>,
    },
    /// It answers, and the configuration does not fit it.
    Misfit {
        /// Each label that names nothing.
        mistakes: Vec<String>,
    },
    /// It does not answer, or not as it should.
    Unreachable {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Outcome::Unreachable { .. })
    }

    pub(super) fn mistakes(&self) -> &[String] {
        match self {
            Outcome::Misfit { mistakes } => mistakes,
            Outcome::Connected { .. } | Outcome::Unreachable { .. } => &[],
        }
    }
}

/// Looks at every connection, one after the other.
pub(super) async fn look(config: &Config) -> Vec<Report> {
    let mut reports = Vec::new();
    for connection in &config.connections {
        let outcome = match inspect(config, connection).await {
            Ok(outcome) => outcome,
            Err(InspectError::Labels { mistakes, .. }) => Outcome::Misfit { mistakes },
            Err(error) => Outcome::Unreachable {
                reason: error.to_string(),
            },
        };
        reports.push(Report {
            connection: connection.name.clone(),
            environment: connection.environment.clone(),
            outcome,
        });
    }
    reports
}

async fn inspect(config: &Config, connection: &ConnectionConfig) -> Result<Outcome, InspectError> {
    let inspected = gateway::inspect(config, &connection.name).await?;
    let world = &inspected.world;
    let mut warnings = too_powerful(config, connection).await?;
    if labelled(world) == 0 {
        warnings.push("no column carries a tag: nothing is masked by its label".to_owned());
    }
    let version = world.catalog.server_version();
    Ok(Outcome::Connected {
        server_version: format!("{}.{}", version / 10_000, version % 10_000),
        relations: world
            .catalog
            .relations()
            .filter(|found| !is_system(&found.schema))
            .count(),
        labelled: labelled(world),
        warnings,
    })
}

fn labelled(world: &World) -> usize {
    let labels: &Labels = &world.labels;
    let schema = |column| {
        world
            .catalog
            .column(column)
            .map(|(relation, _)| relation.schema.as_str())
    };
    labels
        .iter()
        .filter(|(column, _)| schema(*column).is_some_and(|name| !is_system(name)))
        .count()
}

/// PostgreSQL reserves names that begin so.
pub(in crate::commands) fn is_system(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}

/// What our role upstream can do that the gate does not need.
async fn too_powerful(
    config: &Config,
    connection: &ConnectionConfig,
) -> Result<Vec<String>, InspectError> {
    let client = catalog_client(&Upstream::new(connection, &config.limits)?).await?;
    let row = client
        .query_one(POWERS_QUERY, &[])
        .await
        .map_err(|error| InspectError::Catalog {
            connection: connection.name.clone(),
            sqlstate: error.code().map(|code| code.code().to_owned()),
        })?;
    let has = |power: &str| row.try_get(power).unwrap_or(true);
    let powers = POWERS.iter().filter(|(power, _)| has(power));
    Ok(powers
        .map(|(_, problem)| format!("role `{}` {problem}", connection.user))
        .collect())
}

impl Report {
    pub(super) fn print(&self, out: &mut dyn Write) -> Result<(), CommandError> {
        let name = format!("{NAME}{}{NAME:#} ({})", self.connection, self.environment);
        match &self.outcome {
            Outcome::Connected {
                server_version,
                relations,
                labelled,
                warnings,
            } => {
                writeln!(
                    out,
                    "{name}  {GOOD}connected{GOOD:#}, PostgreSQL {server_version}, \
                     {relations} relations, {labelled} columns with a tag"
                )?;
                for warning in warnings {
                    writeln!(
                        out,
                        "  {CARE}warning{CARE:#}: {}",
                        audit::printable(warning)
                    )?;
                }
            }
            Outcome::Misfit { mistakes } => {
                writeln!(out, "{name}  {BAD}does not fit its labels{BAD:#}")?;
                for mistake in mistakes {
                    writeln!(out, "  {BAD}error{BAD:#}: {}", audit::printable(mistake))?;
                }
                writeln!(
                    out,
                    "  {FAINT}help{FAINT:#}: correct the `[[label]]`, or name one connection in it"
                )?;
            }
            Outcome::Unreachable { reason } => {
                writeln!(
                    out,
                    "{name}  {BAD}unreachable{BAD:#}: {}",
                    audit::printable(reason)
                )?;
            }
        }
        Ok(writeln!(out)?)
    }
}
