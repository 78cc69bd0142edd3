//! COPY.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::value::{Column, Item, Namespace, Shape};
use super::{Reader, child_of_kind, has_token, name_of};
use crate::catalog::{ColumnOrigin, Relation};
use crate::facts::{
    Clause, CopyFormat, CopyOptions, Derivation, ForceQuote, Kind, Outputs, TableAction,
};

/// Where the data comes from or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    FromClient,
    ToClient,
    /// A file or program of the server.
    Server,
}

/// Options as they were given.
#[derive(Debug, Default)]
struct Given {
    format: Option<String>,
    delimiter: Option<Vec<u8>>,
    null: Option<Vec<u8>>,
    quote: Option<Vec<u8>>,
    escape: Option<Vec<u8>>,
    header: bool,
    force_quote: ForceQuote,
}

impl Reader<'_> {
    pub(super) fn copy(&mut self, node: &SyntaxNode) -> (Kind, Outputs) {
        let direction = direction_of(node);
        let format = self.copy_format(node);
        let mut outputs = Outputs::None;
        let mut target = Namespace::default();
        for child in node.children() {
            match child.kind() {
                SyntaxKind::COPY_QUERY => {
                    for query in child.children() {
                        outputs = self.statement(&query).1;
                    }
                }
                SyntaxKind::COPY_TABLE => (target, outputs) = self.copy_table(&child, direction),
                SyntaxKind::WHERE_CLAUSE => {
                    self.scopes.push(target.clone());
                    self.children_used(&child, Clause::Filter);
                    self.scopes.pop();
                }
                SyntaxKind::COPY_FROM
                | SyntaxKind::COPY_TO
                | SyntaxKind::COPY_OPTION_LIST
                | SyntaxKind::COPY_LEGACY_OPTION => {}
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        match direction {
            Direction::FromClient => (Kind::CopyIn(format), Outputs::None),
            Direction::ToClient => (Kind::CopyOut(format), outputs),
            Direction::Server => (Kind::CopyServer, Outputs::None),
        }
    }

    /// The table that is copied as a whole or by some columns. COPY never reads a WITH query.
    fn copy_table(&mut self, node: &SyntaxNode, direction: Direction) -> (Namespace, Outputs) {
        let nothing = (
            Namespace::default(),
            Outputs::Unknown(crate::facts::Lineage::opaque()),
        );
        let Some(reference) = child_of_kind(node, SyntaxKind::TABLE_NAME_REF) else {
            self.not_analysed(node);
            return nothing;
        };
        let inwards = direction == Direction::FromClient || copies_in(node);
        let action = if inwards {
            TableAction::CopyIn
        } else {
            TableAction::CopyOut
        };
        let Some(relation) = self.relation_for(&reference, action) else {
            return nothing;
        };
        let item = self.relation_item(relation, None);
        let selected = self.selected_columns(node, &item, relation);
        if inwards {
            for column in &selected.columns {
                if column.value.lineage.derivation == Derivation::Copied {
                    self.record(&column.value.lineage, Clause::Assigned);
                }
            }
            return (Namespace::of(item), Outputs::None);
        }
        let outputs = self.outputs(&selected);
        (Namespace::of(item), outputs)
    }

    /// The columns that are named, else all that are not generated (PostgreSQL's
    /// `CopyGetAttnums`).
    fn selected_columns(&mut self, node: &SyntaxNode, item: &Item, relation: &Relation) -> Shape {
        let Some(list) = child_of_kind(node, SyntaxKind::COLUMN_REF_LIST) else {
            let mut all = Shape::clone(&item.shape);
            all.columns
                .retain(|column| !is_generated(relation, &column.name));
            return all;
        };
        let mut columns: Vec<Rc<Column>> = Vec::new();
        for name in list.children() {
            let column = item.shape.named(&name_of(&name)).next().cloned();
            if column.is_none() {
                let reason = format!("column `{}` is not in the table copied", name_of(&name));
                self.unresolved(&name, reason);
            }
            columns.extend(column);
        }
        Shape::closed(columns)
    }

    fn copy_format(&mut self, node: &SyntaxNode) -> CopyFormat {
        let mut given = Given::default();
        for child in node.children() {
            match child.kind() {
                SyntaxKind::COPY_TABLE if has_token(&child, SyntaxKind::BINARY_KW) => {
                    given.format = Some("binary".to_owned());
                }
                SyntaxKind::COPY_OPTION_LIST => {
                    for option in child.children() {
                        self.copy_option(&option, &mut given);
                    }
                }
                SyntaxKind::COPY_LEGACY_OPTION => self.legacy_option(&child, &mut given),
                _ => {}
            }
        }
        self.format_of(node, given)
    }

    fn copy_option(&mut self, option: &SyntaxNode, given: &mut Given) {
        let name = child_of_kind(option, SyntaxKind::COPY_OPTION_KEY).map(|key| name_of(&key));
        let name = name.unwrap_or_default();
        let value = child_of_kind(option, SyntaxKind::COPY_OPTION_VALUE);
        if name == "force_quote" {
            given.force_quote = value.map_or(ForceQuote::All, |value| forced(&value));
            return;
        }
        let value = value.map(|value| value_of(&value));
        self.option(option, &name, value, given);
    }

    /// `CSV`, `DELIMITER AS ','`: the spelling of old.
    fn legacy_option(&mut self, option: &SyntaxNode, given: &mut Given) {
        let Some(word) = option
            .first_token()
            .map(|token| token.text().to_ascii_lowercase())
        else {
            return;
        };
        match word.as_str() {
            "csv" | "binary" | "json" => given.format = Some(word),
            "force" if child_of_kind(option, SyntaxKind::FORCE_QUOTE).is_some() => {
                given.force_quote = forced(option)
            }
            // FORCE NOT NULL and FORCE NULL are of COPY FROM.
            "force" => {}
            _ => {
                let value = child_of_kind(option, SyntaxKind::LITERAL);
                let value = value.map(|value| literal_of(&value));
                self.option(option, &word, value, given);
            }
        }
    }

    fn option(&mut self, node: &SyntaxNode, name: &str, value: Option<String>, given: &mut Given) {
        let bytes = || value.clone().map(String::into_bytes);
        match name {
            "format" => given.format = value.map(|value| value.to_ascii_lowercase()),
            "delimiter" => given.delimiter = bytes(),
            "null" => given.null = bytes(),
            "quote" => given.quote = bytes(),
            "escape" => given.escape = bytes(),
            "header" => match value.as_deref().map_or(Some(true), is_on) {
                Some(header) => given.header = header,
                None => self.unresolved(node, "this value of `header` is not analysed"),
            },
            "encoding" if value.as_deref().is_some_and(is_utf8) => {}
            "freeze" | "force_not_null" | "force_null" | "default" | "on_error"
            | "log_verbosity" | "reject_limit" => {}
            _ => self.unresolved(node, format!("option `{name}` of COPY is not analysed")),
        }
    }

    fn format_of(&mut self, node: &SyntaxNode, given: Given) -> CopyFormat {
        match given.format.as_deref() {
            None | Some("text") => {
                let defaults = (b'\t', b"\\N".to_vec());
                CopyFormat::Text(self.options(node, given, defaults))
            }
            Some("csv") => CopyFormat::Csv(self.options(node, given, (b',', Vec::new()))),
            Some("binary") => CopyFormat::Binary,
            Some(_) => {
                self.unresolved(node, "this format of COPY is not analysed");
                CopyFormat::Binary
            }
        }
    }

    fn options(
        &mut self,
        node: &SyntaxNode,
        given: Given,
        (delimiter, null): (u8, Vec<u8>),
    ) -> CopyOptions {
        let mut one_byte = |value: Option<Vec<u8>>, default: u8| match value.as_deref() {
            None => default,
            Some([byte]) => *byte,
            Some(_) => {
                self.unresolved(node, "a COPY option is longer than one byte");
                default
            }
        };
        let quote = one_byte(given.quote, b'"');
        CopyOptions {
            delimiter: one_byte(given.delimiter, delimiter),
            null: given.null.unwrap_or(null),
            header: given.header,
            quote,
            escape: one_byte(given.escape, quote),
            force_quote: given.force_quote,
        }
    }
}

fn direction_of(copy: &SyntaxNode) -> Direction {
    let side = |kind| child_of_kind(copy, kind);
    let client = |side: &SyntaxNode| {
        side.children()
            .any(|of| matches!(of.kind(), SyntaxKind::COPY_STDIN | SyntaxKind::COPY_STDOUT))
    };
    match (side(SyntaxKind::COPY_FROM), side(SyntaxKind::COPY_TO)) {
        (Some(from), None) if client(&from) => Direction::FromClient,
        (None, Some(to)) if client(&to) => Direction::ToClient,
        _ => Direction::Server,
    }
}

/// Whether the COPY of this table reads a file of the server.
fn copies_in(table: &SyntaxNode) -> bool {
    table
        .parent()
        .is_some_and(|copy| child_of_kind(&copy, SyntaxKind::COPY_FROM).is_some())
}

fn value_of(value: &SyntaxNode) -> String {
    match value.children().next() {
        Some(inner) if inner.kind() == SyntaxKind::LITERAL => literal_of(&inner),
        Some(inner) if inner.kind() == SyntaxKind::COPY_OPTION_VALUE_NAME => name_of(&inner),
        Some(_) | None => value.text().to_string().to_ascii_lowercase(),
    }
}

fn literal_of(node: &SyntaxNode) -> String {
    let text = || node.text().to_string().to_ascii_lowercase();
    ast::Literal::cast(node.clone())
        .and_then(|literal| literal.string_value())
        .unwrap_or_else(text)
}

/// The values of HEADER whose meaning is certain; a first line that is taken for one and is not would
/// show a row.
fn is_on(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" | "match" => Some(true),
        "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn is_generated(relation: &Relation, name: &str) -> bool {
    let generated = |origin| match origin {
        ColumnOrigin::Generated => true,
        ColumnOrigin::Given => false,
    };
    relation
        .columns
        .iter()
        .any(|column| column.name == name && generated(column.origin))
}

/// The columns of FORCE QUOTE: `*`, or names at any depth.
fn forced(node: &SyntaxNode) -> ForceQuote {
    if has_token(node, SyntaxKind::STAR) {
        return ForceQuote::All;
    }
    let is_name = |node: &SyntaxNode| {
        matches!(
            node.kind(),
            SyntaxKind::COPY_OPTION_VALUE_NAME | SyntaxKind::COLUMN_NAME_REF
        )
    };
    let names = node.descendants().filter(is_name);
    ForceQuote::Columns(names.map(|name| name_of(&name)).collect())
}

fn is_utf8(encoding: &str) -> bool {
    matches!(
        encoding.to_ascii_lowercase().replace('-', "").as_str(),
        "utf8" | "unicode"
    )
}
