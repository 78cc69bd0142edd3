//! What it costs to seal an intent record: every statement pays it once before it goes upstream.

#![expect(clippy::expect_used, reason = "a bench fails loudly")]

use audit::{
    ActorInfo, Body, Chain, ConnectionInfo, Event, Intent, Judgement, Origin, Protocol,
    RelationInfo, SessionId,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

fn event() -> Event {
    let time = jiff::Timestamp::UNIX_EPOCH;
    Event {
        time,
        origin: Origin {
            session: Some(SessionId::new(time, [5; 10])),
            actor: Some(ActorInfo {
                principal: "helper-bot".into(),
                kind: "agent".into(),
                on_behalf_of: Some("sam".into()),
                key: "k1".into(),
            }),
            connection: Some(ConnectionInfo {
                name: "shop-prod".into(),
                environment: "prod".into(),
                database: "shop".into(),
            }),
            client: Some("127.0.0.1:50000".into()),
        }
        .into(),
        body: Body::Intent(Intent {
            statement_id: 1,
            judgement: Judgement {
                statement: "select id, name, email from customers where id = $1".into(),
                fingerprint: "ab".repeat(32),
                kind: "select".into(),
                verdict: "allow".into(),
                policies: vec!["pii.support".into()],
                reason: None,
                policy_epoch: "0123456789abcdef".into(),
                catalog_epoch: 7,
                relations: vec![RelationInfo {
                    name: "public.customers".into(),
                    actions: vec!["select".into()],
                }],
                columns: vec![
                    "public.customers.email".into(),
                    "public.customers.name".into(),
                ],
                functions: vec![],
            }
            .into(),
            protocol: Protocol::Extended,
        }),
    }
}

fn seal(criterion: &mut Criterion) {
    let event = event();
    let (mut chain, mut out) = (Chain::new(), Vec::new());
    chain.seal(&event, &mut out).expect("the event is sealed");
    let mut group = criterion.benchmark_group("audit");
    group.throughput(Throughput::Bytes(out.len() as u64));
    group.bench_function("seal intent", |bencher| {
        bencher.iter(|| {
            out.clear();
            chain.seal(black_box(&event), &mut out)
        });
    });
    let mut line = Vec::new();
    Chain::new()
        .seal(&event, &mut line)
        .expect("the event is sealed");
    group.bench_function("verify intent", |bencher| {
        bencher.iter(|| audit::Verifier::new().line(black_box(&line)));
    });
    group.finish();
}

criterion_group!(benches, seal);
criterion_main!(benches);
