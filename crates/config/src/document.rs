//! A TOML document that is read section by section while mistakes are collected.

use crate::{Mistake, Warning};
use std::{cell::RefCell, fmt::Display, ops::Range, str::FromStr};
use toml::de::{DeTable, DeValue};

/// A value with the line on which it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

/// Collects what is found in one document.
#[derive(Debug)]
pub(crate) struct Report<'d> {
    file: &'d str,
    text: &'d str,
    mistakes: RefCell<Vec<Mistake>>,
    warnings: RefCell<Vec<Warning>>,
}

impl<'d> Report<'d> {
    pub(crate) fn new(file: &'d str, text: &'d str) -> Self {
        Report {
            file,
            text,
            mistakes: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// The line, from 1, on which a byte stands.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = self.text.bytes().take(offset);
        before
            .filter(|byte| *byte == b'\n')
            .count()
            .saturating_add(1)
    }

    pub(crate) fn mistake(&self, line: usize, message: impl Into<String>, help: impl Into<String>) {
        self.add(self.at(line, message.into(), help.into()));
    }

    pub(crate) fn warning(&self, line: usize, message: impl Into<String>, help: impl Into<String>) {
        let warning = Warning(self.at(line, message.into(), help.into()));
        self.warnings.borrow_mut().push(warning);
    }

    pub(crate) fn add(&self, mistake: Mistake) {
        self.mistakes.borrow_mut().push(mistake);
    }

    fn at(&self, line: usize, message: String, help: String) -> Mistake {
        let message = visible(&message);
        let help = Some(visible(&help)).filter(|help| !help.is_empty());
        Mistake {
            file: self.file.to_owned(),
            line: Some(line),
            column: None,
            message,
            help,
        }
    }

    /// All mistakes and warnings: those of the document itself first, each in the order of lines.
    pub(crate) fn finish(self) -> (Vec<Mistake>, Vec<Warning>) {
        let (mut mistakes, mut warnings) = (self.mistakes.into_inner(), self.warnings.into_inner());
        let place = |mistake: &Mistake| (mistake.file != self.file, mistake.line);
        mistakes.sort_by_key(place);
        warnings.sort_by_key(|warning| place(&warning.0));
        (mistakes, warnings)
    }
}

/// Parses the document. `None`: it is not TOML; every mistake of that sort is in the report, and
/// what could be read of it would only bring mistakes that are none.
pub(crate) fn parse<'d>(report: &Report<'d>) -> Option<DeTable<'d>> {
    let (table, errors) = DeTable::parse_recoverable(report.text);
    for error in &errors {
        let line = report.line(error.span().map_or(0, |span| span.start));
        let help = "the file is TOML 1.0: `key = \"value\"` under `[section]` or `[[section]]`";
        report.mistake(line, error.message(), help);
    }
    errors.is_empty().then(|| table.into_inner())
}

/// One table of the document. What is not asked for is unknown: see [`Section::end`].
#[derive(Debug)]
pub(crate) struct Section<'r, 'd> {
    pub(crate) report: &'r Report<'d>,
    /// Where the section begins.
    pub(crate) line: usize,
    name: String,
    /// `None`: the section is not there.
    table: Option<&'r DeTable<'d>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'r, 'd> Section<'r, 'd> {
    /// The document's own keys.
    pub(crate) fn root(report: &'r Report<'d>, table: &'r DeTable<'d>) -> Self {
        Section {
            report,
            line: 1,
            name: String::new(),
            table: Some(table),
            asked: RefCell::default(),
        }
    }

    /// The key with the name of its section, as messages show it.
    pub(crate) fn path(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }

    pub(crate) fn mistake(&self, line: usize, message: impl Into<String>, help: impl Into<String>) {
        self.report.mistake(line, message, help);
    }

    /// The value of a key, whatever its type.
    pub(crate) fn value(&self, key: &'static str) -> Option<At<&'r DeValue<'d>>> {
        self.ask(key);
        let value = self.table?.get(key)?;
        Some(self.located(value.span(), value.get_ref()))
    }

    fn located<T>(&self, span: Range<usize>, value: T) -> At<T> {
        At {
            value,
            line: self.report.line(span.start),
        }
    }

    /// Notes that the key is a known one.
    fn ask(&self, key: &'static str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Says that a value is of another type than it should be.
    pub(crate) fn mistyped(&self, key: &str, value: At<&DeValue<'_>>, expected: &str, help: &str) {
        let found = value.value.type_str();
        let message = format!("`{}`: expected {expected}, got {found}", self.path(key));
        self.mistake(value.line, message, help);
    }

    /// A text; `None` when it is not there or wrong.
    pub(crate) fn text(&self, key: &'static str) -> Option<At<&'r str>> {
        self.checked_text(key, &format!("write `{key} = \"…\"`, or remove it"))
    }

    /// A text that must be there.
    pub(crate) fn required(&self, key: &'static str, help: &str) -> Option<At<&'r str>> {
        if !self.holds(key) {
            self.ask(key);
            self.mistake(self.line, format!("`{}` is missing", self.path(key)), help);
        }
        self.checked_text(key, help)
    }

    fn checked_text(&self, key: &'static str, help: &str) -> Option<At<&'r str>> {
        let found = self.value(key)?;
        let Some(value) = found.value.as_str() else {
            self.mistyped(key, found, "text", help);
            return None;
        };
        let wrong = match (value.is_empty(), value.contains('\0')) {
            (true, _) => "is empty",
            (false, true) => "holds a NUL, which PostgreSQL does not know",
            (false, false) => {
                return Some(At {
                    value,
                    line: found.line,
                });
            }
        };
        self.mistake(found.line, format!("`{}` {wrong}", self.path(key)), help);
        None
    }

    /// Turns a text into something checked. The text itself is not repeated: it may be a secret.
    pub(crate) fn parsed<T>(&self, key: &str, text: At<&str>, help: &str) -> Option<At<T>>
    where
        T: FromStr<Err: Display>,
    {
        match text.value.parse() {
            Ok(value) => Some(At {
                value,
                line: text.line,
            }),
            Err(error) => {
                self.mistake(text.line, format!("`{}`: {error}", self.path(key)), help);
                None
            }
        }
    }

    pub(crate) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(found) = self.value(key) else {
            return default;
        };
        let flag = found.value.as_bool();
        if flag.is_none() {
            self.mistyped(
                key,
                found,
                "`true` or `false`",
                &format!("write `{key} = {default}`"),
            );
        }
        flag.unwrap_or(default)
    }

    /// One of several words; the first is the default.
    pub(crate) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let Some(text) = self.text_or_nothing(key)? else {
            return choices.first().map(|(_, value)| *value);
        };
        let chosen = choices.iter().find(|(word, _)| *word == text.value);
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            let message = format!("`{}`: unknown value `{}`", self.path(key), text.value);
            self.mistake(text.line, message, one_of(text.value, &words));
        }
        chosen.map(|(_, value)| *value)
    }

    /// `Some(None)`: not there. `None`: there, but no text; that was reported.
    pub(crate) fn text_or_nothing(&self, key: &'static str) -> Option<Option<At<&'r str>>> {
        match self.holds(key) {
            true => self.text(key).map(Some),
            false => {
                self.ask(key);
                Some(None)
            }
        }
    }

    /// A list of texts; empty when it is not there.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<At<&'r str>> {
        let mut texts = Vec::new();
        for item in self.items(key, &format!("write `{key} = [\"…\", \"…\"]`")) {
            match item.value.as_str() {
                Some(value) => texts.push(At {
                    value,
                    line: item.line,
                }),
                None => self.mistyped(key, item, "a list of texts", "put every item in quotes"),
            }
        }
        texts
    }

    /// The items of a list; none when it is not there.
    fn items(&self, key: &'static str, help: &str) -> Vec<At<&'r DeValue<'d>>> {
        let Some(found) = self.value(key) else {
            return Vec::new();
        };
        let Some(items) = found.value.as_array() else {
            self.mistyped(key, found, "a list", help);
            return Vec::new();
        };
        items
            .iter()
            .map(|item| self.located(item.span(), item.get_ref()))
            .collect()
    }

    /// A table inside of this one; an empty one when it is not there.
    pub(crate) fn section(&self, key: &'static str) -> Self {
        let Some(found) = self.value(key) else {
            return self.inside(key, self.line, None);
        };
        if let Some(table) = found.value.as_table() {
            return self.below(key, found.line, table);
        }
        self.mistyped(
            key,
            found,
            "a section",
            &format!("write `[{}]`", self.path(key)),
        );
        self.inside(key, found.line, None)
    }

    /// The tables of a list of tables; none when it is not there.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Self> {
        let help = format!("write `[[{}]]`", self.path(key));
        let mut sections = Vec::new();
        for item in self.items(key, &help) {
            match item.value.as_table() {
                Some(table) => sections.push(self.below(key, item.line, table)),
                None => self.mistyped(key, item, "a table", &help),
            }
        }
        sections
    }

    /// A section for a table that was found inside of this one.
    pub(crate) fn below(&self, key: &str, line: usize, table: &'r DeTable<'d>) -> Self {
        self.inside(key, line, Some(table))
    }

    fn inside(&self, key: &str, line: usize, table: Option<&'r DeTable<'d>>) -> Self {
        let name = self.path(key);
        Section {
            report: self.report,
            line,
            name,
            table,
            asked: RefCell::default(),
        }
    }

    /// Ends the section: every key that was not asked for is unknown.
    pub(crate) fn end(self) {
        let asked = self.asked.borrow();
        for key in self.table.into_iter().flat_map(DeTable::keys) {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let line = self.report.line(key.span().start);
                let message = format!("unknown key `{}`", self.path(name));
                self.mistake(line, message, one_of(name, &asked));
            }
        }
    }
}

/// The text with control characters made visible: what stands in a file must not act on a terminal.
fn visible(text: &str) -> String {
    let shown = text.chars().map(|c| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    });
    shown.collect()
}

/// Says which words are known, and first the one that was probably meant.
pub(crate) fn one_of(got: &str, known: &[&str]) -> String {
    let near = known.iter().map(|word| (distance(got, word), *word)).min();
    match near {
        Some((distance, word)) if distance <= 2 => format!("did you mean `{word}`?"),
        Some(_) | None => {
            let words: Vec<_> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("expected one of {}", words.join(", "))
        }
    }
}

/// Edits (a character put in, taken out or replaced) between two words.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (at, a) in left.chars().enumerate() {
        let mut diagonal = at;
        let mut last = at + 1;
        let mut next = vec![last];
        for (b, above) in right.chars().zip(row.iter().skip(1)) {
            last = (last + 1)
                .min(above + 1)
                .min(diagonal + usize::from(a != b));
            next.push(last);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases = [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ];
        for (left, right, expected) in cases {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }
}
