//! What a statement is and names, known from its text alone: the ground on which two independent
//! readings of a text must agree, and on which it is held against PostgreSQL's own grammar.

use std::collections::BTreeSet;
use std::ops::Range;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::gate;
use crate::identifier;
use crate::second;
use crate::tokens::{TokenKind, tokenize};
use crate::unreadable::Unreadable;

mod kind;
mod scopes;

pub use kind::OutlineKind;

use scopes::Scopes;

/// A relation's name as the text gives it: its parts, unquoted, folded and cut to 63 bytes as
/// PostgreSQL does.
pub type Name = Vec<String>;

/// What a statement is and names, known from its text alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it is, coarsely.
    pub kind: OutlineKind,
    /// Relations from which it reads rows or, in DDL, columns. Names of WITH queries are none.
    pub reads: BTreeSet<Name>,
    /// Relations that it writes, makes, changes, drops, locks or otherwise names as its object.
    pub writes: BTreeSet<Name>,
    /// An UPDATE or DELETE without WHERE stands anywhere in it.
    pub unrestricted: bool,
}

/// The outline of each statement of a text, empty ones left out.
///
/// # Errors
///
/// When the text cannot be analysed, or its two readings differ.
///
/// ```
/// let outlines = sql::outline("with a as (select 1) insert into t select * from a, s.b")?;
/// assert_eq!(outlines[0].kind, sql::outline::OutlineKind::Insert);
/// assert!(outlines[0].reads.contains(&vec!["s".to_owned(), "b".to_owned()]));
/// # Ok::<(), sql::Unreadable>(())
/// ```
pub fn outline(text: &str) -> Result<Vec<Outline>, Unreadable> {
    let gated = gate::admit(text)?;
    let outlines: Vec<Outline> = gated
        .statements
        .iter()
        .map(|statement| outline_of(&statement.node))
        .collect();
    second::agree(text, &outlines)?;
    Ok(outlines)
}

/// The bytes of each token of a text that is not white space or a comment. The pieces of a string
/// that is continued over lines are one token.
///
/// # Errors
///
/// When PostgreSQL's scanner refuses the text.
pub fn token_ranges(text: &str) -> Result<Vec<Range<usize>>, Unreadable> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for token in tokenize(text) {
        let token = token.map_err(|(position, error)| Unreadable::at(position, error.into()))?;
        let continues = matches!(
            token.kind,
            TokenKind::Continuation | TokenKind::EscapeContinuation
        );
        match ranges.last_mut() {
            Some(last) if continues => last.end = token.range.end,
            Some(_) | None if token.kind.is_trivia() => {}
            Some(_) | None => ranges.push(token.range),
        }
    }
    Ok(ranges)
}

/// The outline of a statement of a text that has passed the gate.
pub(crate) fn outline_of(statement: &SyntaxNode) -> Outline {
    let mut outline = Outline {
        kind: kind::of(statement),
        reads: BTreeSet::new(),
        writes: BTreeSet::new(),
        unrestricted: false,
    };
    let mut scopes = Scopes::default();
    // From the statement down to the node that was entered last. No recursion: a tree may be deep.
    let mut path: Vec<SyntaxNode> = Vec::new();
    for node in statement.descendants() {
        let parent = node.parent();
        while let Some(left) = path.pop_if(|open| Some(&*open) != parent.as_ref()) {
            scopes.leave(&left);
        }
        scopes.enter(&node);
        outline.note(&node, &scopes);
        path.push(node);
    }
    outline
}

impl Outline {
    fn note(&mut self, node: &SyntaxNode, scopes: &Scopes) {
        match node.kind() {
            SyntaxKind::UPDATE | SyntaxKind::DELETE => {
                self.unrestricted |= !node.children().any(|child| {
                    matches!(
                        child.kind(),
                        SyntaxKind::WHERE_CLAUSE | SyntaxKind::WHERE_CURRENT_OF
                    )
                });
            }
            SyntaxKind::RELATION_NAME_REF
            | SyntaxKind::TABLE_NAME_REF
            | SyntaxKind::TABLE_NAME
            | SyntaxKind::VIEW
            | SyntaxKind::VIEW_REF => self.note_relation(node, scopes),
            _ => {}
        }
    }

    fn note_relation(&mut self, node: &SyntaxNode, scopes: &Scopes) {
        let name = identifier::parts_of(node);
        match role(node) {
            Role::FromItem if scopes.hides(&name) => false,
            Role::FromItem | Role::Source => self.reads.insert(name),
            Role::Object => self.writes.insert(name),
            Role::NewName => false,
        };
    }
}

/// For what a relation is named.
enum Role {
    /// Rows are read from it; a name without schema may be that of a WITH query.
    FromItem,
    /// It is read, and cannot be a WITH query.
    Source,
    /// The command is about it.
    Object,
    /// No relation has this name yet.
    NewName,
}

fn role(node: &SyntaxNode) -> Role {
    let around = |node: &SyntaxNode| node.parent().map_or(SyntaxKind::SOURCE_FILE, |n| n.kind());
    let context = node
        .ancestors()
        .skip(1)
        .find(|node| {
            !matches!(
                node.kind(),
                SyntaxKind::RELATION_NAME | SyntaxKind::TABLE_RELATION_NAME
            )
        })
        .map_or(SyntaxKind::SOURCE_FILE, |node| node.kind());
    match context {
        SyntaxKind::RELATION_FROM_ITEM | SyntaxKind::TABLE => Role::FromItem,
        SyntaxKind::LIKE_CLAUSE
        | SyntaxKind::REFERENCES_CONSTRAINT
        | SyntaxKind::FOREIGN_KEY_CONSTRAINT
        | SyntaxKind::INHERITS
        | SyntaxKind::PARTITION_OF => Role::Source,
        SyntaxKind::COPY_TABLE if is_copied_out(node) => Role::Source,
        SyntaxKind::TABLE_RENAME_TO | SyntaxKind::VIEW_RENAME_TO => Role::NewName,
        _ if around(node) == SyntaxKind::TRANSITION_RELATION_NAME => Role::NewName,
        _ => Role::Object,
    }
}

fn is_copied_out(table: &SyntaxNode) -> bool {
    let copy = table
        .ancestors()
        .find(|node| node.kind() == SyntaxKind::COPY);
    copy.is_some_and(|copy| {
        copy.children()
            .any(|child| child.kind() == SyntaxKind::COPY_TO)
    })
}
