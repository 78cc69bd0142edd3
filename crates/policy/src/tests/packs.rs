//! What the ready-made packs say.

use super::shop::{Shop, context};
use super::spelling::spelled_verdict;
use crate::{Denial, Verdict};

#[test]
fn who_may_connect() {
    let shop = Shop::with_packs();
    for who in [
        "dana@prod",
        "dev@prod",
        "sam@staging",
        "ana@prod",
        "triage-bot@prod",
    ] {
        assert_eq!(shop.connect(who).word(), "allow", "{who}");
    }
    let Verdict::Deny { policies, denial } = shop.connect("nobody@prod") else {
        panic!()
    };
    assert_eq!(policies, []);
    assert_eq!(
        denial.reason,
        "no policy permits `connect` on database shop-prod to `nobody`"
    );
    // The owner of the agent may not connect, so the agent may not.
    assert_eq!(spelled_verdict(&shop.connect("etl-bot@prod")), "deny");
}

#[test]
fn reading() {
    let shop = Shop::with_packs();
    let what = "select +select:customers output:customers.email out:customers.id \
                out:customers.email out:customers.ssn out:customers.card";
    shop.check(
        "dana@prod",
        what,
        "allow | clear, clear pii.email, clear pii.ssn, clear pii.card",
    );
    shop.check(
        "sam@prod",
        what,
        "allow | clear, partial pii.email, redacted pii.ssn, partial pii.card !",
    );
    shop.check(
        "ana@prod",
        what,
        "allow | clear, pseudonym pii.email, pseudonym pii.ssn, pseudonym pii.card !",
    );
    shop.check(
        "dev@prod",
        what,
        "allow | clear, redacted pii.email, redacted pii.ssn, redacted pii.card !",
    );
    shop.check(
        "dev@staging",
        what,
        "allow | clear, pseudonym pii.email, pseudonym pii.ssn, pseudonym pii.card !",
    );
    shop.check(
        "triage-bot@prod",
        what,
        "allow | clear, pseudonym pii.email, redacted pii.ssn, redacted pii.card !",
    );
    shop.check(
        "nobody@prod",
        what,
        "deny | clear, redacted pii.email, redacted pii.ssn, redacted pii.card !",
    );
}

#[test]
fn filtering() {
    let shop = Shop::with_packs();
    for clause in ["filter", "join", "order", "group", "distinct", "window"] {
        let what = format!("select +select:customers {clause}:customers.ssn out:customers.id");
        shop.check("dana@prod", &what, "allow | clear");
        shop.check("sam@prod", &what, "deny | clear !");
        shop.check("ana@prod", &what, "deny | clear !");
        shop.check(
            "triage-bot@prod",
            &what,
            "deny agents/no-sensitive-data | clear !",
        );
        let key = format!("select +select:customers {clause}:customers.id out:customers.id");
        shop.check("sam@prod", &key, "allow | clear");
        shop.check("triage-bot@prod", &key, "allow | clear");
    }
    for clause in ["output", "assigned", "source"] {
        let what = format!("select +select:customers {clause}:customers.ssn out:customers.id");
        shop.check("sam@prod", &what, "allow | clear !");
    }
}

#[test]
fn writing() {
    let shop = Shop::with_packs();
    let update = "update +update:orders filter:orders.id assigned:orders.total";
    shop.check("dana@prod", update, "allow");
    shop.check("dev@prod", update, "hold dba 30m");
    shop.check("dev@staging", update, "allow");
    shop.check("sam@prod", update, "deny");
    shop.check("sam@staging", update, "deny");
    let everything = "delete +delete:orders nowhere";
    shop.check("dana@prod", everything, "hold dba 30m");
    shop.check("dana@staging", everything, "allow");
    shop.check("dev@prod", everything, "hold dba 30m");
    shop.check("sam@prod", everything, "deny");
    shop.check(
        "triage-bot@prod",
        everything,
        "deny agents/restricted-writes",
    );
    // A violated constraint shows the whole row, so a write touches all protected columns.
    shop.check(
        "dev@staging",
        "update +update:customers assigned:customers.notes",
        "allow !",
    );
    shop.check(
        "dana@prod",
        "update +update:customers assigned:customers.notes",
        "allow",
    );
}

#[test]
fn structure() {
    let shop = Shop::with_packs();
    shop.check("dana@prod", "drop_table +drop:orders", "allow");
    shop.check("dev@prod", "drop_table +drop:orders", "hold dba 30m");
    shop.check("dev@staging", "drop_table +drop:orders", "allow");
    shop.check("sam@prod", "drop_table +drop:orders", "deny");
    shop.check(
        "dev@prod",
        "create_table schema:create:public",
        "hold dba 30m",
    );
    shop.check("dev@prod", "create_table", "hold dba 30m");
    shop.check("dev@staging", "create_table", "allow");
    shop.check("dev@staging", "create_role", "deny");
    shop.check("dana@prod", "create_role", "allow");
    shop.check(
        "dev@staging",
        "create_function schema:create:public",
        "deny guardrails/opaque",
    );
    shop.check("dana@prod", "create_function schema:create:public", "allow");
    shop.check("dev@prod", "truncate +truncate:orders", "hold dba 30m");
    shop.check("dana@prod", "truncate +truncate:orders", "allow");
    shop.check("dev@staging", "grant +grant:orders", "deny");
    shop.check("dana@prod", "grant", "allow");
    shop.check("dev@staging", "vacuum +administer:orders", "deny");
    shop.check("dana@prod", "vacuum", "allow");
}

#[test]
fn around_the_gate() {
    let shop = Shop::with_packs();
    for who in ["dana@prod", "dana@staging"] {
        shop.check(
            who,
            "select fn:reaches_outside:pg_read_file",
            "deny guardrails/outside-functions",
        );
        shop.check(
            who,
            "select fn:runs_sql:query_to_xml",
            "deny guardrails/sql-functions",
        );
        shop.check(who, "copy_server", "deny guardrails/server-files");
        shop.check(
            who,
            "select fn:user_defined:f out?",
            "allow | clear unknown",
        );
        shop.check(who, "select fn:changes_state:pg_terminate_backend", "allow");
        shop.check(who, "do", "allow");
        shop.check(who, "select unresolved", "allow");
        shop.check(who, "select +select:lost", "allow");
        shop.check(who, "notify", "allow");
    }
    shop.check(
        "sam@prod",
        "select fn:reaches_outside:pg_read_file",
        "deny guardrails/outside-functions !",
    );
    shop.check("sam@prod", "copy_server", "deny guardrails/server-files !");
    shop.check(
        "sam@prod",
        "select fn:user_defined:f out?",
        "deny | redacted unknown !",
    );
    shop.check("sam@prod", "select fn:unknown:f", "deny !");
    shop.check("sam@prod", "select fn:changes_state:pg_sleep", "deny");
    shop.check(
        "sam@prod",
        "select fn:changes_state:pg_advisory_unlock_all",
        "allow",
    );
    shop.check("sam@prod", "do", "deny guardrails/opaque !");
    shop.check("sam@prod", "select unresolved", "deny guardrails/opaque !");
    shop.check("sam@prod", "select +select:lost", "deny guardrails/opaque");
    shop.check("sam@prod", "listen", "deny");
    shop.check("dev@staging", "listen", "allow");
    shop.check("dev@prod", "notify", "deny");
    shop.check("sam@prod", "begin", "allow");
}

#[test]
fn system_catalogs() {
    let shop = Shop::with_packs();
    let class = "select +select:pg_class filter:pg_class.relname out:pg_class.oid";
    let passwords = "select +select:pg_authid out:pg_authid.rolname out:pg_authid.rolpassword";
    for who in ["sam@prod", "nobody@prod", "dev@staging"] {
        shop.check(who, class, "allow | clear");
        shop.check(who, passwords, "allow | clear, redacted secret.catalog !");
        shop.check(who, "select filter:pg_authid.rolpassword", "deny !");
    }
}

#[test]
fn moving() {
    let shop = Shop::with_packs();
    let check = |flow: &str, expected: &str| {
        shop.check(
            "dev@staging",
            &format!("insert +insert:contacts {flow}"),
            expected,
        );
    };
    check("flow:contacts.id<customers.id", "allow !");
    check("flow:contacts.email<customers.email", "allow !");
    check("flow:contacts.everything<customers.email", "allow !");
    check("flow:contacts.everything?customers.email", "allow !");
    check("flow:contacts.id<customers.email", "deny !");
    check("flow:contacts.email<customers.ssn", "deny !");
    check("flow:contacts.email<contacts.everything", "deny !");
    check("flow:contacts.id?", "deny !");
    check("flow:-<customers.id", "allow !");
    check("flow:-<customers.email", "deny !");
    shop.check("dana@prod", "create_as flow:-<customers.email", "allow");
    shop.check(
        "dana@prod",
        "update flow:customers.notes<customers.ssn",
        "allow",
    );
    // Not even an agent whose owner may.
    let what = "insert +insert:contacts flow:contacts.id<customers.email";
    shop.check("dba-bot@staging", what, "deny agents/no-sensitive-data !");
}

/// What is said of a denial.
fn denial(who: &str, what: &str) -> Denial {
    match Shop::with_packs().decide(who, what, &context()).verdict {
        Verdict::Deny { denial, .. } => denial,
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_of_a_policy() {
    let drop = denial("triage-bot@prod", "drop_table +drop:orders");
    assert_eq!(
        (drop.action.as_str(), drop.resource.as_str()),
        ("drop", "table public.orders")
    );
    assert_eq!(
        drop.reason,
        "agents do not change the structure of a database"
    );
    assert_eq!(
        drop.hint.as_deref(),
        Some("ask the person on whose behalf the agent acts")
    );

    let opaque = denial("sam@prod", "select unresolved");
    assert_eq!(opaque.resource, "database shop-prod");
    assert_eq!(
        opaque.hint.as_deref(),
        Some(
            "it cannot be analysed: `mystery` is not known; name tables and columns of the \
             catalog, and write what it does as plain SQL"
        )
    );
}

#[test]
fn words_for_want_of_a_permit() {
    let filter = denial("sam@prod", "select +select:customers filter:customers.ssn");
    assert_eq!(
        filter.reason,
        "no policy permits `filter` on column public.customers.ssn (pii.ssn) to `sam`"
    );
    assert!(
        filter
            .hint
            .unwrap()
            .contains("use one that is not protected")
    );
    let behind = denial("etl-bot@prod", "select +select:orders");
    assert_eq!(
        behind.reason,
        "no policy permits `select` on table public.orders to `svc-etl`, on whose behalf \
         `etl-bot` acts"
    );
}

#[test]
fn words_of_a_hold() {
    let verdict = Shop::with_packs()
        .decide("dev@prod", "delete +delete:orders nowhere", &context())
        .verdict;
    let Verdict::Hold {
        policies, reason, ..
    } = verdict
    else {
        panic!()
    };
    let ids: Vec<_> = policies.iter().map(|id| id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "guardrails/production-write",
            "guardrails/unrestricted-write"
        ]
    );
    assert!(reason.contains("approval of a database administrator"));
}

#[test]
fn sensitive_text_is_searched_unless_all_is_seen() {
    let shop = Shop::with_packs();
    let sees = |who| {
        let (actor, connection) = super::shop::who_where(who);
        shop.policy
            .sees_sensitive(&shop.viewer(&actor, &connection, &context()))
    };
    assert!(sees("dana@prod"));
    for who in [
        "sam@prod",
        "ana@prod",
        "dev@staging",
        "dba-bot@prod",
        "triage-bot@prod",
    ] {
        assert!(!sees(who), "{who}");
    }
}

#[test]
fn settings_that_stand_for_an_identity_are_for_administrators() {
    let shop = Shop::with_packs();
    for (what, dana, sam) in [
        ("set set:work_mem=1MB", "allow", "allow"),
        ("set set:search_path=evil", "allow", "allow"),
        ("set set:client_min_messages=warning", "allow", "allow"),
        ("set set:role=default", "allow", "allow"),
        ("set set:role=postgres", "allow", "deny"),
        ("set set:app.user=bob", "allow", "deny"),
        ("set set:client_min_messages=debug5", "allow", "deny"),
        ("set set:session_replication_role=replica", "allow", "deny"),
    ] {
        let verdict = |who| shop.decide(who, what, &context()).verdict.word();
        assert_eq!(verdict("dana@prod"), dana, "{what}");
        assert_eq!(verdict("sam@prod"), sam, "{what}");
    }
}

#[test]
fn what_cannot_be_read_and_two_phase_commit_are_for_administrators() {
    let shop = Shop::with_packs();
    for what in [
        "unreadable unresolved unknown?",
        "two_phase",
        "listen",
        "notify",
    ] {
        let word = |who| shop.decide(who, what, &context()).verdict.word();
        assert_eq!(word("dana@prod"), "allow", "{what}");
        assert_eq!(word("sam@prod"), "deny", "{what}");
        assert_eq!(word("dev@prod"), "deny", "{what}");
    }
}
