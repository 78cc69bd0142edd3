//! A small shop: its catalog, its people, and a short spelling of facts.
//!
//! `who` is `sam@prod`: a principal and an environment. `what` is words: the kind of the statement,
//! then any of
//! `+ACTION:TABLE` a use of a relation · `CLAUSE:TABLE.COLUMN` a use of a column ·
//! `out:TABLE.COLUMN` a copied output, `out~A.B,C.D` a derived one, `out?A.B` an opaque one ·
//! `unknown~A.B` a result of unknown shape · `flow:TARGET<A.B` a copied write (`-`: a new table),
//! `flow:TARGET?A.B` an opaque one · `fn:CLASS:NAME` · `schema:ACTION:NAME` · `nowhere` ·
//! `unresolved`.
//!
//! The outcome is spelled `VERDICT POLICIES | DISCLOSURES !`: `allow`, `deny a b` with the policies,
//! `hold APPROVERS TTL`; `!` stands for a statement that touches something protected.

use std::collections::BTreeSet;
use std::sync::Arc;

use identity::{AccessKey, Actor, Principal, PrincipalKind};
use sql::Catalog;
use sql::catalog::{CatalogRows, Column, Relation, RelationKind};
use sql::facts::{
    Clause, ColumnId, ColumnUse, Derivation, Facts, Flow, FunctionClass, FunctionUse, Kind,
    Lineage, Object, OutputColumn, Outputs, RelationUse, Restriction, SchemaAction, SchemaUse,
    TableAction, Unresolved,
};

use crate::{
    ColumnDisclosure, ConnectViewer, Connection, Context, Decision, Labels, OutputDisclosures,
    Policy, PolicySource, Tag, Verdict, Viewer,
};

/// Schema, relation, columns.
const TABLES: &[(&str, &str, &[&str])] = &[
    (
        "public",
        "customers",
        &[
            "id",
            "name",
            "email",
            "phone",
            "ssn",
            "birth_date",
            "card",
            "notes",
        ],
    ),
    ("public", "orders", &["id", "customer_id", "total"]),
    ("public", "contacts", &["id", "email", "everything"]),
    ("public", "employees", &["id", "name", "salary"]),
    ("public", "api_keys", &["id", "key"]),
    ("public", "leads", &["id", "email", "ssn"]),
    ("pg_catalog", "pg_class", &["oid", "relname"]),
    ("pg_catalog", "pg_authid", &["rolname", "rolpassword"]),
    ("odd.schema", "odd", &["odd"]),
];

/// Column name → tag, wherever the column is.
const TAGS: &[(&str, &str)] = &[
    ("name", "pii.name"),
    ("email", "pii.email"),
    ("phone", "pii.phone"),
    ("ssn", "pii.ssn"),
    ("birth_date", "pii.birth_date"),
    ("card", "pii.card"),
    ("salary", "business.salary"),
    ("key", "secret.key"),
    ("everything", "sensitive"),
];

/// Name, owner of an agent, groups. A name that begins with `svc-` is a service.
const PEOPLE: &[(&str, Option<&str>, &[&str])] = &[
    ("dana", None, &["dba"]),
    ("dev", None, &["developers"]),
    ("sam", None, &["support"]),
    ("ana", None, &["analysts"]),
    ("nobody", None, &[]),
    ("svc-etl", None, &[]),
    ("triage-bot", Some("sam"), &["agents"]),
    ("dba-bot", Some("dana"), &["agents", "dba"]),
    ("etl-bot", Some("svc-etl"), &["agents"]),
];

pub(super) struct Shop {
    pub(super) policy: Policy,
    pub(super) catalog: Catalog,
    pub(super) labels: Labels,
}

pub(super) fn context() -> Context {
    Context {
        now: "2026-03-04T05:06:07Z".parse().unwrap(),
        client_address: None,
        purpose: None,
        approved: false,
        approvals: 0,
        ticket: None,
    }
}

pub(super) fn source(text: &str) -> PolicySource {
    PolicySource {
        name: "test.cedar".to_owned(),
        text: text.to_owned(),
    }
}

impl Shop {
    /// Under all packs.
    pub(super) fn with_packs() -> Self {
        Self::new(
            &crate::PACKS
                .iter()
                .map(|name| crate::pack(name).unwrap())
                .collect::<Vec<_>>(),
        )
    }

    /// Under these policies alone.
    pub(super) fn under(policies: &str) -> Self {
        Self::new(&[source(policies)])
    }

    fn new(sources: &[PolicySource]) -> Self {
        let policy = Policy::load(sources).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let catalog = Catalog::new(rows(), 1);
        let labels = Labels::build(&catalog, &[], &by_name).unwrap();
        Self {
            policy,
            catalog,
            labels,
        }
    }

    pub(super) fn decide(&self, who: &str, what: &str, context: &Context) -> Decision {
        let (actor, connection) = who_where(who);
        self.policy.decide(
            &self.viewer(&actor, &connection, context),
            &self.facts(what),
        )
    }

    pub(super) fn viewer<'a>(
        &'a self,
        actor: &'a Actor,
        connection: &'a Connection,
        context: &'a Context,
    ) -> Viewer<'a> {
        let (catalog, labels) = (&self.catalog, &self.labels);
        Viewer {
            actor,
            connection,
            catalog,
            labels,
            context,
        }
    }

    /// Checks what comes out.
    pub(super) fn check(&self, who: &str, what: &str, expected: &str) {
        let decision = self.decide(who, what, &context());
        assert_eq!(
            spelled(&decision),
            expected,
            "{who}: {what}\n{:?}",
            decision.verdict
        );
    }

    pub(super) fn connect(&self, who: &str) -> Verdict {
        let (actor, connection) = who_where(who);
        let context = context();
        let (actor, connection, context) = (&actor, &connection, &context);
        self.policy.may_connect(&ConnectViewer {
            actor,
            connection,
            context,
        })
    }

    pub(super) fn column(&self, name: &str) -> ColumnId {
        let (relation, column) = name.split_once('.').unwrap_or_else(|| panic!("{name}"));
        let relation = self.relation(relation);
        let number = relation
            .columns
            .iter()
            .find(|c| c.name == column)
            .map_or(99, |c| c.number);
        ColumnId {
            relation: relation.oid,
            number,
        }
    }

    fn relation(&self, name: &str) -> &Relation {
        let found = self
            .catalog
            .relations()
            .find(|relation| relation.name == name);
        found.unwrap_or_else(|| panic!("no relation {name}"))
    }

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

pub(super) fn who_where(who: &str) -> (Actor, Connection) {
    let (name, environment) = who.split_once('@').unwrap();
    let actor = actor(name);
    let connection = Connection {
        name: format!("shop-{environment}"),
        environment: environment.to_owned(),
        database: "shop".to_owned(),
    };
    (actor, connection)
}

pub(super) fn actor(name: &str) -> Actor {
    let person = principal(name);
    let owner = match &person.kind {
        PrincipalKind::Agent { on_behalf_of } => Some(Arc::new(principal(on_behalf_of.as_str()))),
        PrincipalKind::Human | PrincipalKind::Service => None,
    };
    let key = AccessKey::new([7; AccessKey::RANDOM_LEN]).id().clone();
    Actor {
        principal: Arc::new(person),
        owner,
        key,
    }
}

fn principal(name: &str) -> Principal {
    let (name, owner, groups) = PEOPLE.iter().find(|(known, ..)| *known == name).unwrap();
    let kind = match owner {
        Some(owner) => PrincipalKind::Agent {
            on_behalf_of: owner.parse().unwrap(),
        },
        None if name.starts_with("svc-") => PrincipalKind::Service,
        None => PrincipalKind::Human,
    };
    let groups: BTreeSet<_> = groups.iter().map(|group| group.parse().unwrap()).collect();
    Principal {
        name: name.parse().unwrap(),
        kind,
        groups,
    }
}

pub(super) fn rows() -> CatalogRows {
    let relations = TABLES
        .iter()
        .zip(100..)
        .map(|((schema, name, columns), oid)| Relation {
            oid,
            schema: (*schema).to_owned(),
            name: (*name).to_owned(),
            kind: RelationKind::Table,
            columns: columns.iter().zip(1..).map(column).collect(),
            definition: None,
            parents: Vec::new(),
            estimated_rows: 1000,
        });
    CatalogRows {
        relations: relations.collect(),
        ..CatalogRows::default()
    }
}

pub(super) fn column((name, number): (&&str, i16)) -> Column {
    Column {
        number,
        name: (*name).to_owned(),
        type_oid: 25,
    }
}

pub(super) fn by_name(_: &Relation, column: &Column, _: &Catalog) -> Option<Tag> {
    let tag = TAGS.iter().find(|(name, _)| *name == column.name)?.1;
    Some(Tag::new(tag).unwrap())
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
