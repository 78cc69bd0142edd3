//! Texts of policies, and the packs that come with Lockgate.

/// A text with policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// Name of the file or pack, as it shall stand before mistakes.
    pub name: String,
    /// The policies.
    pub text: String,
}

/// The names of the ready-made packs.
pub const PACKS: &[&str] = &["guardrails/production", "agents", "pii"];

/// The ready-made pack of that name; `None` when there is none.
#[must_use]
pub fn pack(name: &str) -> Option<PolicySource> {
    let text = match name {
        "guardrails/production" => include_str!("../packs/guardrails/production.cedar"),
        "agents" => include_str!("../packs/agents.cedar"),
        "pii" => include_str!("../packs/pii.cedar"),
        _ => return None,
    };
    Some(PolicySource {
        name: format!("{name}.cedar"),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_is_there() {
        assert!(PACKS.iter().all(|name| pack(name).is_some()));
        assert_eq!(pack("guardrails"), None);
    }
}
