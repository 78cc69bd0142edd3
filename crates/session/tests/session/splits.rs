//! However the two streams are cut, the same comes out and the same is recorded.

use proptest::prelude::*;
use session::Limits;

use crate::double::{Double, with_stack};
use crate::messages;
use crate::transcripts::{Case, cases};

/// The conversations of the transcripts: each line is said when the one before it has been heard.
const CASES: [&str; 5] = [
    include_str!("cases/simple.txt"),
    include_str!("cases/extended.txt"),
    include_str!("cases/refusals.txt"),
    include_str!("cases/names.txt"),
    include_str!("cases/copy.txt"),
];

/// What came out of a conversation: bytes for the server, bytes for the client, records.
type Outcome = (Vec<u8>, Vec<u8>, Vec<String>);

/// Plays a case with each message cut at every place that `cut` says.
fn played(case: &Case, mut cut: impl FnMut() -> bool) -> Outcome {
    let as_sam = case.lines.iter().any(|line| line == "as sam");
    let mut double = Double::new(if as_sam { "sam" } else { "dana" }, Limits::default());
    let mut out = Outcome::default();
    for line in &case.lines {
        let (bytes, server) = match line.split_once(' ') {
            Some(("C:", message)) => (messages::client(message), false),
            Some(("S:", message)) => (messages::server(message), true),
            _ => {
                if line == "reload" {
                    double.reload();
                }
                continue;
            }
        };
        for piece in pieces(&bytes, &mut cut) {
            let result = match server {
                true => double.server(piece),
                false => double.client(piece),
            };
            out.0.extend(double.to_server());
            out.1.extend(double.to_client());
            out.2.extend(double.sink.take());
            if let Err(error) = result {
                out.2.push(error.to_string());
                return out;
            }
        }
    }
    out
}

fn pieces<'a>(bytes: &'a [u8], cut: &mut impl FnMut() -> bool) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in 1..=bytes.len() {
        if end == bytes.len() || cut() {
            pieces.push(&bytes[start..end]);
            start = end;
        }
    }
    pieces
}

fn all() -> Vec<Case> {
    // A refusing sink cannot be told apart from the others here.
    let told = CASES.iter().flat_map(|text| cases(text));
    told.filter(|case| {
        !case
            .lines
            .iter()
            .any(|line| line.starts_with("sink") || line.starts_with("limit"))
    })
    .collect()
}

#[test]
fn one_byte_at_a_time() {
    with_stack(|| {
        for case in all() {
            let whole = played(&case, || false);
            assert_eq!(played(&case, || true), whole, "{}", case.title);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cut_anywhere(which in any::<prop::sample::Index>(), cuts in prop::collection::vec(any::<bool>(), 64)) {
        with_stack(|| {
            let cases = all();
            let case = which.get(&cases);
            let mut cut = cuts.iter().cycle();
            let whole = played(case, || false);
            prop_assert_eq!(played(case, || *cut.next().unwrap()), whole, "{}", &case.title);
            Ok(())
        })?;
    }
}
