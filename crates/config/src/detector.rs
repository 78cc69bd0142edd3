//! Reads `[[detector]]`: types of sensitive data of the user's own.

use crate::{document::Section, limits::size};
use detect::{Builder, CustomError, CustomForm, CustomType, Detector};

/// The score of a type that has none: above what words around a value suggest, below what check
/// digits prove.
const DEFAULT_SCORE: u8 = 85;

/// The types of all sections, of which a detector is made when nothing else is wrong.
pub(crate) fn read(sections: Vec<Section<'_, '_>>) -> Builder {
    let mut builder = Detector::builder();
    for section in sections {
        let line = section.line;
        let report = section.report;
        let Some(custom) = custom(section) else {
            continue;
        };
        if let Err(error) = builder.add(&custom) {
            report.mistake(line, format!("`detector`: {error}"), help(&error));
        }
    }
    builder
}

fn custom(section: Section<'_, '_>) -> Option<CustomType> {
    let name = section.required("name", "write a name in capitals, such as `EMPLOYEE_ID`");
    let tag = section.required("tag", "write such as `pii.username` or `secret.key`");
    let form = form(&section);
    let context = section.texts("context");
    let score = match section.value("score") {
        Some(_) => size(&section, "score", 50..=100).map(|found| found.value),
        None => Some(usize::from(DEFAULT_SCORE)),
    };
    section.end();
    Some(CustomType {
        name: name?.value.to_owned(),
        tag: tag?.value.to_owned(),
        form: form?,
        context: context.iter().map(|word| word.value.to_owned()).collect(),
        score: u8::try_from(score?).ok()?,
    })
}

/// The pattern or the words, of which one has to be there.
fn form(section: &Section<'_, '_>) -> Option<CustomForm> {
    let pattern = section.text_or_nothing("pattern")?;
    let has_words = section.value("words").is_some();
    let words = section.texts("words");
    match (pattern, has_words) {
        (Some(pattern), false) => Some(CustomForm::Pattern(pattern.value.to_owned())),
        (None, true) => Some(CustomForm::Words(
            words.iter().map(|word| word.value.to_owned()).collect(),
        )),
        (Some(_), true) | (None, false) => {
            section.mistake(
                section.line,
                "`detector`: expected either `pattern` or `words`",
                "write `pattern = 'E-[0-9]{6}'`, or `words = [\"…\", \"…\"]`",
            );
            None
        }
    }
}

fn help(error: &CustomError) -> &'static str {
    match error {
        CustomError::Name(_) => "write a name such as `EMPLOYEE_ID`",
        CustomError::NameTaken(_) => "give every type a name of its own",
        CustomError::TooManyTypes { .. } => "put words of one tag into one list",
        CustomError::Tag { .. } => "a type is masked in part as the general type of its tag",
        CustomError::Score { .. } => "write a number from 50 to 100",
        CustomError::Pattern { .. } => {
            "write it in the syntax of the `regex` crate, in single quotes; without look-around and \
             back-references, which take more than linear time"
        }
        CustomError::MatchesNothing(_) => "let it match one character at least: `+` for `*`",
        CustomError::WordCount { .. } => "write `words = [\"…\", \"…\"]`",
        CustomError::Word { .. } => "write words of the text itself; of `context` one by one",
    }
}
