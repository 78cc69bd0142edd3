//! A decision from the cache is the decision that would be made anew.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::prelude::*;

use super::shop::{Shop, context, who_where};
use super::spelling::spelled;
use crate::Context;

/// Policies that look at everything that can change an answer.
const POLICIES: &str = r#"
    @id("select") permit(principal, action in Action::"read", resource)
      when { principal in Group::"support" || context has ticket };
    @id("dana") permit(principal == Human::"dana", action, resource);
    @id("update") permit(principal, action in Action::"write", resource)
      when { context.has_predicate && context has purpose && context.purpose == "fix" };
    @id("night") @approvers("dba") forbid(principal, action, resource)
      when { context.time.toTime() < duration("6h") && principal in Group::"support" }
      unless { context.approvals >= 2 };
    @id("home") permit(principal, action == Action::"see_clear", resource in Tag::"pii.email")
      when { context has client_address && context.client_address.isInRange(ip("10.0.0.0/8")) };
    @id("pseudonym") permit(principal, action == Action::"see_pseudonym", resource)
      when { resource in Tag::"pii" && resource.table == "customers" };
"#;

const WHO: [&str; 5] = [
    "sam@prod",
    "dana@prod",
    "sam@staging",
    "triage-bot@prod",
    "nobody@prod",
];

const WHAT: [&str; 6] = [
    "select +select:customers out:customers.email",
    "select +select:customers out:customers.email filter:customers.ssn",
    "select +select:contacts out:contacts.email",
    "update +update:customers assigned:customers.notes",
    "update +update:customers assigned:customers.notes nowhere",
    "select +select:orders unresolved",
];

fn contexts() -> impl Strategy<Value = Context> {
    let text = |some: &'static str| proptest::option::of(Just(some.to_owned()));
    let addresses = proptest::option::of(prop_oneof![
        Just(IpAddr::from([10, 1, 2, 3])),
        Just(IpAddr::from([192, 168, 0, 1])),
        Just(IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, 1])),
    ]);
    (
        0_i64..24 * 60 * 60,
        addresses,
        text("fix"),
        0_u32..3,
        text("OPS-1"),
    )
        .prop_map(
            |(second, client_address, purpose, approvals, ticket)| Context {
                now: jiff::Timestamp::from_second(1_700_000_000 + second).unwrap(),
                client_address,
                purpose,
                approved: approvals > 0,
                approvals,
                ticket,
            },
        )
}

#[test]
fn a_cached_decision_equals_a_new_one() {
    // The caches of this one live as long as the test.
    let cached = Shop::under(POLICIES);
    let outcomes = RefCell::new(BTreeMap::<String, usize>::new());
    let requests = (0..WHO.len(), 0..WHAT.len(), contexts());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 250,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&requests, |(who, what, context)| {
            let (actor, connection) = who_where(WHO[who]);
            let viewer = cached.viewer(&actor, &connection, &context);
            let facts = cached.facts(WHAT[what]);
            let first = cached.policy.decide(&viewer, &facts);
            prop_assert_eq!(&first, &cached.policy.decide(&viewer, &facts));
            let anew = cached.policy.decide_without_cache(&viewer, &facts);
            *outcomes.borrow_mut().entry(spelled(&anew)).or_default() += 1;
            prop_assert_eq!(first, anew);
            Ok(())
        })
        .unwrap();
    // The requests differ enough for the property to mean something.
    let outcomes = outcomes.borrow();
    assert!(outcomes.len() >= 8, "{outcomes:?}");
    assert!(
        outcomes.keys().any(|outcome| outcome.starts_with("hold")),
        "{outcomes:?}"
    );
}

#[test]
fn decisions_are_found_again() {
    let shop = Shop::with_packs();
    let decide = |context: &Context| shop.decide("sam@prod", WHAT[0], context);
    decide(&context());
    // What no policy looks at does not matter.
    let elsewhere = Context {
        now: "2027-01-01T00:00:00Z".parse().unwrap(),
        client_address: Some(IpAddr::from([10, 0, 0, 1])),
        purpose: Some("none".to_owned()),
        ticket: Some("OPS-1".to_owned()),
        ..context()
    };
    decide(&elsewhere);
    assert_eq!(shop.policy.cached_decisions(), 1);
    decide(&Context {
        approved: true,
        ..context()
    });
    assert_eq!(shop.policy.cached_decisions(), 2);
}

#[test]
fn snapshots_and_circumstances_are_told_apart() {
    let mut shop = Shop::with_packs();
    let seen = |shop: &Shop, who: &str| {
        let (actor, connection) = who_where(who);
        let context = context();
        let viewer = shop.viewer(&actor, &connection, &context);
        shop.policy
            .disclose(&viewer, shop.column("customers.email"))
            .disclosure
    };
    assert_eq!(seen(&shop, "dev@prod"), crate::Disclosure::Redacted);
    assert_eq!(seen(&shop, "dev@staging"), crate::Disclosure::Pseudonym);
    assert_eq!(seen(&shop, "sam@prod"), crate::Disclosure::Partial);
    // Other labels on the same catalog.
    let rule = |tag: &str| crate::LabelRule {
        schema: "public".to_owned(),
        relation: "customers".to_owned(),
        column: "email".to_owned(),
        tag: Some(tag.parse().unwrap()),
    };
    shop.labels = crate::Labels::build(&shop.catalog, &[rule("secret")], &|_, _, _| None).unwrap();
    assert_eq!(seen(&shop, "sam@prod"), crate::Disclosure::Redacted);
}
