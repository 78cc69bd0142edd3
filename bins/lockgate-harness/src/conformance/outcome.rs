//! Results of a suite, what differs between two runs, and which differences are expected.

use std::collections::BTreeMap;
use std::fmt;

/// The list of expected differences: `[suite]`, then `"test" = "reason"`, or
/// `"test" = { sometimes = "reason" }`.
const EXPECTED: &str = include_str!("../../conformance/expected.toml");

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Pass,
    Skip,
    Fail,
    /// It could not be set up or taken down.
    Error,
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Fail => "fail",
            Self::Error => "error",
        })
    }
}

/// By test.
pub(crate) type Results = BTreeMap<String, Status>;

/// Why a test may differ.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Reason {
    /// It must.
    Always(String),
    /// It does or does not, by who is faster.
    Sometimes {
        /// What races.
        sometimes: String,
    },
}

impl Reason {
    fn text(&self) -> &str {
        match self {
            Self::Always(text) | Self::Sometimes { sometimes: text } => text,
        }
    }
}

/// Reasons by suite and test.
pub(crate) struct Expected(BTreeMap<String, BTreeMap<String, Reason>>);

/// A test whose result differs, or should.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) test: String,
    /// Without and with the gate; `None`: it was not run.
    pub(crate) direct: Option<Status>,
    pub(crate) gate: Option<Status>,
    /// The reason, when it is expected.
    pub(crate) reason: Option<Reason>,
}

impl Difference {
    /// Whether it fails the run: it is not expected, or is expected and does not occur.
    pub(crate) fn is_fault(&self) -> bool {
        match self.reason {
            None => self.direct != self.gate,
            Some(Reason::Always(_)) => self.direct == self.gate,
            Some(Reason::Sometimes { .. }) => false,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |status: Option<Status>| {
            status.map_or_else(|| "not run".to_owned(), |status| status.to_string())
        };
        let (direct, gate) = (word(self.direct), word(self.gate));
        write!(out, "{}: direct {direct}, gate {gate}: ", self.test)?;
        match &self.reason {
            Some(Reason::Always(reason)) if self.direct == self.gate => {
                write!(out, "NO LONGER DIFFERS, take it off the list ({reason})")
            }
            Some(reason) => write!(out, "expected: {}", reason.text()),
            None => write!(out, "NOT EXPECTED"),
        }
    }
}

impl Expected {
    /// The list in the repository.
    pub(crate) fn load() -> Result<Self, toml::de::Error> {
        toml::from_str(EXPECTED).map(Self)
    }

    /// What differs between two runs of a suite, and what should and does not.
    pub(crate) fn compare(&self, suite: &str, direct: &Results, gate: &Results) -> Vec<Difference> {
        let tests = direct.keys().chain(gate.keys());
        let tests: std::collections::BTreeSet<&String> = tests.collect();
        let reasons = self.0.get(suite);
        tests
            .into_iter()
            .map(|test| Difference {
                test: test.clone(),
                direct: direct.get(test).copied(),
                gate: gate.get(test).copied(),
                reason: reasons.and_then(|reasons| reasons.get(test)).cloned(),
            })
            .filter(|found| found.direct != found.gate || found.reason.is_some())
            .collect()
    }

    /// Listed tests that a whole run does not have.
    pub(crate) fn unknown(&self, suite: &str, direct: &Results) -> Vec<String> {
        let listed = self.0.get(suite).into_iter().flat_map(BTreeMap::keys);
        listed
            .filter(|test| !direct.contains_key(*test))
            .cloned()
            .collect()
    }
}

/// `pass=217 fail=0 …`, for one run.
pub(crate) fn counts(results: &Results) -> String {
    [Status::Pass, Status::Fail, Status::Error, Status::Skip]
        .map(|wanted| {
            let count = results.values().filter(|status| **status == wanted).count();
            format!("{wanted}={count}")
        })
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(text: &[(&str, Status)]) -> Results {
        let owned = |(name, status): &(&str, Status)| ((*name).to_owned(), *status);
        text.iter().map(owned).collect()
    }

    #[test]
    fn the_list_is_readable() {
        Expected::load().unwrap();
    }

    #[test]
    fn only_listed_differences_are_no_faults() {
        let expected = Expected(
            toml::from_str(
                "[s]\nlisted = \"r\"\ngone = \"r\"\nother = \"r\"\nracing = { sometimes = \"r\" }",
            )
            .unwrap(),
        );
        let direct = results(&[
            ("same", Status::Pass),
            ("listed", Status::Pass),
            ("gone", Status::Pass),
            ("new", Status::Pass),
            ("racing", Status::Pass),
            ("lost", Status::Fail),
        ]);
        let gate = results(&[
            ("same", Status::Pass),
            ("listed", Status::Fail),
            ("gone", Status::Pass),
            ("new", Status::Skip),
            ("racing", Status::Pass),
        ]);
        let found = expected.compare("s", &direct, &gate);
        let told: Vec<String> = found
            .iter()
            .map(|found| format!("{} {}", found.test, found.is_fault()))
            .collect();
        assert_eq!(
            told,
            [
                "gone true",
                "listed false",
                "lost true",
                "new true",
                "racing false"
            ]
        );
        assert_eq!(expected.unknown("s", &direct), ["other"]);
    }
}
