//! No descriptors are left.

use std::future::Future;
use std::time::Duration;

use rustix::process::Resource;

use crate::client::{Client, Fault};
use crate::proxy::{Place, Proxy};

/// Takes all descriptors away, and returns somebody who waits for one.
async fn waits(proxy: &Proxy) -> impl Future<Output = Result<Client, Fault>> {
    for _ in 0..20 {
        proxy.allow_descriptors(0);
        let mut waiting = Box::pin(proxy.session());
        match tokio::time::timeout(Duration::from_millis(300), &mut waiting).await {
            Err(_) => return waiting,
            Ok(Ok(_)) => panic!("a session without a descriptor"),
            // It had the descriptor of one that was just refused.
            Ok(Err(_)) => {}
        }
    }
    panic!("nobody waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_descriptors_old_sessions_go_on_and_new_ones_wait_or_are_refused() {
    let place = Place::new(&std::env::temp_dir()).await;
    let proxy = Proxy::start(&place);
    let mut old = proxy.session().await.unwrap();
    assert_eq!(old.ask("select 42 as n").await.unwrap().rows.len(), 1);
    // Enough for the client and not for the server.
    proxy.allow_descriptors(1);
    let Err(Fault::Fatal(sqlstate, words)) = proxy.session().await else {
        panic!("a session without a socket to its server");
    };
    assert_eq!(sqlstate, "08006", "{words}");
    // Enough for nobody: who comes waits at the door.
    let waiting = waits(&proxy).await;
    for _ in 0..20 {
        assert_eq!(old.ask("select 42 as n").await.unwrap().rows.len(), 1);
    }
    proxy.limit(Resource::Nofile, None);
    let mut new = waiting.await.unwrap();
    assert_eq!(new.ask("select 42 as n").await.unwrap().rows.len(), 1);
    assert_eq!(old.ask("select 42 as n").await.unwrap().rows.len(), 1);
    proxy.kill();
    place.cluster.stop().unwrap();
}
