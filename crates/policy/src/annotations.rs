//! The parameters of a policy, which stand in its annotations.

use jiff::SignedDuration;

use crate::attributes::{Attribute, Mentioned};

/// The annotations that a policy may have.
const KNOWN: [&str; 6] = ["id", "description", "reason", "hint", "approvers", "ttl"];
/// Longest `@id`, in bytes: ids stand in every record.
const LONGEST_ID: usize = 100;

/// What the annotations of a policy say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Annotations {
    /// `@id`; empty: missing or wrong.
    pub(crate) id: String,
    /// `@reason`: why it forbids or holds, for the person who asked.
    pub(crate) reason: Option<String>,
    /// `@hint`: what that person can do.
    pub(crate) hint: Option<String>,
    /// `@approvers`: who may approve.
    pub(crate) approvers: Vec<String>,
    /// `@ttl`: how long an approval is waited for.
    pub(crate) ttl: Option<Ttl>,
}

/// A time to wait, with the spelling of the policy. Ordered by length.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ttl {
    duration: SignedDuration,
    pub(crate) text: String,
}

/// What is wrong with an annotation, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnnotationMistake {
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

impl AnnotationMistake {
    fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self {
            message: message.into(),
            help,
        }
    }
}

/// Reads the annotations of a policy. All mistakes are returned with what could be read.
pub(crate) fn read(
    policy: &cedar_policy::Policy,
    mentioned: &Mentioned,
) -> (Annotations, Vec<AnnotationMistake>) {
    let mut annotations = Annotations::default();
    let mut mistakes = Vec::new();
    for (name, value) in policy.annotations() {
        if let Err(mistake) = set(&mut annotations, name, value) {
            mistakes.push(mistake);
        }
    }
    if policy.annotation("id").is_none() {
        mistakes.push(AnnotationMistake::new(
            "the policy has no `@id`",
            "put `@id(\"…\")` before it",
        ));
    }
    mistakes.extend(check_approval(policy, mentioned));
    (annotations, mistakes)
}

fn set(annotations: &mut Annotations, name: &str, value: &str) -> Result<(), AnnotationMistake> {
    match name {
        "id" => annotations.id = id(value)?,
        "reason" => annotations.reason = Some(sentence(name, value)?),
        "hint" => annotations.hint = Some(sentence(name, value)?),
        "approvers" => annotations.approvers = approvers(value)?,
        "ttl" => annotations.ttl = Some(ttl(value)?),
        "description" => {}
        _ => {
            return Err(AnnotationMistake::new(
                format!(
                    "unknown annotation `@{name}`: expected one of {}",
                    list(&KNOWN)
                ),
                "take it away, or write `@description` for what only people read",
            ));
        }
    }
    Ok(())
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`@{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn id(value: &str) -> Result<String, AnnotationMistake> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
    if value.is_empty() || value.len() > LONGEST_ID || !value.bytes().all(word) {
        return Err(AnnotationMistake::new(
            format!("`{}` is not an id", value.escape_debug()),
            "use letters, digits, `_`, `-`, `.` and `/`, 100 bytes at most",
        ));
    }
    Ok(value.to_owned())
}

/// Texts go into error messages and records: one line, something in it.
fn sentence(name: &str, value: &str) -> Result<String, AnnotationMistake> {
    if value.trim().is_empty() || value.chars().any(char::is_control) {
        return Err(AnnotationMistake::new(
            format!("`@{name}` is empty or holds control characters"),
            "write one line of text, or take the annotation away",
        ));
    }
    Ok(value.to_owned())
}

fn approvers(value: &str) -> Result<Vec<String>, AnnotationMistake> {
    let names: Vec<String> = value
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    let valid = |name: &String| name.parse::<identity::GroupName>().is_ok();
    if !names.iter().all(valid) {
        return Err(AnnotationMistake::new(
            format!("`{}` does not name approvers", value.escape_debug()),
            "name groups or principals with commas between them, such as `@approvers(\"dba, lead\")`",
        ));
    }
    Ok(names)
}

fn ttl(value: &str) -> Result<Ttl, AnnotationMistake> {
    value
        .parse::<SignedDuration>()
        .ok()
        .filter(SignedDuration::is_positive)
        .map(|duration| Ttl {
            duration,
            text: value.to_owned(),
        })
        .ok_or_else(|| {
            AnnotationMistake::new(
                format!("`{}` is not a time to wait", value.escape_debug()),
                "write it such as `@ttl(\"30m\")` or `@ttl(\"4h\")`",
            )
        })
}

/// Whoever looks at the approval must say who gives it, and nobody else may.
fn check_approval(
    policy: &cedar_policy::Policy,
    mentioned: &Mentioned,
) -> Option<AnnotationMistake> {
    let asks = mentioned.has(Attribute::Approved) || mentioned.has(Attribute::Approvals);
    let names = policy.annotation("approvers").is_some();
    if asks && !names {
        return Some(AnnotationMistake::new(
            "the policy looks at `context.approved` or `context.approvals` but has no `@approvers`",
            "name who may approve, such as `@approvers(\"dba\")`",
        ));
    }
    (!asks && (names || policy.annotation("ttl").is_some())).then(|| {
        AnnotationMistake::new(
            "`@approvers` and `@ttl` have no effect: the policy does not look at an approval",
            "add `unless { context.approved }` to the policy, or take the annotations away",
        )
    })
}
