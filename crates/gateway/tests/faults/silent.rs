//! A peer is gone without a word: its machine hangs, or a cable is cut.

use bytes::BytesMut;
use wire::encode;

use crate::client::{Client, Fault, PATIENCE};
use crate::relay::Relay;
use crate::stand::{Stand, cluster, saw_nothing};

/// How long data may wait for a peer, in lines of the configuration.
const PATIENT: &str = "tcp_user_timeout = \"300ms\"\nconnect_timeout = \"1s\"";

/// Far more than all buffers on the way hold.
const MUCH: usize = 64 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_holds_no_statement() {
    let cluster = cluster().await;
    let server = cluster.address();
    let stand = Stand::before(cluster, server, PATIENT).await;
    let mut other = stand.session("ada").await;
    other.ask("begin").await.unwrap();
    let mut silent = stand.session("sam").await;
    // Four million rows.
    silent
        .query("select a.id, a.name, a.ssn from people a, people b")
        .await
        .unwrap();
    stand
        .until("exists (select from pg_stat_activity where wait_event = 'ClientWrite')")
        .await;
    stand.released(1).await;
    let log = stand.verified();
    assert!(
        log.contains("the client left without a word: timed out"),
        "{log}"
    );
    assert!(log.contains("\"unfinished\""), "{log}");
    assert_eq!(other.ask("commit").await.unwrap().tag, "COMMIT");
    saw_nothing(&silent);
    stand.stop().await;
}

/// Sends COPY data until nobody takes any.
async fn copy_much(client: &mut Client) -> Result<(), Fault> {
    let mut out = BytesMut::new();
    encode::copy_data(&mut out, &b"-1\tx\ty\n".repeat(8 * 1024)).unwrap();
    for _ in 0..MUCH / out.len() {
        client.send(&out).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_nothing_ends_its_session_and_no_other() {
    let cluster = cluster().await;
    let relay = Relay::silent(cluster.address());
    let stand = Stand::before(cluster, relay.address, PATIENT).await;
    let mut other = stand.session("ada").await;
    let mut copying = stand.session("ada").await;
    assert!(copying.ask("copy people from stdin").await.unwrap().copies);
    relay.up.set(100);
    relay.down.set(100);
    let sent = tokio::time::timeout(PATIENCE, copy_much(&mut copying)).await;
    assert_eq!(sent.unwrap(), Err(Fault::Closed));
    let told = copying.reply().await.unwrap_err();
    let expected = "the connection to the database server failed";
    assert_eq!(told, Fault::Fatal("08006".to_owned(), expected.to_owned()));
    // Nobody comes in while the server says nothing, and nobody waits without end.
    let Err(Fault::Fatal(sqlstate, words)) = stand.at(stand.gate.address(), "sam").await else {
        panic!("a session without a server");
    };
    assert_eq!(sqlstate, "08006", "{words}");
    relay.up.set(u64::MAX);
    relay.down.set(u64::MAX);
    // The server finds out too, and the rows were never there.
    assert_eq!(other.ask("select 42 as n").await.unwrap().rows.len(), 1);
    assert_eq!(
        stand
            .session("sam")
            .await
            .ask("select 1 as n")
            .await
            .unwrap()
            .error,
        None
    );
    stand.released(1).await;
    stand
        .until("not exists (select from people where id < 0)")
        .await;
    let log = stand.verified();
    assert!(
        log.contains("the server's connection failed: timed out"),
        "{log}"
    );
    stand.stop().await;
}

/// State of a connection in `/proc/net/tcp` (proc(5)): established.
const ESTABLISHED: &str = "01";

/// The timer of a connection on which the peer is asked whether it is there.
const KEEPALIVE: &str = "02:";

/// Whether there are established connections with such ends, and all ask their peers. The ends are the
/// local and the remote one, as `address:port` in hexadecimal digits.
fn all_ask(ends: impl Fn(&str, &str) -> bool) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let mut count = 0;
    let asking = table.lines().all(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        if words[3] != ESTABLISHED || !ends(words[1], words[2]) {
            return true;
        }
        count += 1;
        words[5].starts_with(KEEPALIVE)
    });
    asking && count > 0
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn peers_that_say_nothing_are_asked_whether_they_are_there() {
    let stand = Stand::start().await;
    let mut client = stand.session("ada").await;
    assert_eq!(client.ask("select 42 as n").await.unwrap().rows.len(), 1);
    let port = |address: std::net::SocketAddr| format!(":{:04X}", address.port());
    let (gate, server) = (port(stand.gate.address()), port(stand.cluster.address()));
    // What is not acknowledged yet has another timer, for a moment.
    let held = async {
        while !all_ask(|local, _| local.ends_with(&gate))
            || !all_ask(|_, remote| remote.ends_with(&server))
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, held).await.unwrap();
    stand.stop().await;
}
