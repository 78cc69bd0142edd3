//! The proxy is killed under load: whatever ran is on record, and the log goes on.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::client::{Client, PATIENCE};
use crate::proxy::{Place, Proxy};

/// How often it is killed.
const DEATHS: usize = 4;

/// Sessions that write at the same time.
const WRITERS: usize = 2;

/// Writes until the connection breaks.
async fn write(mut client: Client, done: UnboundedSender<()>) {
    while client.ask("insert into ran values (1)").await.is_ok() {
        done.send(()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ran_before_the_proxy_died_is_on_record() {
    let place = Place::new(&std::env::temp_dir()).await;
    let mut answered = 0;
    for death in 0..DEATHS {
        let proxy = Proxy::start(&place);
        let (done, mut answers) = unbounded_channel();
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..WRITERS {
            let client = proxy.session().await.unwrap();
            writers.spawn(write(client, done.clone()));
        }
        drop(done);
        for _ in 0..10 + 13 * death {
            let answer = tokio::time::timeout(PATIENCE, answers.recv());
            answered += usize::from(answer.await.unwrap().is_some());
        }
        proxy.kill();
        while answers.recv().await.is_some() {
            answered += 1;
        }
        writers.join_all().await;
        let (ran, intended) = (place.ran().await, place.intended());
        assert!(answered <= ran, "{answered} answered and {ran} ran");
        assert!(ran <= intended, "{ran} ran with {intended} intents");
    }
    // The log of a dead proxy is opened and goes on; the last one found its end and cut it.
    let proxy = Proxy::start(&place);
    let mut client = proxy.session().await.unwrap();
    let before = place.intended();
    client.ask("insert into ran values (1)").await.unwrap();
    assert_eq!(place.intended(), before + 1);
    proxy.kill();
    place.cluster.stop().unwrap();
}
