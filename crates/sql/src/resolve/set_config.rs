//! Settings that a query changes: `set_config`, and UPDATE of the view `pg_settings`.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::{Reader, child_of_kind, string_of};
use crate::catalog::{Oid, Relation};
use crate::facts::{ColumnId, Lasting, Setting, SettingChange, SettingValue};

/// The function of `pg_catalog` that does what SET does.
const FUNCTION: &str = "set_config";

/// The view of `pg_catalog` whose rule for UPDATE calls it.
const VIEW: &str = "pg_settings";

impl Reader<'_> {
    /// Records what a call of PostgreSQL's own `set_config` changes. `true`: the setting is named in
    /// the text, so the change is as well known as that of SET.
    pub(super) fn set_by_call(&mut self, node: &SyntaxNode, function: &str) -> bool {
        if function != FUNCTION {
            return false;
        }
        let change = change_of(node);
        let named = matches!(change.setting, Setting::Named(_));
        if !named {
            let reason = "`set_config` changes a setting that the text does not name";
            self.unresolved(node, reason);
        }
        self.facts.settings.push(change);
        named
    }

    /// Records that an UPDATE may go through the rule of `pg_settings`.
    pub(super) fn set_by_update(&mut self, node: &SyntaxNode, target: &Relation) {
        let is_view = |oid: Oid| {
            let relation = self.catalog.relation(oid);
            relation.is_some_and(|of| of.name == VIEW && of.schema == "pg_catalog")
        };
        let lineages = self.catalog.view_lineage(target.oid).unwrap_or_default();
        let below = |column: &ColumnId| is_view(column.relation);
        let through = lineages.iter().flat_map(|lineage| &lineage.sources);
        if is_view(target.oid) || through.into_iter().any(below) {
            self.unresolved(node, "UPDATE of `pg_settings` changes settings; use SET");
            self.facts.settings.push(unknown());
        }
    }
}

fn unknown() -> SettingChange {
    SettingChange {
        setting: Setting::Unknown,
        value: SettingValue::Unknown,
        lasting: Lasting::Unknown,
    }
}

/// What a call changes, as far as its arguments are literals.
fn change_of(call: &SyntaxNode) -> SettingChange {
    let arguments: Vec<Option<ast::Literal>> = child_of_kind(call, SyntaxKind::ARG_LIST)
        .map(|list| list.children().map(|argument| literal(&argument)).collect())
        .unwrap_or_default();
    let [Some(name), value, local] = arguments.as_slice() else {
        return unknown();
    };
    let Some(name) = string_of(name) else {
        return unknown();
    };
    let value = match value.as_ref().and_then(string_of) {
        Some(text) if happens_once(call) => SettingValue::Text(text),
        Some(text) => SettingValue::Perhaps(text),
        None => SettingValue::Unknown,
    };
    let lasting = local.as_ref().and_then(|local| {
        match local
            .syntax()
            .text()
            .to_string()
            .to_ascii_lowercase()
            .as_str()
        {
            "false" => Some(Lasting::Session),
            "true" => Some(Lasting::Transaction),
            _ => None,
        }
    });
    SettingChange {
        setting: Setting::Named(name.to_ascii_lowercase()),
        value,
        lasting: lasting.unwrap_or(Lasting::Unknown),
    }
}

/// The literal that an argument consists of; `None` for any other expression and for `name => …`.
fn literal(argument: &SyntaxNode) -> Option<ast::Literal> {
    let mut children = argument.children();
    let only = children
        .next()
        .filter(|_| argument.kind() == SyntaxKind::ARG)?;
    children
        .next()
        .is_none()
        .then(|| ast::Literal::cast(only))?
}

/// Whether the call is the only thing that the statement does: `SELECT set_config(…)`.
fn happens_once(call: &SyntaxNode) -> bool {
    let mut above = call.ancestors().skip(1);
    let kinds = [
        SyntaxKind::TARGET,
        SyntaxKind::TARGET_LIST,
        SyntaxKind::SELECT_CLAUSE,
        SyntaxKind::SELECT,
        SyntaxKind::SOURCE_FILE,
    ];
    let alone = |node: &SyntaxNode| {
        let count = node.children().count();
        match node.kind() {
            SyntaxKind::SOURCE_FILE => true,
            // With a name for the output, perhaps.
            SyntaxKind::TARGET => count <= 2,
            _ => count == 1,
        }
    };
    kinds.into_iter().all(|kind| {
        above
            .next()
            .is_some_and(|node| node.kind() == kind && alone(&node))
    })
}
