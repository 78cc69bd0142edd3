//! A detector that also finds types of its user.

use std::sync::Arc;

use crate::custom::{self, CustomError, CustomType};
use crate::{Detector, Entity};

/// Most types that a user may add: each is looked for in every value.
const TYPES_MAX: usize = 64;

/// Collects types of a user; [`Detector::builder`] begins one.
///
/// ```
/// use detect::{CustomForm, CustomType, Detector, Spans};
///
/// let mut builder = Detector::builder();
/// builder.add(&CustomType {
///     name: "EMPLOYEE_ID".to_owned(),
///     tag: "pii.username".to_owned(),
///     form: CustomForm::Pattern(r"\bE-\d{6}\b".to_owned()),
///     context: vec!["employee".to_owned(), "staff".to_owned()],
///     score: 90,
/// })?;
/// let detector = builder.build();
///
/// let mut spans = Spans::new();
/// detector.detect(b"signed by employee E-104422", None, &mut spans);
/// assert_eq!(detector.name_of(&spans[0]), "EMPLOYEE_ID");
/// assert_eq!(detector.tag_of(&spans[0]), "pii.username");
/// # Ok::<(), detect::CustomError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    types: Vec<custom::Compiled>,
}

impl Builder {
    /// Adds a type.
    ///
    /// # Errors
    /// What is wrong with the type; the builder is as it was.
    pub fn add(&mut self, custom: &CustomType) -> Result<(), CustomError> {
        let name = &custom.name;
        if self.types.len() >= TYPES_MAX {
            return Err(CustomError::TooManyTypes { limit: TYPES_MAX });
        }
        let known = self.types.iter().any(|other| other.name() == name);
        if known || Entity::from_name(name).is_some() {
            return Err(CustomError::NameTaken(name.clone()));
        }
        self.types.push(custom::Compiled::new(custom)?);
        Ok(())
    }

    /// The detector, with the types of this crate and those that were added.
    pub fn build(self) -> Detector {
        Detector::with_custom(Arc::from(self.types))
    }
}
