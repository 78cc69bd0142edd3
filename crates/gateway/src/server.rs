//! From a client that has logged in to the end of its session.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use audit::{SessionId, Side, Sink, SinkError};
use aws_lc_rs::rand;
use bytes::BytesMut;
use jiff::Timestamp;
use mask::Styles;
use policy::{ConnectViewer, Context};
use session::{Moment, Naming, Session, Start, Step, Who};
use tokio::net::TcpStream;
use wire::encode::{self, Report, Severity};

use crate::cancel::{self, CancelTarget, Registration};
use crate::database::{Database, Presence, State};
use crate::door::{Door, refused};
use crate::error::{GatewayError, Refusal};
use crate::gateway::{Active, Shared};
use crate::login::ClientLeg;
use crate::pump::{self, End, Leg, Standing, Surroundings};
use crate::upstream::{self, ServerLeg, Socket};

/// A client that has logged in, before and during its session.
pub(crate) struct Visit {
    pub(crate) door: Door,
    pub(crate) active: Arc<Active>,
    pub(crate) peer: SocketAddr,
}

/// Everything that a session needs, once it is there.
struct Prepared {
    database: Arc<Database>,
    server: ServerLeg<Socket>,
    state: Arc<State>,
    _presence: Presence,
}

impl Prepared {
    /// What cancels the session's statements; `None`: the server gave no key.
    fn cancel_target(&self) -> Option<CancelTarget> {
        Some(CancelTarget {
            upstream: Arc::clone(&self.database.upstream),
            address: self.server.address.clone(),
            key: self.server.key.clone()?,
        })
    }
}

impl Visit {
    /// The session, to its end.
    pub(crate) async fn run(self, client: ClientLeg<TcpStream>) {
        // In a place of its own: a session does not keep room for what only its beginning needs.
        match Box::pin(self.prepare(&client)).await {
            Ok(prepared) => self.session(client, prepared).await,
            Err(refusal) => {
                let name = client.actor.principal.name.to_string();
                let refusal = refusal.asked_by(&name, &client.connection);
                refused(&self.door.shared, self.peer, &refusal);
                // The client may be gone; the refusal stands all the same.
                let _ = client.refuse(&refusal).await;
            }
        }
    }

    async fn prepare(&self, client: &ClientLeg<TcpStream>) -> Result<Prepared, Refusal> {
        // Known since login, which checked the name against the same configuration.
        let Some(database) = self.active.databases.get(&client.connection).cloned() else {
            return Err(Refusal::new(
                "3D000",
                format!("database \"{}\" does not exist", client.connection),
            ));
        };
        self.check_connect(client, &database)?;
        self.check_settings(client, &database)?;
        let presence = database.enter();
        let settings: Vec<(&str, String)> = client
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        // Both wait for the server, which does them at the same time. Neither is broken off because
        // the other failed: our own session would have to be opened anew.
        let (state, server) = tokio::join!(
            database.at_login(Instant::now()),
            upstream::connect(&database.upstream, &settings)
        );
        Ok(Prepared {
            _presence: presence,
            state: state.map_err(|error| error.refusal())?,
            server: server.map_err(unreachable)?,
            database,
        })
    }

    /// The circumstances of a client that begins its session now.
    fn context(&self, client: &ClientLeg<TcpStream>) -> Context {
        Context {
            now: Timestamp::now(),
            client_address: Some(self.peer.ip()),
            purpose: self.purpose(client),
            approved: false,
            approvals: 0,
            ticket: None,
        }
    }

    fn check_connect(
        &self,
        client: &ClientLeg<TcpStream>,
        database: &Database,
    ) -> Result<(), Refusal> {
        let context = self.context(client);
        let viewer = ConnectViewer {
            actor: &client.actor,
            connection: &database.named(),
            context: &context,
        };
        let caller = (client.actor.principal.name.clone(), self.peer.ip());
        database.admissions.admit(caller, context.now, || {
            let verdict = self.active.config.policy.may_connect(&viewer);
            let message = || format!("may not connect to \"{}\"", client.connection);
            session::Refusal::of(&verdict).map_or(Ok(()), |refusal| Err(denied(refusal, message())))
        })
    }

    /// Whether policy lets the client begin with the settings that it chose.
    fn check_settings(
        &self,
        client: &ClientLeg<TcpStream>,
        database: &Database,
    ) -> Result<(), Refusal> {
        let context = self.context(client);
        let viewer = ConnectViewer {
            actor: &client.actor,
            connection: &database.named(),
            context: &context,
        };
        for (name, value) in &client.settings {
            let verdict = self.active.config.policy.may_set(&viewer, name, value);
            if let Some(refusal) = session::Refusal::of(&verdict) {
                let message = format!("setting \"{name}\" may not be chosen at connection start");
                return Err(denied(refusal, message));
            }
        }
        Ok(())
    }

    fn purpose(&self, client: &ClientLeg<TcpStream>) -> Option<String> {
        self.active
            .config
            .purpose(&client.actor.principal.name)
            .map(ToOwned::to_owned)
    }

    async fn session(self, mut client: ClientLeg<TcpStream>, mut prepared: Prepared) {
        let shared = Arc::clone(&self.door.shared);
        let (mut session, registration) = match self.begin(&client, &prepared) {
            Ok(begun) => begun,
            Err(refusal) => {
                let _ = client.refuse(&refusal).await;
                return;
            }
        };
        // Told once, and not kept for as long as the session lasts.
        let parameters = std::mem::take(&mut prepared.server.parameters);
        let end = match client.welcome(parameters, registration.key()).await {
            Ok(()) => self.pump(&mut session, &mut client, &mut prepared).await,
            Err(error) => {
                tracing::debug!(%error, "client left at its welcome");
                End::Client
            }
        };
        if leaves_work(&end) && !session.owes_nothing() {
            cancel_work(&prepared).await;
        }
        let (error, reason) = told(&end);
        session.ended(step(&shared, &prepared.state), error, &reason);
    }

    /// The session, recorded and with its cancel key.
    fn begin(
        &self,
        client: &ClientLeg<TcpStream>,
        prepared: &Prepared,
    ) -> Result<(Session, Registration), Refusal> {
        let shared = &self.door.shared;
        let target = prepared.cancel_target();
        let backend_pid = target.as_ref().map(|target| target.key.process_id);
        let random = |_| Refusal::new("58000", "the gate has no random bytes");
        let registration = shared
            .cancels
            .register(client.version, client.channel.privacy(), target)
            .map_err(random)?;
        let id = session_id().map_err(|_| Refusal::new("58000", "the gate has no random bytes"))?;
        let mut session = self.new_session(id, client, prepared);
        let start = Start {
            application: setting(client, "application_name"),
            tls: client.channel.is_encrypted(),
            backend_pid,
        };
        session
            .started(step(shared, &prepared.state), start)
            .and_then(|()| {
                session
                    .intended()
                    .map_or(Ok(()), |last| shared.sink.commit(last))
            })
            .map_err(|error| unrecorded(&error))?;
        Ok((session, registration))
    }

    fn new_session(
        &self,
        id: SessionId,
        client: &ClientLeg<TcpStream>,
        prepared: &Prepared,
    ) -> Session {
        let Prepared {
            database, server, ..
        } = prepared;
        let who = Who {
            id,
            actor: client.actor.clone(),
            connection: database.named(),
            client: Some(self.peer),
            purpose: self.purpose(client),
            mask_key: Arc::clone(&self.door.shared.mask_key),
            operators: Arc::clone(&self.active.operators),
            detector: self.active.config.detector.clone(),
        };
        let limits = self.active.session_limits.clone();
        let date_style = server
            .parameters
            .get("DateStyle")
            .map_or("", String::as_str);
        Session::new(
            who,
            limits,
            Naming::unknown(),
            Styles::from_date_style(date_style),
        )
    }

    async fn pump(
        &self,
        session: &mut Session,
        client: &mut ClientLeg<TcpStream>,
        prepared: &mut Prepared,
    ) -> End {
        let around = Surroundings {
            database: Arc::clone(&prepared.database),
            sink: Arc::clone(&self.door.shared.sink) as Arc<dyn Sink>,
            drain: self.door.drain.clone(),
            idle_limit: self.active.config.limits.idle_timeout,
            shared: Arc::clone(&self.door.shared),
        };
        let (client, server) = (&mut client.channel, &mut prepared.server.channel);
        let mut client = Leg::new(&mut client.stream, std::mem::take(&mut client.input));
        let mut server = Leg::new(&mut server.stream, std::mem::take(&mut server.input));
        let (end, standing) = pump::run(session, &mut client, &mut server, &around).await;
        if let (Some(farewell), Standing::Between) = (farewell(&end), standing) {
            client.say_and_close(farewell).await;
        }
        end
    }
}

/// What policy said, for a client that is not in yet.
fn denied(refusal: session::Refusal, message: String) -> Refusal {
    Refusal::new(session::DENIED, message)
        .hint(refusal.hint.unwrap_or(refusal.message.clone()))
        .reason(refusal.message)
}

/// Whether the server may still be at work for a session that ended so. Who says Terminate has its
/// last statement run to the end, as PostgreSQL does. A connection that failed may have failed on
/// the way only.
fn leaves_work(end: &End) -> bool {
    match end {
        End::Client | End::Server => false,
        End::Gone(_)
        | End::Io(_)
        | End::Drained
        | End::Idle(_)
        | End::Fault(_)
        | End::Catalog(_)
        | End::Unrecorded(_) => true,
    }
}

/// Cancels what runs for nobody: the server looks for its client only when it has something to say,
/// and holds locks until then.
async fn cancel_work(prepared: &Prepared) {
    let Some(target) = prepared.cancel_target() else {
        return;
    };
    if let Err(error) = cancel::cancel(&target).await {
        tracing::warn!(%error, "cannot cancel the statement of a client that left");
    }
}

fn unrecorded(error: &SinkError) -> Refusal {
    Refusal::new(error.sqlstate(), "the session could not be recorded")
        .hint("The audit log must accept each session first. Tell whoever operates this gate.")
        .reason(error.to_string())
}

fn session_id() -> Result<SessionId, aws_lc_rs::error::Unspecified> {
    let mut random = [0; 10];
    rand::fill(&mut random)?;
    Ok(SessionId::new(Timestamp::now(), random))
}

fn step<'a>(shared: &'a Shared, state: &'a State) -> Step<'a> {
    Step {
        world: &state.world,
        sink: &*shared.sink,
        moment: Moment {
            wall: Timestamp::now(),
            elapsed: shared.started.elapsed(),
        },
    }
}

fn setting(client: &ClientLeg<TcpStream>, wanted: &str) -> Option<String> {
    client
        .settings
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value.clone())
}

fn unreachable(error: GatewayError) -> Refusal {
    match error {
        GatewayError::Upstream {
            connection,
            problem,
        } => {
            tracing::warn!(connection, %problem, "upstream failed");
            problem.refusal(&connection)
        }
        other => Refusal::new("08006", "connection to the database server failed")
            .reason(other.to_string()),
    }
}

/// How the record tells an end.
fn told(end: &End) -> (Option<&session::SessionError>, String) {
    match end {
        End::Client => (None, "the client closed it".to_owned()),
        End::Gone(kind) => (None, format!("the client left without a word: {kind}")),
        End::Server => (None, "the server closed it".to_owned()),
        End::Drained => (None, "the gate is shutting down".to_owned()),
        End::Idle(limit) => (None, format!("idle for {limit:?}")),
        End::Fault(error) => (Some(error), "closed after a fault".to_owned()),
        End::Io(error) => (
            None,
            format!("the server's connection failed: {}", error.kind()),
        ),
        End::Unrecorded(error) => (None, format!("a statement could not be recorded: {error}")),
        End::Catalog(error) => (None, format!("the catalogs could not be read: {error}")),
    }
}

fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    )
}

/// What the client is told of an end that is not its own doing or the server's.
fn farewell(end: &End) -> Option<BytesMut> {
    let (sqlstate, message) = match end {
        End::Client | End::Gone(_) | End::Server => return None,
        // The server closed it too, in haste, perhaps after its own last words.
        End::Io(error) if is_reset(error) => return None,
        End::Io(_) => (
            "08006",
            "the connection to the database server failed".to_owned(),
        ),
        End::Drained => (
            "57P01",
            "terminating connection because the gate is shutting down".to_owned(),
        ),
        End::Idle(limit) => (
            "57P05",
            format!("terminating connection after {limit:?} without a statement"),
        ),
        End::Unrecorded(error) => (
            error.sqlstate(),
            format!("the statement was not run because it could not be recorded: {error}"),
        ),
        End::Fault(error) if error.side() == Side::Client => ("08P01", error.to_string()),
        End::Fault(_) => (
            "08P01",
            "the database server's answer could not be passed on safely".to_owned(),
        ),
        End::Catalog(_) => (
            "08006",
            "the database's catalogs could not be read again".to_owned(),
        ),
    };
    let mut out = BytesMut::new();
    let report = Report {
        severity: Severity::Fatal,
        sqlstate,
        message: &message,
        detail: None,
        hint: None,
        position: None,
    };
    encode::error_response(&mut out, &report).ok()?;
    Some(out)
}
