//! What is left of a session's knowledge after a text of which nothing is known.

use std::sync::Arc;

use sql::facts::Unresolved;

use crate::ahead::Ahead;
use crate::judge::{Judged, View, judge, judge_unread};
use crate::refusal::Refusal;
use crate::session::Session;

/// Whether the session knows what names mean to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Known,
    /// A text ran of which nothing is known: it may have changed the search path, the role or what
    /// is behind the name of a prepared statement.
    Lost,
}

impl Session {
    /// Judges a text; when names may mean anything, as one of which nothing is known.
    pub(crate) fn judge_on_ground(
        &self,
        text: &str,
        view: &View<'_>,
        ahead: &Ahead<'_>,
    ) -> Result<Vec<Arc<Judged>>, Refusal> {
        if self.path.ground == Ground::Known {
            return judge(text, view, ahead);
        }
        let judged = judge_unread(text, lost(), view);
        match judged.refusal.clone() {
            Some(refusal) => Err(refusal),
            None => Ok(vec![Arc::new(judged)]),
        }
    }

    /// From now on nothing is known of what names mean to the server.
    pub(crate) fn lose_ground(&mut self) {
        if self.path.ground == Ground::Known {
            self.path.ground = Ground::Lost;
            self.path.version += 1;
        }
    }
}

/// Why nothing is known of texts once the ground is lost.
pub(crate) fn lost() -> Unresolved {
    Unresolved {
        position: None,
        reason: "an earlier text of this session could not be analysed, so what names mean is not \
                 known; connect anew"
            .to_owned(),
    }
}
