//! The server stops, ends a session, or breaks off in the middle of a message.

use testkit::Shutdown;

use crate::client::{Client, Fault};
use crate::relay::{Pieces, Relay};
use crate::stand::{Stand, cluster, saw_nothing};

const SLEEP: &str = "select pg_sleep(600)";

/// Sessions in each state in which a server may stop.
struct States {
    idle: Client,
    running: Client,
    copying: Client,
}

impl States {
    /// Brings three sessions there; `mark` tells their statements from others.
    async fn enter(mut sessions: [Client; 3], stand: &Stand, mark: &str) -> Self {
        let [idle, running, copying] = &mut sessions;
        idle.ask(&format!("select '{mark}'")).await.unwrap();
        running.query(&format!("{SLEEP}, '{mark}'")).await.unwrap();
        assert!(copying.ask("copy people from stdin").await.unwrap().copies);
        stand
            .until(&format!(
                "exists (select from pg_stat_activity where state = 'active' \
                 and query = '{SLEEP}, ''{mark}''')"
            ))
            .await;
        let [idle, running, copying] = sessions;
        Self {
            idle,
            running,
            copying,
        }
    }

    /// How each of them ends. The last touches protected columns, so the words of its error may be
    /// other ones.
    async fn ends(&mut self) -> [Fault; 3] {
        [
            self.idle.reply().await.unwrap_err(),
            self.running.reply().await.unwrap_err(),
            match self.copying.reply().await.unwrap_err() {
                Fault::Fatal(sqlstate, _) => Fault::Fatal(sqlstate, String::new()),
                Fault::Closed => Fault::Closed,
            },
        ]
    }
}

fn is_an_end(fault: &Fault) -> bool {
    match fault {
        Fault::Closed => true,
        Fault::Fatal(sqlstate, _) => sqlstate == "57P01",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_ends_its_sessions_in_its_own_words() {
    let mut stand = Stand::start().await;
    for shutdown in [Shutdown::Immediate, Shutdown::Fast] {
        let through = [
            stand.session("ada").await,
            stand.session("ada").await,
            stand.session("sam").await,
        ];
        let straight = [
            stand.straight().await,
            stand.straight().await,
            stand.straight().await,
        ];
        let mut through = States::enter(through, &stand, "through").await;
        let mut straight = States::enter(straight, &stand, "straight").await;
        // It blocks until the server is gone, which waits for nothing of ours.
        stand.cluster.halt(shutdown).unwrap();
        let (through, straight) = (through.ends().await, straight.ends().await);
        match shutdown {
            Shutdown::Fast => assert_eq!(through, straight),
            // Whether a process comes to its last words is a matter of luck.
            Shutdown::Immediate => assert!(through.iter().all(is_an_end), "{through:?}"),
        }
        let refused = stand.at(stand.gate.address(), "ada").await.err();
        let Some(Fault::Fatal(sqlstate, words)) = refused else {
            panic!("a session without a server: {refused:?}");
        };
        assert_eq!(sqlstate, "08006", "{words}");
        stand.cluster.resume().unwrap();
        let back = stand.session("sam").await.ask("select 42 as n").await;
        assert_eq!(back.unwrap().rows, [[Some("42".to_owned())]]);
        let log = stand.verified();
        assert!(log.contains("the server closed it"), "{log}");
    }
    stand.released(0).await;
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_server_ends_is_told_so_and_others_go_on() {
    let stand = Stand::start().await;
    let mut other = stand.session("sam").await;
    other.ask("begin").await.unwrap();
    let (mut idle, mut running) = (stand.session("ada").await, stand.session("ada").await);
    idle.ask("select 'to be ended'").await.unwrap();
    running
        .query("select pg_sleep(600), 'to be ended'")
        .await
        .unwrap();
    stand
        .until("count(*) = 2 from pg_stat_activity where query like '%''to be ended''' and pid <> pg_backend_pid()")
        .await;
    stand
        .until(
            "count(pg_terminate_backend(pid)) = 2 from pg_stat_activity \
             where query like '%''to be ended''' and pid <> pg_backend_pid()",
        )
        .await;
    for mut ended in [idle, running] {
        let fault = ended.reply().await.unwrap_err();
        let expected = "terminating connection due to administrator command";
        assert_eq!(fault, Fault::Fatal("57P01".to_owned(), expected.to_owned()));
        assert_eq!(ended.ask("select 1").await.unwrap_err(), Fault::Closed);
    }
    other.ask("select ssn from people").await.unwrap();
    assert_eq!(other.ask("commit").await.unwrap().tag, "COMMIT");
    saw_nothing(&other);
    stand.released(1).await;
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_breaks_off_in_a_message_leaves_nothing_behind() {
    let cluster = cluster().await;
    let relay = Relay::start(cluster.address(), Pieces::AsTheyCome).await;
    let stand = Stand::before(cluster, relay.address, "").await;
    let mut other = stand.session("ada").await;
    other.ask("begin").await.unwrap();
    // Within the login, within a description, within a row, within many.
    for bytes in [0, 1, 20, 60, 300, 5_000, 40_000] {
        relay.down.set(bytes);
        let refused = stand.at(stand.gate.address(), "sam").await;
        relay.down.set(u64::MAX);
        match refused {
            Err(fault) => assert!(
                matches!(&fault, Fault::Fatal(sqlstate, _) if sqlstate == "08006"),
                "{fault:?}"
            ),
            Ok(mut client) => assert!(client.ask("select 1 as n").await.is_ok()),
        }
        let mut client = stand.session("sam").await;
        relay.down.set(bytes);
        let ended = client.ask("select id, name, ssn from people").await;
        relay.down.set(u64::MAX);
        let fault = ended.unwrap_err();
        assert!(
            fault == Fault::Closed
                || matches!(&fault, Fault::Fatal(code, _) if code == "08P01" || code == "08006"),
            "{bytes}: {fault:?}"
        );
        saw_nothing(&client);
        stand.released(1).await;
    }
    assert_eq!(other.ask("commit").await.unwrap().tag, "COMMIT");
    stand.stop().await;
}
