//! Random conversations, straight and through a session: who is allowed everything gets the same
//! bytes; under masks exactly the masked cells differ.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use session::SessionError;
use wire::frame::Side;

use crate::double::with_stack;
use crate::messages;
use crate::server::{CANARY, Twins, Way};

/// Number of conversations, for a longer run than that of every day.
const SEQUENCES: &str = "LOCKGATE_MODEL_SEQUENCES";

/// Conversations of each kind in an ordinary run: some seconds.
const USUAL: u32 = 100;

/// Changes the search path too, which is refused in a transaction.
const DISCARD_ALL: &str = "discard all";

/// Takes the data of its segment.
const COPY_IN: &str = "copy people from stdin";

/// Statements that may stand anywhere.
const TEXTS: &[&str] = &[
    "select id, ssn from people order by id",
    "select name, email from people order by id",
    "select upper(ssn) as u, id from people order by id",
    "select generate_series(1, 4) as n",
    "select 1/0",
    "select 1/(id - 3) as q, ssn from people order by id",
    "",
    "update people set name = 'new' where id = 2",
    "insert into people values (8, 'h', 'canary8@example.com', 'canary-8')",
    "delete from people where id = 8",
    "begin",
    "begin",
    "commit",
    "rollback",
    "savepoint a",
    "savepoint b",
    "release a",
    "release b",
    "rollback to a",
    "rollback to b",
    "commit and chain",
    "prepare s1 as select id, ssn from people order by id",
    "prepare s2 as select upper(ssn), name from people order by id",
    "execute s1",
    "execute s2",
    "deallocate s1",
    "deallocate all",
    "declare p1 cursor for select id, name from people order by id",
    "declare p1 cursor for select upper(ssn) as id, ssn as name from people",
    "declare p2 cursor with hold for select ssn, id from people order by id",
    "declare p2 scroll cursor for select name, id from people order by id",
    "fetch 2 from p1",
    "fetch all from p2",
    "fetch p1",
    "move 2 in p2",
    "close p1",
    "close all",
    DISCARD_ALL,
    "discard plans",
    "discard temp",
    "copy people to stdout",
    "copy (select ssn, id from people order by id) to stdout",
    COPY_IN,
    "show search_path",
];

/// What is the server's own business for who may see and run everything.
const OPAQUE: &[&str] = &[
    "select nosuch from people",
    "execute s3",
    "fetch 1 from p3",
    "explain (costs off) select ssn from people",
];

/// What some kind of principal says.
#[derive(Clone, Copy)]
struct Speech {
    principal: &'static str,
    texts: &'static [&'static [&'static str]],
    /// Most statements in a Query.
    statements: usize,
    /// Whether a message may stand for another.
    same: fn(&Told, &Told) -> bool,
}

impl Speech {
    fn text(self) -> impl Strategy<Value = &'static str> + Clone {
        prop::sample::select(self.texts.concat())
    }
}

/// Names of statements; two that begin with the same 63 bytes.
const STATEMENTS: &[&str] = &["-", "-", "s1", "s2", "s3", LONG_A, LONG_B];

/// Names of portals.
const PORTALS: &[&str] = &["-", "-", "p1", "p2", "p3", LONG_A, LONG_B];

const LONG_A: &str = "n23456789012345678901234567890123456789012345678901234567890123A";
const LONG_B: &str = "n23456789012345678901234567890123456789012345678901234567890123B";

/// What the client says up to the next moment at which it listens.
#[derive(Debug, Clone)]
struct Segment {
    lines: Vec<String>,
    /// COPY data, sent when the server asks for it.
    copy: &'static str,
}

fn extended(speech: Speech) -> impl Strategy<Value = Vec<String>> {
    let statement = || prop::sample::select(STATEMENTS);
    let portal = || prop::sample::select(PORTALS);
    let text = || speech.text();
    prop_oneof![
        4 => (statement(), text(), portal(), any::<bool>(), 0..3).prop_map(
            |(statement, text, portal, described, rows)| {
                let mut lines = vec![format!("Parse {statement} \"{text}\"")];
                lines.push(format!("Bind {portal} {statement}"));
                lines.extend(described.then(|| format!("Describe P {portal}")));
                lines.push(format!("Execute {portal} {rows}"));
                lines
            }
        ),
        2 => (statement(), text()).prop_map(|(name, text)| vec![format!("Parse {name} \"{text}\"")]),
        2 => (portal(), statement(), 0..3).prop_map(|(portal, statement, format)| vec![match format {
            2 => format!("Bind {portal} {statement}"),
            format => format!("Bind {portal} {statement} {format}"),
        }]),
        3 => (portal(), 0..3).prop_map(|(portal, rows)| vec![format!("Execute {portal} {rows}")]),
        1 => statement().prop_map(|name| vec![format!("Describe S {name}")]),
        1 => portal().prop_map(|name| vec![format!("Describe P {name}")]),
        1 => statement().prop_map(|name| vec![format!("Close S {name}")]),
        1 => portal().prop_map(|name| vec![format!("Close P {name}")]),
        1 => Just(vec!["Flush".to_owned()]),
    ]
}

fn segment(speech: Speech) -> impl Strategy<Value = Segment> {
    let copy = prop::sample::select(
        &[
            "CopyData \"9\\tx\\tcanary@example.com\\tcanary\\n\"|CopyDone",
            "CopyData \"bad\\n\"|CopyDone",
            "CopyData \"9\\tx\"|CopyFail \"enough\"",
        ][..],
    );
    let extended = prop::collection::vec(extended(speech), 1..5).prop_map(|parts| {
        let mut lines = parts.concat();
        lines.push("Sync".to_owned());
        lines
    });
    let query =
        prop::collection::vec(speech.text(), 1..=speech.statements).prop_map(|mut texts| {
            // Only alone is it not refused, and only at the end is COPY told from its data.
            let last = texts.pop();
            texts.retain(|text| ![DISCARD_ALL, COPY_IN].contains(text));
            texts.extend(last.filter(|text| texts.is_empty() || *text != DISCARD_ALL));
            vec![format!("Query \"{}\"", texts.join("; "))]
        });
    (prop_oneof![3 => extended, 2 => query], copy).prop_map(|(lines, copy)| Segment { lines, copy })
}

/// The client says this between segments, so that it knows when it has heard all of one.
const MARK: [&str; 2] = ["Close S mark", "Sync"];

fn bytes_of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    lines.into_iter().flat_map(messages::client).collect()
}

/// A message of the server: in words, and its bytes.
type Told = (String, Vec<u8>);

fn is_ready(told: Option<&Told>) -> bool {
    told.is_some_and(|(line, _)| line.starts_with("ReadyForQuery"))
}

/// Says the segment and listens until the server has nothing more to say to it; `None`: it closed
/// the connection, as it does when something else than COPY data comes in the midst of them.
fn say(way: &mut dyn Way, segment: &Segment) -> Result<Option<Vec<Told>>, SessionError> {
    way.send(&bytes_of(segment.lines.iter().map(String::as_str)))?;
    let mut received = Vec::new();
    let (mut copies, mut marked) = (0, None);
    loop {
        let told = messages::told(&received, Side::Backend);
        let asked = told
            .iter()
            .filter(|(line, _)| line == "CopyInResponse")
            .count();
        if asked > copies {
            copies += 1;
            // The Sync of the segment was swallowed by COPY; a Query has none.
            let sync = (!segment.lines[0].starts_with("Query")).then_some("Sync");
            way.send(&bytes_of(segment.copy.split('|').chain(sync)))?;
        } else if let Some(before) = marked {
            if told.len() > before + 1
                && told[told.len() - 2].0 == "CloseComplete"
                && is_ready(told.last())
            {
                return Ok(Some(told));
            }
        } else if is_ready(told.last()) {
            marked = Some(told.len());
            way.send(&bytes_of(MARK))?;
        }
        let Some(more) = way.receive()? else {
            return Ok(None);
        };
        received.extend_from_slice(&more);
    }
}

/// Runs one conversation both ways; says where they part.
fn run(twins: &Twins, speech: Speech, segments: &[Segment]) -> Result<(), TestCaseError> {
    let mut straight = twins.straight();
    let mut through = twins.through(speech.principal);
    for segment in segments {
        let wanted = say(&mut straight, segment).expect("nothing judges this way");
        let got = say(&mut through, segment)
            .map_err(|error| TestCaseError::fail(format!("{:#?}: {error}", segment.lines)))?;
        let (Some(wanted), Some(got)) = (&wanted, &got) else {
            prop_assert_eq!(wanted.is_none(), got.is_none());
            break;
        };
        if parts_ways(got) {
            break;
        }
        let parted = wanted
            .iter()
            .zip(got)
            .find(|(wanted, got)| !(speech.same)(wanted, got));
        let lines = |told: &[Told]| {
            told.iter()
                .map(|(line, _)| line.clone())
                .collect::<Vec<_>>()
        };
        prop_assert!(
            parted.is_none() && wanted.len() == got.len(),
            "{:#?}\nstraight: {:#?}\nthrough: {:#?}\n{:?}",
            segment.lines,
            lines(wanted),
            lines(got),
            parted.map(|(wanted, got)| (
                wanted.1.escape_ascii().to_string(),
                got.1.escape_ascii().to_string()
            ))
        );
    }
    Ok(())
}

/// What a masked cell was must not be in it; all else is as it was.
fn masked_alike(straight: &Told, through: &Told) -> bool {
    let kind = |told: &Told| told.0.split(' ').next().unwrap().to_owned();
    if kind(straight) != kind(through) || through.0.to_lowercase().contains(CANARY) {
        return false;
    }
    match kind(straight).as_str() {
        "DataRow" | "CopyData" => {
            cells(&straight.0)
                .zip(cells(&through.0))
                .all(|(straight, through)| {
                    straight.to_lowercase().contains(CANARY) || straight == through
                })
        }
        // Their words may be withheld.
        "ErrorResponse" | "NoticeResponse" => {
            code(&straight.0) == code(&through.0)
                || refuses_path_change(straight, through)
                || refuses_name(straight, through)
        }
        _ => straight.1 == through.1,
    }
}

/// A name that does not exist is refused before the server finds another fault.
fn refuses_name(straight: &Told, through: &Told) -> bool {
    straight.0.starts_with("ErrorResponse") && matches!(code(&through.0), "26000" | "34000")
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(['"', '\t'])
}

fn code(line: &str) -> &str {
    line.split(' ').nth(1).unwrap_or_default()
}

fn identical(straight: &Told, through: &Told) -> bool {
    straight.1 == through.1 || refuses_path_change(straight, through)
}

/// EXECUTE and FETCH of what only messages can prepare and bind is refused to everybody: from there
/// on the ways go apart.
fn parts_ways(through: &[Told]) -> bool {
    through
        .iter()
        .any(|(line, _)| line.starts_with("ErrorResponse 0A000"))
}

/// DISCARD ALL in a transaction fails either way, in other words.
fn refuses_path_change(straight: &Told, through: &Told) -> bool {
    straight.0.starts_with("ErrorResponse")
        && through.0.starts_with("ErrorResponse 25001 \"search_path")
}

fn conversations(speech: Speech) {
    let twins = Twins::start();
    let cases = std::env::var(SEQUENCES)
        .ok()
        .and_then(|count| count.parse().ok());
    let config = Config {
        cases: cases.unwrap_or(USUAL),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let seed = [speech.principal.as_bytes()[0]; 32];
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, random);
    let segments = prop::collection::vec(segment(speech), 1..12);
    let outcome = runner.run(&segments, |segments| run(&twins, speech, &segments));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    twins.cluster.stop().unwrap();
}

#[test]
fn who_may_do_everything_cannot_tell() {
    let speech = Speech {
        principal: "dana",
        texts: &[TEXTS, OPAQUE],
        statements: 3,
        same: identical,
    };
    with_stack(|| conversations(speech));
}

#[test]
fn exactly_the_masked_cells_differ() {
    let speech = Speech {
        principal: "sam",
        texts: &[TEXTS],
        // A refused one would refuse those before it, too.
        statements: 1,
        same: masked_alike,
    };
    with_stack(|| conversations(speech));
}
