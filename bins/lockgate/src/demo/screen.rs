//! What the demo prints, and how.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::builder::styling::Style;
use comfy_table::Table;

use crate::failure::CommandError;
use crate::render::style::{BAD, FAINT, GOOD, HEADING, NAME};
use crate::render::table;

/// How far everything under a heading stands in.
const INDENT: usize = table::MARGIN as usize;

/// The output. Progress that is replaced when it is done needs a terminal; elsewhere only what is
/// done is shown.
pub(super) struct Screen {
    terminal: bool,
}

impl Screen {
    /// The standard output.
    pub(super) fn of_stdout() -> Self {
        Screen {
            terminal: io::stdout().is_terminal(),
        }
    }

    /// A line as it is.
    pub(super) fn line(&self, text: impl Display) -> Result<(), CommandError> {
        Ok(writeln!(anstream::stdout(), "{text}")?)
    }

    /// The title of it all, and what it is.
    pub(super) fn title(&self, title: &str, text: &str) -> Result<(), CommandError> {
        self.line(format!("\n{HEADING}{title}{HEADING:#}  {text}\n"))
    }

    /// The heading of a part, with its number.
    pub(super) fn heading(&self, number: usize, title: &str) -> Result<(), CommandError> {
        self.section(&format!("{number}  {title}"))
    }

    /// The heading of a part.
    pub(super) fn section(&self, title: &str) -> Result<(), CommandError> {
        let rest = usize::from(table::WIDTH).saturating_sub(title.chars().count() + 1);
        let rule = "─".repeat(rest);
        self.line(format!(
            "\n{HEADING}{title}{HEADING:#} {FAINT}{rule}{FAINT:#}\n"
        ))
    }

    /// Sentences under a heading; an empty line stays empty.
    pub(super) fn text(&self, text: &str) -> Result<(), CommandError> {
        let indented = |line: &str| format!("{:INDENT$}{line}", "");
        text.split('\n').try_for_each(|line| match line {
            "" => self.line(""),
            line => self.line(indented(line)),
        })
    }

    /// A sentence of somebody else after a label, cut into lines at blanks.
    pub(super) fn labelled(
        &self,
        (style, label): (Style, &str),
        text: &str,
    ) -> Result<(), CommandError> {
        const LABEL: usize = 7;
        let width = usize::from(table::WIDTH) - INDENT - LABEL;
        let text = audit::printable(text);
        for (number, line) in wrap(&text, width).into_iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            self.line(format!(
                "{:INDENT$}{style}{label:<LABEL$}{style:#}{line}",
                ""
            ))?;
        }
        Ok(())
    }

    /// A statement that somebody sends.
    pub(super) fn statement(&self, who: &str, sql: &str) -> Result<(), CommandError> {
        let prompt = if who.is_empty() {
            String::new()
        } else {
            format!("{NAME}{who}>{NAME:#} ")
        };
        self.line(format!("{:INDENT$}{prompt}{HEADING}{sql}{HEADING:#}", ""))
    }

    /// A table under a heading, between empty lines.
    pub(super) fn table(&self, table: Table) -> Result<(), CommandError> {
        let text = table::lines(table, INDENT);
        Ok(writeln!(anstream::stdout(), "\n{text}")?)
    }

    /// Something that is as it should be.
    pub(super) fn good(&self, text: &str) -> Result<(), CommandError> {
        self.line(format!("{:INDENT$}{GOOD}✓{GOOD:#} {text}", ""))
    }

    /// Something that is not as it should be.
    pub(super) fn bad(&self, text: &str) -> Result<(), CommandError> {
        self.line(format!("{:INDENT$}{BAD}✗ {text}{BAD:#}", ""))
    }

    /// Something that begins and takes its time; [`Screen::good`] takes its place.
    pub(super) fn doing(&self, text: &str) -> Result<(), CommandError> {
        if self.terminal {
            let mut out = anstream::stdout();
            write!(out, "{:INDENT$}{FAINT}… {text}{FAINT:#}", "")?;
            out.flush()?;
        }
        Ok(())
    }

    /// What [`Screen::doing`] began is done.
    pub(super) fn done(&self, text: &str) -> Result<(), CommandError> {
        if self.terminal {
            // To the first column, and the line away (ECMA-48, EL).
            write!(io::stdout(), "\r\u{1b}[2K")?;
        }
        self.good(text)
    }
}

/// The text in lines of at most `width` characters, cut at blanks; a longer word has its own line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn text_is_cut_at_blanks() {
        let cases = [
            ("", 5, vec![""]),
            ("one two", 7, vec!["one two"]),
            ("one two", 6, vec!["one", "two"]),
            ("żółć a", 6, vec!["żółć a"]),
            ("longest word", 4, vec!["longest", "word"]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrap(text, width), expected, "{text}");
        }
    }
}
