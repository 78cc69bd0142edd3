//! Judgements of texts that a session sends again and again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::judge::Judged;
use crate::names::Epoch;

/// Most texts that are kept. Applications send some dozens; a judgement takes some kilobytes.
const MAX_TEXTS: usize = 256;

/// Longest text that is kept, in bytes: longer ones are generated and do not come again.
const MAX_TEXT: usize = 8 * 1024;

/// Judgements of one session under one epoch. A judgement from here is the one that would be made
/// anew: the text, the principal, the policy, the catalogs, the search path and the minute are the
/// same, and it names no prepared statement or cursor.
#[derive(Debug, Default)]
pub(crate) struct Judgements {
    epoch: Option<Epoch>,
    by_text: HashMap<Box<str>, Arc<[Arc<Judged>]>>,
}

impl Judgements {
    /// The judgement of this text, if it was made under this epoch.
    pub(crate) fn get(&self, epoch: &Epoch, text: &str) -> Option<Arc<[Arc<Judged>]>> {
        self.by_text
            .get(text)
            .filter(|_| self.epoch.as_ref() == Some(epoch))
            .cloned()
    }

    /// Keeps a judgement that was made under this epoch.
    pub(crate) fn keep(&mut self, epoch: &Epoch, text: &str, batch: &Arc<[Arc<Judged>]>) {
        if text.len() > MAX_TEXT || batch.iter().any(|judged| judged.runs_by_name()) {
            return;
        }
        if self.epoch.as_ref() != Some(epoch) || self.by_text.len() >= MAX_TEXTS {
            self.by_text.clear();
            self.epoch = Some(epoch.clone());
        }
        self.by_text.insert(text.into(), Arc::clone(batch));
    }
}
