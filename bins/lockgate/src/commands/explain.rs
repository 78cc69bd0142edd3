//! `lockgate explain`: what the gate would do with a statement, by the code that does it.

mod report;
mod table;
mod words;

use std::io::Write;
use std::sync::Arc;

use config::Config;
use gateway::Inspected;
use identity::{Actor, KeyId};
use jiff::Timestamp;
use policy::{ConnectViewer, Context, Viewer};
use session::{Judged, Known, View};

use super::configuration;
use crate::cli::{Explain, Format};
use crate::exit::Exit;
use crate::failure::CommandError;
use crate::large_stack;
use report::Report;

/// The key with which the actor would have logged in: no key decides about a statement.
const KEY: &str = "explain";

pub(super) fn run(options: &Explain) -> Result<Exit, CommandError> {
    let config = configuration::load(&options.config)?;
    let actor = actor(&config, &options.principal)?;
    configuration::connection(&config, &options.connection)?;
    let context = context(&config, &actor);
    let report = large_stack::block_on(async {
        let inspected = gateway::inspect(&config, &options.connection).await?;
        Ok::<_, CommandError>(explain(&inspected, &actor, &context, &options.sql))
    })??;
    let mut out = anstream::stdout().lock();
    match (options.output, options.json) {
        (Format::Table, false) => table::print(&report, &mut out)?,
        (Format::Json, _) | (Format::Table, true) => {
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        }
    }
    Ok(if report.verdict == report::ALLOW {
        Exit::Fine
    } else {
        Exit::Wrong
    })
}

fn actor(config: &Config, name: &str) -> Result<Actor, CommandError> {
    let key: Option<KeyId> = KEY.parse().ok();
    let actor = key.and_then(|key| config.directory.actor(name, key));
    actor.ok_or_else(|| CommandError::NoPrincipal {
        name: name.to_owned(),
        known: configuration::names(
            config
                .directory
                .principals()
                .map(|principal| principal.name.as_str()),
        ),
    })
}

/// The circumstances of a session that begins now, from nowhere in particular.
fn context(config: &Config, actor: &Actor) -> Context {
    Context {
        now: Timestamp::now(),
        client_address: None,
        purpose: config.purpose(&actor.principal.name).map(str::to_owned),
        approved: false,
        approvals: 0,
        ticket: None,
    }
}

fn explain(inspected: &Inspected, actor: &Actor, context: &Context, text: &str) -> Report {
    let world = &inspected.world;
    let viewer = Viewer {
        actor,
        connection: &inspected.connection,
        catalog: &world.catalog,
        labels: &world.labels,
        context,
    };
    let connect = world.policy.may_connect(&ConnectViewer::from(viewer));
    let view = View {
        policy: &world.policy,
        viewer,
        naming: &inspected.naming,
    };
    let judged = session::judge(text, &view, &FreshSession);
    report::of(&viewer, world, &connect, judged)
}

/// A session that has just begun: nothing is prepared, no cursor is open.
struct FreshSession;

impl Known for FreshSession {
    fn prepared(&self, _name: &str) -> Option<Arc<Judged>> {
        None
    }

    fn cursor(&self, _name: &str) -> Option<Arc<Judged>> {
        None
    }
}
