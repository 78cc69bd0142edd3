//! Mistakes in policies are reported all at once, each with its place and a way out.

use crate::{PACKS, Policy, PolicySource, pack};

/// Loads one source and compares the report.
fn check(text: &str, expected: &str) {
    let source = PolicySource {
        name: "p.cedar".to_owned(),
        text: text.to_owned(),
    };
    let report = Policy::load(&[source])
        .map(|_| ())
        .map_err(|mistakes| mistakes.to_string());
    assert_eq!(report.unwrap_err(), expected.trim(), "{text}");
}

#[test]
fn ids() {
    check(
        "// first\npermit(principal, action, resource);\n",
        "p.cedar:2:1: the policy has no `@id`\n  help: put `@id(\"…\")` before it",
    );
    check(
        "@id(\"a\") permit(principal, action, resource);\n  @id(\"a\") forbid(principal, action, resource);",
        "p.cedar:2:3: another policy has the id `a` already\n  \
         help: give each policy an `@id` of its own; packs count too",
    );
    check(
        "@id(\"\") permit(principal, action, resource);",
        "p.cedar:1:1: `` is not an id\n  \
         help: use letters, digits, `_`, `-`, `.` and `/`, 100 bytes at most",
    );
}

#[test]
fn names_of_the_schema() {
    check(
        "@id(\"a\")\npermit(principal, action == Action::\"slect\", resource);",
        "p.cedar:2:29: unrecognized action `Action::\"slect\"`\n  \
         help: did you mean `Action::\"select\"`?",
    );
    check(
        "@id(\"a\") permit(principal is Humen, action, resource);",
        "p.cedar:1:30: unrecognized entity type `Humen`\n  help: did you mean `Human`?",
    );
}

#[test]
fn annotations() {
    check(
        "@id(\"a\") @resaon(\"x\") permit(principal, action, resource);",
        "p.cedar:1:1: unknown annotation `@resaon`: expected one of `@id`, `@description`, \
         `@reason`, `@hint`, `@approvers`, `@ttl`\n  \
         help: take it away, or write `@description` for what only people read",
    );
    check(
        "@id(\"a\") forbid(principal, action, resource) unless { context.approved };",
        "p.cedar:1:1: the policy looks at `context.approved` or `context.approvals` but has no \
         `@approvers`\n  help: name who may approve, such as `@approvers(\"dba\")`",
    );
    check(
        "@id(\"a\") @approvers(\"dba\") forbid(principal, action, resource);",
        "p.cedar:1:1: `@approvers` and `@ttl` have no effect: the policy does not look at an \
         approval\n  help: add `unless { context.approved }` to the policy, or take the \
         annotations away",
    );
    check(
        "@id(\"a\") @approvers(\"dba\") @ttl(\"soon\") forbid(principal, action, resource) \
         unless { context.approved };",
        "p.cedar:1:1: `soon` is not a time to wait\n  \
         help: write it such as `@ttl(\"30m\")` or `@ttl(\"4h\")`",
    );
}

#[test]
fn all_at_once_in_order() {
    let sources = [
        PolicySource {
            name: "one.cedar".to_owned(),
            text: "@id(\"x\") permit(principal, action == Action::\"slect\", resource);\n\
                   permit(principal, action, resource;\n\
                   permit(principal, action, resource);"
                .to_owned(),
        },
        PolicySource {
            name: "two.cedar".to_owned(),
            text: "\n@id(\"x\") permit(principal, action, resource) \
                   when { resource.nmae == \"a\" };"
                .to_owned(),
        },
    ];
    let mistakes = Policy::load(&sources).unwrap_err().0;
    let places: Vec<_> = mistakes
        .iter()
        .map(|m| (m.file.as_str(), m.line, m.column))
        .collect();
    assert_eq!(
        places,
        [
            ("one.cedar", 1, 38),
            ("one.cedar", 2, 35),
            ("one.cedar", 3, 1),
            ("two.cedar", 2, 1),
            ("two.cedar", 2, 53)
        ],
        "{mistakes:#?}"
    );
}

#[test]
fn a_policy_that_can_never_apply_is_a_mistake() {
    let source = |text: &str| PolicySource {
        name: "p".to_owned(),
        text: text.to_owned(),
    };
    let never = source("@id(\"a\") forbid(principal, action, resource) when { false };");
    assert!(Policy::load(&[never]).is_err());
    let template = source("@id(\"a\") permit(principal == ?principal, action, resource);");
    assert!(Policy::load(&[template]).is_err());
    // What is seen does not depend on the statement.
    let statement = source(
        "@id(\"a\") permit(principal, action == Action::\"see_clear\", resource) \
         when { context.statement == \"select\" };",
    );
    assert!(Policy::load(&[statement]).is_err());
}

#[test]
fn packs_load_together_and_alone() {
    let sources: Vec<_> = PACKS.iter().map(|name| pack(name).unwrap()).collect();
    let policy = Policy::load(&sources).unwrap();
    assert!(policy.ids().count() > 20);
    for source in sources {
        Policy::load(&[source]).unwrap();
    }
}

#[test]
fn the_epoch_is_of_the_content() {
    let source = |name: &str, text: &str| {
        [PolicySource {
            name: name.to_owned(),
            text: text.to_owned(),
        }]
    };
    let epoch = |sources: &[PolicySource]| Policy::load(sources).unwrap().epoch().to_owned();
    let one = epoch(&source("a", "// 1"));
    assert_eq!(one, epoch(&source("a", "// 1")));
    assert_eq!(one.len(), 16);
    assert_ne!(one, epoch(&source("a", "// 2")));
    assert_ne!(
        one,
        epoch(&source("a/", "/ 1").map(|s| PolicySource {
            text: "// 1".into(),
            ..s
        }))
    );
}

#[test]
fn nothing_is_permitted_without_policies() {
    let shop = super::shop::Shop::under("");
    shop.check("dana@prod", "select +select:orders", "deny");
    shop.check(
        "dana@prod",
        "select out:customers.email",
        "allow | redacted pii.email !",
    );
}
