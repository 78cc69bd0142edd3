//! The audit log finds no room.

use std::path::Path;

use rustix::process::Resource;

use crate::client::{Client, Fault};
use crate::proxy::{Place, Proxy};

/// Runs statements until one is refused for want of room; how many ran.
async fn fill(client: &mut Client) -> (usize, Result<String, Fault>) {
    for ran in 0..20_000 {
        match client.ask("insert into ran values (1)").await {
            Ok(reply) if reply.error.is_none() => {}
            Ok(reply) => return (ran, Ok(reply.sqlstate().unwrap().to_owned())),
            Err(fault) => return (ran, Err(fault)),
        }
    }
    panic!("the log has room for everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_statements_are_refused_and_not_run() {
    // A limit on the length of files is one on what is reserved where files are memory.
    let memory = Path::new("/dev/shm");
    let reserves = memory.is_dir();
    let parent = if reserves {
        memory
    } else {
        &std::env::temp_dir()
    };
    let place = Place::new(parent).await;
    let proxy = Proxy::start(&place);
    let mut client = proxy.session().await.unwrap();
    let mut other = proxy.session().await.unwrap();
    proxy.limit(Resource::Fsize, Some(1_200_000));
    let (ran, refused) = fill(&mut client).await;
    match refused {
        // Nothing was accepted that finds no room.
        Ok(sqlstate) => assert_eq!(sqlstate, "53100"),
        // What was accepted could not be written: the session ends before its statement runs.
        Err(Fault::Fatal(sqlstate, _)) if !reserves => assert_eq!(sqlstate, "53100"),
        Err(fault) => panic!("{fault:?}"),
    }
    assert!(ran > 100, "{ran}");
    for _ in 0..10 {
        let refused = other.ask("insert into ran values (2)").await;
        match refused {
            Ok(reply) => assert_eq!(reply.sqlstate(), Some("53100")),
            Err(_) if !reserves => break,
            Err(fault) => panic!("{fault:?}"),
        }
    }
    // The record of a session is shorter: a few may find room.
    let mut refused = None;
    for _ in 0..5 {
        refused = refused.or(proxy.session().await.err());
    }
    assert!(
        matches!(&refused, Some(Fault::Fatal(sqlstate, _)) if sqlstate == "53100"),
        "{refused:?}"
    );
    assert_eq!(place.ran().await, ran);
    proxy.limit(Resource::Fsize, None);
    let mut client = proxy.session().await.unwrap();
    assert_eq!(
        client
            .ask("insert into ran values (3)")
            .await
            .unwrap()
            .error,
        None
    );
    if reserves {
        assert_eq!(
            other.ask("insert into ran values (3)").await.unwrap().error,
            None
        );
    }
    assert!(place.intended() >= place.ran().await);
    proxy.kill();
    place.cluster.stop().unwrap();
}
