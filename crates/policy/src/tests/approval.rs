//! Held is what is denied, and would be allowed with an approval.

use super::shop::{Shop, context};
use super::spelling::spelled;
use crate::{Context, Verdict};

const WHAT: &str = "delete +delete:orders";
const PERMIT: &str = "@id(\"permit\") permit(principal, action, resource);\n";

/// Permits everything, and adds these policies.
fn shop(policies: &str) -> Shop {
    Shop::under(&format!("{PERMIT}{policies}"))
}

fn decide(shop: &Shop, approvals: u32) -> String {
    let context = Context {
        approved: approvals > 0,
        approvals,
        ..context()
    };
    spelled(&shop.decide("sam@prod", WHAT, &context))
}

#[test]
fn a_forbid_that_an_approval_lifts() {
    let shop = shop(
        r#"@id("f") @approvers("dba") @ttl("30m") @reason("why")
           forbid(principal, action == Action::"delete", resource) unless { context.approved };"#,
    );
    assert_eq!(decide(&shop, 0), "hold dba 30m");
    assert_eq!(decide(&shop, 1), "allow");
    shop.check("sam@prod", "select +select:orders", "allow");
    let Verdict::Hold {
        policies, reason, ..
    } = shop.decide("sam@prod", WHAT, &context()).verdict
    else {
        panic!()
    };
    assert_eq!((policies.len(), reason.as_str()), (1, "why"));
}

#[test]
fn two_people() {
    let shop = shop(
        r#"@id("f") @approvers("dba, lead")
           forbid(principal, action, resource) unless { context.approvals >= 2 };"#,
    );
    assert_eq!(decide(&shop, 0), "hold dba lead");
    assert_eq!(decide(&shop, 1), "hold dba lead");
    assert_eq!(decide(&shop, 2), "allow");
}

#[test]
fn a_permit_that_needs_an_approval() {
    let shop = Shop::under(
        r#"@id("p") @approvers("dba")
           permit(principal, action, resource) when { context.approved };"#,
    );
    assert_eq!(decide(&shop, 0), "hold dba");
    assert_eq!(decide(&shop, 1), "allow");
}

#[test]
fn what_no_approval_lifts_is_denied() {
    let shop = shop(
        r#"@id("f") @approvers("dba") forbid(principal, action, resource)
             unless { context.approved };
           @id("never") @reason("never ever")
           forbid(principal, action, resource) when { resource == Table::"prod.shop-prod.public.orders" };"#,
    );
    assert_eq!(decide(&shop, 0), "deny never");
    assert_eq!(decide(&shop, 1), "deny never");
}

#[test]
fn the_denial_speaks_of_what_no_approval_lifts() {
    let shop = shop(
        r#"@id("f") @approvers("dba") @reason("ask") forbid(principal, action, resource)
             when { resource in Table::"prod.shop-prod.public.customers" }
             unless { context.approved };
           @id("never") @reason("never ever") forbid(principal, action, resource)
             when { resource in Table::"prod.shop-prod.public.orders" };"#,
    );
    let what = "delete +delete:customers +delete:orders";
    let Verdict::Deny { policies, denial } = shop.decide("sam@prod", what, &context()).verdict
    else {
        panic!()
    };
    assert_eq!(policies.len(), 1);
    assert_eq!(
        (denial.reason.as_str(), denial.resource.as_str()),
        ("never ever", "table public.orders")
    );
}

#[test]
fn all_who_are_asked_must_be_the_same() {
    let both = |one: &str, two: &str| {
        shop(&format!(
            r#"@id("one") @approvers("{one}") @ttl("4h")
               forbid(principal, action, resource) unless {{ context.approved }};
               @id("two") @approvers("{two}") @ttl("90m")
               forbid(principal, action == Action::"delete", resource) unless {{ context.approved }};"#,
        ))
    };
    assert_eq!(
        decide(&both("dba,lead", "lead,security"), 0),
        "hold lead 90m"
    );
    assert_eq!(decide(&both("dba", "security"), 0), "deny one two");
}

#[test]
fn an_approval_that_forbids_is_no_approval() {
    let shop = Shop::under(
        r#"@id("p") @approvers("dba")
           permit(principal, action, resource) when { context.approved };
           @id("odd") @approvers("dba")
           forbid(principal, action, resource) when { context.approved };"#,
    );
    assert_eq!(decide(&shop, 0), "deny odd");
    assert_eq!(decide(&shop, 1), "deny odd");
}

#[test]
fn without_a_permit_the_denial_does_not_speak_of_approval() {
    let shop = Shop::under(
        r#"@id("f") @approvers("dba") @reason("ask the dba")
           forbid(principal, action, resource) unless { context.approved };"#,
    );
    let Verdict::Deny { denial, .. } = shop.decide("sam@prod", WHAT, &context()).verdict else {
        panic!()
    };
    assert_eq!(
        denial.reason,
        "no policy permits `delete` on table public.orders to `sam`"
    );
}

#[test]
fn for_agents_both_are_asked_again() {
    let shop = Shop::under(
        r#"@id("agent") @approvers("dba")
           permit(principal is Agent, action, resource) when { context.approved };
           @id("sam") permit(principal == Human::"sam", action, resource);"#,
    );
    shop.check("triage-bot@prod", WHAT, "hold dba");
    shop.check("dba-bot@prod", WHAT, "deny");
}

#[test]
fn what_cannot_be_evaluated_denies() {
    // The product overflows, which no validation can see.
    let shop = shop(
        r#"@id("broken") forbid(principal, action == Action::"delete", resource)
             when { context has estimated_rows &&
                    context.estimated_rows * 9223372036854775807 < 0 };"#,
    );
    assert_eq!(decide(&shop, 0), "deny broken");
    let Verdict::Deny { denial, .. } = shop.decide("sam@prod", WHAT, &context()).verdict else {
        panic!()
    };
    assert_eq!(
        denial.reason,
        "policy `broken` could not be evaluated: what cannot be evaluated is denied"
    );
    shop.check("sam@prod", "select +select:orders", "allow");
}
