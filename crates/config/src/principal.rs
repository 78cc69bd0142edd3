//! Reads `[[principal]]`.

use crate::document::{At, Section, one_of};
use identity::{
    Directory, DirectoryProblem, GroupName, KeyHash, KeyId, Principal, PrincipalKind,
    PrincipalName, StoredKey,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

const NAME_HELP: &str = "take letters, digits and `_.@-`, 63 at most";
const KINDS: [&str; 3] = ["human", "service", "agent"];

/// All principals, and what the agents are for.
pub(crate) struct Principals {
    /// `None`: with mistakes.
    pub(crate) directory: Option<Directory>,
    pub(crate) purposes: BTreeMap<PrincipalName, String>,
    /// Whose the names in certificates are.
    pub(crate) certificates: BTreeMap<String, PrincipalName>,
}

pub(crate) fn read(sections: Vec<Section<'_, '_>>) -> Principals {
    let (mut purposes, mut certificates) = (BTreeMap::new(), BTreeMap::new());
    let (mut list, mut places) = (Vec::new(), Vec::new());
    for section in sections {
        let place = (section.report, section.line);
        let Some(found) = principal(section) else {
            continue;
        };
        let name = &found.principal.name;
        purposes.extend(found.purpose.map(|purpose| (name.clone(), purpose)));
        for (certificate, line) in found.certificates {
            let message = format!("the certificate name `{certificate}` is that of two principals");
            let before = certificates.insert(certificate, name.clone());
            // One name twice in the list has its own mistake.
            if before.is_some_and(|before| before != *name) {
                let help = "say with `certificates` whose it is, and give it to one of them";
                place.0.mistake(line, message, help);
            }
        }
        list.push((found.principal, found.keys));
        places.push(place);
    }
    let directory = Directory::new(list).map_err(|mistakes| {
        for mistake in mistakes {
            if let Some((report, line)) = places.get(mistake.entry) {
                report.mistake(*line, mistake.to_string(), help(&mistake.problem));
            }
        }
    });
    Principals {
        directory: directory.ok(),
        purposes,
        certificates,
    }
}

fn help(problem: &DirectoryProblem) -> &'static str {
    match problem {
        DirectoryProblem::DuplicateName => "give every principal a name of its own",
        DirectoryProblem::UnknownOwner { .. } => "add a `[[principal]]` of that name",
        DirectoryProblem::OwnerIsAgent { .. } => "let it act on behalf of a human or a service",
        DirectoryProblem::DuplicateKeyId { .. } => "give every key an id of its own",
        DirectoryProblem::TooManyKeys { .. } => "remove keys that are no longer used",
        DirectoryProblem::DuplicateHash { .. } => "make a new key with `lockgate key new`",
    }
}

/// What stands in one section.
struct Found {
    principal: Principal,
    keys: Vec<StoredKey>,
    purpose: Option<String>,
    /// Names in certificates that are this principal's, with their lines.
    certificates: Vec<(String, usize)>,
}

/// A principal whose name is right: what else is wrong with it was reported, and others may still
/// act on its behalf.
fn principal(section: Section<'_, '_>) -> Option<Found> {
    let name = section.required("name", "write the name that it gives as `user`");
    let name = name.and_then(|text| section.parsed::<PrincipalName>("name", text, NAME_HELP));
    let kind = kind(&section);
    let groups = section.texts("groups").into_iter();
    let groups = groups.filter_map(|group| section.parsed::<GroupName>("groups", group, NAME_HELP));
    let groups = groups.map(|group| group.value).collect();
    let purpose = purpose(&section, kind.as_ref());
    let certificates = certificates(&section, name.as_ref());
    let keys = section
        .sections("keys")
        .into_iter()
        .filter_map(key)
        .collect();
    section.end();
    let kind = kind.unwrap_or(PrincipalKind::Human);
    Some(Found {
        principal: Principal {
            name: name?.value,
            kind,
            groups,
        },
        keys,
        purpose,
        certificates,
    })
}

/// The names that its certificates carry: its own, unless others are given.
fn certificates(
    section: &Section<'_, '_>,
    name: Option<&At<PrincipalName>>,
) -> Vec<(String, usize)> {
    let given = section.texts("certificates");
    if section.value("certificates").is_none() {
        let own = name.map(|name| (name.value.to_string(), name.line));
        return own.into_iter().collect();
    }
    let given = given.into_iter();
    given
        .map(|text| (text.value.to_owned(), text.line))
        .collect()
}

fn kind(section: &Section<'_, '_>) -> Option<PrincipalKind> {
    let kind = section.required("kind", "write `human`, `service` or `agent`");
    let owner = section.text_or_nothing("on_behalf_of");
    let (kind, owner) = (kind?, owner?);
    let found = match (kind.value, owner) {
        ("human", None) => PrincipalKind::Human,
        ("service", None) => PrincipalKind::Service,
        ("agent", Some(owner)) => {
            let owner = section.parsed("on_behalf_of", owner, NAME_HELP)?;
            PrincipalKind::Agent {
                on_behalf_of: owner.value,
            }
        }
        ("agent", None) => {
            let message = "`principal.on_behalf_of` is missing: an agent acts for somebody";
            section.mistake(
                section.line,
                message,
                "name the human or service that it acts for",
            );
            return None;
        }
        ("human" | "service", Some(owner)) => {
            let message = format!("`principal.on_behalf_of`: a {} acts for itself", kind.value);
            section.mistake(
                owner.line,
                message,
                "remove it, or write `kind = \"agent\"`",
            );
            return None;
        }
        (other, _) => {
            let message = format!("`principal.kind`: unknown value `{other}`");
            section.mistake(kind.line, message, one_of(other, &KINDS));
            return None;
        }
    };
    Some(found)
}

fn purpose(section: &Section<'_, '_>, kind: Option<&PrincipalKind>) -> Option<String> {
    let purpose = section.text("purpose")?;
    match kind {
        Some(PrincipalKind::Agent { .. }) | None => Some(purpose.value.to_owned()),
        Some(PrincipalKind::Human | PrincipalKind::Service) => {
            let message = "`principal.purpose` is for agents";
            section.mistake(purpose.line, message, "remove it");
            None
        }
    }
}

fn key(section: Section<'_, '_>) -> Option<StoredKey> {
    let help = "`lockgate key new` prints the whole line";
    let id = section.required("id", help);
    let id = id.and_then(|text| section.parsed::<KeyId>("id", text, NAME_HELP));
    let hash = section.required("hash", help);
    let hash = hash.and_then(|text| section.parsed::<KeyHash>("hash", text, help));
    let expires = expires(&section);
    section.end();
    Some(StoredKey {
        id: id?.value,
        hash: hash?.value,
        expires: expires?,
    })
}

/// A moment, as a TOML date-time or as text. `None`: there, but wrong.
fn expires(section: &Section<'_, '_>) -> Option<Option<Timestamp>> {
    let help = "write a date, a time and a zone, such as `2030-01-31T00:00:00Z`";
    let Some(found) = section.value("expires") else {
        return Some(None);
    };
    let text = match (found.value.as_datetime(), found.value.as_str()) {
        (Some(date), _) => date.to_string(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => {
            section.mistyped("expires", found, "a date with time and zone", help);
            return None;
        }
    };
    let text = At {
        value: text.as_str(),
        line: found.line,
    };
    let parsed: Option<Timestamp> = text.value.parse().ok();
    if parsed.is_none() {
        let message = format!(
            "`{}`: `{}` is not a moment",
            section.path("expires"),
            text.value
        );
        section.mistake(text.line, message, help);
    }
    parsed.map(Some)
}
