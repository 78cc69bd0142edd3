//! An agent has the rights that it and its owner both have.

use super::shop::{Shop, actor, context, who_where};
use super::spelling::spelled;
use identity::PrincipalKind;

/// What is permitted to the agent and what to its owner.
fn shop(agent: &str, owner: &str) -> Shop {
    let permit = |id: &str, who: &str, actions: &str| {
        if actions.is_empty() {
            return String::new();
        }
        format!("@id(\"{id}\") permit({who}, action in [{actions}], resource);\n")
    };
    Shop::under(&format!(
        "{}{}",
        permit("agent", "principal == Agent::\"triage-bot\"", agent),
        permit("owner", "principal == Human::\"sam\"", owner),
    ))
}

const SELECT: &str = "Action::\"select\"";
const WHAT: &str = "select +select:orders";

#[test]
fn both_must_be_allowed() {
    shop("", "").check("triage-bot@prod", WHAT, "deny");
    shop(SELECT, "").check("triage-bot@prod", WHAT, "deny");
    shop("", SELECT).check("triage-bot@prod", WHAT, "deny");
    shop(SELECT, SELECT).check("triage-bot@prod", WHAT, "allow");
    shop(SELECT, "").check("sam@prod", WHAT, "deny");
    shop("", SELECT).check("sam@prod", WHAT, "allow");
}

#[test]
fn the_lower_rung() {
    let what = "select out:customers.email";
    let see = |rung: &str| format!("Action::\"see_{rung}\"");
    let rungs = ["redacted", "pseudonym", "partial", "clear"];
    for (agent_at, agent) in rungs.iter().enumerate() {
        for (owner_at, owner) in rungs.iter().enumerate() {
            let grant = |rung: &str| {
                if rung == "redacted" {
                    String::new()
                } else {
                    see(rung)
                }
            };
            let lower = rungs[agent_at.min(owner_at)];
            let protected = if lower == "clear" { "" } else { " !" };
            shop(&grant(agent), &grant(owner)).check(
                "triage-bot@prod",
                what,
                &format!("allow | {lower} pii.email{protected}"),
            );
        }
    }
}

#[test]
fn the_owner_is_seen_by_policies() {
    let shop = Shop::under(
        r#"
        @id("bots-of-support") permit(principal is Agent, action, resource)
          when { principal has on_behalf_of && principal.on_behalf_of in Group::"support" };
        @id("bots-of-services") permit(principal is Agent, action, resource)
          when { principal has on_behalf_of_service };
        @id("people") permit(principal is Human, action, resource);
        "#,
    );
    shop.check("triage-bot@prod", WHAT, "allow");
    shop.check("dba-bot@prod", WHAT, "deny");
    // The service itself is permitted nothing.
    shop.check("etl-bot@prod", WHAT, "deny");
}

#[test]
fn an_agent_without_its_owner_may_nothing() {
    let shop = Shop::under("@id(\"all\") permit(principal, action, resource);");
    let (agent, connection) = who_where("triage-bot@prod");
    let decide = |actor: &identity::Actor| {
        let context = context();
        let viewer = shop.viewer(actor, &connection, &context);
        spelled(&shop.policy.decide(
            &viewer,
            &shop.facts("select +select:orders out:customers.email"),
        ))
    };
    assert_eq!(decide(&agent), "allow | clear pii.email");
    let orphan = identity::Actor {
        owner: None,
        ..agent.clone()
    };
    assert_eq!(decide(&orphan), "deny | redacted pii.email !");
    // Nor one with another's owner, nor one whose owner is an agent.
    let other = identity::Actor {
        owner: Some(actor("dana").principal),
        ..agent.clone()
    };
    assert_eq!(decide(&other), "deny | redacted pii.email !");
    let mut owner = (*actor("sam").principal).clone();
    owner.kind = PrincipalKind::Agent {
        on_behalf_of: "dana".parse().unwrap(),
    };
    let agents = identity::Actor {
        owner: Some(std::sync::Arc::new(owner)),
        ..agent
    };
    assert_eq!(decide(&agents), "deny | redacted pii.email !");
}
