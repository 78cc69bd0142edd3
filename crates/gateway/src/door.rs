//! From an accepted socket to a client that has logged in, or a record of why not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::{Body, Origin, Side, Sink};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::addresses::Standing;
use crate::cancel::{self, CancelRefusal, InClear};
use crate::error::{ChannelError, GatewayError, Refusal};
use crate::gateway::{Active, Shared, event};
use crate::lanes::Lanes;
use crate::login::{Arrival, CancelRequest, login};
use crate::peer::Patience;
use crate::server::Visit;

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
    let active = door.shared.active.load_full();
    let limits = &active.config.limits;
    let waiting = door
        .shared
        .waiting
        .enter(peer.ip(), limits.max_logins_per_address);
    let Some(waiting) = waiting else {
        turned_away(&door.shared, peer, &too_many_of_one());
        return;
    };
    let Ok(_place) = Arc::clone(&door.shared.places).try_acquire_owned() else {
        turned_away(&door.shared, peer, &too_many());
        return;
    };
    // Messages are small and waited for; without the options only time is lost.
    let _ = stream.set_nodelay(true);
    let _ = Patience::of(limits).set(&stream);
    // In a place of its own: what a login needs is given back when it is over.
    let arriving = Box::pin(login(stream, &active.rules));
    let arrival = tokio::select! {
        () = door.drain.cancelled() => return,
        arrival = arriving => arrival,
    };
    drop(waiting);
    match arrival {
        Ok(Arrival::Session(client)) => {
            let stop = door.stop.child_token();
            let visit = Visit { door, active, peer };
            // Cut off when the time to drain is over: the session's records tell that it did not end.
            stop.run_until_cancelled(Box::pin(visit.run(*client))).await;
        }
        Ok(Arrival::Cancel(client)) => {
            cancel_for(&door.shared, &active, peer, &client.request).await;
            client.done().await;
        }
        Err(error) => not_arrived(&door.shared, peer, &error),
    }
}

/// Passes a request to cancel on, or records why not.
async fn cancel_for(shared: &Shared, active: &Active, peer: SocketAddr, request: &CancelRequest) {
    let in_clear = match active.config.listen.cancel_in_clear {
        true => InClear::All,
        false => InClear::Clear,
    };
    let from = (peer.ip(), Instant::now());
    match shared.cancels.target(request, in_clear, from) {
        Ok(None) | Err(CancelRefusal::StillBarred) => {}
        Ok(Some(target)) => {
            if let Err(error) = cancel::cancel(&target).await {
                tracing::warn!(%error, "cannot pass a cancel request on");
            }
        }
        Err(
            refusal @ (CancelRefusal::UnknownKey | CancelRefusal::InClear | CancelRefusal::Barred),
        ) => refused(shared, peer, &Refusal::new("28000", refusal.to_string())),
    }
}

/// Records a client that was not even listened to; of one address only so often, since whoever
/// knocks without end shall not fill the log.
fn turned_away(shared: &Shared, peer: SocketAddr, refusal: &Refusal) {
    match shared.turned_away.note(peer.ip(), Instant::now()) {
        Standing::Within | Standing::Reached => refused(shared, peer, refusal),
        Standing::Beyond => {}
    }
}

fn too_many_of_one() -> Refusal {
    Refusal::new("53300", "sorry, too many logins of one address already")
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

/// Records a client that was refused.
pub(crate) fn refused(shared: &Shared, peer: SocketAddr, refusal: &Refusal) {
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
