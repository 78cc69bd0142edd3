//! The extended query protocol.

use std::sync::Arc;

use audit::Protocol;
use sql::facts::{Kind, Outputs};
use wire::encode;
use wire::frame::Frame;
use wire::frontend::{Bind, Parse, Target};

use super::{Taken, Turn, violation};
use crate::judge::Judged;
use crate::names::{Asked, Origin, Portal, Prepared};
use crate::pending::{Describe, Described, Execute, Pending};
use crate::refusal::{MARKER, Refusal};
use crate::session::{SessionError, single};

/// The name of the marker in the place of a refused Bind, Describe or Execute. It is never
/// prepared; having a name, it leaves the unnamed statement alone.
const MARKER_NAME: &[u8] = b"lockgate_refused";

impl Turn<'_> {
    pub(super) fn parse(
        &mut self,
        parse: &Parse<'_>,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        if self.session.queue.is_settling() {
            return Ok(Taken::Wait);
        }
        let text = match self.readable(parse.text) {
            Ok(text) => text,
            Err(refusal) => return self.refuse_parse(parse, refusal),
        };
        let Some(judged) = self.session.judge(text, self.step) else {
            return Ok(Taken::Wait);
        };
        let judged = match judged.and_then(|batch| single(&batch)) {
            Ok(judged) => judged,
            Err(refusal) => return self.refuse_parse(parse, refusal),
        };
        if let Some(refusal) = self.refuse_judged(&judged) {
            return self.replace_parse(parse.name, refusal);
        }
        if self.session.names.is_full() {
            return self.replace_parse(parse.name, too_many_names());
        }
        let asked = asked(&judged);
        let described = asked == Asked::AtParse && returns_rows(&judged);
        let statement = Arc::new(self.prepared(text, judged, asked));
        self.send(
            frame,
            Pending::Parse {
                name: parse.name.to_vec(),
                statement: Arc::clone(&statement),
            },
        )?;
        if described {
            // So that rows have a plan although the client may never ask for their description.
            encode::describe(self.out.to_server.tail(), Target::Statement, parse.name)
                .map_err(violation)?;
            let of = Described::Statement(statement);
            self.session
                .queue
                .push(Pending::Describe(Describe { of, injected: true }));
        }
        Ok(Taken::Done)
    }

    fn refuse_parse(&mut self, parse: &Parse<'_>, refusal: Refusal) -> Result<Taken, SessionError> {
        self.record_unread(parse.text, &refusal, Protocol::Extended);
        self.replace_parse(parse.name, refusal)
    }

    /// Records a judged statement that is refused.
    fn refuse_judged(&mut self, judged: &Arc<Judged>) -> Option<Refusal> {
        let refusal = judged.refusal.clone()?;
        if let Ok(run) = self.session.begin(judged, self.step, Protocol::Extended) {
            self.deny([run]);
        }
        Some(refusal)
    }

    fn replace_parse(&mut self, name: &[u8], refusal: Refusal) -> Result<Taken, SessionError> {
        encode::parse(self.out.to_server.tail(), name, MARKER, &[]).map_err(violation)?;
        self.session.queue.push(Pending::Refused(refusal));
        Ok(Taken::Done)
    }

    /// Puts the marker in the place of a Bind, Describe or Execute.
    fn replace(&mut self, refusal: Refusal) -> Result<Taken, SessionError> {
        self.replace_parse(MARKER_NAME, refusal)
    }

    pub(super) fn bind(
        &mut self,
        bind: &Bind<'_>,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let ahead = self.session.ahead();
        let statement = ahead.statement(bind.statement);
        if ahead.is_unsettled() || self.session.queue.is_settling() {
            return Ok(Taken::Wait);
        }
        let Some(statement) = statement else {
            return self.replace(no_statement(bind.statement));
        };
        let statement = match self.current(bind.statement, &statement) {
            Ok(statement) => statement,
            Err(refusal) => return self.replace(refusal),
        };
        if self.session.names.is_full() {
            return self.replace(too_many_names());
        }
        let formats = bind.result_formats.iter().collect();
        let portal = Portal {
            statement,
            formats,
            origin: Origin::Bind,
        };
        self.send(
            frame,
            Pending::Bind {
                name: bind.portal.to_vec(),
                portal,
            },
        )
    }

    /// The statement as judged under what is in force now.
    fn current(
        &mut self,
        name: &[u8],
        statement: &Arc<Prepared>,
    ) -> Result<Arc<Prepared>, Refusal> {
        let fresh = self.session.refresh(statement, self.step)?;
        if let Some(refusal) = self.refuse_judged(&fresh.judged) {
            return Err(refusal);
        }
        let confirmed = self
            .session
            .names
            .statement(name)
            .is_some_and(|known| Arc::ptr_eq(known, statement));
        if confirmed && !Arc::ptr_eq(&fresh, statement) {
            self.session
                .names
                .keep_statement(name.to_vec(), Arc::clone(&fresh));
        }
        Ok(fresh)
    }

    pub(super) fn describe(
        &mut self,
        target: Target,
        name: &[u8],
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let ahead = self.session.ahead();
        let of = match target {
            Target::Statement => ahead
                .statement(name)
                .map(Described::Statement)
                .ok_or_else(|| no_statement(name)),
            Target::Portal => ahead
                .portal(name)
                .map(|_| Described::Portal)
                .ok_or_else(|| no_portal(name)),
        };
        if ahead.is_unsettled() {
            return Ok(Taken::Wait);
        }
        match of {
            Ok(of) => self.send(
                frame,
                Pending::Describe(Describe {
                    of,
                    injected: false,
                }),
            ),
            Err(refusal) => self.replace(refusal),
        }
    }

    pub(super) fn execute(&mut self, name: &[u8], frame: Frame<'_>) -> Result<Taken, SessionError> {
        let ahead = self.session.ahead();
        let portal = ahead.portal(name);
        if ahead.is_unsettled() || self.session.queue.is_settling() {
            return Ok(Taken::Wait);
        }
        let Some(mut portal) = portal else {
            return self.replace(no_portal(name));
        };
        portal.statement = match self.session.refresh(&portal.statement, self.step) {
            Ok(statement) => statement,
            Err(refusal) => return self.replace(refusal),
        };
        let judged = Arc::clone(&portal.statement.judged);
        if let Some(refusal) = self
            .refuse_judged(&judged)
            .or_else(|| self.refuse_path_change(&judged, true))
        {
            return self.replace(refusal);
        }
        let mut run = match self.session.begin(&judged, self.step, Protocol::Extended) {
            Ok(run) => run,
            Err(unrecorded) => return self.replace(unrecorded),
        };
        self.note_path_change(std::slice::from_ref(&judged));
        run.makes = Some(Arc::clone(&portal.statement));
        let by_name =
            portal.origin == Origin::Declare || portal.statement.asked == Asked::AtExecute;
        if by_name && (portal.origin == Origin::Declare || returns_rows(&judged)) {
            encode::describe(self.out.to_server.tail(), Target::Portal, name).map_err(violation)?;
            let describe = Describe {
                of: Described::NextExecute,
                injected: true,
            };
            self.session.queue.push(Pending::Describe(describe));
        }
        self.send(frame, Pending::Execute(Box::new(Execute { portal, run })))
    }
}

/// Whether a statement may return rows.
fn returns_rows(judged: &Judged) -> bool {
    let facts = judged.facts();
    match facts.kind {
        // Their facts are those of what they name; they return nothing themselves.
        Kind::Prepare { .. } | Kind::Declare { .. } => false,
        // A procedure with output parameters returns one row.
        Kind::Call => true,
        _ => facts.outputs != Outputs::None,
    }
}

/// When the server is asked what rows a statement returns. What FETCH and EXECUTE name may be
/// another each time they run.
fn asked(judged: &Judged) -> Asked {
    match judged.facts().kind {
        Kind::Fetch { .. } | Kind::Execute { .. } => Asked::AtExecute,
        _ => Asked::AtParse,
    }
}

fn no_statement(name: &[u8]) -> Refusal {
    let message = match name {
        b"" => "unnamed prepared statement does not exist".to_owned(),
        name => format!(
            "prepared statement \"{}\" does not exist",
            String::from_utf8_lossy(name)
        ),
    };
    Refusal::rule("26000", message)
}

fn no_portal(name: &[u8]) -> Refusal {
    Refusal::rule(
        "34000",
        format!(
            "portal \"{}\" does not exist",
            String::from_utf8_lossy(name)
        ),
    )
}

fn too_many_names() -> Refusal {
    Refusal::rule(
        "54000",
        "too many prepared statements or portals in this session",
    )
    .with_hint("Close those that are no longer needed.")
}
