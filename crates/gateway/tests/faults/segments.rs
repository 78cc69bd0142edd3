//! Networks that deliver single bytes.

use bytes::BytesMut;
use wire::encode::{self, Binding};

use crate::client::{Client, Reply};
use crate::relay::{Pieces, Relay};
use crate::stand::{Stand, cluster, saw_nothing};

const STATEMENTS: [&str; 6] = [
    "select id, name, ssn from people where id <= 40 order by id",
    "select upper(ssn) as u from people where id <= 3",
    "select 1/0 as n",
    "drop table people",
    "copy (select id, ssn from people where id <= 40) to stdout",
    "begin; update people set name = 'new' where id = 7; rollback",
];

/// Everything that a client says, and what it hears.
async fn conversation(client: &mut Client) -> Vec<Reply> {
    let mut replies = Vec::new();
    for statement in STATEMENTS {
        let reply = client.ask(statement).await;
        replies.push(reply.unwrap_or_else(|fault| panic!("{statement}: {fault:?}")));
    }
    let mut out = BytesMut::new();
    encode::parse(
        &mut out,
        b"s",
        b"select name, ssn from people where id = $1",
        &[23],
    )
    .unwrap();
    let binding = Binding {
        statement: b"s",
        parameters: &[Some(b"12")],
        result_formats: &[1],
        ..Binding::default()
    };
    encode::bind(&mut out, &binding).unwrap();
    encode::execute(&mut out, b"", 0).unwrap();
    encode::sync(&mut out);
    client.send(&out).await.unwrap();
    replies.push(client.reply().await.unwrap());
    replies.push(client.ask("copy people from stdin").await.unwrap());
    let mut out = BytesMut::new();
    encode::copy_data(&mut out, b"-1\tx\ty\n").unwrap();
    encode::copy_fail(&mut out, b"enough").unwrap();
    client.send(&out).await.unwrap();
    replies.push(client.reply().await.unwrap());
    replies
}

#[tokio::test(flavor = "multi_thread")]
async fn single_bytes_in_all_four_directions_change_nothing() {
    let cluster = cluster().await;
    let server = Relay::start(cluster.address(), Pieces::SingleBytes).await;
    let stand = Stand::before(cluster, server.address, "").await;
    let client = Relay::start(stand.gate.address(), Pieces::SingleBytes).await;
    let mut sam = stand.at(client.address, "sam").await.unwrap();
    let in_bytes = conversation(&mut sam).await;
    saw_nothing(&sam);
    drop(sam);
    stand.gate.flush_audit_log().unwrap();
    let whole = Stand::start().await;
    let mut sam = whole.session("sam").await;
    assert_eq!(in_bytes, conversation(&mut sam).await);
    assert_eq!(in_bytes[0].rows.len(), 40);
    assert_eq!(in_bytes[3].sqlstate(), Some("42501"));
    stand.released(0).await;
    stand.stop().await;
    whole.stop().await;
}
