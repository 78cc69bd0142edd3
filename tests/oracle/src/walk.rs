//! A walk over PostgreSQL's tree in its serialised form, which holds every field of every node: no
//! place can be forgotten.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sql::outline::Name;

use crate::kind::typed;

/// What was found in a statement.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) reads: BTreeSet<Name>,
    pub(crate) writes: BTreeSet<Name>,
    pub(crate) unrestricted: bool,
}

/// The names of WITH queries in sight, innermost last.
type Sight = Vec<String>;

/// Finds the relations of a statement.
pub(crate) fn walk(statement: &Value) -> Found {
    let mut found = Found::default();
    found.value(statement, &mut Sight::new());
    found
}

impl Found {
    fn value(&mut self, value: &Value, sight: &mut Sight) {
        match (value, typed(value)) {
            (_, Some((name, fields))) => self.node(name, fields, sight),
            (Value::Array(items), None) => items.iter().for_each(|item| self.value(item, sight)),
            (Value::Object(fields), None) => self.fields("", fields, sight),
            _ => {}
        }
    }

    /// A node whose type is known.
    fn node(&mut self, name: &str, node: &Value, sight: &mut Sight) {
        let Some(fields) = node.as_object() else {
            return;
        };
        match name {
            "RangeVar" => self.from_item(node, sight),
            "UpdateStmt" | "DeleteStmt" => {
                self.unrestricted |= fields["where_clause"].is_null();
                self.fields(name, fields, sight);
            }
            // These name aliases, constraints and relations of another server.
            "LockingClause" | "ConstraintsSetStmt" | "ImportForeignSchemaStmt" => {}
            "CommentStmt" | "SecLabelStmt" if is_part(&fields["objtype"]) => {
                self.writes.extend(owner_in_list(&fields["object"]));
            }
            "DropStmt" if is_part(&fields["remove_type"]) => {
                let objects = fields["objects"].as_array().cloned().unwrap_or_default();
                self.writes.extend(objects.iter().filter_map(owner_in_list));
            }
            "CommentStmt" | "SecLabelStmt" if is_relation(&fields["objtype"]) => {
                self.writes.extend(name_of_list(&fields["object"]));
            }
            "DropStmt" if is_relation(&fields["remove_type"]) => {
                let objects = fields["objects"].as_array().cloned().unwrap_or_default();
                self.writes.extend(objects.iter().filter_map(name_of_list));
            }
            "DropStmt" | "CompositeTypeStmt" | "CreateSeqStmt" | "AlterSeqStmt" => {}
            "GrantStmt" if fields["objtype"] != object_type("Table") => {}
            "ReindexStmt" if fields["kind"] == 1 => {}
            "AlterTableStmt" | "RenameStmt" | "AlterObjectSchemaStmt" => {
                self.alter(name, fields, sight);
            }
            _ => self.fields(name, fields, sight),
        }
    }

    /// Indexes, sequences and types are changed by the same commands as tables; their names are
    /// not names of relations here.
    fn alter(&mut self, name: &str, fields: &Map<String, Value>, sight: &mut Sight) {
        let kind = if name == "RenameStmt" {
            "rename_type"
        } else if name == "AlterTableStmt" {
            "objtype"
        } else {
            "object_type"
        };
        let no_relation = ["Index", "Sequence", "Type", "Attribute"]
            .iter()
            .any(|other| fields[kind] == object_type(other));
        if !no_relation {
            self.fields(name, fields, sight);
        }
    }

    fn fields(&mut self, name: &str, fields: &Map<String, Value>, sight: &mut Sight) {
        let outside = sight.len();
        if let Some(with) = fields.get("with_clause").filter(|with| with.is_object()) {
            self.with(with, sight);
        }
        for (key, value) in fields.iter().filter(|(key, _)| *key != "with_clause") {
            self.field(name, fields, (key, value), sight);
        }
        sight.truncate(outside);
    }

    fn field(
        &mut self,
        name: &str,
        fields: &Map<String, Value>,
        (key, value): (&String, &Value),
        sight: &mut Sight,
    ) {
        let items = || value.as_array().cloned().unwrap_or_default();
        match (name, key.as_str()) {
            ("CopyStmt", "relation") if fields["is_from"] == false => self.source(value),
            (_, "inh_relations") => items()
                .iter()
                .for_each(|item| self.source(typed_fields(item))),
            (_, "pktable") | ("TableLikeClause", "relation") => self.source(value),
            ("TruncateStmt" | "LockStmt" | "CreateStatsStmt", "relations")
            | ("GrantStmt", "objects") => items()
                .iter()
                .for_each(|item| self.object(typed_fields(item))),
            ("AlterTableCmd", "def")
                if typed(value).is_some_and(|(name, _)| name == "RangeVar") =>
            {
                self.object(typed_fields(value));
            }
            _ if is_range_var(value) => self.object(value),
            _ => self.value(value, sight),
        }
    }

    fn with(&mut self, with: &Value, sight: &mut Sight) {
        let queries = with["ctes"].as_array().cloned().unwrap_or_default();
        let names = queries
            .iter()
            .map(|query| text(&typed_fields(query)["ctename"]));
        let recursive = with["recursive"] == true;
        if recursive {
            sight.extend(names.clone());
        }
        for (query, name) in queries.iter().zip(names) {
            self.value(&typed_fields(query)["ctequery"], sight);
            if !recursive {
                sight.push(name);
            }
        }
    }

    fn from_item(&mut self, range_var: &Value, sight: &Sight) {
        let Some(name) = name_of(range_var) else {
            return;
        };
        let hidden = matches!(name.as_slice(), [only] if sight.contains(only));
        if !hidden {
            self.reads.insert(name);
        }
    }

    fn source(&mut self, range_var: &Value) {
        self.reads.extend(name_of(range_var));
    }

    fn object(&mut self, range_var: &Value) {
        self.writes.extend(name_of(range_var));
    }
}

fn typed_fields(node: &Value) -> &Value {
    typed(node).map_or(&Value::Null, |(_, fields)| fields)
}

fn is_range_var(value: &Value) -> bool {
    value.get("relname").is_some() && value.get("relpersistence").is_some()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn name_of(range_var: &Value) -> Option<Name> {
    let parts = ["catalogname", "schemaname", "relname"].map(|part| text(&range_var[part]));
    let name: Name = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!name.is_empty()).then_some(name)
}

/// The name that is given as a list of strings.
fn name_of_list(node: &Value) -> Option<Name> {
    let (_, list) = typed(node).filter(|(name, _)| *name == "List")?;
    list["items"]
        .as_array()?
        .iter()
        .map(|part| Some(text(&typed(part)?.1["sval"])))
        .collect()
}

fn object_type(name: &str) -> i32 {
    use pg_query::protobuf::ObjectType;
    let full = format!("OBJECT_{}", name.to_uppercase());
    ObjectType::from_str_name(&full).map_or(0, |kind| kind as i32)
}

fn is_relation(kind: &Value) -> bool {
    ["Table", "View", "Matview", "Foreign_Table"]
        .iter()
        .any(|name| *kind == object_type(name))
}

/// What belongs to a relation, whose name stands before its own in the list.
fn is_part(kind: &Value) -> bool {
    ["Tabconstraint", "Trigger", "Rule", "Policy"]
        .iter()
        .any(|name| *kind == object_type(name))
}

fn owner_in_list(node: &Value) -> Option<Name> {
    let mut name = name_of_list(node)?;
    name.pop();
    Some(name)
}
