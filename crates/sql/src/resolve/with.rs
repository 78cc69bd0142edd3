//! WITH queries and what of them is in sight.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::value::{Column, Item, Shape};
use super::{Reader, child_of_kind, has_token, name_of};
use crate::facts::{Clause, Lineage};

/// Rounds after which the lineage of recursive queries is given up for unknown. Each round either
/// adds a source somewhere or is the last.
const MOST_ROUNDS: usize = 64;

/// A WITH query that is in sight.
#[derive(Debug)]
pub(super) struct Cte {
    name: String,
    shape: Rc<Shape>,
}

impl Cte {
    /// The entry of a FROM list that reads it.
    pub(super) fn item(&self, alias: Option<String>) -> Item {
        Item {
            name: Some(alias.unwrap_or_else(|| self.name.clone())),
            shape: Rc::clone(&self.shape),
            ..Item::default()
        }
    }
}

impl Reader<'_> {
    /// The WITH query of this name that is in sight.
    pub(super) fn cte_named(&self, name: &str) -> Option<Rc<Cte>> {
        self.ctes.iter().rev().find(|cte| cte.name == name).cloned()
    }

    /// Brings the queries of a WITH clause in sight. Each sees those before it; with RECURSIVE all
    /// of them, itself too.
    pub(super) fn enter_with(&mut self, clause: &SyntaxNode) {
        let tables: Vec<SyntaxNode> = clause.children().collect();
        if has_token(clause, SyntaxKind::RECURSIVE_KW) {
            self.charge(clause, usize::from(clause.text_range().len()) / 16);
            if looks_forward(&tables) {
                self.enter_recursive(clause, &tables);
                return;
            }
        }
        for table in &tables {
            let shape = self.with_table(table);
            self.ctes.push(Rc::new(Cte {
                name: cte_name(table),
                shape,
            }));
        }
    }

    /// Lineage of queries that read themselves: reading is repeated, each time with what the last
    /// reading found, until nothing new is found. Only the last reading leaves facts.
    fn enter_recursive(&mut self, clause: &SyntaxNode, tables: &[SyntaxNode]) {
        let base = self.ctes.len();
        let before = (self.facts.clone(), self.needed_views.clone());
        let unknown = Rc::new(Shape::open(Lineage::default()));
        let unknowns: Vec<_> = tables.iter().map(|_| Rc::clone(&unknown)).collect();
        self.push_ctes(tables, &unknowns);
        let starts: Vec<Rc<Shape>> = tables
            .iter()
            .map(|table| self.recursion_start(table))
            .collect();
        self.ctes.truncate(base);
        self.push_ctes(tables, &starts);
        for _ in 0..MOST_ROUNDS {
            (self.facts, self.needed_views) = before.clone();
            let shapes: Vec<Rc<Shape>> =
                tables.iter().map(|table| self.with_table(table)).collect();
            let known = self.ctes.get(base..).unwrap_or_default();
            let settled = known
                .iter()
                .zip(&shapes)
                .all(|(cte, shape)| cte.shape == *shape);
            self.ctes.truncate(base);
            self.push_ctes(tables, &shapes);
            if settled || !self.charge(clause, 1) {
                return;
            }
        }
        self.unresolved(clause, "the lineage of a recursive query does not settle");
    }

    /// What a query that reads itself starts from: the left arm of its UNION, which may not.
    fn recursion_start(&mut self, table: &SyntaxNode) -> Rc<Shape> {
        let compound = child_of_kind(table, SyntaxKind::COMPOUND_SELECT);
        match compound.and_then(|compound| compound.children().next()) {
            Some(left) => Rc::new(self.query(&left).renamed(&column_list(table))),
            None => Rc::new(Shape::open(Lineage::default())),
        }
    }

    /// CREATE RECURSIVE VIEW reads itself by its name, with the columns that it lists.
    pub(super) fn enter_recursive_view(
        &mut self,
        node: &SyntaxNode,
        name: String,
        columns: &[String],
    ) {
        let query = node
            .children()
            .find(|child| super::parts::is_query(child.kind()));
        let mut lineage = Lineage::default();
        // Every column of a view that reads itself may come from whatever it reads.
        for _ in 0..MOST_ROUNDS {
            let column = |name: &String| Column::new(name, lineage.clone());
            let shape = Rc::new(Shape::closed(columns.iter().map(column).collect()));
            self.ctes.push(Rc::new(Cte {
                name: name.clone(),
                shape,
            }));
            let found = query
                .as_ref()
                .map(|query| self.query(query).union())
                .unwrap_or_default();
            if found == lineage {
                return;
            }
            self.ctes.pop();
            lineage = found;
        }
        self.unresolved(node, "the lineage of a recursive query does not settle");
    }

    fn push_ctes(&mut self, tables: &[SyntaxNode], shapes: &[Rc<Shape>]) {
        let entry = |(table, shape): (&SyntaxNode, &Rc<Shape>)| {
            Rc::new(Cte {
                name: cte_name(table),
                shape: Rc::clone(shape),
            })
        };
        self.ctes.extend(tables.iter().zip(shapes).map(entry));
    }

    fn with_table(&mut self, table: &SyntaxNode) -> Rc<Shape> {
        let mut shape = Rc::new(Shape::open(Lineage::opaque()));
        for child in table.children() {
            match child.kind() {
                SyntaxKind::CTE_NAME
                | SyntaxKind::COLUMN_LIST
                | SyntaxKind::MATERIALIZED
                | SyntaxKind::NOT_MATERIALIZED
                | SyntaxKind::SEARCH_CLAUSE
                | SyntaxKind::CYCLE_CLAUSE => {}
                _ => shape = self.with_query(&child),
            }
        }
        let names = column_list(table);
        if !names.is_empty() {
            shape = Rc::new(shape.renamed(&names));
        }
        self.record_shape(&shape, Clause::Output);
        self.search_and_cycle(table, shape)
    }

    fn with_query(&mut self, node: &SyntaxNode) -> Rc<Shape> {
        let returning = match ast::WithQuery::cast(node.clone()) {
            Some(
                ast::WithQuery::Select(_)
                | ast::WithQuery::Values(_)
                | ast::WithQuery::CompoundSelect(_)
                | ast::WithQuery::ParenSelect(_)
                | ast::WithQuery::Table(_),
            ) => return self.query(node),
            Some(ast::WithQuery::Insert(_)) => self.insert(node),
            Some(ast::WithQuery::Update(_)) => self.update(node),
            Some(ast::WithQuery::Delete(_)) => self.delete(node),
            Some(ast::WithQuery::Merge(_)) => self.merge(node),
            None => {
                self.not_analysed(node);
                Some(Shape::open(Lineage::opaque()))
            }
        };
        Rc::new(returning.unwrap_or_default())
    }

    /// SEARCH and CYCLE add columns that are made of those they name.
    fn search_and_cycle(&mut self, table: &SyntaxNode, shape: Rc<Shape>) -> Rc<Shape> {
        let clauses = table.children().filter(|child| {
            matches!(
                child.kind(),
                SyntaxKind::SEARCH_CLAUSE | SyntaxKind::CYCLE_CLAUSE
            )
        });
        let mut widened = Shape::clone(&shape);
        for clause in clauses {
            let mut lineage = Lineage::default();
            let names = |node: &SyntaxNode| {
                let is_name = |part: &SyntaxNode| part.kind() == SyntaxKind::COLUMN_NAME_REF;
                node.descendants()
                    .filter(is_name)
                    .map(|part| name_of(&part))
                    .collect::<Vec<_>>()
            };
            for part in clause.children() {
                match part.kind() {
                    SyntaxKind::SEARCH_COLUMNS | SyntaxKind::CYCLE_COLUMNS => {
                        for name in names(&part) {
                            shape
                                .named(&name)
                                .for_each(|c| lineage.absorb(&c.value.lineage));
                        }
                    }
                    _ => {
                        let added = names(&part).into_iter();
                        widened
                            .columns
                            .extend(added.map(|n| Column::new(n, lineage.clone())));
                    }
                }
            }
            self.record(&lineage, Clause::Order);
        }
        Rc::new(widened)
    }
}

fn cte_name(table: &SyntaxNode) -> String {
    child_of_kind(table, SyntaxKind::CTE_NAME)
        .map(|name| name_of(&name))
        .unwrap_or_default()
}

/// The names of a column list among the children of a node.
pub(super) fn column_list(node: &SyntaxNode) -> Vec<String> {
    let Some(list) = child_of_kind(node, SyntaxKind::COLUMN_LIST) else {
        return Vec::new();
    };
    list.children().map(|name| name_of(&name)).collect()
}

/// Whether any query of a WITH RECURSIVE may read itself or a later one.
fn looks_forward(tables: &[SyntaxNode]) -> bool {
    let names: Vec<String> = tables.iter().map(cte_name).collect();
    tables.iter().enumerate().any(|(index, table)| {
        let later = names.get(index..).unwrap_or_default();
        table
            .descendants()
            .filter(|part| part.kind() == SyntaxKind::RELATION_NAME_REF)
            .any(|part| later.contains(&super::names::path_parts(&part).join(".")))
    })
}
