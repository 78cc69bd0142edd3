//! Reads `[[mask]]`: what a tag's values become on a rung of disclosure.

use crate::document::{At, Section};
use crate::model::MaskRule;
use ::mask::Operator;
use policy::{Disclosure, Tag};

/// The rungs that show a value changed, the first being the default.
const RUNGS: [(&str, Disclosure); 3] = [
    ("partial", Disclosure::Partial),
    ("pseudonym", Disclosure::Pseudonym),
    ("redacted", Disclosure::Redacted),
];

pub(crate) fn read(sections: Vec<Section<'_, '_>>) -> Vec<MaskRule> {
    sections.into_iter().filter_map(rule).collect()
}

fn rule(section: Section<'_, '_>) -> Option<MaskRule> {
    let help = "write such as `pii.email`";
    let tag = section.required("tag", help);
    let tag = tag.and_then(|text| section.parsed::<Tag>("tag", text, help));
    let disclosure = section.choice("see", &RUNGS);
    let help = "write such as `token` or `mask(last = 4)`";
    let text = section.required("operator", help);
    let operator = text.and_then(|text| section.parsed::<Operator>("operator", text, help));
    if let (Some(rung), Some(operator)) = (disclosure, &operator) {
        check_rung(&section, rung, operator);
    }
    section.end();
    Some(MaskRule {
        tag: tag?.value,
        disclosure: disclosure?,
        operator: operator?.value,
    })
}

fn check_rung(section: &Section<'_, '_>, rung: Disclosure, operator: &At<Operator>) {
    let shown = shown_by(&operator.value);
    if shown > rung {
        let name = operator.value.name();
        let message = format!("`mask.operator`: `{name}` shows more than `{rung}` may");
        section.mistake(operator.line, message, format!("write `see = \"{shown}\"`"));
    }
}

/// The lowest rung that may see what an operator leaves of a value.
fn shown_by(operator: &Operator) -> Disclosure {
    match operator {
        Operator::Null | Operator::Default | Operator::Redact | Operator::Label(_) => {
            Disclosure::Redacted
        }
        Operator::Pseudonym(_) | Operator::Hash(_) | Operator::Token | Operator::Fpe(_) => {
            Disclosure::Pseudonym
        }
        // A date that moved is near; so it is with a pseudonym.
        Operator::Encrypt | Operator::DateShift(_) => Disclosure::Pseudonym,
        Operator::Partial(_) | Operator::Mask(_) | Operator::MaskEmail(_) => Disclosure::Partial,
        Operator::MaskCard | Operator::MaskIp(_) | Operator::MaskPhone => Disclosure::Partial,
        Operator::MaskUrl | Operator::MaskSecret => Disclosure::Partial,
        Operator::Noise(_) | Operator::Generalize(_) => Disclosure::Partial,
    }
}
