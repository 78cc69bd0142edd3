//! From an accepted socket to the end of its session.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use audit::{Body, Origin, SessionId, Side, Sink, SinkError};
use aws_lc_rs::rand;
use bytes::BytesMut;
use jiff::Timestamp;
use mask::Styles;
use policy::{ConnectViewer, Context};
use session::{Moment, Session, Start, Step, Who};
use sql::NameContext;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wire::encode::{self, Report, Severity};

use crate::cancel::{self, CancelTarget, Registration};
use crate::database::{Database, Presence, State, search_path};
use crate::error::{ChannelError, GatewayError, Refusal};
use crate::gateway::{Active, Shared, event};
use crate::lanes::Lanes;
use crate::login::{Arrival, ClientLeg, login};
use crate::pump::{self, End, Leg, Surroundings};
use crate::upstream::{self, ServerLeg};

/// How long the accept loop waits after the operating system refused a socket (no descriptors
/// left): sessions that end in the meantime give theirs back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the accept loop hands to each client.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tasks: TaskTracker,
    pub(crate) drain: CancellationToken,
    pub(crate) stop: CancellationToken,
    pub(crate) lanes: Arc<Lanes>,
}

/// Accepts clients until the gate is drained.
pub(crate) async fn accept(listener: TcpListener, door: Door) {
    loop {
        let accepted = tokio::select! {
            () = door.drain.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                admit(stream, peer, &door);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a client");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Gives a client to the thread that it will stay on.
fn admit(stream: TcpStream, peer: SocketAddr, door: &Door) {
    let (Some(lane), Ok(stream)) = (door.lanes.quietest(), stream.into_std()) else {
        return;
    };
    let (handle, door) = (lane.handle().clone(), door.clone());
    let tasks = door.tasks.clone();
    let client = async move {
        // Its readiness is told by the event loop that it was registered with.
        match TcpStream::from_std(stream) {
            Ok(stream) => serve(stream, peer, door).await,
            Err(error) => tracing::warn!(%error, "cannot serve a client"),
        }
        drop(lane);
    };
    tasks.spawn_on(client, &handle);
}

/// One client, from its first byte to its last.
async fn serve(stream: TcpStream, peer: SocketAddr, door: Door) {
    let Ok(_place) = Arc::clone(&door.shared.places).try_acquire_owned() else {
        refused(&door.shared, peer, &too_many());
        return;
    };
    // Messages are small and waited for; without the option only latency is lost.
    let _ = stream.set_nodelay(true);
    let active = door.shared.active.load_full();
    let arrival = tokio::select! {
        () = door.drain.cancelled() => return,
        arrival = login(stream, &active.rules) => arrival,
    };
    match arrival {
        Ok(Arrival::Session(client)) => {
            let stop = door.stop.child_token();
            let visit = Visit { door, active, peer };
            // Cut off when the time to drain is over: the session's records tell that it did not end.
            stop.run_until_cancelled(Box::pin(visit.run(*client))).await;
        }
        Ok(Arrival::Cancel { process_id, secret }) => {
            if let Some(target) = door.shared.cancels.target(process_id, &secret)
                && let Err(error) = cancel::cancel(&target).await
            {
                tracing::warn!(%error, "cannot pass a cancel request on");
            }
        }
        Err(error) => not_arrived(&door.shared, peer, &error),
    }
}

fn too_many() -> Refusal {
    Refusal::new("53300", "sorry, too many clients already")
}

/// Records a client that did not get in.
fn not_arrived(shared: &Shared, peer: SocketAddr, error: &GatewayError) {
    match error {
        GatewayError::Refused(refusal) => refused(shared, peer, refusal),
        GatewayError::Client(ChannelError::Closed) => {
            tracing::debug!(%peer, "client left before it logged in");
        }
        GatewayError::Client(_)
        | GatewayError::LoginTimeout { .. }
        | GatewayError::Upstream { .. }
        | GatewayError::Certificate { .. }
        | GatewayError::File { .. }
        | GatewayError::Randomness
        | GatewayError::Encode(_) => {
            let body = Body::Violation {
                side: Side::Client,
                reason: error.to_string(),
            };
            append(shared, peer, body);
        }
    }
}

fn refused(shared: &Shared, peer: SocketAddr, refusal: &Refusal) {
    let body = Body::SessionRefused {
        sqlstate: refusal.sqlstate.to_owned(),
        reason: refusal.reason.clone(),
        user: refusal.user.clone(),
        database: refusal.database.clone(),
    };
    append(shared, peer, body);
}

fn append(shared: &Shared, peer: SocketAddr, body: Body) {
    let origin = Origin {
        client: Some(peer.to_string()),
        ..Origin::default()
    };
    if let Err(error) = shared.sink.append(&event(origin, body)) {
        tracing::error!(%error, "cannot record a client that was turned away");
    }
}

/// A client that has logged in, before and during its session.
struct Visit {
    door: Door,
    active: Arc<Active>,
    peer: SocketAddr,
}

/// Everything that a session needs, once it is there.
struct Prepared {
    database: Arc<Database>,
    server: ServerLeg<TcpStream>,
    state: Arc<State>,
    _presence: Presence,
}

impl Visit {
    async fn run(self, client: ClientLeg<TcpStream>) {
        match self.prepare(&client).await {
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
        let presence = database.enter();
        let state = database.refresh().await.map_err(|error| error.refusal())?;
        let server = upstream::connect(&database.upstream, &client.settings)
            .await
            .map_err(unreachable)?;
        Ok(Prepared {
            _presence: presence,
            database,
            server,
            state,
        })
    }

    fn check_connect(
        &self,
        client: &ClientLeg<TcpStream>,
        database: &Database,
    ) -> Result<(), Refusal> {
        let context = Context {
            now: Timestamp::now(),
            client_address: Some(self.peer.ip()),
            purpose: self.purpose(client),
            approved: false,
            approvals: 0,
            ticket: None,
        };
        let viewer = ConnectViewer {
            actor: &client.actor,
            connection: &database.named(),
            context: &context,
        };
        let verdict = self.active.config.policy.may_connect(&viewer);
        match session::Refusal::of(&verdict) {
            None => Ok(()),
            Some(refusal) => Err(Refusal::new(
                "42501",
                format!("may not connect to \"{}\"", client.connection),
            )
            .hint(refusal.hint.unwrap_or(refusal.message.clone()))
            .reason(refusal.message)),
        }
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
        let end = match client
            .welcome(&parameters(&prepared.server), registration.key())
            .await
        {
            Ok(()) => self.pump(&mut session, &mut client, &mut prepared).await,
            Err(error) => {
                tracing::debug!(%error, "client left at its welcome");
                End::Client
            }
        };
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
        let key = prepared.server.key.clone();
        let backend_pid = key.as_ref().map(|key| key.process_id);
        let upstream = || Arc::clone(&prepared.database.upstream);
        let target = key.map(|key| CancelTarget {
            upstream: upstream(),
            key,
        });
        let random = |_| Refusal::new("58000", "the gate has no random bytes");
        let registration = shared
            .cancels
            .register(client.version, target)
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
            database,
            server,
            state,
            ..
        } = prepared;
        let limits = self.active.config.limits;
        let who = Who {
            id,
            actor: client.actor.clone(),
            connection: database.named(),
            client: Some(self.peer),
            purpose: self.purpose(client),
            mask_key: Arc::clone(&self.door.shared.mask_key),
            detector: self.door.shared.detector.clone(),
        };
        let sizes = wire::frame::Sizes {
            held: limits.max_message_bytes,
            ..wire::frame::Sizes::default()
        };
        let limits = session::Limits {
            wire: Arc::new(wire::frame::Limits::new(&sizes)),
            statement: limits.max_statement_bytes,
            ..session::Limits::default()
        };
        let path = setting(client, "search_path").unwrap_or_else(|| state.search_path.clone());
        let names = NameContext {
            search_path: search_path(&path, &database.config.user),
        };
        let date_style = server
            .parameters
            .get("DateStyle")
            .map_or("", String::as_str);
        Session::new(who, limits, names, Styles::from_date_style(date_style))
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
            started: self.door.shared.started,
        };
        let (client, server) = (&mut client.channel, &mut prepared.server.channel);
        let mut client = Leg::new(&mut client.stream, std::mem::take(&mut client.input));
        let mut server = Leg::new(&mut server.stream, std::mem::take(&mut server.input));
        let end = pump::run(session, &mut client, &mut server, &around).await;
        if let Some(farewell) = farewell(&end) {
            client.say_and_close(farewell).await;
        }
        end
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
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.clone())
}

fn parameters(server: &ServerLeg<TcpStream>) -> Vec<(String, String)> {
    server
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
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
        End::Server => (None, "the server closed it".to_owned()),
        End::Drained => (None, "the gate is shutting down".to_owned()),
        End::Idle(limit) => (None, format!("idle for {limit:?}")),
        End::Fault(error) => (Some(error), "closed after a fault".to_owned()),
        End::Io(error) => (None, format!("connection failed: {}", error.kind())),
        End::Unrecorded(error) => (None, format!("a statement could not be recorded: {error}")),
        End::Catalog(error) => (None, format!("the catalogs could not be read: {error}")),
    }
}

/// What the client is told of an end that is not its own doing or the server's.
fn farewell(end: &End) -> Option<BytesMut> {
    let (sqlstate, message) = match end {
        End::Client | End::Server | End::Io(_) => return None,
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
