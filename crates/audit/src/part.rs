//! Parts of events that come again and again, in their canonical form.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::blot::blot_access_keys;

/// A part of many events, such as who acts in a session or what a statement is. It is put into its
/// canonical form once, when the first event that has it is sealed; the next copy the bytes. A
/// clone is another handle to the same part.
///
/// The part is an object whose fields stand among those of the event (`#[serde(flatten)]`).
#[derive(Debug)]
pub struct Part<T>(Arc<Kept<T>>);

#[derive(Debug)]
struct Kept<T> {
    value: T,
    fields: OnceLock<Box<[u8]>>,
}

impl<T> Part<T> {
    /// The part.
    pub fn new(value: T) -> Self {
        Part(Arc::new(Kept {
            value,
            fields: OnceLock::new(),
        }))
    }
}

impl<T: Serialize> Part<T> {
    /// Its canonical JSON without the braces, access keys blotted out; empty without a field.
    pub(crate) fn fields(&self) -> Result<&[u8], serde_json::Error> {
        if let Some(fields) = self.0.fields.get() {
            return Ok(fields);
        }
        let mut json = serde_json::to_vec(&self.0.value)?;
        blot_access_keys(&mut json);
        let inner = json
            .strip_prefix(b"{")
            .and_then(|rest| rest.strip_suffix(b"}"))
            .ok_or_else(|| serde::ser::Error::custom("a part of an event must be an object"))?;
        // Another thread may have been first: with the same bytes.
        Ok(self.0.fields.get_or_init(|| inner.into()))
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> From<T> for Part<T> {
    fn from(value: T) -> Self {
        Part::new(value)
    }
}

impl<T> Clone for Part<T> {
    fn clone(&self) -> Self {
        Part(Arc::clone(&self.0))
    }
}

impl<T: Default> Default for Part<T> {
    fn default() -> Self {
        Part::new(T::default())
    }
}

impl<T: PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for Part<T> {}

impl<T: Serialize> Serialize for Part<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Part::new)
    }
}
