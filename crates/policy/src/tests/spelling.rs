//! Facts and decisions in short.
//!
//! Facts are words: the kind of the statement, then any of
//! `+ACTION:TABLE` a use of a relation · `CLAUSE:TABLE.COLUMN` a use of a column ·
//! `out:TABLE.COLUMN` a copied output, `out~A.B,C.D` a derived one, `out?A.B` an opaque one ·
//! `unknown~A.B` a result of unknown shape · `flow:TARGET<A.B` a copied write (`-`: a new table),
//! `flow:TARGET?A.B` an opaque one · `fn:CLASS:NAME` · `schema:ACTION:NAME` ·
//! `set:NAME=VALUE` (`default`: back to it) · `nowhere` ·
//! `unresolved`.
//!
//! A decision is `VERDICT POLICIES | DISCLOSURES !`: `allow`, `deny a b` with the policies,
//! `hold APPROVERS TTL`; `!` stands for a statement that touches something protected.

use std::collections::BTreeSet;

use sql::facts::{
    Clause, ColumnUse, Derivation, Facts, Flow, FunctionClass, FunctionUse, Kind, Lasting, Lineage,
    Object, OutputColumn, Outputs, RelationUse, Restriction, SchemaAction, SchemaUse, Setting,
    SettingChange, SettingValue, TableAction, Unresolved,
};

use super::shop::Shop;
use crate::{ColumnDisclosure, Decision, OutputDisclosures, Verdict};

impl Shop {
    pub(super) fn facts(&self, what: &str) -> Facts {
        let mut words = what.split_whitespace();
        let mut facts = facts_of(kind(words.next().unwrap()));
        words.for_each(|word| self.add(&mut facts, word));
        facts
    }

    fn add(&self, facts: &mut Facts, word: &str) {
        let (head, rest) = word.split_at(word.find([':', '~', '?']).unwrap_or(word.len()));
        let rest = rest.get(1..).unwrap_or_default();
        match head {
            "nowhere" => facts.restriction = Restriction::Unrestricted,
            "unresolved" => facts.unresolved.push(Unresolved {
                position: None,
                reason: "`mystery` is not known".to_owned(),
            }),
            "out" => self.output(facts, word),
            "unknown" => facts.outputs = Outputs::Unknown(self.lineage(&word["unknown".len()..])),
            "flow" => {
                let at = rest.find(['<', '?']).unwrap();
                let target = Some(&rest[..at]).filter(|target| *target != "-");
                let target = target.map(|target| self.column(target));
                let spelling = rest[at..].replace('<', ":");
                facts.flows.push(Flow {
                    target,
                    lineage: self.lineage(&spelling),
                });
            }
            "fn" => {
                let (class, name) = rest.split_once(':').unwrap();
                facts.functions.insert(function(class, name));
            }
            "set" => {
                let (name, value) = rest.split_once('=').unwrap();
                facts.settings.push(SettingChange {
                    setting: Setting::Named(name.to_owned()),
                    value: match value {
                        "default" => SettingValue::Default,
                        value => SettingValue::Given(vec![value.to_owned()]),
                    },
                    lasting: Lasting::Session,
                });
            }
            "schema" => {
                let (action, schema) = rest.split_once(':').unwrap();
                let action = schema_action(action);
                facts.schemas.insert(SchemaUse {
                    schema: schema.to_owned(),
                    action,
                });
            }
            _ if head.starts_with('+') => {
                let action = table_action(&head[1..]);
                let relation = if rest == "lost" {
                    9999
                } else {
                    self.relation(rest).oid
                };
                facts.relations.insert(RelationUse { relation, action });
            }
            _ => {
                let column = self.column(rest);
                facts.columns.insert(ColumnUse {
                    column,
                    clause: clause(head),
                });
            }
        }
    }

    fn output(&self, facts: &mut Facts, word: &str) {
        let lineage = self.lineage(&word["out".len()..]);
        let output = OutputColumn {
            name: word.to_owned(),
            lineage,
        };
        match &mut facts.outputs {
            Outputs::Columns(columns) => columns.push(output),
            _ => facts.outputs = Outputs::Columns(vec![output]),
        }
    }

    /// `:A.B` copied, `~A.B,C.D` derived, `?A.B` opaque.
    fn lineage(&self, spelled: &str) -> Lineage {
        let derivation = match &spelled[..1] {
            ":" => Derivation::Copied,
            "~" => Derivation::Derived,
            "?" => Derivation::Opaque,
            other => panic!("{other}"),
        };
        let names = spelled[1..].split(',').filter(|name| !name.is_empty());
        Lineage {
            sources: names.map(|name| self.column(name)).collect(),
            derivation,
        }
    }
}

fn facts_of(kind: Kind) -> Facts {
    Facts {
        kind,
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

fn kind(word: &str) -> Kind {
    match word {
        "select" => Kind::Select,
        "insert" => Kind::Insert,
        "update" => Kind::Update,
        "delete" => Kind::Delete,
        "truncate" => Kind::Truncate,
        "copy_server" => Kind::CopyServer,
        "do" => Kind::Do,
        "begin" => Kind::Transaction(sql::facts::Transaction::Begin),
        "create_table" => Kind::Create(Object::Table),
        "create_function" => Kind::Create(Object::Function),
        "create_role" => Kind::Create(Object::Role),
        "create_as" => Kind::CreateAs(Object::Table),
        "alter_table" => Kind::Alter(Object::Table),
        "drop_table" => Kind::Drop(Object::Table),
        "grant" => Kind::Grant,
        "vacuum" => Kind::Administer("VACUUM"),
        "set" => Kind::Set,
        "two_phase" => Kind::Transaction(sql::facts::Transaction::TwoPhase),
        "unreadable" => Kind::Unreadable,
        "listen" => Kind::Listen,
        "notify" => Kind::Notify,
        "explain" => Kind::Explain { analyze: false },
        "execute" => Kind::Execute {
            name: "p".to_owned(),
        },
        "show" => Kind::Show {
            name: "work_mem".to_owned(),
        },
        other => panic!("{other}"),
    }
}

fn table_action(word: &str) -> TableAction {
    match word {
        "select" => TableAction::Select,
        "insert" => TableAction::Insert,
        "update" => TableAction::Update,
        "delete" => TableAction::Delete,
        "truncate" => TableAction::Truncate,
        "copy_out" => TableAction::CopyOut,
        "alter" => TableAction::Alter,
        "drop" => TableAction::Drop,
        "grant" => TableAction::Grant,
        "administer" => TableAction::Administer,
        other => panic!("{other}"),
    }
}

fn schema_action(word: &str) -> SchemaAction {
    match word {
        "create" => SchemaAction::Create,
        "drop" => SchemaAction::Drop,
        other => panic!("{other}"),
    }
}

fn clause(word: &str) -> Clause {
    match word {
        "output" => Clause::Output,
        "filter" => Clause::Filter,
        "join" => Clause::Join,
        "order" => Clause::Order,
        "group" => Clause::Group,
        "distinct" => Clause::Distinct,
        "window" => Clause::Window,
        "assigned" => Clause::Assigned,
        "source" => Clause::Source,
        other => panic!("{other}"),
    }
}

fn function(class: &str, name: &str) -> FunctionUse {
    let class = match class {
        "runs_sql" => FunctionClass::RunsSql,
        "reaches_outside" => FunctionClass::ReachesOutside,
        "changes_state" => FunctionClass::ChangesState,
        "user_defined" => FunctionClass::UserDefined,
        "unknown" => FunctionClass::Unknown,
        other => panic!("{other}"),
    };
    let schema = match class {
        FunctionClass::Unknown => None,
        FunctionClass::UserDefined => Some("public".to_owned()),
        FunctionClass::RunsSql | FunctionClass::ReachesOutside | FunctionClass::ChangesState => {
            Some("pg_catalog".to_owned())
        }
    };
    FunctionUse {
        schema,
        name: name.to_owned(),
        class,
    }
}

pub(super) fn spelled(decision: &Decision) -> String {
    let outputs = match &decision.outputs {
        OutputDisclosures::None => String::new(),
        OutputDisclosures::Named => " | named".to_owned(),
        OutputDisclosures::Every(column) => format!(" | every {}", seen(column)),
        OutputDisclosures::Columns(columns) => {
            format!(
                " | {}",
                columns.iter().map(seen).collect::<Vec<_>>().join(", ")
            )
        }
    };
    let protected = if decision.protected { " !" } else { "" };
    format!("{}{outputs}{protected}", spelled_verdict(&decision.verdict))
}

pub(super) fn spelled_verdict(verdict: &Verdict) -> String {
    let mut words = vec![verdict.word().to_owned()];
    match verdict {
        Verdict::Allow { .. } => {}
        Verdict::Deny { policies, .. } => words.extend(policies.iter().map(ToString::to_string)),
        Verdict::Hold { approvers, ttl, .. } => {
            words.extend(approvers.iter().chain(ttl).cloned());
        }
    }
    words.join(" ")
}

fn seen(column: &ColumnDisclosure) -> String {
    match &column.tag {
        None => column.disclosure.to_string(),
        Some(tag) => format!("{} {tag}", column.disclosure),
    }
}
