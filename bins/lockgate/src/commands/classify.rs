//! `lockgate classify`: labels for the columns of a database, proposed from their names and samples
//! of their values. Nothing is kept of a value but what was counted.

mod proposal;
mod sample;

use std::io::Write;

use config::{Config, ConnectionConfig};
use detect::ColumnEvidence;
use gateway::Inspected;
use gateway::upstream::{Upstream, catalog_client};
use sql::catalog::{Column, Relation, RelationKind};
use sql::facts::ColumnId;

use super::check::is_system;
use super::configuration;
use crate::cli::Classify;
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::large_stack;
use proposal::{Place, Proposal};

/// What was found out about one table.
enum Table {
    Read(Vec<Proposal>),
    /// The database refused it: the name, and the SQLSTATE if there was one.
    Refused(String, Option<String>),
}

pub(super) fn run(options: &Classify) -> Result<Exit, CommandError> {
    let config = configuration::load(&options.config)?;
    let connection = configuration::connection(&config, &options.connection)?;
    let tables = large_stack::block_on(look(&config, connection))??;
    let mut out = anstream::stdout().lock();
    for table in &tables {
        match table {
            Table::Read(proposals) => {
                proposals.iter().try_for_each(|proposal| {
                    write!(out, "{}", proposal.toml(&options.connection))
                })?;
            }
            Table::Refused(name, sqlstate) => {
                let reason = sqlstate.as_deref().unwrap_or("the connection broke");
                let name = audit::printable(name);
                writeln!(out, "# {name}: cannot be read ({reason})\n")?;
            }
        }
    }
    let labels = tables.iter().map(Table::count).sum::<usize>();
    writeln!(
        out,
        "# {labels} labels proposed, {} tables looked at",
        tables.len()
    )?;
    Ok(Exit::Fine)
}

impl Table {
    fn count(&self) -> usize {
        match self {
            Table::Read(proposals) => proposals.len(),
            Table::Refused(..) => 0,
        }
    }
}

/// Looks at every table that rules may label, one after the other.
async fn look(config: &Config, connection: &ConnectionConfig) -> Result<Vec<Table>, CommandError> {
    let inspected = gateway::inspect(config, &connection.name).await?;
    let upstream =
        Upstream::new(connection, &config.limits).map_err(gateway::InspectError::from)?;
    let client = catalog_client(&upstream)
        .await
        .map_err(gateway::InspectError::from)?;
    let mut relations: Vec<&Relation> = inspected
        .world
        .catalog
        .relations()
        .filter(|relation| is_labelled_itself(relation))
        .collect();
    relations.sort_by_key(|relation| (&relation.schema, &relation.name));
    let mut tables = Vec::new();
    for relation in relations {
        let mut evidence = evidence(relation, &inspected);
        let read = sample::read(&client, relation, |column, value| {
            if let Some(evidence) = evidence.get_mut(column) {
                evidence.observe(&config.detector, value);
            }
        });
        tables.push(match read.await {
            Ok(()) => Table::Read(proposals(relation, &evidence, &inspected)),
            Err(error) => Table::Refused(
                format!("{}.{}", relation.schema, relation.name),
                error.code().map(|code| code.code().to_owned()),
            ),
        });
    }
    Ok(tables)
}

/// Whether its columns get tags of their own: views and children have those of what they are made of.
fn is_labelled_itself(relation: &Relation) -> bool {
    let stored = match relation.kind {
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => true,
        RelationKind::View
        | RelationKind::MaterializedView
        | RelationKind::Sequence
        | RelationKind::CompositeType => false,
    };
    stored && relation.parents.is_empty() && !is_system(&relation.schema)
}

/// Nothing seen yet of each column.
fn evidence(relation: &Relation, inspected: &Inspected) -> Vec<ColumnEvidence> {
    let of = |column: &Column| ColumnEvidence::new(&column.name, type_name(column, inspected));
    relation.columns.iter().map(of).collect()
}

fn type_name<'a>(column: &Column, inspected: &'a Inspected) -> &'a str {
    let found = inspected.world.catalog.type_of(column.type_oid);
    found.map_or("", |column_type| column_type.name.as_str())
}

fn proposals(
    relation: &Relation,
    evidence: &[ColumnEvidence],
    inspected: &Inspected,
) -> Vec<Proposal> {
    let columns = relation.columns.iter().zip(evidence);
    columns
        .filter_map(|(column, evidence)| {
            let id = ColumnId {
                relation: relation.oid,
                number: column.number,
            };
            let tags = inspected.world.labels.tags(id);
            Some(Proposal {
                place: Place {
                    schema: relation.schema.clone(),
                    relation: relation.name.clone(),
                    column: column.name.clone(),
                },
                type_name: type_name(column, inspected).to_owned(),
                class: evidence.classify()?,
                present: tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
            })
        })
        .collect()
}
