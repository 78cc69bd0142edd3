//! A server that does what it is told, as far as a session can see: it knows the texts of one list.

use std::collections::{BTreeMap, VecDeque};

use wire::frame::Frame;
use wire::frontend::{self, Message, Target};

use crate::messages;

/// A text, and what the server answers.
pub(crate) struct Text {
    pub(crate) text: &'static str,
    /// The columns of its rows.
    columns: Option<&'static str>,
    /// What comes behind the description, up to CommandComplete.
    answer: &'static [&'static str],
}

const fn text(
    text: &'static str,
    columns: Option<&'static str>,
    answer: &'static [&'static str],
) -> Text {
    Text {
        text,
        columns,
        answer,
    }
}

const ROWS: &[&str] = &[
    "DataRow canary 1",
    "DataRow canary 2",
    "CommandComplete \"SELECT 2\"",
];

/// Of those that return rows the first column is protected.
pub(crate) const TEXTS: &[Text] = &[
    text("select ssn, id from people", Some("ssn@4 id@1:int"), ROWS),
    text(
        "select upper(ssn), id from people",
        Some("upper id@1:int"),
        ROWS,
    ),
    text(
        "update people set name = 'x'",
        None,
        &["CommandComplete \"UPDATE 1\""],
    ),
    text("begin", None, &["CommandComplete BEGIN"]),
    text("commit", None, &["CommandComplete COMMIT"]),
    text("rollback", None, &["CommandComplete ROLLBACK"]),
    text("savepoint a", None, &["CommandComplete SAVEPOINT"]),
    text("rollback to a", None, &["CommandComplete ROLLBACK"]),
    text(
        "prepare s2 as select ssn, id from people",
        None,
        &["CommandComplete PREPARE"],
    ),
    text("execute s2", Some("ssn@4 id@1:int"), ROWS),
    text("deallocate s2", None, &["CommandComplete DEALLOCATE"]),
    text(
        "deallocate all",
        None,
        &["CommandComplete \"DEALLOCATE ALL\""],
    ),
    text(
        "declare p1 cursor for select ssn, id from people",
        None,
        &["CommandComplete \"DECLARE CURSOR\""],
    ),
    text("fetch 2 from p1", Some("ssn@4 id@1:int"), ROWS),
    text("close p1", None, &["CommandComplete \"CLOSE CURSOR\""]),
    text("discard all", None, &["CommandComplete \"DISCARD ALL\""]),
    text("set search_path = public", None, &["CommandComplete SET"]),
    text(
        "drop table people",
        None,
        &["CommandComplete \"DROP TABLE\""],
    ),
    text(
        "update people set ssn = 'x' where 1/0 = 1",
        None,
        &["ErrorResponse 22012 \"division by zero\""],
    ),
    text("select (", None, &["ErrorResponse 42601 \"syntax error\""]),
    text("", None, &["EmptyQueryResponse"]),
    text(
        "copy (select ssn, id from people) to stdout",
        None,
        &[
            "CopyOutResponse 2",
            "CopyData \"canary\\t1\\n\"",
            "CopyDone",
            "CommandComplete \"COPY 1\"",
        ],
    ),
    text("copy people from stdin", None, &["CopyInResponse 4"]),
];

/// What the server has been asked and has not answered.
enum Asked {
    Query(Vec<u8>),
    Parse(Vec<u8>, Vec<u8>),
    Bind(Vec<u8>, Vec<u8>),
    Describe(Target, Vec<u8>),
    Execute(Vec<u8>),
    Close(Target, Vec<u8>),
    Sync,
    CopyEnd,
}

/// The server.
#[derive(Default)]
pub(crate) struct Upstream {
    asked: VecDeque<Asked>,
    statements: BTreeMap<Vec<u8>, Vec<u8>>,
    portals: BTreeMap<Vec<u8>, Vec<u8>>,
    /// An error was answered, and Sync has not come yet.
    skipping: bool,
    status: Status,
    /// COPY data comes in, for a Query or for an Execute.
    copying: Option<bool>,
    said: Vec<u8>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Status {
    #[default]
    Idle,
    Open,
    Failed,
}

impl Upstream {
    /// Takes a message; whether a server runs a statement for it, if all before it succeeds.
    pub(crate) fn hear(&mut self, frame: Frame<'_>) -> bool {
        let Ok(message) = frontend::decode(frame) else {
            panic!("the session sent what is no message: {frame:?}");
        };
        let asked = match message {
            Message::Query(query) => Asked::Query(query.text.to_vec()),
            Message::Parse(parse) => Asked::Parse(parse.name.to_vec(), parse.text.to_vec()),
            Message::Bind(bind) => Asked::Bind(bind.portal.to_vec(), bind.statement.to_vec()),
            Message::Describe(of) => Asked::Describe(of.target, of.name.to_vec()),
            Message::Execute(run) => Asked::Execute(run.portal.to_vec()),
            Message::Close(close) => Asked::Close(close.target, close.name.to_vec()),
            Message::Sync => Asked::Sync,
            Message::CopyDone | Message::CopyFail(_) => Asked::CopyEnd,
            Message::Flush | Message::Terminate | Message::CopyData(_) => return false,
            Message::FunctionCall(_) | Message::Password(_) => {
                panic!("the session sent what is never sent: {frame:?}")
            }
        };
        let runs = match &asked {
            Asked::Query(text) => is_statement(text),
            // What the session asks for itself, which is no statement of the client.
            Asked::Execute(portal) if portal == b"lockgate_asks" => false,
            Asked::Execute(portal) => self.will_run(portal),
            _ => false,
        };
        self.asked.push_back(asked);
        runs
    }

    /// Whether an Execute of this portal finds one when its turn comes.
    fn will_run(&self, portal: &[u8]) -> bool {
        let mut statements = self.statements.clone();
        let mut portals = self.portals.clone();
        let mut skipping = self.skipping;
        for asked in &self.asked {
            match asked {
                Asked::Sync => {
                    skipping = false;
                    if self.status == Status::Idle {
                        portals.clear();
                    }
                }
                // What runs in between decides what follows.
                Asked::Query(_) | Asked::Execute(_) => return false,
                _ if skipping => {}
                Asked::Parse(name, text)
                    if is_marker(text) || !name.is_empty() && statements.contains_key(name) =>
                {
                    skipping = true;
                }
                Asked::Parse(name, text) => {
                    statements.insert(name.clone(), text.clone());
                }
                Asked::Bind(name, statement) => match statements.get(statement) {
                    Some(text) if name.is_empty() || !portals.contains_key(name) => {
                        portals.insert(name.clone(), text.clone());
                    }
                    _ => skipping = true,
                },
                Asked::Describe(target, name) => {
                    let known = match target {
                        Target::Statement => statements.contains_key(name),
                        Target::Portal => portals.contains_key(name),
                    };
                    skipping = !known;
                }
                Asked::Close(Target::Statement, name) => {
                    statements.remove(name);
                }
                Asked::Close(Target::Portal, name) => {
                    portals.remove(name);
                }
                Asked::CopyEnd => {}
            }
        }
        !skipping && portals.get(portal).is_some_and(|text| is_statement(text))
    }

    /// Answers one message; nothing if there is none.
    pub(crate) fn answer(&mut self) -> Vec<u8> {
        if let Some(asked) = self.asked.pop_front() {
            self.answer_to(asked);
        }
        std::mem::take(&mut self.said)
    }

    fn answer_to(&mut self, asked: Asked) {
        match asked {
            Asked::Sync => {
                // COPY swallows it.
                if self.copying.is_none() {
                    self.skipping = false;
                    self.ready();
                }
            }
            Asked::CopyEnd => self.copy_ended(),
            _ if self.skipping => {}
            Asked::Query(text) => {
                self.unnamed_gone();
                if !self.run(&text, true) {
                    self.ready();
                }
            }
            Asked::Parse(name, text) => {
                let taken = !name.is_empty() && self.statements.contains_key(&name);
                if taken || is_marker(&text) || text == b"select (" {
                    return self.fail("ErrorResponse 42601 \"syntax error\"");
                }
                self.statements.insert(name, text);
                self.say("ParseComplete");
            }
            Asked::Bind(name, statement) => {
                let taken = !name.is_empty() && self.portals.contains_key(&name);
                match self.statements.get(&statement).filter(|_| !taken).cloned() {
                    Some(text) => {
                        self.portals.insert(name, text);
                        self.say("BindComplete");
                    }
                    None => self.fail("ErrorResponse 26000 \"does not exist\""),
                }
            }
            Asked::Describe(target, name) => self.describe(target, &name),
            Asked::Execute(name) => match self.portals.get(&name).cloned() {
                Some(text) => {
                    self.run(&text, false);
                }
                None => self.fail("ErrorResponse 34000 \"does not exist\""),
            },
            Asked::Close(target, name) => {
                match target {
                    Target::Statement => self.statements.remove(&name),
                    Target::Portal => self.portals.remove(&name),
                };
                self.say("CloseComplete");
            }
        }
    }

    fn unnamed_gone(&mut self) {
        self.statements.remove(&b""[..]);
        self.portals.remove(&b""[..]);
    }

    fn describe(&mut self, target: Target, name: &[u8]) {
        let (known, lead) = match target {
            Target::Statement => (self.statements.get(name), Some("ParameterDescription")),
            Target::Portal => (self.portals.get(name), None),
        };
        let Some(known) = known else {
            return self.fail("ErrorResponse 26000 \"does not exist\"");
        };
        let line = match find(known).and_then(|text| text.columns) {
            Some(columns) => format!("RowDescription {columns}"),
            None => "NoData".to_owned(),
        };
        lead.into_iter().for_each(|lead| self.say(lead));
        self.say(&line);
    }

    /// Runs a text; whether COPY data comes in now.
    fn run(&mut self, text: &[u8], by_query: bool) -> bool {
        let Some(known) = find(text) else {
            self.fail_in("ErrorResponse 42601 \"syntax error\"", by_query);
            return false;
        };
        match known.text {
            "begin" => self.status = Status::Open,
            "commit" | "rollback" => self.status = Status::Idle,
            "rollback to a" if self.status == Status::Failed => self.status = Status::Open,
            "" => {}
            _ if self.status == Status::Failed => {
                self.fail_in("ErrorResponse 25P02 \"transaction is aborted\"", by_query);
                return false;
            }
            _ => {}
        }
        if let Some(columns) = known.columns.filter(|_| by_query) {
            self.say(&format!("RowDescription {columns}"));
        }
        for line in known.answer {
            if line.starts_with("ErrorResponse") {
                self.fail_in(line, by_query);
            } else {
                self.say(line);
            }
        }
        let copies = known.answer == ["CopyInResponse 4"];
        self.copying = copies.then_some(by_query);
        copies
    }

    fn copy_ended(&mut self) {
        let Some(by_query) = self.copying.take() else {
            return;
        };
        self.say("CommandComplete \"COPY 0\"");
        if by_query {
            self.ready();
        }
    }

    fn fail(&mut self, line: &str) {
        self.fail_in(line, false);
    }

    fn fail_in(&mut self, line: &str, by_query: bool) {
        self.say(line);
        self.skipping = !by_query;
        if self.status == Status::Open {
            self.status = Status::Failed;
        }
    }

    fn ready(&mut self) {
        if self.status == Status::Idle {
            self.portals.clear();
        }
        self.say(match self.status {
            Status::Idle => "ReadyForQuery I",
            Status::Open => "ReadyForQuery T",
            Status::Failed => "ReadyForQuery E",
        });
    }

    fn say(&mut self, line: &str) {
        self.said.extend(messages::server(line));
    }
}

fn find(text: &[u8]) -> Option<&'static Text> {
    TEXTS.iter().find(|known| known.text.as_bytes() == text)
}

/// Whether the text takes the place of a refused one.
fn is_marker(text: &[u8]) -> bool {
    text.starts_with(b")")
}

/// Whether a server runs anything for this text: comments and blanks are nothing.
fn is_statement(text: &[u8]) -> bool {
    let nothing = text
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || *byte == b';');
    !nothing && !is_marker(text) && !text.starts_with(b"--") && !text.starts_with(b"/*")
}
