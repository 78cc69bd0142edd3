//! MERGE.

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::Reader;
use super::dml::Target;
use super::value::{Namespace, Shape};
use crate::facts::{Clause, Restriction, TableAction};

impl Reader<'_> {
    /// MERGE; the columns of RETURNING, if there are any.
    pub(super) fn merge(&mut self, node: &SyntaxNode) -> Option<Shape> {
        self.see(node);
        let in_sight = self.enter_own_with(node);
        let target = self.target_of(node, TableAction::Merge);
        let mut namespace = target.namespace();
        let mut restriction = Restriction::NotApplicable;
        let mut returning = None;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::WITH_CLAUSE
                | SyntaxKind::TABLE_RELATION_NAME
                | SyntaxKind::OPTIONAL_AS_ALIAS => {}
                SyntaxKind::USING_ON_CLAUSE => {
                    restriction = self.merge_source(&child, &target, &mut namespace);
                }
                SyntaxKind::MERGE_WHEN_MATCHED
                | SyntaxKind::MERGE_WHEN_NOT_MATCHED_SOURCE
                | SyntaxKind::MERGE_WHEN_NOT_MATCHED_TARGET => {
                    self.scopes.push(namespace.clone());
                    self.merge_when(&child, &target, restriction);
                    self.scopes.pop();
                }
                SyntaxKind::RETURNING_CLAUSE => {
                    returning = Some(self.returning(&child, &target, namespace.clone()));
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
        self.ctes.truncate(in_sight);
        returning
    }

    /// USING … ON: the other rows, and how they are matched.
    fn merge_source(
        &mut self,
        clause: &SyntaxNode,
        target: &Target,
        namespace: &mut Namespace,
    ) -> Restriction {
        let (on, sources): (Vec<_>, Vec<_>) = clause
            .children()
            .partition(|child| child.kind() == SyntaxKind::ON_CLAUSE);
        let source = self.read_from_list(sources.into_iter());
        // RETURNING * gives the source's columns before those of the target.
        let target_names = std::mem::replace(namespace, source);
        namespace.extend(&target_names);
        self.scopes.push(namespace.clone());
        let terms = on.iter().flat_map(|on| on.children()).collect::<Vec<_>>();
        let restriction = self.restriction_of(terms.into_iter(), target);
        self.scopes.pop();
        restriction
    }

    fn merge_when(&mut self, when: &SyntaxNode, target: &Target, matched: Restriction) {
        let restriction = match when.kind() {
            // Every row of the target that nothing matches.
            SyntaxKind::MERGE_WHEN_NOT_MATCHED_SOURCE => Restriction::Unrestricted,
            _ => matched,
        };
        for child in when.children() {
            match child.kind() {
                SyntaxKind::MERGE_CONDITION => {
                    self.children_used(&child, Clause::Filter);
                }
                SyntaxKind::MERGE_DO_NOTHING | SyntaxKind::BY_TARGET => {}
                SyntaxKind::MERGE_DELETE => {
                    self.merge_action(target, TableAction::Delete);
                    self.record_restriction(restriction);
                }
                SyntaxKind::MERGE_UPDATE => {
                    self.merge_action(target, TableAction::Update);
                    self.record_restriction(restriction);
                    for clause in child.children() {
                        self.set_clause(&clause, target);
                    }
                }
                SyntaxKind::MERGE_INSERT => {
                    self.merge_action(target, TableAction::Insert);
                    self.merge_insert(&child, target);
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }

    fn merge_action(&mut self, target: &Target, action: TableAction) {
        if let Some(relation) = target.item.as_ref().and_then(|item| item.relation) {
            self.record_relation(relation, action);
        }
    }

    fn merge_insert(&mut self, node: &SyntaxNode, target: &Target) {
        let mut names = None;
        for child in node.children() {
            match child.kind() {
                SyntaxKind::COLUMN_TARGET_LIST => names = Some(self.target_names(&child)),
                SyntaxKind::OVERRIDING_SYSTEM_VALUE
                | SyntaxKind::OVERRIDING_USER_VALUE
                | SyntaxKind::DEFAULT_VALUES => {}
                SyntaxKind::VALUES => {
                    let row = self.query(&child);
                    self.assign_row(node, target, names.take(), &row);
                }
                _ => {
                    self.not_analysed(&child);
                }
            }
        }
    }
}
