//! The client leaves without a word: what it ran ends, and its transaction with it.

use bytes::BytesMut;
use wire::encode;

use crate::client::Client;
use crate::relay::{Pieces, Relay};
use crate::stand::{Stand, saw_nothing};

/// How a client leaves.
#[derive(Debug, Clone, Copy)]
enum Leave {
    Close,
    Reset,
}

const LEAVES: [Leave; 2] = [Leave::Close, Leave::Reset];

impl Leave {
    fn from(self, client: Client) {
        match self {
            Self::Close => drop(client),
            Self::Reset => client.reset().unwrap(),
        }
    }
}

const NOBODY: &str = "not exists (select from people where id < 0)";

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_in_a_statement_ends_it() {
    let stand = Stand::start().await;
    let mut other = stand.session("ada").await;
    other.ask("begin").await.unwrap();
    for leave in LEAVES {
        let mut client = stand.session("ada").await;
        client.ask("begin").await.unwrap();
        client
            .query("insert into people select -1, 'x', 'y' from pg_sleep(600)")
            .await
            .unwrap();
        stand
            .until("exists (select from pg_stat_activity where state = 'active' and query like 'insert%pg_sleep(600)')")
            .await;
        leave.from(client);
        stand.released(1).await;
        stand.until(NOBODY).await;
        let log = stand.verified();
        assert!(log.contains("\"unfinished\""), "{leave:?}: {log}");
    }
    assert_eq!(other.ask("commit").await.unwrap().tag, "COMMIT");
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_goodbye_has_its_last_statement_run() {
    let stand = Stand::start().await;
    let mut client = stand.session("ada").await;
    let mut out = BytesMut::new();
    let last = "insert into people select -1, 'x', 'y' from pg_sleep(0.3)";
    encode::query(&mut out, last.as_bytes()).unwrap();
    encode::terminate(&mut out);
    client.send(&out).await.unwrap();
    drop(client);
    stand
        .until("exists (select from people where id = -1)")
        .await;
    stand.released(0).await;
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_in_a_message_or_in_a_transaction_leaves_no_trace() {
    let stand = Stand::start().await;
    for leave in LEAVES {
        let mut client = stand.session("ada").await;
        client.ask("begin").await.unwrap();
        client
            .ask("insert into people values (-1, 'x', 'y')")
            .await
            .unwrap();
        leave.from(client);

        let mut client = stand.session("ada").await;
        client
            .send(b"Q\0\0\x10\0insert into people va")
            .await
            .unwrap();
        leave.from(client);

        let mut client = stand.session("ada").await;
        assert!(client.ask("copy people from stdin").await.unwrap().copies);
        let mut out = BytesMut::new();
        encode::copy_data(&mut out, b"-2\tx\ty\n").unwrap();
        client.send(&out).await.unwrap();
        client.send(b"d\0\0\0\x64-3\tx\t").await.unwrap();
        leave.from(client);

        stand.released(0).await;
        stand.until(NOBODY).await;
    }
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_cut_off_in_a_result_holds_nobody() {
    let stand = Stand::start().await;
    let relay = Relay::start(stand.gate.address(), Pieces::AsTheyCome).await;
    for bytes in [1, 500, 100_000] {
        let mut client = stand.at(relay.address, "sam").await.unwrap();
        relay.down.set(bytes);
        // Four million rows: far more than all buffers on the way hold.
        let cut = client
            .ask("select a.id, a.name, a.ssn from people a, people b")
            .await;
        relay.down.set(u64::MAX);
        assert!(cut.is_err());
        saw_nothing(&client);
        stand.released(0).await;
    }
    stand.stop().await;
}
