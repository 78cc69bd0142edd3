//! Logging in: by cleartext, and by SCRAM against PostgreSQL's own client code.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use identity::{
    AccessKey, Actor, Directory, DirectoryMistake, DirectoryProblem, KeyHash, LoginError, MAX_KEYS,
    MECHANISM, NONCE_LEN, Principal, PrincipalKind, StoredKey,
};
use jiff::Timestamp;
use postgres_protocol::authentication::sasl;

const SEED: [u8; 32] = [42; 32];

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn principal(name: &str, owner: Option<&str>) -> Principal {
    let kind = owner.map_or(PrincipalKind::Human, |owner| PrincipalKind::Agent {
        on_behalf_of: owner.parse().unwrap(),
    });
    Principal {
        name: name.parse().unwrap(),
        kind,
        groups: ["staff".parse().unwrap()].into(),
    }
}

fn stored(id: &str, text: &str, expires: Option<i64>) -> StoredKey {
    StoredKey {
        id: id.parse().unwrap(),
        hash: KeyHash::of(text.as_bytes(), [7; 16]),
        expires: expires.map(second),
    }
}

/// `anna` has an old, a live and an expired key, `bot` acts for her, `ghost` has no key, the only
/// key of `late` has expired.
fn directory() -> Directory {
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
type Who = (String, Option<String>, String);

fn who(actor: &Actor) -> Who {
    let owner = actor.owner.as_ref().map(|owner| owner.name.to_string());
    (
        actor.principal.name.to_string(),
        owner,
        actor.key.to_string(),
    )
}

fn is(principal: &str, owner: Option<&str>, key: &str) -> Result<Who, LoginError> {
    Ok((
        principal.to_owned(),
        owner.map(str::to_owned),
        key.to_owned(),
    ))
}

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

/// A whole exchange with PostgreSQL's client code, which also checks the server's signature.
fn scram(user: &str, password: &str, now: i64) -> Result<Who, LoginError> {
    let binding = sasl::ChannelBinding::unsupported();
    let mut client = sasl::ScramSha256::new(password.as_bytes(), binding);
    let candidate = directory().scram(user, second(now), &SEED);
    let (state, challenge) = candidate.begin(client.message(), [9; NONCE_LEN])?;
    client.update(&challenge).unwrap();
    let (actor, last) = state.finish(client.message())?;
    client.finish(&last).unwrap();
    Ok(who(&actor))
}

#[test]
fn scram_with_the_newest_live_key() {
    assert_eq!(MECHANISM, sasl::SCRAM_SHA_256);
    let cases = [
        ("anna", "anna-new", 50, is("anna", None, "a2")),
        ("anna", "anna-old", 50, Err(LoginError::WrongKey)),
        ("anna", "anna-old", 100, is("anna", None, "a1")),
        ("anna", "anna-expired", 9, is("anna", None, "a3")),
        ("bot", "bot-key", 50, is("bot", Some("anna"), "b1")),
        ("bot", "anna-old", 50, Err(LoginError::WrongKey)),
        ("nobody", "anna-old", 50, Err(LoginError::UnknownPrincipal)),
        ("ghost", "anything", 50, Err(LoginError::NoKey)),
        ("late", "late-key", 50, Err(LoginError::ExpiredKey)),
        ("late", "wrong", 50, Err(LoginError::WrongKey)),
    ];
    for (user, password, now, expected) in cases {
        assert_eq!(
            scram(user, password, now),
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
        let (_, challenge) = candidate.begin(b"n,,n=,r=abc", [9; NONCE_LEN]).unwrap();
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

fn malformed(expected: &'static str) -> Option<LoginError> {
    Some(LoginError::Malformed { expected })
}

#[test]
fn malformed_first_messages_are_refused() {
    let header = "a header `n,,` or `y,,`: channel binding was not offered";
    let long = format!("n,,n=,r={}", "x".repeat(3000));
    let cases: [(&[u8], _); 12] = [
        (b"n,,n=,r=abc", None),
        (b"y,,n=*,r=abc,x=extension", None),
        (b"", malformed(header)),
        (b"p=tls-server-end-point,,n=,r=abc", malformed(header)),
        (b"n,a=anna,n=,r=abc", malformed(header)),
        (b"n,,m=x,n=,r=abc", malformed("`n=`")),
        (b"n,,n=", malformed("`r=`")),
        (b"n,,n=,r=", malformed("a printable nonce")),
        (b"n,,n=,r=a b", malformed("a printable nonce")),
        (b"n,,n=,r=a\0", malformed("a printable nonce")),
        (b"n,,n=,r=\xff", malformed("UTF-8")),
        (long.as_bytes(), malformed("at most 2048 bytes")),
    ];
    for (message, expected) in cases {
        let candidate = directory().scram("anna", second(50), &SEED);
        let got = candidate.begin(message, [9; NONCE_LEN]).err();
        assert_eq!(got, expected, "{}", message.escape_ascii());
    }
}

#[test]
fn malformed_last_messages_are_refused() {
    let zeros = "A".repeat(43);
    let nonce = "abcCQkJCQkJCQkJCQkJCQkJCQkJ";
    let cases = [
        (
            format!("c=biws,r={nonce},p={zeros}="),
            Some(LoginError::WrongKey),
        ),
        (
            format!("c=biws,r={nonce},x=extension,p={zeros}="),
            Some(LoginError::WrongKey),
        ),
        (String::new(), malformed("a proof `p=` at the end")),
        (
            format!("c=biws,r={nonce}"),
            malformed("a proof `p=` at the end"),
        ),
        (
            format!("c=eSws,r={nonce},p={zeros}="),
            malformed("the channel binding of the first message"),
        ),
        (format!("r={nonce},c=biws,p={zeros}="), malformed("`c=`")),
        (format!("c=biws,p={zeros}="), malformed("`r=`")),
        (
            format!("c=biws,r=abc,p={zeros}="),
            malformed("the nonce of this exchange"),
        ),
        (
            format!("c=biws,r={nonce}x,p={zeros}="),
            malformed("the nonce of this exchange"),
        ),
        (
            format!("c=biws,r={nonce},p=AAAA"),
            malformed("a proof of 32 bytes in base64"),
        ),
        (
            format!("c=biws,r={nonce},p=!"),
            malformed("a proof of 32 bytes in base64"),
        ),
    ];
    for (message, expected) in cases {
        let candidate = directory().scram("anna", second(50), &SEED);
        let (state, _) = candidate.begin(b"n,,n=,r=abc", [9; NONCE_LEN]).unwrap();
        assert_eq!(
            state.finish(message.as_bytes()).err(),
            expected,
            "{message}"
        );
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
