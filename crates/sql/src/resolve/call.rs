//! Calls of functions.

use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::parts::{Part, part};
use super::value::{Column, Shape, Value};
use super::{Reader, has_token, name_of};
use crate::catalog::{Function, Oid, TypeStructure};
use crate::facts::{Clause, Derivation, FunctionClass, FunctionUse, Lineage};
use crate::functions::{self, BuiltIn};

/// The arguments of a call.
#[derive(Default)]
struct Arguments {
    values: Vec<Value>,
    /// Columns whose value decides what comes out without being handed on: arguments that are more
    /// than a bare column.
    computed: Lineage,
}

/// What a function's name was resolved to.
pub(super) struct Callee<'a> {
    candidates: Vec<&'a Function>,
    /// `None`: harmless.
    used: Option<FunctionUse>,
}

impl Callee<'_> {
    /// Of PostgreSQL itself: what it returns is made of its arguments alone.
    fn is_transparent(&self) -> bool {
        match self.used.as_ref().map(|used| used.class) {
            None | Some(FunctionClass::ChangesState) => true,
            Some(
                FunctionClass::RunsSql
                | FunctionClass::ReachesOutside
                | FunctionClass::UserDefined
                | FunctionClass::Unknown,
            ) => false,
        }
    }

    /// The use, if the function is not PostgreSQL's own.
    pub(super) fn used_if_own(self) -> Option<FunctionUse> {
        self.used
            .filter(|used| used.class == FunctionClass::UserDefined)
    }

    /// The use; `otherwise`, when the function is harmless.
    pub(super) fn used_or(self, otherwise: FunctionUse) -> FunctionUse {
        self.used.unwrap_or(otherwise)
    }

    /// Carries its arguments out of the query.
    fn carries_away(&self) -> bool {
        match self.used.as_ref().map(|used| used.class) {
            None | Some(FunctionClass::UserDefined | FunctionClass::Unknown) => false,
            Some(
                FunctionClass::ChangesState
                | FunctionClass::RunsSql
                | FunctionClass::ReachesOutside,
            ) => true,
        }
    }
}

impl<'a> Reader<'a> {
    /// The value of a call.
    pub(super) fn call(&mut self, call: &ast::CallExpr) -> Value {
        self.see(call.syntax());
        let node = call.syntax();
        let Some(first) = node.children().next() else {
            return self.not_analysed(node);
        };
        let (name, mut arguments) = match ast::Expr::cast(first.clone()) {
            Some(_) => (Some(self.callee_name(&first)), Arguments::default()),
            None => (None, Arguments::default()),
        };
        for clause in node.children().skip(1) {
            self.call_clause(&clause, &mut arguments);
        }
        match name {
            Some(Some(name)) => self.named_call(node, &name, arguments),
            Some(None) => self.not_analysed(&first),
            None => self.syntax_call(&first, &arguments),
        }
    }

    fn call_clause(&mut self, clause: &SyntaxNode, arguments: &mut Arguments) {
        match clause.kind() {
            SyntaxKind::ARG_LIST => self.arguments(clause, arguments),
            // The values that are aggregated.
            SyntaxKind::WITHIN_CLAUSE => {
                let value = self.bag(clause);
                arguments.values.push(value);
            }
            SyntaxKind::FILTER_CLAUSE => {
                self.children_used(clause, Clause::Filter);
            }
            SyntaxKind::OVER_CLAUSE => self.over_clause(clause),
            _ => {
                self.not_analysed(clause);
            }
        }
    }

    fn arguments(&mut self, list: &SyntaxNode, arguments: &mut Arguments) {
        let distinct = list
            .children()
            .any(|child| child.kind() == SyntaxKind::DISTINCT);
        for argument in list.children() {
            if argument.kind() != SyntaxKind::ARG {
                if part(argument.kind()) != Part::Inert {
                    self.not_analysed(&argument);
                }
                continue;
            }
            for inner in argument.children() {
                self.argument(&inner, arguments);
            }
        }
        if distinct {
            arguments
                .values
                .iter()
                .for_each(|value| self.record(&value.lineage, Clause::Distinct));
        }
    }

    fn argument(&mut self, node: &SyntaxNode, arguments: &mut Arguments) {
        if node.kind() == SyntaxKind::ORDER_BY_CLAUSE {
            self.children_used(node, Clause::Order);
            return;
        }
        let value = self.expression(node);
        let bare = value.lineage.derivation == Derivation::Copied || value.fields.is_some();
        if !bare {
            arguments.computed.absorb(&value.lineage);
        }
        arguments.values.push(value);
    }

    /// The parts of the name that is called; `None`: it is no name.
    fn callee_name(&self, callee: &SyntaxNode) -> Option<Vec<String>> {
        let names = || {
            callee
                .descendants()
                .filter(|part| part.kind() == SyntaxKind::NAME_REF)
        };
        let only_names = callee
            .descendants()
            .all(|part| matches!(part.kind(), SyntaxKind::NAME_REF | SyntaxKind::FIELD_EXPR));
        let is_name = only_names && !has_token(callee, SyntaxKind::STAR);
        is_name.then(|| names().map(|part| name_of(&part)).collect())
    }

    fn named_call(&mut self, node: &SyntaxNode, name: &[String], arguments: Arguments) -> Value {
        let keyword = node
            .first_token()
            .is_some_and(|token| is_syntax_function(token.kind()));
        if keyword && name.len() == 1 {
            return computed_of(&arguments.values);
        }
        if let Some(column) = self.projection(name, &arguments.values) {
            return column;
        }
        let is_count = name.last().and_then(|name| BuiltIn::named(name)) == Some(BuiltIn::Counts);
        let callee = self.callee(name);
        if is_count && callee.used.is_none() && !callee.candidates.is_empty() {
            let computed = arguments.computed;
            self.record(&computed, Clause::Filter);
            arguments
                .values
                .iter()
                .for_each(|value| self.record(&value.lineage, Clause::Output));
            return Value::default();
        }
        self.result(node, callee, &arguments.values)
    }

    /// `column(row)`, PostgreSQL's other way to write `row.column`. A function of that name goes
    /// before.
    fn projection(&self, name: &[String], arguments: &[Value]) -> Option<Value> {
        let ([name], [row]) = (name, arguments) else {
            return None;
        };
        if self.catalog.functions_named(name).next().is_some() {
            return None;
        }
        let row = self.row_of(row)?;
        let columns: Vec<_> = row.named(name).collect();
        (!columns.is_empty()).then(|| Value::any_of(columns.iter().map(|column| &column.value)))
    }

    /// A call by name with arguments that are values already.
    pub(super) fn call_by_name(
        &mut self,
        node: &SyntaxNode,
        name: &[String],
        arguments: &[Value],
    ) -> Value {
        let callee = self.callee(name);
        self.result(node, callee, arguments)
    }

    fn result(&mut self, node: &SyntaxNode, callee: Callee<'a>, arguments: &[Value]) -> Value {
        let mut value = computed_of(arguments);
        if callee.carries_away() && !value.lineage.sources.is_empty() {
            self.record_flow_away(&value.lineage);
        }
        if !callee.is_transparent() {
            value.lineage.absorb(&Lineage::opaque());
        }
        value.fields = self
            .result_row(&callee.candidates, &value.lineage)
            .map(Rc::new);
        self.charge(node, callee.candidates.len());
        if let Some(used) = callee.used {
            // Where the text names the setting, the change is asked for and not the call.
            let own = used.class == FunctionClass::ChangesState;
            if !(own && self.set_by_call(node, &used.name)) {
                self.record_function(used);
            }
        }
        value
    }

    /// The function that a name means. Overloads are not resolved: where any function outside
    /// `pg_catalog` could be meant, it is.
    pub(super) fn callee(&self, name: &[String]) -> Callee<'a> {
        let candidates: Vec<&Function> = match name {
            [schema, name] => self
                .catalog
                .functions_named(name)
                .filter(|function| function.schema == *schema)
                .collect(),
            [name] => self
                .catalog
                .functions_named(name)
                .filter(|function| self.path.contains(&function.schema))
                .collect(),
            _ => Vec::new(),
        };
        let own = |function: &&&Function| !is_server_schema(&function.schema);
        let last = name.last().cloned().unwrap_or_default();
        let used = match (candidates.iter().find(own), candidates.first()) {
            (Some(function), _) => Some(FunctionUse {
                schema: Some(function.schema.clone()),
                name: last,
                class: FunctionClass::UserDefined,
            }),
            (None, Some(function)) => functions::class_of(&last).map(|class| FunctionUse {
                schema: Some(function.schema.clone()),
                name: last,
                class,
            }),
            (None, None) => self.unknown_function(name, last),
        };
        Callee { candidates, used }
    }

    /// `type(value)` is a cast; any other name that is no function is not known.
    fn unknown_function(&self, name: &[String], last: String) -> Option<FunctionUse> {
        let is_type = || {
            self.catalog
                .types_named(&last)
                .any(|of| of.schema == "pg_catalog")
        };
        let is_cast = match name {
            [schema, _] if schema != "pg_catalog" => false,
            [_] | [_, _] => is_type(),
            _ => false,
        };
        let class = FunctionClass::Unknown;
        (!is_cast).then_some(FunctionUse {
            schema: None,
            name: last,
            class,
        })
    }

    /// `EXTRACT(…)` and its like. What newer servers read as syntax may be an ordinary function to
    /// older ones, and some forms fall back to an ordinary call in all of them.
    fn syntax_call(&mut self, node: &SyntaxNode, arguments: &Arguments) -> Value {
        if node.kind() == SyntaxKind::EXISTS_FN {
            return self.exists(node);
        }
        let mut value = if part(node.kind()) == Part::Bag {
            self.bag(node)
        } else {
            self.not_analysed(node)
        };
        value
            .lineage
            .absorb(&computed_of(&arguments.values).lineage);
        let name = node
            .first_token()
            .map(|token| token.text().to_ascii_lowercase());
        let callee = self.callee(&[name.unwrap_or_default()]);
        if let Some(used) = callee.used_if_own() {
            value.lineage.absorb(&Lineage::opaque());
            self.record_function(used);
        }
        value
    }

    /// The columns of the row that a function returns; `None`: it returns no row, as far as known.
    fn result_row(&self, candidates: &[&Function], lineage: &Lineage) -> Option<Shape> {
        let rows: Vec<RowType> = candidates
            .iter()
            .map(|function| self.row_type(function.result))
            .collect();
        match rows.first()? {
            RowType::Relation(oid) if rows.iter().all(|row| *row == RowType::Relation(*oid)) => {
                let relation = self.catalog.relation(*oid)?;
                let column =
                    |column: &crate::catalog::Column| Column::new(&column.name, lineage.clone());
                Some(Shape::closed(relation.columns.iter().map(column).collect()))
            }
            RowType::Relation(_) | RowType::None | RowType::Any | RowType::SameAsArgument => {
                let open = rows.iter().any(|row| match row {
                    RowType::None => false,
                    RowType::Any | RowType::Relation(_) => true,
                    // An array of rows goes in, rows come out.
                    RowType::SameAsArgument => *lineage != Lineage::default(),
                });
                open.then(|| Shape::open(lineage.clone()))
            }
        }
    }

    fn row_type(&self, result: Oid) -> RowType {
        let Some(of) = self.catalog.type_of(result) else {
            return RowType::Any;
        };
        match of.structure {
            TypeStructure::Composite(relation) => RowType::Relation(relation),
            TypeStructure::Domain(base) if base != result => RowType::None,
            TypeStructure::Base
            | TypeStructure::Array(_)
            | TypeStructure::Domain(_)
            | TypeStructure::Enum(_)
            | TypeStructure::Range(_)
            | TypeStructure::Multirange(_) => RowType::None,
            TypeStructure::Pseudo if of.name == "record" => RowType::Any,
            TypeStructure::Pseudo if of.name.starts_with("any") => RowType::SameAsArgument,
            TypeStructure::Pseudo => RowType::None,
        }
    }
}

#[derive(PartialEq, Eq)]
enum RowType {
    None,
    Relation(Oid),
    /// A row of columns that only the call tells.
    Any,
    /// The type of an argument.
    SameAsArgument,
}

/// A value that is computed from all of these.
fn computed_of(values: &[Value]) -> Value {
    let mut lineage = Lineage::default();
    values
        .iter()
        .for_each(|value| lineage.absorb(&value.lineage));
    Value::of(lineage)
}

/// Schemas whose functions PostgreSQL itself made.
fn is_server_schema(schema: &str) -> bool {
    matches!(schema, "pg_catalog" | "information_schema")
}

/// Words that PostgreSQL's grammar reads as a function by themselves: no function of that name can
/// be meant.
fn is_syntax_function(word: SyntaxKind) -> bool {
    matches!(
        word,
        SyntaxKind::COALESCE_KW
            | SyntaxKind::GREATEST_KW
            | SyntaxKind::LEAST_KW
            | SyntaxKind::NULLIF_KW
            | SyntaxKind::GROUPING_KW
            | SyntaxKind::XMLCONCAT_KW
    )
}
