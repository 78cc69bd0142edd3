//! Transactions and settings.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{Reader, child_of_kind, name_of, string_of};
use crate::facts::{Kind, Lasting, Setting, SettingChange, SettingValue, Transaction};

impl Reader<'_> {
    /// SET, RESET and DISCARD.
    pub(super) fn setting(&mut self, node: &SyntaxNode) -> Kind {
        let local = child_of_kind(node, SyntaxKind::LOCAL_SCOPE).is_some();
        let change = |name: Option<&str>, values: Option<Vec<String>>| SettingChange {
            setting: name.map_or(Setting::All, |name| Setting::Named(name.to_owned())),
            value: values.map_or(SettingValue::Default, SettingValue::Given),
            lasting: lasting(local),
        };
        let (kind, change) = match node.kind() {
            SyntaxKind::SET_ROLE => (Kind::Set, change(Some("role"), role(node))),
            SyntaxKind::SET_SESSION_AUTH => {
                (Kind::Set, change(Some("session_authorization"), role(node)))
            }
            SyntaxKind::RESET_ROLE => (Kind::Reset, change(Some("role"), None)),
            SyntaxKind::RESET_SESSION_AUTH => {
                (Kind::Reset, change(Some("session_authorization"), None))
            }
            SyntaxKind::RESET => (Kind::Reset, change(reset_name(node).as_deref(), None)),
            SyntaxKind::DISCARD => {
                if child_of_kind(node, SyntaxKind::DISCARD_ALL).is_some() {
                    self.facts.settings.push(change(None, None));
                }
                return Kind::Discard;
            }
            _ => return self.set(node, local),
        };
        self.facts.settings.push(change);
        kind
    }

    pub(super) fn transaction(&mut self, node: &SyntaxNode) -> Kind {
        match transaction_of(node) {
            Some(transaction) => Kind::Transaction(transaction),
            None => {
                self.not_analysed(node);
                Kind::Administer("OTHER")
            }
        }
    }

    fn set(&mut self, node: &SyntaxNode, local: bool) -> Kind {
        let target = node.children().find(|child| {
            !matches!(
                child.kind(),
                SyntaxKind::LOCAL_SCOPE | SyntaxKind::SESSION_SCOPE
            )
        });
        let Some(target) = target else {
            self.not_analysed(node);
            return Kind::Set;
        };
        let (name, values) = match target.kind() {
            SyntaxKind::SET_CONFIG => set_config(&target),
            SyntaxKind::SET_TIME_ZONE => ("timezone".to_owned(), given_values(&target)),
            SyntaxKind::SET_SCHEMA_VALUE => ("search_path".to_owned(), given_values(&target)),
            SyntaxKind::SET_CATALOG => ("catalog".to_owned(), given_values(&target)),
            SyntaxKind::SET_XML_OPTION => {
                let word = target
                    .last_token()
                    .map(|word| word.text().to_ascii_lowercase());
                ("xmloption".to_owned(), word.map(|word| vec![word]))
            }
            _ => {
                self.not_analysed(&target);
                return Kind::Set;
            }
        };
        self.facts.settings.push(SettingChange {
            setting: Setting::Named(name),
            value: values.map_or(SettingValue::Default, SettingValue::Given),
            lasting: lasting(local),
        });
        Kind::Set
    }
}

fn lasting(local: bool) -> Lasting {
    if local {
        Lasting::Transaction
    } else {
        Lasting::Session
    }
}

/// `name = value, …`, `name TO DEFAULT`, `name FROM CURRENT`.
fn set_config(target: &SyntaxNode) -> (String, Option<Vec<String>>) {
    let name = child_of_kind(target, SyntaxKind::CONFIG_PARAMETER_REF);
    let name = name.map(|name| setting_name(&name)).unwrap_or_default();
    let values = child_of_kind(target, SyntaxKind::TO_CONFIG_VALUE);
    (name, values.and_then(|values| given_values(&values)))
}

/// Names of settings are compared without regard to case.
fn setting_name(node: &SyntaxNode) -> String {
    super::names::path_parts(node)
        .join(".")
        .to_ascii_lowercase()
}

/// The values among the children of a node; `None`: DEFAULT, or none.
fn given_values(node: &SyntaxNode) -> Option<Vec<String>> {
    let values: Vec<String> = node.children().map(|value| given_value(&value)).collect();
    (!values.is_empty()).then_some(values)
}

fn given_value(node: &SyntaxNode) -> String {
    match ast::Literal::cast(node.clone()) {
        Some(literal) => string_of(&literal).unwrap_or_else(|| literal.syntax().text().to_string()),
        None if node.kind() == SyntaxKind::CONFIG_VALUE_NAME => name_of(node),
        None => node.text().to_string(),
    }
}

/// The role of SET ROLE or SET SESSION AUTHORIZATION; `None`: DEFAULT.
fn role(node: &SyntaxNode) -> Option<Vec<String>> {
    let target = node.children().find(|child| {
        !matches!(
            child.kind(),
            SyntaxKind::LOCAL_SCOPE | SyntaxKind::SESSION_SCOPE
        )
    })?;
    match target.kind() {
        SyntaxKind::SET_SESSION_AUTH_DEFAULT => None,
        SyntaxKind::SET_ROLE_NONE => Some(vec!["none".to_owned()]),
        SyntaxKind::LITERAL => Some(vec![given_value(&target)]),
        _ => {
            let name = target.descendants().last().unwrap_or(target);
            Some(vec![name_of(&name)])
        }
    }
}

/// The setting of RESET; `None`: all.
fn reset_name(node: &SyntaxNode) -> Option<String> {
    let target = node.children().next()?;
    match target.kind() {
        SyntaxKind::CONFIG_PARAMETER_REF => Some(setting_name(&target)),
        SyntaxKind::RESET_TIME_ZONE => Some("timezone".to_owned()),
        SyntaxKind::RESET_TRANSACTION_ISOLATION => Some("transaction_isolation".to_owned()),
        _ => None,
    }
}

/// The setting of SHOW.
pub(super) fn shown(node: &SyntaxNode) -> String {
    let Some(target) = node.children().next() else {
        return String::new();
    };
    match target.kind() {
        SyntaxKind::CONFIG_PARAMETER_REF => setting_name(&target),
        SyntaxKind::SESSION_AUTHORIZATION => "session_authorization".to_owned(),
        SyntaxKind::TIME_ZONE => "timezone".to_owned(),
        SyntaxKind::TRANSACTION_ISOLATION_LEVEL => "transaction_isolation".to_owned(),
        _ => "all".to_owned(),
    }
}

fn transaction_of(node: &SyntaxNode) -> Option<Transaction> {
    let savepoint = || {
        let is_name = |kind| matches!(kind, SyntaxKind::SAVEPOINT | SyntaxKind::SAVEPOINT_REF);
        let name = node.children().find(|child| is_name(child.kind()));
        name.map(|name| name_of(&name)).unwrap_or_default()
    };
    Some(match node.kind() {
        SyntaxKind::BEGIN => Transaction::Begin,
        SyntaxKind::COMMIT_TRANSACTION => Transaction::Commit,
        SyntaxKind::ROLLBACK_TRANSACTION => Transaction::Rollback,
        SyntaxKind::SAVEPOINT_CREATE => Transaction::Savepoint(savepoint()),
        SyntaxKind::RELEASE_SAVEPOINT => Transaction::Release(savepoint()),
        SyntaxKind::ROLLBACK_TO_SAVEPOINT => Transaction::RollbackTo(savepoint()),
        SyntaxKind::PREPARE_TRANSACTION
        | SyntaxKind::COMMIT_PREPARED
        | SyntaxKind::ROLLBACK_PREPARED => Transaction::TwoPhase,
        SyntaxKind::SET_TRANSACTION | SyntaxKind::SET_CONSTRAINTS => Transaction::Characteristics,
        _ => return None,
    })
}
