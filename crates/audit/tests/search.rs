//! Which records a filter finds.

use audit::{Body, Chain, Event, Filter, Record};

/// A log with one record a line, as JSON without what every record has.
const EVENTS: [&str; 6] = [
    r#"{"time":"2026-01-01T00:00:00Z","body":{"type":"administration","action":"start","detail":"ok"}}"#,
    r#"{"time":"2026-01-01T00:00:01Z","body":{"type":"session_refused","sqlstate":"28P01","reason":"wrong access key","user":"Anna","database":"shop-prod"}}"#,
    r#"{"time":"2026-01-01T00:00:02Z","actor":{"principal":"anna","kind":"human","key":"k1"},"connection":{"name":"shop-prod","environment":"prod","database":"shop"},"body":{"type":"intent","statement_id":1,"statement":"select * from customers","fingerprint":"","kind":"select","verdict":"allow","policies":["staff"],"policy_epoch":"e","catalog_epoch":1,"relations":[{"name":"public.customers","actions":["select"]}],"columns":[],"functions":[],"protocol":"simple"}}"#,
    r#"{"time":"2026-01-01T00:00:03Z","actor":{"principal":"bot","kind":"agent","on_behalf_of":"anna","key":"k2"},"connection":{"name":"shop-staging","environment":"staging","database":"shop"},"body":{"type":"intent","statement_id":1,"statement":"drop table \"customers\"","fingerprint":"","kind":"drop","verdict":"deny","policies":[],"reason":"no policy permits it","policy_epoch":"e","catalog_epoch":1,"relations":[{"name":"public.customers","actions":["drop"]}],"columns":[],"functions":[],"protocol":"simple"}}"#,
    r#"{"time":"2026-01-01T00:00:04Z","actor":{"principal":"bot","kind":"agent","on_behalf_of":"anna","key":"k2"},"body":{"type":"outcome","statement_id":1,"state":"denied","sqlstate":"42501","rows":0,"bytes":0,"duration_us":1,"disclosed":[],"masked":{"pii.email":3},"detected":{"EMAIL_ADDRESS":1}}}"#,
    r#"{"time":"2026-01-01T00:00:05Z","body":{"type":"violation","side":"client","reason":"frame too long"}}"#,
];

/// A filter written as `field=value;field=value`.
fn filter(wanted: &str) -> Filter {
    let mut filter = Filter::default();
    for (field, value) in wanted.split(';').filter_map(|pair| pair.split_once('=')) {
        let text = Some(value.to_owned());
        match field {
            "principal" => filter.principal = text,
            "connection" => filter.connection = text,
            "verdict" => filter.verdict = text,
            "kind" => filter.kind = text,
            "relation" => filter.relation = text,
            "text" => filter.text = text,
            "since" => filter.since = value.parse().ok(),
            "until" => filter.until = value.parse().ok(),
            unknown => unreachable!("no field {unknown}"),
        }
    }
    filter
}

#[test]
fn filters_find_their_records() {
    let (mut chain, mut log) = (Chain::new(), Vec::new());
    for event in EVENTS {
        let event: Event = serde_json::from_str(event).unwrap();
        chain.seal(&event, &mut log).unwrap();
    }
    let records: Vec<Record> = log
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| Record::read(line).unwrap())
        .collect();
    let cases: [(&str, &[u64]); 19] = [
        ("", &[0, 1, 2, 3, 4, 5]),
        ("principal=anna", &[1, 2, 3, 4]),
        ("principal=bot", &[3, 4]),
        ("principal=an", &[]),
        ("connection=shop-prod", &[1, 2]),
        ("verdict=DENY", &[3]),
        ("kind=select", &[2]),
        ("kind=outcome", &[4]),
        ("relation=customers", &[2, 3]),
        ("relation=public.customers", &[2, 3]),
        ("relation=hr.customers", &[]),
        ("text=table \"CUST", &[3]),
        ("text=pii.email", &[4]),
        ("text=42501", &[4]),
        ("since=2026-01-01T00:00:04Z", &[4, 5]),
        ("until=2026-01-01T00:00:01Z", &[0]),
        ("principal=anna;verdict=allow", &[2]),
        ("principal=bot;kind=select", &[]),
        (
            "since=2026-01-01T00:00:01Z;until=2026-01-01T00:00:03Z",
            &[1, 2],
        ),
    ];
    for (wanted, expected) in cases {
        let filter = filter(wanted);
        let found = records.iter().filter(|record| filter.matches(record));
        assert_eq!(
            found.map(|record| record.seq).collect::<Vec<_>>(),
            expected,
            "{filter:?}"
        );
    }
}

#[test]
fn every_body_is_found_by_its_word() {
    for event in EVENTS {
        let event: Event = serde_json::from_str(event).unwrap();
        let json = serde_json::to_value(&event.body).unwrap();
        assert_eq!(json["type"], event.body.word());
    }
    let body = Body::Tripwire {
        column: String::new(),
        reason: String::new(),
    };
    assert_eq!(serde_json::to_value(&body).unwrap()["type"], body.word());
}
