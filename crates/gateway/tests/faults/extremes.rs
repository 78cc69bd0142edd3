//! The largest that a client may say, and more.

use bytes::BytesMut;
use wire::encode::{self, Binding};

use crate::client::{Client, Fault};
use crate::stand::Stand;

/// What another session does meanwhile.
async fn goes_on(other: &mut Client) {
    let reply = other.ask("select 42 as n").await.unwrap();
    assert_eq!(reply.rows, [[Some("42".to_owned())]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_are_too_deep_or_too_long_are_refused_and_nothing_else() {
    let stand = Stand::start().await;
    let mut other = stand.session("sam").await;
    let mut client = stand.session("ada").await;
    let deep = 10_000;
    let nested = format!("select {}1{} as n", "(".repeat(deep), ")".repeat(deep));
    let long = format!("select '{}' as n", "x".repeat(16 * 1024 * 1024 - 64));
    for (statement, sqlstate) in [(nested, "42601"), (long, "54000")] {
        let reply = client.ask(&statement).await.unwrap();
        assert_eq!(reply.sqlstate(), Some(sqlstate), "{:?}", reply.error);
        assert_eq!(reply.rows.len(), 0);
        goes_on(&mut client).await;
        goes_on(&mut other).await;
    }
    // More than a message may have: the client is told, unless it is too busy sending to listen.
    let longer = format!("select '{}' as n", "x".repeat(17 * 1024 * 1024));
    match client.ask(&longer).await.unwrap_err() {
        Fault::Closed => {}
        Fault::Fatal(sqlstate, _) => assert_eq!(sqlstate, "08P01"),
    }
    goes_on(&mut other).await;
    stand.released(1).await;
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_parameters_as_a_message_has() {
    let stand = Stand::start().await;
    let count = usize::from(u16::MAX);
    let list: Vec<_> = (1..=count).map(|number| format!("${number}")).collect();
    let text = format!("select id from people where id in ({})", list.join(","));
    let values: Vec<_> = (1..=count).map(|number| number.to_string()).collect();
    let parameters: Vec<_> = values.iter().map(|value| Some(value.as_bytes())).collect();
    let binding = Binding {
        parameters: &parameters,
        ..Binding::default()
    };
    let mut out = BytesMut::new();
    encode::parse(&mut out, b"", text.as_bytes(), &vec![23; count]).unwrap();
    encode::bind(&mut out, &binding).unwrap();
    encode::execute(&mut out, b"", 0).unwrap();
    encode::sync(&mut out);
    let mut other = stand.session("sam").await;
    let mut client = stand.session("sam").await;
    client.send(&out).await.unwrap();
    goes_on(&mut other).await;
    let reply = client.reply().await.unwrap();
    assert_eq!(reply.error, None);
    assert_eq!(reply.rows.len(), crate::stand::PEOPLE);
    goes_on(&mut client).await;
    stand.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_columns_as_a_table_has() {
    let stand = Stand::start().await;
    let mut other = stand.session("sam").await;
    let mut client = stand.session("ada").await;
    let columns: Vec<_> = (1..=1_600)
        .map(|number| format!("c{number} bool default true"))
        .collect();
    let made = client
        .ask(&format!("create table wide ({})", columns.join(", ")))
        .await
        .unwrap();
    assert_eq!(made.error, None);
    client.ask("insert into wide default values").await.unwrap();
    let reply = client.ask("select * from wide").await.unwrap();
    assert_eq!(
        reply,
        stand
            .straight()
            .await
            .ask("select * from wide")
            .await
            .unwrap()
    );
    assert_eq!(reply.rows[0].len(), 1_600);
    goes_on(&mut other).await;
    goes_on(&mut client).await;
    stand.stop().await;
}
