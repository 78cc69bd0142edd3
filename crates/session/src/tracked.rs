//! What a session knows of its names, and whether it must ask.

use crate::naming::{End, Naming, OpenTransaction, Transacting, Values};

/// The naming of a session with what is on its way to change it.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) naming: Naming,
    /// Counts changes of what names mean.
    pub(crate) version: u64,
    /// The last that was known.
    last: Option<Values>,
    pub(crate) asking: Asking,
    /// What becomes of the transaction that the server will end next.
    end: End,
}

/// How far the session is with asking the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    Not,
    /// The question is on its way.
    Asked,
    /// The server did not answer; the next statement is judged without knowing.
    Refused,
}

/// What must be done before a statement can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Nothing,
    Wait,
    Ask,
}

impl Tracked {
    pub(crate) fn new(naming: Naming) -> Self {
        Self {
            last: naming.values(),
            naming,
            version: 0,
            asking: Asking::Not,
            end: End::Committed,
        }
    }

    /// What must be done before the next statement can be judged, once nothing is on its way that
    /// changes names.
    pub(crate) fn before_statement(&self) -> Before {
        match self.asking {
            Asking::Asked => Before::Wait,
            Asking::Refused => Before::Nothing,
            // In a failed transaction nothing runs that has names, and nothing can be asked.
            Asking::Not if self.naming.is_known() || self.naming.has_failed() => Before::Nothing,
            Asking::Not => Before::Ask,
        }
    }

    /// A statement has completed.
    pub(crate) fn completed(&mut self, facts: &sql::Facts) {
        if self.naming.follows(facts) {
            self.naming.apply(facts);
            self.settle();
        }
    }

    /// The server reported an error: the transaction that it ends next is rolled back.
    pub(crate) fn failed(&mut self) {
        self.end = End::RolledBack;
    }

    /// The server is ready for the next message, with no transaction open.
    pub(crate) fn idle(&mut self) {
        if !self.naming.is_even() || self.naming.has_failed() {
            self.naming.end(self.end);
            self.settle();
        }
        self.end = End::Committed;
    }

    /// The server is ready for the next message within a transaction.
    pub(crate) fn in_transaction(&mut self, state: Transacting) {
        self.end = End::Committed;
        self.naming.transacting(state);
    }

    /// The server answered, or not in a way that can be read.
    pub(crate) fn answered(&mut self, values: Option<Values>, transaction: OpenTransaction) {
        let Some(values) = values else {
            self.asking = Asking::Refused;
            return;
        };
        self.naming.learn(values, transaction);
        self.asking = Asking::Not;
        self.settle();
    }

    /// The question was dropped together with the pipeline in which it was asked.
    pub(crate) fn dropped(&mut self) {
        self.asking = Asking::Not;
    }

    /// A statement was judged: one that was judged without knowing does not speak for the next.
    pub(crate) fn judged(&mut self) {
        if self.asking == Asking::Refused {
            self.asking = Asking::Not;
        }
    }

    fn settle(&mut self) {
        if let Some(values) = self.naming.values()
            && self.last.as_ref() != Some(&values)
        {
            self.version += 1;
            self.last = Some(values);
        }
    }
}
