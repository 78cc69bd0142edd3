//! Any sequence of messages of both sides, sound or not, through a session.

use std::collections::{BTreeSet, VecDeque};

use session::Limits;
use wire::frame::{self, Scan, Side};

use crate::double::Double;
use crate::messages;
use crate::upstream::{TEXTS, Upstream};

/// In the first cell of every row. The first column of every text but those that return nothing is
/// one that `sam` may not see.
const CANARY: &[u8] = b"canary";

/// Names of statements and portals.
const NAMES: [&str; 4] = ["-", "s1", "s2", "p1"];

/// What else a client says.
const CLIENT: &[&str] = &[
    "Sync",
    "Sync",
    "Flush",
    "CopyData \"1\\tx\\n\"",
    "CopyDone",
    "CopyFail enough",
    "Terminate",
    "Password word",
    "FunctionCall 1",
    "QueryLatin1 é",
];

/// What a server may say at any time, due or not.
const SERVER: &[&str] = &[
    "ParseComplete",
    "BindComplete",
    "CloseComplete",
    "NoData",
    "ParameterDescription",
    "RowDescription ssn@4",
    "RowDescription ssn@4 id@1:int",
    "RowDescription name@2 id@1:int",
    "RowDescription ssn/1 id:int/1",
    "RowDescription",
    "DataRow canary",
    "DataRow canary 1",
    "DataRow null null",
    "DataRowHead 100000000",
    "CommandComplete \"SELECT 1\"",
    "CommandComplete \"COPY 1\"",
    "CommandComplete BEGIN",
    "EmptyQueryResponse",
    "PortalSuspended",
    "CopyInResponse 4",
    "CopyOutResponse 2",
    "CopyData \"canary\\t1\\n\"",
    "CopyData \"canary\"",
    "CopyDone",
    "CopyBothResponse",
    "ErrorResponse 42601 \"syntax error\"",
    "ErrorResponse 22012 \"division by zero\"",
    "FatalResponse 57P01 \"terminating connection\"",
    "NoticeResponse 00000 \"be told\"",
    "NotificationResponse channel payload",
    "ParameterStatus DateStyle \"SQL, DMY\"",
    "ParameterStatus client_encoding LATIN1",
    "ReadyForQuery I",
    "ReadyForQuery T",
    "ReadyForQuery E",
    "AuthenticationOk",
];

/// A frame of a type that neither side has.
const UNKNOWN: &[u8] = b"\xff\0\0\0\x04";

/// What came out of a conversation: bytes for the server, bytes for the client, records, and why it
/// ended if it had to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    records: Vec<String>,
    error: Option<String>,
}

/// One thing that happens.
enum Act {
    Client(Vec<u8>),
    Server(Vec<u8>),
    /// The server answers what it was asked.
    Answer,
    Sink(Option<audit::SinkError>),
    Reload,
}

/// The bytes of an input as choices; at its end they are zero.
struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }

    fn of<T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.next() % list.len()]
    }

    fn bytes(&mut self) -> Vec<u8> {
        let (taken, rest) = self.0.split_at((self.next() % 32).min(self.0.len()));
        self.0 = rest;
        taken.to_vec()
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.next() % NAMES.len()]
    }
}

/// Plays the conversation that these bytes are, whole and with every message in pieces.
///
/// The first byte says who the client is and how long the pieces are; each act begins with a byte.
pub(crate) fn session_machine(data: &[u8]) {
    let Some((&first, script)) = data.split_first() else {
        return;
    };
    let principal = if first & 1 == 0 { "sam" } else { "dana" };
    let whole = Play::new(principal).run(script, usize::MAX);
    let cut = Play::new(principal).run(script, usize::from(first >> 1) + 1);
    assert_eq!(cut, whole, "cut into pieces");
}

/// Conversations to begin with: each text by either protocol, answered, and with a lie at the end.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = 0..u8::try_from(TEXTS.len()).unwrap();
    let simple = |text| vec![text, 0, text, 24, 24, 16, 3, 16, 4, 24, 20, 10];
    // Parse, Bind, Execute and Sync of the unnamed, four answers, a row of nothing.
    let extended = |text| {
        vec![
            text, 4, 0, text, 7, 0, 0, 12, 0, 16, 0, 24, 24, 24, 24, 24, 20, 11,
        ]
    };
    // The same while the sink refuses, and when it accepts again.
    let unrecorded = |text| vec![text, 23, 0, 0, text, 24, 24, 23, 1, 0, text, 24, 24];
    texts
        .flat_map(|text| [simple(text), extended(text), unrecorded(text)])
        .collect()
}

struct Play {
    double: Double,
    upstream: Upstream,
    principal: &'static str,
    outcome: Outcome,
    /// Frames that the session sent and that were not looked at yet.
    sent: VecDeque<u8>,
    so_far: BTreeSet<Happened>,
}

/// What happened so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    /// A stream may stand in the middle of a message.
    TornClient,
    TornServer,
    /// The server did not do what it was asked.
    Lie,
    /// The sink refuses now.
    Refuses,
    /// It did so once.
    Refused,
}

impl Play {
    fn new(principal: &'static str) -> Self {
        Self {
            double: Double::new(principal, Limits::default()),
            upstream: Upstream::default(),
            principal,
            outcome: Outcome::default(),
            sent: VecDeque::new(),
            so_far: BTreeSet::new(),
        }
    }

    fn run(mut self, script: &[u8], step: usize) -> Outcome {
        let mut choices = Choices(script);
        while !choices.0.is_empty() {
            let act = self.act(&mut choices);
            if self.perform(act, step).is_err() {
                break;
            }
        }
        self.finish()
    }

    fn act(&mut self, choices: &mut Choices<'_>) -> Act {
        let line = match choices.next() % 32 {
            0..4 => format!("Query \"{}\"", choices.of(TEXTS).text),
            4..7 => format!("Parse {} \"{}\"", choices.name(), choices.of(TEXTS).text),
            7..9 => format!("Bind {} {}", choices.name(), choices.name()),
            9 => format!("Bind {} {} 1", choices.name(), choices.name()),
            10 => format!("Describe S {}", choices.name()),
            11 => format!("Describe P {}", choices.name()),
            12 => format!("Execute {}", choices.name()),
            13 => format!("Execute {} 1", choices.name()),
            14 => format!("Close S {}", choices.name()),
            15 => format!("Close P {}", choices.name()),
            16..18 => (*choices.of(CLIENT)).to_owned(),
            18 => {
                self.so_far.insert(Happened::TornClient);
                return Act::Client(choices.bytes());
            }
            19 => {
                self.so_far.extend([Happened::Lie, Happened::TornServer]);
                let bytes = choices.bytes();
                // Without the canary's first letter.
                return Act::Server(
                    bytes
                        .iter()
                        .map(|byte| byte & !u8::from(*byte == b'c'))
                        .collect(),
                );
            }
            20..22 => {
                self.so_far.insert(Happened::Lie);
                let line = choices.of(SERVER);
                if line.starts_with("DataRowHead") {
                    self.so_far.insert(Happened::TornServer);
                }
                return Act::Server(messages::server(line));
            }
            22..24 => match choices.next() % 8 {
                0 => return Act::Sink(Some(audit::SinkError::Full)),
                1..4 => return Act::Sink(None),
                4 => return Act::Server(UNKNOWN.to_vec()),
                5 => return Act::Client(UNKNOWN.to_vec()),
                _ => return Act::Reload,
            },
            _ => return Act::Answer,
        };
        Act::Client(messages::client(&line))
    }

    fn perform(&mut self, act: Act, step: usize) -> Result<(), ()> {
        match act {
            Act::Client(bytes) => {
                let due = bytes == UNKNOWN
                    && !self.so_far.contains(&Happened::TornClient)
                    && self.double.hears_client();
                let result = self.feed(&bytes, step, Side::Frontend);
                assert!(!due || result.is_err(), "a type that no client has");
                result
            }
            Act::Server(bytes) => {
                let due = bytes == UNKNOWN && !self.so_far.contains(&Happened::TornServer);
                let result = self.feed(&bytes, step, Side::Backend);
                assert!(!due || result.is_err(), "a type that no server has");
                result
            }
            Act::Answer => {
                let answer = self.upstream.answer();
                self.feed(&answer, step, Side::Backend)
            }
            Act::Sink(fault) => {
                match fault {
                    Some(_) => self.so_far.extend([Happened::Refuses, Happened::Refused]),
                    None => _ = self.so_far.remove(&Happened::Refuses),
                }
                self.double.sink.refuse(fault);
                Ok(())
            }
            Act::Reload => {
                self.double.reload();
                Ok(())
            }
        }
    }

    fn feed(&mut self, bytes: &[u8], step: usize, side: Side) -> Result<(), ()> {
        let (mut intents, mut result) = (0, Ok(()));
        for piece in bytes.chunks(step.max(1)) {
            let outcome = match side {
                Side::Frontend => self.double.client(piece),
                Side::Backend => self.double.server(piece),
            };
            let records = self.double.sink.take();
            intents += records
                .iter()
                .filter(|line| line.starts_with("! intent") && line.contains(" allow "))
                .count();
            self.outcome.records.extend(records);
            let to_server = self.double.take_to_server();
            self.sent.extend(&to_server);
            self.outcome.to_server.extend(to_server);
            self.outcome.to_client.extend(self.double.take_to_client());
            if let Err(error) = outcome {
                self.outcome.error = Some(error.to_string());
                result = Err(());
                break;
            }
        }
        self.check_intents(intents);
        result
    }

    /// Whatever the session sent and the server runs has an intent of the same act.
    fn check_intents(&mut self, intents: usize) {
        assert!(!self.so_far.contains(&Happened::Refuses) || intents == 0);
        let sent: &[u8] = self.sent.make_contiguous();
        let (mut rest, mut runs) = (sent, 0);
        while let Ok(Scan::Frame(frame, length)) =
            frame::scan(rest, Side::Frontend, &frame::Limits::default())
        {
            let runs_now = self.upstream.hear(frame);
            // What a server that lies will run cannot be known.
            let known =
                frame.tag == wire::frontend::tag::QUERY || !self.so_far.contains(&Happened::Lie);
            runs += usize::from(runs_now && known);
            rest = &rest[length..];
        }
        let taken = sent.len() - rest.len();
        self.sent.drain(..taken);
        assert!(
            runs <= intents,
            "{runs} runs with {intents} intents: {}",
            self.outcome.to_server.escape_ascii()
        );
    }

    fn finish(mut self) -> Outcome {
        self.double.end(None);
        self.outcome.records.extend(self.double.sink.take());
        if self.principal == "sam" {
            let leak = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|found| found == CANARY);
            assert!(!leak(&self.outcome.to_client), "{:?}", self.outcome);
        }
        if !self.so_far.contains(&Happened::Refused) {
            self.check_outcomes();
        }
        self.outcome
    }

    /// Whatever was allowed has one outcome.
    fn check_outcomes(&self) {
        let ids = |first: &str, third: &str| {
            let words = self.outcome.records.iter();
            let words = words.map(|line| line.split(' ').collect::<Vec<_>>());
            let told = words.filter(|words| {
                words[1] == first
                    && words
                        .get(3)
                        .is_some_and(|word| third.is_empty() || *word == third)
            });
            let mut ids: Vec<_> = told.map(|words| words[2].to_owned()).collect();
            ids.sort_unstable();
            ids
        };
        let outcomes = ids("outcome", "");
        for id in ids("intent", "allow") {
            let count = outcomes.iter().filter(|other| **other == id).count();
            assert_eq!(count, 1, "{id}: {:#?}", self.outcome.records);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    use super::*;
    use crate::double::with_stack;

    /// Conversations in an ordinary run: some seconds in a debug build.
    const CONVERSATIONS: u32 = 250;

    #[test]
    fn whatever_both_sides_say() {
        let config = Config {
            cases: CONVERSATIONS,
            failure_persistence: None,
            ..Config::default()
        };
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
        let mut runner = TestRunner::new_with_rng(config, random);
        let scripts = prop::collection::vec(any::<u8>(), 2..160);
        with_stack(|| {
            seeds().iter().for_each(|seed| session_machine(seed));
            let outcome = runner.run(&scripts, |script| {
                session_machine(&script);
                Ok(())
            });
            outcome.unwrap_or_else(|failure| panic!("{failure}"));
        });
    }
}
