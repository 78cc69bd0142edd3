//! Colours, by what they say.

use clap::builder::styling::{AnsiColor, Style};
use std::fmt::Display;

/// Something is as it should be: allowed, sound, checked.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Something is wrong or refused.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something should be looked at: held, a warning.
pub(crate) const CARE: Style = AnsiColor::Yellow.on_default();
/// The name of a person, a thing or a command.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// What one may skip.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// As everything else.
pub(crate) const PLAIN: Style = Style::new();

/// The text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of a verdict's word.
pub(crate) fn of_verdict(verdict: &str) -> Style {
    match verdict {
        "allow" => GOOD,
        "hold" => CARE,
        _ => BAD,
    }
}
