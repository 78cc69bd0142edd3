//! Texts made by chance, always the same ones.

use oracle::{outlines, token_ranges};
use sql::{LexicalError, UnreadableReason};

/// A generator of numbers that repeats itself for a seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below the bound")
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const FRAGMENTS: &[&str] = &[
    "a", "b1", "é", "select", " ", "\n", "\r", "\t", "\u{c}", "\u{a0}", "'", "''", "E'", "e'\\'",
    "\\", "\\'", "U&'", "u&\"", "\"", "\"\"", "B'", "x'", "N'", "n", "$$", "$a$", "$é$", "$", "$1",
    "1", "12", "_", "1.", ".", "..", ".5", "e", "e5", "1e+", "0x", "0b1", "0o8", "--", "/*", "*/",
    "/", "*", "+", "-", "<", ">", "=", "=>", "!", "@", "#", "^", "&", "|", "`", "?", "%", "~", ":",
    "::", ":=", ",", ";", "(", ")", "[", "]", "uescape", "'!'", "-- c\n", "/* c */", "'a'", "'b'",
    "E'c'", "\\u0061", "\\x41",
];

/// Whatever is thrown at them, both scanners find the same tokens or both refuse.
#[test]
fn tokens_of_random_fragments() {
    let mut chance = Chance(0x10c4_9a7e);
    let (mut both, mut differences) = (0, Vec::new());
    for _ in 0..30_000 {
        let length = 1 + chance.below(12);
        let text: String = (0..length).map(|_| chance.one(FRAGMENTS)).collect();
        let ours = sql::outline::token_ranges(&text).ok();
        let theirs = token_ranges(&text);
        match (&ours, &theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => both += 1,
            // Denied, though the scanner lets a stray `$` or `\` through to the grammar, and checks
            // fewer escapes than the grammar does.
            (None, _) => {}
            _ => differences.push(format!(
                "{text:?}\n  ours:   {ours:?}\n  theirs: {theirs:?}"
            )),
        }
    }
    assert!(both > 5_000, "only {both} were cut by both");
    assert!(
        differences.is_empty(),
        "{}:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Every text with a lexical error to us has one to PostgreSQL, or a character that no rule of its
/// grammar has: nothing that people write is denied for its tokens.
#[test]
fn lexical_errors_are_those_of_postgresql() {
    let mut chance = Chance(0xfeed_5eed);
    let mut differences = Vec::new();
    for _ in 0..30_000 {
        let length = 1 + chance.below(6);
        let text: String = (0..length).map(|_| chance.one(FRAGMENTS)).collect();
        let refused = match sql::outline::token_ranges(&text).map_err(|error| error.reason) {
            // The build of the grammar that is used here reads `$1a` as `$1 a`, as did PostgreSQL
            // 14; those from 15 on refuse it.
            Err(UnreadableReason::Lexical(LexicalError::ParameterJunk)) | Ok(_) => false,
            Err(_) => true,
        };
        if refused && outlines(&format!("select {text}")).is_some_and(|found| found.len() == 1) {
            differences.push(text);
        }
    }
    assert!(differences.is_empty(), "{differences:?}");
}

/// Statements with nested WITH, set operations and sub-queries in every clause, over few names, so
/// that they hide each other.
struct Statements {
    chance: Chance,
    budget: usize,
}

impl Statements {
    fn name(&mut self) -> &'static str {
        self.chance
            .one(&["a", "b", "c", "\"A\"", "s.a", "s.b", "d"])
    }

    fn query(&mut self) -> String {
        if self.budget == 0 {
            return "select 1".into();
        }
        self.budget -= 1;
        let with = if self.chance.below(3) == 0 {
            self.with()
        } else {
            String::new()
        };
        let arms = self.arms();
        // One LIMIT inside and one outside the same parentheses trips an assertion of the grammar.
        let tail = match self.chance.below(8) {
            1 | 2 if arms.starts_with('(') => String::new(),
            0 => format!(" order by ({})", self.query()),
            1 => format!(" limit ({})", self.query()),
            2 => " order by 1 offset 1".into(),
            _ => String::new(),
        };
        format!("{with}{arms}{tail}")
    }

    fn with(&mut self) -> String {
        let recursive = if self.chance.below(3) == 0 {
            "recursive "
        } else {
            ""
        };
        let count = 1 + self.chance.below(3);
        let queries: Vec<String> = (0..count)
            .map(|_| {
                let name = self.chance.one(&["a", "b", "c", "\"A\"", "d"]);
                let body = if self.chance.below(5) == 0 {
                    self.change()
                } else {
                    self.query()
                };
                format!("{name} as ({body})")
            })
            .collect();
        format!("with {recursive}{} ", queries.join(", "))
    }

    fn arms(&mut self) -> String {
        let first = self.arm();
        match self.chance.below(4) {
            0 => {
                let operation = self
                    .chance
                    .one(&["union", "union all", "intersect", "except"]);
                format!("{first} {operation} {}", self.arm())
            }
            _ => first,
        }
    }

    fn arm(&mut self) -> String {
        match self.chance.below(8) {
            0 => format!("({})", self.query()),
            1 => format!("table {}", self.name()),
            2 => format!("values (({}))", self.query()),
            _ => self.select(),
        }
    }

    fn select(&mut self) -> String {
        let target = self.expression();
        let from: Vec<String> = (0..1 + self.chance.below(2))
            .map(|_| self.from_item())
            .collect();
        let filter = match self.chance.below(3) {
            0 => format!(" where {}", self.expression()),
            1 => format!(" group by 1 having {}", self.expression()),
            _ => String::new(),
        };
        format!("select {target} from {}{filter}", from.join(", "))
    }

    fn expression(&mut self) -> String {
        match self.chance.below(8) {
            0 => format!("({})", self.query()),
            1 => format!("exists ({})", self.query()),
            2 => format!("x in ({})", self.query()),
            3 => format!("array({})", self.query()),
            4 => format!("count(*) filter (where ({}))", self.query()),
            5 => format!("case when ({}) then 1 end", self.query()),
            _ => "x".into(),
        }
    }

    fn from_item(&mut self) -> String {
        match self.chance.below(7) {
            0 => format!("({}) q", self.query()),
            1 => format!("lateral ({}) q", self.query()),
            2 => format!("{} join {} on ({})", self.name(), self.name(), self.query()),
            3 => format!("only {}", self.name()),
            4 => format!("f(({})) g", self.query()),
            _ => self.name().to_owned(),
        }
    }

    fn change(&mut self) -> String {
        let name = self.name();
        match self.chance.below(3) {
            0 => format!(
                "insert into {name} {} returning ({})",
                self.query(),
                self.query()
            ),
            1 => format!(
                "update {name} set x = ({}) from {} returning *",
                self.query(),
                self.from_item()
            ),
            _ => format!(
                "delete from {name} using {} where {} returning 1",
                self.from_item(),
                self.expression()
            ),
        }
    }
}

/// Nothing that PostgreSQL reads or writes is missed. What is reported too much is counted: names of
/// WITH queries in the ORDER BY and LIMIT after a query in parentheses.
#[test]
fn scopes_of_generated_statements() {
    let mut chance = Chance(0x5eed_0f5c);
    let (mut both, mut denied, mut extra, mut differences) = (0, 0, 0, Vec::new());
    for _ in 0..3_000 {
        let seed = 1 + u64::try_from(chance.below(1 << 40)).expect("fits");
        let mut statements = Statements {
            chance: Chance(seed),
            budget: 6,
        };
        let text = if seed.is_multiple_of(4) {
            let with = statements.with();
            format!("{with}{}", statements.change())
        } else {
            statements.query()
        };
        let (theirs, ours) = match (outlines(&text), sql::outline(&text)) {
            (Some(theirs), Ok(ours)) => (theirs, ours),
            (Some(_), Err(_)) => {
                denied += 1;
                continue;
            }
            (None, _) => continue,
        };
        both += 1;
        let (ours, theirs) = (&ours[0], &theirs[0]);
        let missed = !ours.reads.is_superset(&theirs.reads) || ours.writes != theirs.writes;
        if missed || ours.kind != theirs.kind || ours.unrestricted != theirs.unrestricted {
            differences.push(format!("{text}\n  ours:   {ours:?}\n  theirs: {theirs:?}"));
        } else if ours.reads != theirs.reads {
            extra += 1;
        }
    }
    assert!(
        differences.is_empty(),
        "{}:\n{}",
        differences.len(),
        differences.join("\n")
    );
    // The parser refuses what follows a query in parentheses inside an expression.
    assert!(
        both > 2_500 && denied * 20 < both,
        "{both} were read by both, {denied} denied"
    );
    assert!(extra * 100 < both, "{extra} of {both} report too much");
}
