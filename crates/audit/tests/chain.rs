//! The chain against everything that can happen to a file.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use audit::{
    ActorInfo, Body, Broken, BrokenReason, Chain, ConnectionInfo, Disclosed, Event, Hash, Intent,
    Judgement, Origin, Outcome, OutcomeState, Protocol, Record, RecordId, RelationInfo, SessionId,
    Side, torn_tail, verify,
};
use proptest::prelude::*;

fn intent() -> Body {
    Body::Intent(Intent {
        statement_id: 1,
        judgement: Judgement {
            statement: "select ssn from customers where id = ?".into(),
            fingerprint: "ab".repeat(32),
            kind: "select".into(),
            verdict: "deny".into(),
            policies: vec!["pii.filter".into()],
            reason: Some("no policy permits it".into()),
            policy_epoch: "0123456789abcdef".into(),
            catalog_epoch: 7,
            relations: vec![RelationInfo {
                name: "public.customers".into(),
                actions: vec!["select".into()],
            }],
            columns: vec!["public.customers.ssn".into()],
            functions: vec![],
        }
        .into(),
        protocol: Protocol::Extended,
    })
}

fn bodies() -> Vec<Body> {
    let disclosed = Disclosed {
        column: "ssn".into(),
        tag: "pii.ssn".into(),
        disclosure: "redacted".into(),
    };
    vec![
        Body::Administration {
            action: "start".into(),
            detail: "listening".into(),
        },
        Body::SessionRefused {
            sqlstate: "28P01".into(),
            reason: "unknown principal".into(),
            user: Some("mallory\u{1b}[2J\n\u{202e}".into()),
            database: None,
        },
        Body::SessionStarted {
            application: Some("psql".into()),
            tls: true,
            backend_pid: Some(4),
        },
        intent(),
        Body::Outcome(Outcome {
            statement_id: 1,
            state: OutcomeState::Denied,
            sqlstate: Some("42501".into()),
            rows: 0,
            bytes: 0,
            duration_us: 312,
            disclosed: vec![disclosed],
            masked: [("pii.ssn".to_owned(), 3)].into(),
            fallbacks: [("ssn".to_owned(), 1)].into(),
            detected: [("EMAIL_ADDRESS".to_owned(), 1)].into(),
        }),
        Body::Violation {
            side: Side::Client,
            reason: "unknown message `?`".into(),
        },
        Body::Tripwire {
            column: "public.t.c".into(),
            reason: "missed".into(),
        },
        Body::SessionEnded {
            reason: "terminate".into(),
            statements: 1,
            rows: 0,
            bytes: 0,
        },
    ]
}

fn event(body: Body) -> Event {
    let time = jiff::Timestamp::from_microsecond(1_795_500_000_123_456).unwrap();
    Event {
        time,
        origin: Origin {
            session: Some(SessionId::new(time, [5; 10])),
            actor: Some(ActorInfo {
                principal: "helper-bot".into(),
                kind: "agent".into(),
                on_behalf_of: Some("sam".into()),
                key: "k1".into(),
            }),
            connection: Some(ConnectionInfo {
                name: "shop-prod".into(),
                environment: "prod".into(),
                database: "shop".into(),
            }),
            client: Some("127.0.0.1:50000".into()),
        }
        .into(),
        body,
    }
}

fn seal(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    let (mut chain, mut log) = (Chain::new(), Vec::new());
    for (at, event) in events.into_iter().enumerate() {
        assert_eq!(chain.seal(&event, &mut log), Ok(RecordId(at as u64)));
    }
    log
}

fn small_log() -> Vec<u8> {
    seal(bodies().into_iter().map(event))
}

fn lines(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.split_inclusive(|byte| *byte == b'\n')
}

fn broken(log: &[u8]) -> Broken {
    verify(lines(log)).unwrap_err()
}

#[test]
fn a_sound_log_is_sound() {
    let log = small_log();
    let summary = verify(lines(&log)).unwrap();
    assert_eq!(summary.records, 8);
    assert_eq!(summary.first, summary.last);
    let last = Record::read(lines(&log).last().unwrap()).unwrap();
    assert_eq!(summary.head, last.hash);
    let events: Vec<_> = lines(&log)
        .map(|line| Record::read(line).unwrap().event)
        .collect();
    assert_eq!(events, bodies().into_iter().map(event).collect::<Vec<_>>());
    assert_eq!(verify(lines(b"")).unwrap().head, Hash::NONE);
}

/// The line is a promise to those who read logs of earlier versions.
#[test]
fn the_line_is_as_documented() {
    let body = Body::Administration {
        action: "start".into(),
        detail: "\"\u{1b}é\n".into(),
    };
    let event = Event {
        origin: Origin::default().into(),
        ..event(body)
    };
    let json = concat!(
        r#"{"time":"2026-11-24T06:00:00.123456Z","body":"#,
        r#"{"type":"administration","action":"start","detail":"\"\u001bé\n"}}"#
    );
    let hash = Hash::of(&Hash::NONE, 0, json.as_bytes());
    let zeros = "0".repeat(64);
    assert_eq!(
        String::from_utf8(seal([event])).unwrap(),
        format!("{{\"seq\":0,\"prev\":\"{zeros}\",\"hash\":\"{hash}\",\"event\":{json}}}\n")
    );
    // Computed by Python's hashlib: label, 32 zero bytes, 8 zero bytes, event.
    let by_others = "f6dadb011528d76d435729ca358c1689f5cfd531f19c34a2b3a7996d667bbff4";
    assert_eq!(hash.to_string(), by_others);
}

/// The parts that are kept make the same bytes as the event as a whole.
#[test]
fn an_event_has_one_canonical_form() {
    for body in bodies() {
        let (whole, bare) = (
            event(body.clone()),
            Event {
                origin: Origin::default().into(),
                ..event(body)
            },
        );
        for event in [whole, bare] {
            // Twice: the parts are put into form by the first and copied by the second.
            for line in lines(&seal([event.clone(), event.clone()])) {
                let json = serde_json::to_string(&event).unwrap();
                assert!(
                    std::str::from_utf8(line)
                        .unwrap()
                        .ends_with(&format!(",\"event\":{json}}}\n"))
                );
            }
        }
    }
}

#[test]
fn every_changed_byte_is_found_and_its_record_named() {
    let log = small_log();
    let mut record = 0;
    for at in 0..log.len() {
        for change in [1_u8, 0x20, 0x80, log[at] ^ b'\n', log[at] ^ b'0', log[at]] {
            let mut changed = log.clone();
            changed[at] ^= change;
            if change != 0 {
                let found = broken(&changed);
                assert_eq!(
                    (found.sequence, found.line),
                    (record, record + 1),
                    "{at}: {found}"
                );
            }
        }
        record += u64::from(log[at] == b'\n');
    }
}

#[test]
fn every_cut_inside_a_line_is_found() {
    let log = small_log();
    let mut record = 0;
    for at in 0..log.len() {
        let whole = at == 0 || log[at - 1] == b'\n';
        let cut = &log[..at];
        match verify(lines(cut)) {
            Ok(summary) => assert!(whole && summary.records == record, "{at}"),
            Err(found) => {
                assert!(!whole, "{at}");
                assert_eq!(
                    (found.sequence, found.reason),
                    (record, BrokenReason::CutShort)
                );
            }
        }
        assert_eq!(
            torn_tail(cut),
            lines(&log)
                .take(record as usize)
                .map(<[u8]>::len)
                .sum::<usize>()
        );
        record += u64::from(log[at] == b'\n');
    }
}

#[test]
fn moved_removed_inserted_and_repeated_records_are_found() {
    let log = small_log();
    let all: Vec<&[u8]> = lines(&log).collect();
    for at in 0..all.len() - 1 {
        let mut swapped = all.clone();
        swapped.swap(at, at + 1);
        let mut removed = all.clone();
        removed.remove(at);
        let mut repeated = all.clone();
        repeated.insert(at, all[at]);
        let cases = [
            (swapped, at, at + 1),
            (removed, at, at + 1),
            (repeated, at + 1, at),
        ];
        for (changed, place, got) in cases {
            let found = broken(&changed.concat());
            assert_eq!(found.sequence, place as u64);
            assert_eq!(found.reason, BrokenReason::Sequence { got: got as u64 });
        }
    }
}

#[test]
fn a_record_of_another_history_does_not_fit() {
    let log = small_log();
    let forged = seal(bodies().into_iter().rev().map(event));
    let mut all: Vec<&[u8]> = lines(&log).collect();
    all[3] = lines(&forged).nth(3).unwrap();
    let found = broken(&all.concat());
    assert_eq!((found.sequence, found.reason), (3, BrokenReason::Previous));
    assert_eq!(
        found.to_string(),
        "record 3 (line 4): the hash of the record before it does not fit"
    );
}

/// A cut at the end of a record leaves a sound, shorter log: only its head tells.
#[test]
fn a_log_cut_at_a_record_is_told_by_its_head_only() {
    let log = small_log();
    let cut = &log[..torn_tail(&log[..log.len() - 1])];
    let (whole, cut) = (verify(lines(&log)).unwrap(), verify(lines(cut)).unwrap());
    assert_eq!(cut.records, whole.records - 1);
    assert_ne!(cut.head, whole.head);
}

#[test]
fn a_hash_over_a_free_spelling_does_not_make_a_record() {
    let spellings = [
        (
            r#"{ "time":"2026-11-24T05:20:00Z","body":{"type":"tripwire","column":"","reason":""}}"#,
            BrokenReason::NotCanonical,
        ),
        (
            r#"{"body":{"type":"tripwire","column":"","reason":""},"time":"2026-11-24T05:20:00Z"}"#,
            BrokenReason::NotCanonical,
        ),
        (
            r#"{"time":"2026-11-24T05:20:00Z","body":{"type":"tripwire","column":"","reason":"","x":1}}"#,
            BrokenReason::NotARecord,
        ),
        (
            r#"{"time":"2026-11-24T05:20:00Z"}"#,
            BrokenReason::NotARecord,
        ),
        ("", BrokenReason::NotARecord),
    ];
    for (json, reason) in spellings {
        let (none, hash) = (Hash::NONE, Hash::of(&Hash::NONE, 0, json.as_bytes()));
        let line =
            format!("{{\"seq\":0,\"prev\":\"{none}\",\"hash\":\"{hash}\",\"event\":{json}}}\n");
        assert_eq!(broken(line.as_bytes()).reason, reason, "{json}");
    }
}

#[test]
fn a_log_is_resumed_from_its_last_line() {
    let log = small_log();
    let mut chain = Chain::resume(lines(&log).last().unwrap()).unwrap();
    let mut longer = log.clone();
    assert_eq!(chain.seal(&event(intent()), &mut longer), Ok(RecordId(8)));
    assert_eq!(verify(lines(&longer)).unwrap().records, 9);
    assert_eq!(Chain::resume(&log[..50]), Err(BrokenReason::NotARecord));
    let changed = String::from_utf8(log)
        .unwrap()
        .replace("terminate", "terminatf");
    assert_eq!(
        Chain::resume(lines(changed.as_bytes()).last().unwrap()),
        Err(BrokenReason::Hash)
    );
}

#[test]
fn access_keys_are_blotted_out_wherever_a_client_puts_them() {
    let secret = "0123456789abcdefghjkmnpqrstvwxyz01234567";
    let key = format!("lgk_abcdefgh_{secret}_0a1b2c3d");
    let refused = Body::SessionRefused {
        sqlstate: "28P01".into(),
        reason: "unknown principal".into(),
        user: Some(key.clone()),
        database: Some(format!("{key}\n{key} lgk_ lgk_a")),
    };
    let log = seal([event(refused)]);
    let text = std::str::from_utf8(&log).unwrap();
    assert!(!text.contains(&secret[..4]), "{text}");
    let blotted = format!("lgk_abcdefgh_{}", "*".repeat(49));
    assert!(
        text.contains(&format!(r#""database":"{blotted}\n{blotted} lgk_ lgk_a""#)),
        "{text}"
    );
    assert_eq!(verify(lines(&log)).unwrap().records, 1);
}

#[test]
fn ids_of_sessions_sort_by_time() {
    let at = |second| SessionId::new(jiff::Timestamp::from_second(second).unwrap(), [255; 10]);
    assert!(at(1) < at(2));
    assert_eq!(at(0).to_string(), "00000000-0000-7fff-bfff-ffffffffffff");
    assert_eq!(at(-5), at(0));
}

proptest! {
    /// Whatever strangers put into the texts, the record reads back as it was and stays one line.
    #[test]
    fn any_text_reads_back(user in any::<String>(), application in any::<Option<String>>(), pid: i32) {
        prop_assume!(!user.contains("lgk_"));
        let body = Body::SessionStarted { application: application.clone(), tls: false, backend_pid: Some(pid) };
        let refused = Body::SessionRefused { sqlstate: "28P01".into(), reason: user.clone(), user: Some(user), database: application };
        let events = [event(body), event(refused)];
        let log = seal(events.clone());
        prop_assert!(log.iter().filter(|byte| **byte < b' ').all(|byte| *byte == b'\n'));
        let read: Vec<_> = lines(&log).map(|line| Record::read(line).unwrap().event).collect();
        prop_assert_eq!(read, events);
        prop_assert_eq!(verify(lines(&log)).unwrap().records, 2);
    }
}
