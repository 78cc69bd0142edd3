//! The extended query protocol.

use std::sync::Arc;

use audit::Protocol;
use sql::facts::{Kind, Outputs};
use wire::encode;
use wire::frame::Frame;
use wire::frontend::{Bind, Parse, Target};

use super::{Taken, Turn, violation};
use crate::judge::Judged;
use crate::names::{Description, Lookup, Portal, Prepared};
use crate::pending::{Asker, Close, Describe, Described, Execute, Pending, Refused};
use crate::refusal::{MARKER, Refusal};
use crate::session::{Mode, SessionError, single};

/// The name of the marker in the place of a refused Bind, Describe or Execute. It is never
/// prepared; having a name, it leaves the unnamed statement alone.
const MARKER_NAME: &[u8] = b"lockgate_refused";

impl Turn<'_> {
    pub(super) fn parse(
        &mut self,
        parse: &Parse<'_>,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        if self.session.queue.is_shifting() {
            return Ok(self.wait());
        }
        let text = match self.readable(parse.text) {
            Ok(text) => text,
            Err(refusal) => return self.refuse_parse(parse, refusal),
        };
        let Some(judged) = self.session.judge(text, self.step) else {
            return Ok(self.wait());
        };
        let judged = match judged.and_then(|batch| single(&batch)) {
            Ok(judged) => judged,
            Err(refusal) => return self.refuse_parse(parse, refusal),
        };
        if let Some(refusal) = self.refuse_now(&judged) {
            return self.replace_parse(parse.name, refusal);
        }
        if self.session.names.is_full() {
            return self.replace_parse(parse.name, too_many_names());
        }
        let statement = Prepared {
            text: Arc::from(text),
            judged,
            epoch: self.session.epoch(self.step),
            description: Description::default(),
        };
        let parse = Pending::Parse {
            name: parse.name.to_vec(),
            statement: Arc::new(statement),
        };
        self.send(frame, parse)
    }

    fn refuse_parse(&mut self, parse: &Parse<'_>, refusal: Refusal) -> Result<Taken, SessionError> {
        self.record_unread(parse.text, &refusal, Protocol::Extended);
        self.replace_parse(parse.name, refusal)
    }

    /// Why a statement that is prepared or bound is refused. What runs by a name is judged when it
    /// runs.
    fn refuse_now(&mut self, judged: &Arc<Judged>) -> Option<Refusal> {
        if judged.runs_by_name() {
            return None;
        }
        self.refuse_judged(judged)
    }

    /// Records a judged statement that is refused.
    fn refuse_judged(&mut self, judged: &Arc<Judged>) -> Option<Refusal> {
        let refusal = judged.refusal.clone()?;
        if let Ok(run) = self.session.begin(judged, self.step, Protocol::Extended) {
            self.deny([run]);
        }
        Some(refusal)
    }

    /// Puts the marker in the place of a Parse of this name.
    fn replace_parse(&mut self, name: &[u8], refusal: Refusal) -> Result<Taken, SessionError> {
        encode::parse(self.out.to_server.tail(), name, MARKER, &[]).map_err(violation)?;
        let name = name.to_vec();
        let refused = Pending::Refused(Refused { refusal, name });
        self.session.queue.push(refused);
        Ok(self.skip())
    }

    /// Puts the marker in the place of a Bind, Describe or Execute.
    pub(super) fn replace(&mut self, refusal: Refusal) -> Result<Taken, SessionError> {
        self.replace_parse(MARKER_NAME, refusal)
    }

    /// The message just sent will fail, and the server will drop all that comes before the next
    /// Sync: so it is dropped here.
    fn skip(&mut self) -> Taken {
        self.session.mode = Mode::Skipping;
        Taken::Done
    }

    /// Sends a message that names what does not exist, so that the server says so in its own words:
    /// behind a Close, it cannot find what this session does not know of. The unnamed portal needs
    /// none: no function can make one, and what a failed Query left cannot run.
    fn doom(
        &mut self,
        target: Target,
        name: &[u8],
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        if target == Target::Statement || !name.is_empty() {
            encode::close(self.out.to_server.tail(), target, name).map_err(violation)?;
            self.session.queue.push(Pending::Close(Close {
                target,
                name: name.to_vec(),
                asker: Asker::Session,
            }));
        }
        self.send(frame, Pending::Doomed)?;
        Ok(self.skip())
    }

    pub(super) fn bind(
        &mut self,
        bind: &Bind<'_>,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let statement = match self.bindable(bind.statement) {
            Bindable::Current(statement) => statement,
            Bindable::Refused(refusal) => return self.replace(refusal),
            Bindable::Missing => return self.doom(Target::Statement, bind.statement, frame),
            Bindable::Unsettled => return Ok(self.wait()),
        };
        let formats = bind.result_formats.iter().collect();
        let bind = Pending::Bind {
            name: bind.portal.to_vec(),
            portal: Portal::bound(statement, formats),
        };
        self.send(frame, bind)
    }

    /// The statement that a Bind may use.
    pub(super) fn bindable(&mut self, name: &[u8]) -> Bindable {
        let ahead = self.session.ahead(self.step);
        let statement = ahead.statement(name);
        if ahead.is_unsettled() {
            return Bindable::Unsettled;
        }
        let Some(statement) = statement else {
            return Bindable::Missing;
        };
        let Some(current) = self.session.refresh(&statement, self.step) else {
            return Bindable::Unsettled;
        };
        match current.and_then(|current| self.current(name, &statement, current)) {
            Ok(_) if self.session.names.is_full() => Bindable::Refused(too_many_names()),
            Ok(current) => Bindable::Current(current),
            Err(refusal) => Bindable::Refused(refusal),
        }
    }

    /// Puts a statement that was judged again in the place of the old, unless it is refused.
    fn current(
        &mut self,
        name: &[u8],
        old: &Arc<Prepared>,
        current: Arc<Prepared>,
    ) -> Result<Arc<Prepared>, Refusal> {
        if let Some(refusal) = self.refuse_now(&current.judged) {
            return Err(refusal);
        }
        let names = &mut self.session.names;
        let confirmed = names
            .statement(name)
            .is_some_and(|known| Arc::ptr_eq(known, old));
        if confirmed && !Arc::ptr_eq(&current, old) {
            names.keep_statement(name, Arc::clone(&current));
        }
        Ok(current)
    }

    pub(super) fn describe(
        &mut self,
        target: Target,
        name: &[u8],
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let ahead = self.session.ahead(self.step);
        let of = match target {
            Target::Statement => ahead.statement(name).map(Described::Statement),
            Target::Portal => ahead.portal(name).map(Described::Portal),
        };
        if ahead.is_unsettled() {
            return Ok(self.wait());
        }
        let Some(of) = of else {
            return self.doom(target, name, frame);
        };
        self.forward(frame)?;
        self.ask(of, Asker::Client);
        Ok(Taken::Done)
    }

    /// Notes that a Describe message was sent.
    fn ask(&mut self, of: Described, asker: Asker) {
        of.description().ask(self.session.queue.part());
        let describe = Describe { of, asker };
        self.session.queue.push(Pending::Describe(describe));
    }

    pub(super) fn close(
        &mut self,
        target: Target,
        name: &[u8],
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let close = Close {
            target,
            name: name.to_vec(),
            asker: Asker::Client,
        };
        self.send(frame, Pending::Close(close))
    }

    pub(super) fn execute(&mut self, name: &[u8], frame: Frame<'_>) -> Result<Taken, SessionError> {
        let ahead = self.session.ahead(self.step);
        let portal = ahead.portal(name);
        if ahead.is_unsettled() {
            return Ok(self.wait());
        }
        let Some(mut portal) = portal else {
            return self.doom(Target::Portal, name, frame);
        };
        let statement = match portal.lookup {
            Lookup::Done => Ok(self.session.decide_again(&portal.statement, self.step)),
            Lookup::AtFirstRun => match self.look_up(&portal.statement) {
                Some(statement) => statement,
                None => return Ok(self.wait()),
            },
        };
        match statement {
            Ok(statement) => portal.statement = statement,
            Err(refusal) => return self.replace(refusal),
        }
        self.run(name, portal, frame)
    }

    /// Judges what a statement runs by name, as the name stands now. `None`: only the server's
    /// answers will tell.
    fn look_up(&mut self, statement: &Prepared) -> Option<Result<Arc<Prepared>, Refusal>> {
        let judged = self.session.judge(&statement.text, self.step)?;
        let epoch = self.session.epoch(self.step);
        Some(judged.and_then(|batch| single(&batch)).map(|judged| {
            Arc::new(Prepared {
                text: Arc::clone(&statement.text),
                judged,
                epoch,
                description: Description::default(),
            })
        }))
    }

    /// Runs a portal that is judged, unless it is refused.
    fn run(
        &mut self,
        name: &[u8],
        portal: Portal,
        frame: Frame<'_>,
    ) -> Result<Taken, SessionError> {
        let judged = Arc::clone(&portal.statement.judged);
        if let Some(refusal) = self
            .refuse_judged(&judged)
            .or_else(|| self.refuse_path_change(&judged, true))
        {
            return self.replace(refusal);
        }
        let run = match self.session.begin(&judged, self.step, Protocol::Extended) {
            Ok(run) => self.with_name(run, &portal.statement.text),
            Err(unrecorded) => return self.replace(unrecorded),
        };
        self.note_path_change(std::slice::from_ref(&judged));
        let described = portal.description().is_there_for(self.session.queue.part());
        if returns_rows(&judged) && !described {
            // So that its rows have a plan although the client did not ask what they are.
            encode::describe(self.out.to_server.tail(), Target::Portal, name).map_err(violation)?;
            self.ask(Described::Portal(portal.clone()), Asker::Session);
        }
        let name = name.to_vec();
        self.send(
            frame,
            Pending::Execute(Box::new(Execute { name, portal, run })),
        )
    }
}

/// The statement that a Bind may use, as judged under what is in force now.
pub(super) enum Bindable {
    Current(Arc<Prepared>),
    Refused(Refusal),
    /// There is none of this name.
    Missing,
    /// What the name means depends on what the server will answer.
    Unsettled,
}

/// Why a long Bind of an unknown statement is refused: its words are not worth its bytes.
pub(super) fn no_statement(name: &[u8]) -> Refusal {
    let message = match name {
        b"" => "unnamed prepared statement does not exist".to_owned(),
        name => format!(
            "prepared statement \"{}\" does not exist",
            String::from_utf8_lossy(name)
        ),
    };
    Refusal::rule("26000", message)
}

/// Whether a statement may return rows.
fn returns_rows(judged: &Judged) -> bool {
    let facts = judged.facts();
    match facts.kind {
        // Their facts are those of what they name; they return nothing themselves.
        Kind::Prepare { .. } | Kind::Declare { .. } | Kind::Move { .. } => false,
        // A procedure with output parameters returns one row.
        Kind::Call => true,
        _ => facts.outputs != Outputs::None,
    }
}

fn too_many_names() -> Refusal {
    Refusal::rule(
        "54000",
        "too many prepared statements or portals in this session",
    )
    .with_hint("Close those that are no longer needed.")
}
