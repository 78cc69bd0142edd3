//! Logging in by cleartext, and the directory of those who may.

mod common;

use common::{SEED, directory, is, principal, second, stored, who};
use identity::{
    AccessKey, Directory, DirectoryMistake, DirectoryProblem, KeyHash, LoginError, MAX_KEYS,
    MECHANISM, NONCE_LEN, StoredKey,
};

#[test]
fn cleartext() {
    let directory = directory();
    let cases = [
        ("anna", "anna-old", 50, is("anna", None, "a1")),
        ("anna", "anna-new", 50, is("anna", None, "a2")),
        ("anna", "anna-new", 100, Err(LoginError::ExpiredKey)),
        ("anna", "anna-expired", 50, Err(LoginError::ExpiredKey)),
        ("anna", "anna-expired", 9, is("anna", None, "a3")),
        ("anna", "bot-key", 50, Err(LoginError::WrongKey)),
        ("anna", "", 50, Err(LoginError::WrongKey)),
        ("Anna", "anna-old", 50, Err(LoginError::UnknownPrincipal)),
        ("bot", "bot-key", 50, is("bot", Some("anna"), "b1")),
        ("bot", "anna-old", 50, Err(LoginError::WrongKey)),
        ("ghost", "anything", 50, Err(LoginError::NoKey)),
        ("", "", 50, Err(LoginError::UnknownPrincipal)),
        ("late", "late-key", 50, Err(LoginError::ExpiredKey)),
        ("late", "wrong", 50, Err(LoginError::WrongKey)),
    ];
    for (user, password, now, expected) in cases {
        let got = directory.authenticate(user, password.as_bytes(), second(now));
        assert_eq!(
            got.map(|actor| who(&actor)),
            expected,
            "{user} {password} {now}"
        );
    }
}

#[test]
fn a_made_key_logs_in_both_ways() {
    let key = AccessKey::new([3; AccessKey::RANDOM_LEN]);
    let text = KeyHash::of(key.expose().as_bytes(), [1; 16]).to_string();
    let stored = StoredKey {
        id: key.id().clone(),
        hash: text.parse().unwrap(),
        expires: None,
    };
    let directory = Directory::new(vec![(principal("anna", None), vec![stored])]).unwrap();
    let actor = directory
        .authenticate("anna", key.expose().as_bytes(), second(0))
        .unwrap();
    assert_eq!(&actor.key, key.id());
    assert_eq!(directory.actor("anna", key.id().clone()), Some(actor));
}

/// What a stranger sees must not tell whether a principal exists.
#[test]
fn unknown_looks_like_wrong() {
    let challenge = |user: &str, seed: &[u8; 32]| {
        let candidate = directory().scram(user, second(50), seed);
        let (_, challenge) = candidate
            .begin(MECHANISM.as_bytes(), b"n,,n=,r=abc", None, [9; NONCE_LEN])
            .unwrap();
        String::from_utf8(challenge).unwrap()
    };
    let (known, unknown) = (challenge("anna", &SEED), challenge("nobody", &SEED));
    assert_eq!(known.len(), unknown.len());
    assert_eq!(unknown, challenge("nobody", &SEED));
    assert_ne!(unknown, challenge("nobodx", &SEED));
    assert_ne!(unknown, challenge("nobody", &[43; 32]));
    let refusals = [
        LoginError::UnknownPrincipal,
        LoginError::WrongKey,
        LoginError::NoKey,
    ];
    for refusal in refusals {
        assert_eq!(refusal.sqlstate(), "28P01");
        assert_eq!(
            refusal.client_message("x"),
            "password authentication failed for user \"x\""
        );
        assert_eq!(refusal.client_hint(), LoginError::WrongKey.client_hint());
    }
}

#[test]
fn all_mistakes_of_a_directory_at_once() {
    let keys = |count: usize| -> Vec<StoredKey> {
        (0..count)
            .map(|at| stored(&format!("k{at}"), &format!("many-{at}"), None))
            .collect()
    };
    let list = vec![
        (
            principal("anna", None),
            vec![stored("a1", "one", None), stored("a1", "two", None)],
        ),
        (principal("anna", None), vec![]),
        (
            principal("bot", Some("anna")),
            vec![stored("b1", "one", None)],
        ),
        (principal("bot2", Some("bot")), vec![]),
        (principal("bot3", Some("bot3")), vec![]),
        (principal("bot4", Some("nobody")), keys(MAX_KEYS + 1)),
    ];
    let (owner, id) = ("nobody".parse().unwrap(), |id: &str| id.parse().unwrap());
    let expected = [
        (0, "anna", DirectoryProblem::DuplicateKeyId { id: id("a1") }),
        (1, "anna", DirectoryProblem::DuplicateName),
        (2, "bot", DirectoryProblem::DuplicateHash { id: id("b1") }),
        (
            3,
            "bot2",
            DirectoryProblem::OwnerIsAgent {
                owner: "bot".parse().unwrap(),
            },
        ),
        (
            4,
            "bot3",
            DirectoryProblem::OwnerIsAgent {
                owner: "bot3".parse().unwrap(),
            },
        ),
        (5, "bot4", DirectoryProblem::UnknownOwner { owner }),
        (5, "bot4", DirectoryProblem::TooManyKeys { got: 9 }),
    ]
    .map(|(entry, name, problem)| DirectoryMistake {
        entry,
        principal: name.parse().unwrap(),
        problem,
    });
    assert_eq!(Directory::new(list).unwrap_err(), expected);
    assert_eq!(
        expected[3].to_string(),
        "principal `bot2`: acts on behalf of `bot`, which is an agent itself"
    );
}

#[test]
fn a_directory_is_searched_by_name() {
    let directory = directory();
    assert_eq!(directory.find("bot").unwrap().kind.word(), "agent");
    assert_eq!(directory.find("bo"), None);
    let names: Vec<_> = directory
        .principals()
        .map(|who| who.name.as_str())
        .collect();
    assert_eq!(names, ["anna", "bot", "ghost", "late"]);
}

#[test]
fn nothing_secret_is_shown() {
    let key = AccessKey::new([3; AccessKey::RANDOM_LEN]);
    let secret = key.expose().split('_').nth(2).unwrap().to_owned();
    let hash = KeyHash::of(key.expose().as_bytes(), [1; 16]);
    let keys = hash.to_string().rsplit('$').next().unwrap().to_owned();
    let stored = StoredKey {
        id: key.id().clone(),
        hash,
        expires: None,
    };
    let directory = Directory::new(vec![(principal("anna", None), vec![stored])]).unwrap();
    let candidate = directory.scram("anna", second(0), &SEED);
    let shown = format!("{key:?}{directory:?}{candidate:#?}");
    for hidden in [secret.as_str()].into_iter().chain(keys.split(':')) {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
