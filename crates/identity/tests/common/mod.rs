//! The principals of these tests.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use identity::{Actor, Directory, KeyHash, LoginError, Principal, PrincipalKind, StoredKey};
use jiff::Timestamp;
use std::sync::LazyLock;

pub(crate) const SEED: [u8; 32] = [42; 32];

pub(crate) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn principal(name: &str, owner: Option<&str>) -> Principal {
    let kind = owner.map_or(PrincipalKind::Human, |owner| PrincipalKind::Agent {
        on_behalf_of: owner.parse().unwrap(),
    });
    Principal {
        name: name.parse().unwrap(),
        kind,
        groups: ["staff".parse().unwrap()].into(),
    }
}

pub(crate) fn stored(id: &str, text: &str, expires: Option<i64>) -> StoredKey {
    StoredKey {
        id: id.parse().unwrap(),
        hash: KeyHash::of(text.as_bytes(), [7; 16]),
        expires: expires.map(second),
    }
}

/// `anna` has an old, a live and an expired key, `bot` acts for her, `ghost` has no key, the only
/// key of `late` has expired.
pub(crate) fn directory() -> Directory {
    // Hashing takes milliseconds, and properties ask often.
    static MADE: LazyLock<Directory> = LazyLock::new(make);
    MADE.clone()
}

fn make() -> Directory {
    Directory::new(vec![
        (
            principal("anna", None),
            vec![
                stored("a1", "anna-old", None),
                stored("a2", "anna-new", Some(100)),
                stored("a3", "anna-expired", Some(10)),
            ],
        ),
        (
            principal("bot", Some("anna")),
            vec![stored("b1", "bot-key", None)],
        ),
        (principal("ghost", None), vec![]),
        (
            principal("late", None),
            vec![stored("l1", "late-key", Some(10))],
        ),
    ])
    .unwrap()
}

/// Principal, owner and key of who logged in.
pub(crate) type Who = (String, Option<String>, String);

pub(crate) fn who(actor: &Actor) -> Who {
    let owner = actor.owner.as_ref().map(|owner| owner.name.to_string());
    (
        actor.principal.name.to_string(),
        owner,
        actor.key.to_string(),
    )
}

pub(crate) fn is(principal: &str, owner: Option<&str>, key: &str) -> Result<Who, LoginError> {
    Ok((
        principal.to_owned(),
        owner.map(str::to_owned),
        key.to_owned(),
    ))
}
