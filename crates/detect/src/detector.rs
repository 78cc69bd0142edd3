//! The pass over one value.

use crate::builder::Builder;
use crate::custom::{self, Compiled};
use crate::find::{
    address, assignment, connection, crypto, email, hardware, identifier, number, person, spoken,
    track, travel,
};
use crate::hint::Hint;
use crate::names::Gazetteer;
use crate::secret::Literals;
use crate::span::{Candidates, Span, Spans};
use crate::survey::Survey;
use crate::text::Text;
use crate::whole;
use std::sync::Arc;

/// Finds sensitive spans in values. Cheap to clone; all clones share one automaton and
/// one list of names.
#[derive(Clone, Debug)]
pub struct Detector {
    literals: Arc<Literals>,
    names: Arc<Gazetteer>,
    /// Types of the user.
    custom: Arc<[Compiled]>,
}

/// A family of types found by one mark: when it can occur, and how it is found.
struct Recogniser {
    may_find: fn(&Survey) -> bool,
    find: fn(&Text<'_>, &mut Candidates),
}

/// One row per family; a new family is one file in `find/` and one row here.
const RECOGNISERS: &[Recogniser] = &[
    Recogniser {
        may_find: |survey| survey.at_signs > 0,
        find: email::find,
    },
    Recogniser {
        may_find: number::may_find,
        find: number::find,
    },
    Recogniser {
        may_find: identifier::may_find,
        find: identifier::find,
    },
    Recogniser {
        may_find: |survey| survey.colons >= 2,
        find: hardware::find_colons,
    },
    Recogniser {
        may_find: |survey| survey.dashes >= 5,
        find: hardware::find_dashes,
    },
    Recogniser {
        may_find: |survey| survey.dots >= 2 && survey.digits > 0,
        find: hardware::find_dots,
    },
    Recogniser {
        may_find: |survey| survey.colons > 0 && survey.at_signs > 0,
        find: connection::find,
    },
    Recogniser {
        may_find: |survey| survey.colons > 0 || survey.equals > 0,
        find: assignment::find,
    },
    Recogniser {
        may_find: spoken::may_find,
        find: spoken::find,
    },
    Recogniser {
        may_find: address::may_find,
        find: address::find,
    },
    Recogniser {
        may_find: |survey| survey.long_word,
        find: crypto::find,
    },
    Recogniser {
        may_find: track::may_find,
        find: track::find,
    },
    Recogniser {
        may_find: travel::may_find,
        find: travel::find,
    },
];

impl Detector {
    /// Builds the automaton over all literal prefixes and the table of names; do it once per process.
    pub fn new() -> Detector {
        Detector::with_custom(Arc::default())
    }

    /// Begins a detector that also finds types of its user.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn with_custom(custom: Arc<[Compiled]>) -> Detector {
        Detector {
            literals: Arc::new(Literals::new()),
            names: Arc::new(Gazetteer::new()),
            custom,
        }
    }

    /// The names of the types that its user added.
    pub fn custom_types(&self) -> impl Iterator<Item = &str> {
        self.custom.iter().map(Compiled::name)
    }

    /// The name of a span's type, such as `EMAIL_ADDRESS`, or that which its user gave it.
    ///
    /// The span must be one that this detector, or a clone of it, found.
    pub fn name_of(&self, span: &Span) -> &str {
        self.custom_of(span)
            .map_or(span.entity.name(), Compiled::name)
    }

    /// The tag of a span's type. The span must be one that this detector, or a clone of it, found.
    pub fn tag_of(&self, span: &Span) -> &'static str {
        self.custom_of(span)
            .map_or(span.entity.tag(), Compiled::tag)
    }

    fn custom_of(&self, span: &Span) -> Option<&Compiled> {
        self.custom.get(span.custom?.place())
    }

    /// Finds what is sensitive in `value`, any bytes, and replaces the contents of `spans`.
    ///
    /// `hint` is the reading of the column's name: it lets types be found that have no mark of
    /// their own (a bare social security number, a name). The spans are sorted, do not overlap and
    /// lie inside `value`. Nothing is allocated when nothing is found.
    pub fn detect(&self, value: &[u8], hint: Option<&Hint>, spans: &mut Spans) {
        spans.clear();
        let survey = Survey::of(value);
        let text = Text {
            bytes: value,
            hint,
            has_letters: survey.letters > 0,
        };
        let mut found = Candidates::default();
        for recogniser in RECOGNISERS {
            if (recogniser.may_find)(&survey) {
                (recogniser.find)(&text, &mut found);
            }
        }
        if survey.may_hold_literal() {
            self.literals.find(&text, &mut found);
        }
        if survey.letters >= person::FEWEST_LETTERS && hint.is_none_or(|hint| !hint.names_things) {
            person::find(&self.names, &text, &mut found);
        }
        if let Some(class) = hint.and_then(Hint::classification) {
            whole::find(&text, class, &mut found);
        }
        custom::find(&self.custom, &text, &mut found);
        found.settle(spans);
    }
}

impl Default for Detector {
    fn default() -> Detector {
        Detector::new()
    }
}
