//! From a statement's tree to its facts: names are resolved as PostgreSQL resolves them.
//!
//! A [`Reader`] walks one statement. Values carry their lineage upwards; whoever puts a value to
//! use records its columns with the clause in which it stands.

mod call;
mod copy;
mod ddl;
mod dml;
mod expression;
mod fields;
mod from;
mod groups;
mod join;
mod kinds;
mod label;
mod merge;
mod names;
mod parts;
mod query;
mod restriction;
mod session_statements;
mod set_config;
mod statement;
mod tail;
mod value;
mod window;
mod with;

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::catalog::{Catalog, Oid};
use crate::facts::{
    Clause, ColumnUse, Facts, Flow, FunctionUse, Kind, Lineage, Outputs, RelationUse, Restriction,
    SchemaAction, SchemaUse, TableAction, Unresolved,
};
use crate::identifier;
use restriction::Watch;
use value::{Namespace, Shape, Value};
use with::Cte;

/// Steps of work for one statement. A step is about one node of the tree or a few columns that are
/// looked at: some hundred nanoseconds. The longest text that the gate admits, an INSERT of numbers
/// alone, takes about half a million; nested WITH RECURSIVE and repeated `*` could take any number.
const MOST_STEPS: usize = 1_500_000;

/// Levels of nesting that are walked. The gate admits fewer levels of brackets than this; it is
/// met only by forms that nest without brackets.
const DEEPEST: usize = 700;

/// One statement being read.
pub(crate) struct Reader<'a> {
    catalog: &'a Catalog,
    /// Schemas in the order in which they are searched, `pg_catalog` among them.
    path: Vec<String>,
    facts: Facts,
    /// What names mean, outermost level first.
    scopes: Vec<Namespace>,
    /// WITH queries in sight, the nearest last.
    ctes: Vec<Rc<Cte>>,
    /// Views that are not expanded yet; only while a catalog is made.
    needed_views: BTreeSet<Oid>,
    watch: Option<Watch>,
    /// Nodes that must be looked at and were.
    seen: HashSet<SyntaxNode>,
    steps: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(catalog: &'a Catalog, search_path: &[String]) -> Self {
        let mut path = search_path.to_vec();
        if !path.iter().any(|schema| schema == "pg_catalog") {
            path.insert(0, "pg_catalog".to_owned());
        }
        Self {
            catalog,
            path,
            facts: nothing(),
            scopes: Vec::new(),
            ctes: Vec::new(),
            needed_views: BTreeSet::new(),
            watch: None,
            seen: HashSet::new(),
            steps: 0,
            depth: 0,
        }
    }

    /// The facts of a statement.
    pub(crate) fn statement_facts(mut self, node: &SyntaxNode) -> Facts {
        let (kind, outputs) = self.statement(node);
        if !kinds::has_hidden_body(node.kind()) {
            self.find_unseen(node);
        }
        self.facts.kind = kind;
        self.facts.outputs = outputs;
        self.facts
    }

    /// The columns of a view's defining query, if it can be read.
    pub(crate) fn view_columns(mut self, query: &SyntaxNode) -> crate::views::ViewReading {
        use crate::views::ViewReading;
        let shape = self.query(query);
        self.find_unseen(query);
        if !self.needed_views.is_empty() {
            return ViewReading::Needs(self.needed_views.into_iter().collect());
        }
        if !self.facts.unresolved.is_empty() || shape.open.is_some() {
            return ViewReading::Unreadable;
        }
        let lineage = |column: &Rc<value::Column>| column.value.lineage.clone();
        ViewReading::Columns(shape.columns.iter().map(lineage).collect())
    }

    /// Says what the walk passed over, if it did: every query, relation and call of the tree must
    /// have been looked at.
    fn find_unseen(&mut self, root: &SyntaxNode) {
        let unseen: Vec<SyntaxNode> = root
            .descendants()
            .filter(|node| kinds::must_be_seen(node.kind()) && !self.seen.contains(node))
            .collect();
        for node in unseen {
            self.unresolved(
                &node,
                format!("{} is not analysed here", kinds::words(node.kind())),
            );
        }
    }

    fn see(&mut self, node: &SyntaxNode) {
        if kinds::must_be_seen(node.kind()) {
            self.seen.insert(node.clone());
        }
    }

    fn unresolved(&mut self, node: &SyntaxNode, reason: impl Into<String>) {
        let position = Some(node.text_range().start().into());
        let entry = Unresolved {
            position,
            reason: reason.into(),
        };
        if !self.facts.unresolved.contains(&entry) && self.facts.unresolved.len() < 100 {
            self.facts.unresolved.push(entry);
        }
    }

    /// Counts work. `false`: enough has been done, the walk must end.
    fn charge(&mut self, node: &SyntaxNode, steps: usize) -> bool {
        let before = self.steps;
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= MOST_STEPS {
            return true;
        }
        if before <= MOST_STEPS {
            self.unresolved(node, "the statement takes too much work to analyse");
        }
        false
    }

    /// Goes one level down. `false`: too deep or too much work; the walk must turn back.
    fn descend(&mut self, node: &SyntaxNode) -> bool {
        if self.depth >= DEEPEST {
            self.unresolved(node, "nested too deep to analyse");
            return false;
        }
        if !self.charge(node, 1) {
            return false;
        }
        self.depth += 1;
        true
    }

    fn ascend(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn record(&mut self, lineage: &Lineage, clause: Clause) {
        let uses = lineage
            .sources
            .iter()
            .map(|&column| ColumnUse { column, clause });
        self.facts.columns.extend(uses);
    }

    fn record_shape(&mut self, shape: &Shape, clause: Clause) {
        shape
            .columns
            .iter()
            .for_each(|column| self.record(&column.value.lineage, clause));
        if let Some(open) = &shape.open {
            self.record(open, clause);
        }
    }

    fn record_relation(&mut self, relation: Oid, action: TableAction) {
        self.facts
            .relations
            .insert(RelationUse { relation, action });
    }

    fn record_schema(&mut self, schema: impl Into<String>, action: SchemaAction) {
        self.facts.schemas.insert(SchemaUse {
            schema: schema.into(),
            action,
        });
    }

    fn record_function(&mut self, function: FunctionUse) {
        self.facts.functions.insert(function);
    }

    /// Values go where the catalog knows no column.
    fn record_flow_away(&mut self, lineage: &Lineage) {
        let flow = Flow {
            target: None,
            lineage: lineage.clone(),
        };
        if !self.facts.flows.contains(&flow) {
            self.facts.flows.push(flow);
        }
    }

    fn record_restriction(&mut self, found: Restriction) {
        let both = [self.facts.restriction, found];
        self.facts.restriction = if both.contains(&Restriction::Unrestricted) {
            Restriction::Unrestricted
        } else if both.contains(&Restriction::Restricted) {
            Restriction::Restricted
        } else {
            Restriction::NotApplicable
        };
    }

    /// An expression whose value is put to use in `clause`.
    fn used(&mut self, node: &SyntaxNode, clause: Clause) -> Value {
        let value = self.expression(node);
        self.record(&value.lineage, clause);
        value
    }

    /// Every expression among the children of a clause, put to use in `clause`.
    fn children_used(&mut self, node: &SyntaxNode, clause: Clause) -> Lineage {
        let value = self.bag(node);
        self.record(&value.lineage, clause);
        value.lineage
    }
}

/// The facts of a statement that touches nothing.
fn nothing() -> Facts {
    Facts {
        kind: Kind::Empty,
        relations: BTreeSet::new(),
        columns: BTreeSet::new(),
        functions: BTreeSet::new(),
        outputs: Outputs::None,
        flows: Vec::new(),
        restriction: Restriction::NotApplicable,
        settings: Vec::new(),
        schemas: BTreeSet::new(),
        unresolved: Vec::new(),
    }
}

/// The facts of an empty text.
pub(crate) fn empty_facts() -> Facts {
    nothing()
}

/// The name that a node of the tree holds, as PostgreSQL takes it; empty when it holds none.
fn name_of(node: &SyntaxNode) -> String {
    identifier::of_node(node).unwrap_or_default()
}

/// The text of a string constant; `None` for other constants and for parameters, which the tree
/// calls literals as well.
fn string_of(literal: &ast::Literal) -> Option<String> {
    let first = literal.syntax().first_token()?;
    let is_string = matches!(
        first.kind(),
        SyntaxKind::STRING
            | SyntaxKind::ESC_STRING
            | SyntaxKind::UNICODE_ESC_STRING
            | SyntaxKind::DOLLAR_QUOTED_STRING
    );
    literal.string_value().filter(|_| is_string)
}

fn child_of_kind(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

fn has_token(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens()
        .any(|element| element.kind() == kind && element.as_token().is_some())
}
