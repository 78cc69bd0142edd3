//! SCRAM: our server against PostgreSQL's client code, our client against our server, and all that
//! neither may accept.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod common;

use common::{SEED, Who, directory, is, second, who};
use identity::{
    Binding, ClientExchange, ClientKeys, LoginError, MECHANISM, MECHANISM_PLUS, NONCE_LEN,
    ScramError, mechanisms,
};
use postgres_protocol::authentication::sasl;
use proptest::prelude::*;

const RANDOM: [u8; NONCE_LEN] = [9; NONCE_LEN];
const END_POINT: &[u8] = &[5; 32];

/// A whole exchange with PostgreSQL's client code, which also checks the server's signature.
fn theirs(
    (user, password, now): (&str, &str, i64),
    (mechanism, binding): (&str, sasl::ChannelBinding),
    end_point: Option<&[u8]>,
) -> Result<Who, LoginError> {
    let mut client = sasl::ScramSha256::new(password.as_bytes(), binding);
    let candidate = directory().scram(user, second(now), &SEED);
    let (state, challenge) =
        candidate.begin(mechanism.as_bytes(), client.message(), end_point, RANDOM)?;
    client.update(&challenge).unwrap();
    let (actor, last) = state.finish(client.message())?;
    client.finish(&last).unwrap();
    Ok(who(&actor))
}

/// The same with our own client.
fn ours(password: &str, binding: Binding, end_point: Option<&[u8]>) -> Result<Who, LoginError> {
    let mechanism = binding.mechanism().as_bytes();
    let client = ClientExchange::new(binding, [3; NONCE_LEN]);
    let candidate = directory().scram("anna", second(50), &SEED);
    let (state, challenge) = candidate.begin(mechanism, &client.message(), end_point, RANDOM)?;
    let challenge = client.challenged(&challenge).unwrap();
    let keys = ClientKeys::derive(password, challenge.salt(), challenge.rounds());
    let (last, waiting) = challenge.answer(&keys);
    let (actor, signature) = state.finish(&last)?;
    assert_eq!(waiting.verify(&signature), Ok(()));
    Ok(who(&actor))
}

#[test]
fn the_newest_live_key_logs_in() {
    assert_eq!(MECHANISM, sasl::SCRAM_SHA_256);
    assert_eq!(MECHANISM_PLUS, sasl::SCRAM_SHA_256_PLUS);
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
    for case in cases {
        let (user, password, now, expected) = case;
        let unbound = (MECHANISM, sasl::ChannelBinding::unsupported());
        let got = theirs((user, password, now), unbound, None);
        assert_eq!(got, expected, "{user} {password} {now}");
        let right = sasl::ChannelBinding::tls_server_end_point(END_POINT.to_vec());
        let got = theirs(
            (user, password, now),
            (MECHANISM_PLUS, right),
            Some(END_POINT),
        );
        assert_eq!(got, expected, "bound: {user} {password} {now}");
    }
}

/// Everything that a client can say of channel binding, with and without our offer.
#[test]
fn an_exchange_is_bound_to_the_certificate_or_not_at_all() {
    type Make = fn() -> sasl::ChannelBinding;
    let unsupported: Make = sasl::ChannelBinding::unsupported;
    let unoffered: Make = sasl::ChannelBinding::unrequested;
    let right: Make = || sasl::ChannelBinding::tls_server_end_point(END_POINT.to_vec());
    let wrong: Make = || sasl::ChannelBinding::tls_server_end_point(vec![6; 32]);
    let fit = malformed("a header that fits the mechanism");
    let offered = malformed("a mechanism that was offered");
    let (plain, plus) = (MECHANISM, MECHANISM_PLUS);
    let cases = [
        ("plain", plain, unsupported, None, None),
        ("could bind", plain, unoffered, None, None),
        ("could not bind", plain, unsupported, Some(END_POINT), None),
        ("bound", plus, right, Some(END_POINT), None),
        (
            "other end point",
            plus,
            wrong,
            Some(END_POINT),
            Some(LoginError::Unbound),
        ),
        (
            "offer taken out",
            plain,
            unoffered,
            Some(END_POINT),
            Some(LoginError::Downgraded),
        ),
        ("PLUS by name", plus, unsupported, Some(END_POINT), fit),
        ("PLUS by name, could", plus, unoffered, Some(END_POINT), fit),
        ("bound, not PLUS", plain, right, Some(END_POINT), fit),
        ("PLUS not offered", plus, right, None, offered),
        ("SCRAM-SHA-1", "SCRAM-SHA-1", unsupported, None, offered),
        ("empty", "", unsupported, Some(END_POINT), offered),
    ];
    for (name, mechanism, binding, end_point, refused) in cases {
        let got = theirs(("anna", "anna-new", 50), (mechanism, binding()), end_point);
        let expected = refused.map_or_else(|| is("anna", None, "a2"), Err);
        assert_eq!(got, expected, "{name}");
    }
    assert_eq!(mechanisms(None), [MECHANISM]);
    assert_eq!(mechanisms(Some(END_POINT)), [MECHANISM_PLUS, MECHANISM]);
}

#[test]
fn our_client_logs_in_to_our_server() {
    let bound = || Binding::EndPoint(END_POINT.to_vec());
    let anna = || is("anna", None, "a2");
    assert_eq!(ours("anna-new", Binding::Unsupported, None), anna());
    assert_eq!(ours("anna-new", Binding::Unoffered, None), anna());
    assert_eq!(ours("anna-new", bound(), Some(END_POINT)), anna());
    assert_eq!(
        ours("wrong", bound(), Some(END_POINT)),
        Err(LoginError::WrongKey)
    );
    assert_eq!(
        ours("anna-new", bound(), Some(&[6; 32])),
        Err(LoginError::Unbound)
    );
    let downgraded = ours("anna-new", Binding::Unoffered, Some(END_POINT));
    assert_eq!(downgraded, Err(LoginError::Downgraded));
}

#[test]
fn passwords_are_prepared_as_postgresql_does() {
    let theirs = |password: &str| postgres_protocol::password::scram_sha_256(password.as_bytes());
    // Composed, with a non-breaking and a soft hyphen; prohibited; plain.
    for password in [
        "I\u{ad}X \u{a0}\u{aa} \u{2168}",
        "a\u{7}b",
        "pencil",
        "пароль",
    ] {
        let stored: identity::KeyHash = {
            let text = theirs(password);
            text.parse().unwrap()
        };
        let rounds = std::num::NonZeroU32::new(stored.iterations()).unwrap();
        let keys = ClientKeys::derive(password, stored.salt(), rounds);
        let client = ClientExchange::new(Binding::Unsupported, RANDOM);
        let nonce = String::from_utf8(client.message()).unwrap();
        let nonce = nonce.split_once("r=").unwrap().1.to_owned();
        let (salt, first) = (base64(stored.salt()), format!("n=,r={nonce}"));
        let challenge = format!("r={nonce}x,s={salt},i=4096");
        let (last, _) = client
            .challenged(challenge.as_bytes())
            .unwrap()
            .answer(&keys);
        let last = String::from_utf8(last).unwrap();
        let (without_proof, proof) = last.rsplit_once(",p=").unwrap();
        let message = format!("{first},{challenge},{without_proof}");
        let proof = unbase64(proof).try_into().unwrap();
        assert!(
            stored.verify_proof(message.as_bytes(), &proof),
            "{password}"
        );
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

fn malformed(expected: &'static str) -> Option<LoginError> {
    Some(LoginError::Malformed { expected })
}

#[test]
fn malformed_first_messages_are_refused() {
    let header = "a header `n,,`, `y,,` or `p=tls-server-end-point,,`";
    let long = format!("n,,n=,r={}", "x".repeat(3000));
    let cases: [(&[u8], _); 13] = [
        (b"n,,n=,r=abc", None),
        (b"y,,n=*,r=abc,x=extension", None),
        (b"", malformed(header)),
        (b"p=tls-unique,,n=,r=abc", malformed(header)),
        (b"p=tls-server-end-point,a=anna,n=,r=abc", malformed(header)),
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
        let got = candidate.begin(MECHANISM.as_bytes(), message, None, RANDOM);
        assert_eq!(got.err(), expected, "{}", message.escape_ascii());
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
        let (state, _) = candidate
            .begin(MECHANISM.as_bytes(), b"n,,n=,r=abc", None, RANDOM)
            .unwrap();
        let got = state.finish(message.as_bytes()).err();
        assert_eq!(got, expected, "{message}");
    }
}

#[test]
fn challenges_are_bounded_and_checked() {
    let malformed = |expected| ScramError::Malformed { expected };
    let nonce = base64(&RANDOM);
    let long = format!("r={nonce}{},s=AAAA,i=4096", "x".repeat(4000));
    let cases = [
        (
            format!("r={nonce}x,s=AAAA,i=1"),
            ScramError::Rounds { count: 1 },
        ),
        (
            format!("r={nonce}x,s=AAAA,i=100001"),
            ScramError::Rounds { count: 100_001 },
        ),
        (
            format!("r={nonce}x,s=AAAA,i=99999999999"),
            malformed("a number of rounds"),
        ),
        (
            format!("r={nonce}x,s=AAAA,i=-4096"),
            malformed("a number of rounds"),
        ),
        (format!("r={nonce}x,s=AAAA"), malformed("`i=`")),
        (format!("r={nonce}x,i=4096,s=AAAA"), malformed("`s=`")),
        (format!("m=x,r={nonce}x,s=AAAA,i=4096"), malformed("`r=`")),
        (
            format!("r={nonce}x,s=?,i=4096"),
            malformed("a salt in base64"),
        ),
        (
            format!("r={nonce}x,s=,i=4096"),
            malformed("a salt in base64"),
        ),
        // Another exchange's nonce, and one to which the server added nothing.
        ("r=another,s=AAAA,i=4096".to_owned(), ScramError::Nonce),
        (format!("r={nonce},s=AAAA,i=4096"), ScramError::Nonce),
        (long, malformed("at most 2048 bytes")),
    ];
    for (message, expected) in cases {
        let client = ClientExchange::new(Binding::Unsupported, RANDOM);
        let got = client.challenged(message.as_bytes()).err();
        assert_eq!(got, Some(expected), "{message:.60}");
    }
}

#[test]
fn a_server_must_prove_itself() {
    let client = ClientExchange::new(Binding::Unsupported, RANDOM);
    let challenge = format!("r={}x,s=AAAA,i=4096", base64(&RANDOM));
    let challenge = client.challenged(challenge.as_bytes()).unwrap();
    let keys = ClientKeys::derive("pencil", challenge.salt(), challenge.rounds());
    assert_eq!(format!("{keys:?}"), "ClientKeys(hidden)");
    let zeros = format!("v={}=", "A".repeat(43));
    for (last, expected) in [
        (zeros.as_str(), ScramError::Signature),
        ("v=", ScramError::Signature),
        (
            "v=!",
            ScramError::Malformed {
                expected: "a signature in base64",
            },
        ),
        (
            "e=invalid-proof",
            ScramError::Malformed { expected: "`v=`" },
        ),
        ("", ScramError::Malformed { expected: "`v=`" }),
    ] {
        let client = ClientExchange::new(Binding::Unsupported, RANDOM);
        let challenge = format!("r={}x,s=AAAA,i=4096", base64(&RANDOM));
        let (_, waiting) = client
            .challenged(challenge.as_bytes())
            .unwrap()
            .answer(&keys);
        assert_eq!(waiting.verify(last.as_bytes()), Err(expected), "{last}");
    }
}

proptest! {
    /// No bytes make either side panic, and none of them logs anybody in.
    #[test]
    fn arbitrary_messages_log_nobody_in(first: Vec<u8>, last: Vec<u8>) {
        let candidate = directory().scram("anna", second(50), &SEED);
        let _ = candidate.begin(MECHANISM.as_bytes(), &first, Some(END_POINT), RANDOM);
        let candidate = directory().scram("anna", second(50), &SEED);
        let begun = candidate.begin(MECHANISM.as_bytes(), b"n,,n=,r=abc", None, RANDOM);
        prop_assert!(begun.unwrap().0.finish(&last).is_err());
        let client = ClientExchange::new(Binding::Unsupported, RANDOM);
        prop_assert!(client.challenged(&first).is_err());
    }
}
