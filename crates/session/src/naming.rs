//! What unqualified names mean: the search path and the role, followed through transactions as
//! PostgreSQL keeps settings (`guc.c`, the stack of each variable).
//!
//! A value that cannot be followed is forgotten; whoever needs it asks the server.

use std::sync::Arc;

use sql::facts::{FunctionClass, Kind, Lasting, Setting, SettingChange, SettingValue, Transaction};
use sql::{Catalog, Facts, NameContext, split_search_path};

/// Savepoints that are followed at once. A peer must not grow the proxy's memory without bound;
/// PostgreSQL has no limit, and drivers nest a few.
const MAX_SAVEPOINTS: usize = 1024;

/// The names of a search path as they are listed, `"$user"` among them.
pub(crate) type Listed = Arc<[String]>;

/// What unqualified names mean to a session, now and after what takes changes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    initial: Initial,
    now: Kept,
    /// As of the end of the last transaction: what a rollback returns to.
    base: Kept,
    savepoints: Vec<(String, Kept)>,
    transaction: Transacting,
    trust: Trust,
}

/// What the session began with, which RESET returns to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Initial {
    NotAsked,
    Known(Values),
    /// Something may have changed before the server was asked.
    Missed,
}

/// Whether the open transaction has failed: then COMMIT is a rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transacting {
    Sound,
    Failed,
}

/// Whether settings change only where a statement says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Statements,
    /// A cursor is open whose query changes settings whenever it is moved or held.
    Nothing,
}

/// Search path and current user, known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) path: Listed,
    pub(crate) user: Arc<str>,
    /// The role of the session, to which SET ROLE NONE returns.
    pub(crate) login: Arc<str>,
}

/// The values of both settings.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    path: Level<Listed>,
    user: Level<Arc<str>>,
    login: Option<Arc<str>>,
}

/// One setting: its value for the session and, over it, the one that SET LOCAL gave. With neither,
/// it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level<T> {
    session: Option<T>,
    local: Option<T>,
}

impl<T: Clone + PartialEq> Level<T> {
    fn known(value: T) -> Self {
        Self {
            session: Some(value),
            local: None,
        }
    }

    fn unknown() -> Self {
        Self {
            session: None,
            local: None,
        }
    }

    fn value(&self) -> Option<&T> {
        self.local.as_ref().or(self.session.as_ref())
    }

    /// `None`: to a value that is not known.
    fn set(&mut self, value: Option<T>, lasting: Lasting) {
        match (value, lasting) {
            (Some(value), Lasting::Session) => *self = Self::known(value),
            (Some(value), Lasting::Transaction) => self.local = Some(value),
            (None, _) | (_, Lasting::Unknown) => *self = Self::unknown(),
        }
    }
}

impl Kept {
    fn known(values: &Values) -> Self {
        Self {
            path: Level::known(Arc::clone(&values.path)),
            user: Level::known(Arc::clone(&values.user)),
            login: Some(Arc::clone(&values.login)),
        }
    }

    fn unknown() -> Self {
        Self {
            path: Level::unknown(),
            user: Level::unknown(),
            login: None,
        }
    }

    fn values(&self) -> Option<Values> {
        Some(Values {
            path: Arc::clone(self.path.value()?),
            user: Arc::clone(self.user.value()?),
            login: Arc::clone(self.login.as_ref()?),
        })
    }

    /// Without what lasts to the end of the transaction.
    fn lasting(mut self) -> Self {
        self.path.local = None;
        self.user.local = None;
        self
    }
}

impl Naming {
    /// Of a session about which the server has not been asked.
    pub fn unknown() -> Self {
        Self {
            initial: Initial::NotAsked,
            now: Kept::unknown(),
            base: Kept::unknown(),
            savepoints: Vec::new(),
            transaction: Transacting::Sound,
            trust: Trust::Statements,
        }
    }

    /// Of a session that begins as this role with this `search_path`, as `SHOW` writes it.
    pub fn known(search_path: &str, user: &str) -> Self {
        let mut naming = Self::unknown();
        if let Some(path) = split_search_path(search_path) {
            let values = Values {
                path: path.into(),
                user: Arc::from(user),
                login: Arc::from(user),
            };
            naming.learn(values, OpenTransaction::No);
        }
        naming
    }

    /// Where names are looked up; `None`: not known.
    pub fn names(&self, catalog: &Catalog) -> Option<NameContext> {
        let Values { path, user, .. } = self.now.values()?;
        let search_path = catalog.search_path(&path, &user)?;
        Some(NameContext { search_path })
    }

    /// Search path and current user, if both are known.
    pub(crate) fn values(&self) -> Option<Values> {
        self.now.values()
    }

    /// Whether both are known.
    pub(crate) fn is_known(&self) -> bool {
        let Kept { path, user, login } = &self.now;
        path.value().is_some() && user.value().is_some() && login.is_some()
    }

    /// What the server answered.
    pub(crate) fn learn(&mut self, values: Values, transaction: OpenTransaction) {
        let known = Kept::known(&values);
        match transaction {
            OpenTransaction::No => {
                self.base = known.clone();
                self.now = known;
            }
            // What remains of it at the end of the transaction is not known.
            OpenTransaction::Yes => {
                self.now = Kept::unknown();
                self.now.path.local = Some(Arc::clone(&values.path));
                self.now.user.local = Some(Arc::clone(&values.user));
                self.now.login = Some(Arc::clone(&values.login));
            }
        }
        if self.initial == Initial::NotAsked {
            self.initial = Initial::Known(values);
        }
    }

    /// Whether names may mean something else once this statement has run.
    pub(crate) fn shifts(&self, facts: &Facts) -> bool {
        match &facts.kind {
            Kind::Transaction(
                Transaction::Commit
                | Transaction::Rollback
                | Transaction::RollbackTo(_)
                | Transaction::TwoPhase,
            ) => !self.is_even(),
            _ => self.trust == Trust::Nothing || changes(facts),
        }
    }

    /// Whether there is nothing that the end of a transaction or a rollback would change.
    pub(crate) fn is_even(&self) -> bool {
        self.now == self.base && self.savepoints.iter().all(|(_, kept)| *kept == self.now)
    }

    /// Whether this statement must be taken note of, to know what names mean behind it.
    pub(crate) fn follows(&self, facts: &Facts) -> bool {
        self.trust == Trust::Nothing || renames(facts)
    }

    /// The statement has run.
    pub(crate) fn apply(&mut self, facts: &Facts) {
        if self.initial == Initial::NotAsked && changes(facts) {
            self.initial = Initial::Missed;
        }
        match &facts.kind {
            Kind::Transaction(transaction) => self.transact(transaction),
            Kind::Do | Kind::Call | Kind::Unreadable => self.forget_all(),
            Kind::Prepare { .. } => {}
            Kind::Declare { .. } => {
                if changes(facts) {
                    self.trust = Trust::Nothing;
                }
            }
            _ => {
                if runs_unknown(facts) {
                    self.now = Kept::unknown();
                }
            }
        }
        if !matches!(facts.kind, Kind::Prepare { .. } | Kind::Declare { .. }) {
            let discards = facts.kind == Kind::Discard;
            facts
                .settings
                .iter()
                .for_each(|change| self.change(change, discards));
        }
        if self.trust == Trust::Nothing {
            self.now = Kept::unknown();
        }
    }

    /// A transaction has ended, by whatever: a statement, Sync, or the end of a Query.
    pub(crate) fn end(&mut self, how: End) {
        let rolled_back = how == End::RolledBack || self.transaction == Transacting::Failed;
        self.now = if rolled_back {
            self.base.clone()
        } else {
            self.now.clone().lasting()
        };
        self.base = self.now.clone();
        self.savepoints.clear();
        self.transaction = Transacting::Sound;
    }

    /// Whether the open transaction has failed, as the server says it.
    pub(crate) fn transacting(&mut self, state: Transacting) {
        self.transaction = state;
    }

    /// Whether the open transaction has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.transaction == Transacting::Failed
    }

    fn transact(&mut self, transaction: &Transaction) {
        match transaction {
            Transaction::Begin | Transaction::Characteristics => {}
            Transaction::Commit | Transaction::TwoPhase => self.end(End::Committed),
            Transaction::Rollback => self.end(End::RolledBack),
            Transaction::Savepoint(name) => {
                if self.savepoints.len() >= MAX_SAVEPOINTS {
                    self.savepoints.remove(0);
                }
                self.savepoints.push((name.clone(), self.now.clone()));
            }
            Transaction::Release(name) => {
                if let Some(index) = self.savepoint(name) {
                    self.savepoints.truncate(index);
                }
            }
            Transaction::RollbackTo(name) => {
                self.transaction = Transacting::Sound;
                let index = self.savepoint(name);
                let kept = index.and_then(|index| self.savepoints.get(index));
                self.now = kept.map_or_else(Kept::unknown, |(_, kept)| kept.clone());
                self.savepoints.truncate(index.map_or(0, |index| index + 1));
            }
        }
    }

    fn savepoint(&self, wanted: &str) -> Option<usize> {
        self.savepoints.iter().rposition(|(name, _)| name == wanted)
    }

    /// Code ran that may have ended transactions as well.
    fn forget_all(&mut self) {
        self.now = Kept::unknown();
        self.base = Kept::unknown();
        self.savepoints.clear();
    }

    fn change(&mut self, change: &SettingChange, discards: bool) {
        let lasting = change.lasting;
        match &change.setting {
            Setting::Unknown => self.now = Kept::unknown(),
            Setting::All => {
                let path = self.new_path(&SettingValue::Default);
                self.now.path.set(path, Lasting::Session);
                // RESET ALL leaves the role (`GUC_NO_RESET_ALL`), DISCARD ALL does not.
                if discards {
                    let login = self.initial().map(|initial| Arc::clone(&initial.login));
                    self.now.user.set(login.clone(), Lasting::Session);
                    self.now.login = login;
                    self.trust = Trust::Statements;
                }
            }
            Setting::Named(name) => match name.as_str() {
                "search_path" => {
                    let path = self.new_path(&change.value);
                    self.now.path.set(path, lasting);
                }
                "role" => {
                    let user = self.new_role(&change.value);
                    self.now.user.set(user, lasting);
                }
                "session_authorization" => {
                    self.now.user = Level::unknown();
                    self.now.login = None;
                }
                _ => {}
            },
        }
    }

    /// What the session began with, if the server was asked in time.
    fn initial(&self) -> Option<&Values> {
        match &self.initial {
            Initial::Known(values) => Some(values),
            Initial::NotAsked | Initial::Missed => None,
        }
    }

    /// The role that is current after SET ROLE or RESET ROLE; `None`: not known.
    fn new_role(&self, value: &SettingValue) -> Option<Arc<str>> {
        let name = match value {
            SettingValue::Default => {
                let initial = self.initial()?;
                // Of another session user it is not known what the reset returns to.
                let same = self.now.login.as_ref() == Some(&initial.login);
                return same.then(|| Arc::clone(&initial.user));
            }
            SettingValue::Given(names) => match names.as_slice() {
                [name] => name,
                _ => return None,
            },
            SettingValue::Text(name) => name,
            SettingValue::Perhaps(_) | SettingValue::Unknown => return None,
        };
        match name.as_str() {
            "none" => self.now.login.clone(),
            name => Some(Arc::from(name)),
        }
    }

    fn new_path(&self, value: &SettingValue) -> Option<Listed> {
        match value {
            SettingValue::Default => Some(Arc::clone(&self.initial()?.path)),
            SettingValue::Given(names) => Some(names.as_slice().into()),
            SettingValue::Text(text) => split_search_path(text).map(Into::into),
            SettingValue::Perhaps(_) | SettingValue::Unknown => None,
        }
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Committed,
    RolledBack,
}

/// Whether the server was asked within a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenTransaction {
    No,
    Yes,
}

/// Whether a statement changes, or may change, what is followed here.
fn changes(facts: &Facts) -> bool {
    let followed = |change: &SettingChange| match &change.setting {
        Setting::Named(name) => {
            matches!(
                name.as_str(),
                "search_path" | "role" | "session_authorization"
            )
        }
        Setting::All | Setting::Unknown => true,
    };
    runs_unknown(facts) || facts.settings.iter().any(followed)
}

/// Whether statements behind this one in the same text may have to be read under other names.
pub(crate) fn renames(facts: &Facts) -> bool {
    matches!(facts.kind, Kind::Transaction(_)) || changes(facts)
}

/// Whether code runs of which it is not known what it sets.
fn runs_unknown(facts: &Facts) -> bool {
    let unknown = |class: FunctionClass| match class {
        FunctionClass::UserDefined | FunctionClass::Unknown | FunctionClass::RunsSql => true,
        FunctionClass::ReachesOutside | FunctionClass::ChangesState => false,
    };
    matches!(facts.kind, Kind::Do | Kind::Call | Kind::Unreadable)
        || !facts.unresolved.is_empty()
        || facts.functions.iter().any(|used| unknown(used.class))
}

/// Whether a statement of this kind means the same whatever names mean.
pub(crate) fn needs_no_names(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Empty
            | Kind::Transaction(_)
            | Kind::Set
            | Kind::Reset
            | Kind::Show { .. }
            | Kind::Discard
            | Kind::Deallocate { .. }
            | Kind::Close { .. }
            | Kind::Listen
            | Kind::Unlisten
            | Kind::Notify
    )
}

#[cfg(test)]
mod tests;
