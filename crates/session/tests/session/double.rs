//! The one place that touches the session: who looks, at what, and where the records go.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use audit::{Body, Event, RecordId, SessionId, Sink, SinkError};
use bytes::{Buf, BytesMut};
use identity::{AccessKey, Actor, Principal, PrincipalKind};
use jiff::Timestamp;
use mask::{MaskKey, Styles};
use policy::{LabelRule, Labels, Policy, PolicySource, Tag};
use session::{Limits, Moment, Naming, Output, Session, SessionError, Step, Who, World};
use sql::catalog::{
    CatalogRows, Column, ColumnOrigin, Function, FunctionKind, Relation, RelationKind, Role, Type,
    TypeStructure, Volatility,
};
use sql::{Catalog, Oid};
use testkit::SUPERUSER;

/// `public.people (id int, name text, email text, ssn text)`; `email` and `ssn` carry tags.
pub(crate) const PEOPLE: Oid = 16_401;

const INT: Oid = 23;
const TEXT: Oid = 25;

/// `dana` may do and see everything; `sam` reads and writes, sees e-mail in part and no `ssn`.
const POLICIES: &str = r#"
@id("all")
permit (principal in Group::"dba", action, resource);

@id("reads")
permit (principal in Group::"support", action in [Action::"read", Action::"write"], resource);

@id("partial-email")
permit (principal in Group::"support", action == Action::"see_partial", resource in Tag::"pii.email");
"#;

/// Read once: that takes longer than most tests.
static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| {
    let sources = [PolicySource {
        name: "test.cedar".to_owned(),
        text: POLICIES.to_owned(),
    }];
    Arc::new(Policy::load(&sources).unwrap_or_else(|mistakes| panic!("{mistakes}")))
});

/// Records in memory, which can be told to refuse.
#[derive(Default)]
pub(crate) struct Memory {
    events: Mutex<Vec<Event>>,
    fault: Mutex<Option<SinkError>>,
}

impl Memory {
    pub(crate) fn refuse(&self, fault: Option<SinkError>) {
        *self.fault.lock().unwrap() = fault;
    }

    /// What was recorded since the last call, one line each.
    pub(crate) fn take(&self) -> Vec<String> {
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        events.iter().map(|event| told(&event.body)).collect()
    }
}

impl Sink for Memory {
    fn append(&self, event: &Event) -> Result<RecordId, SinkError> {
        if let Some(fault) = self.fault.lock().unwrap().clone() {
            return Err(fault);
        }
        let mut events = self.events.lock().unwrap();
        events.push(event.clone());
        Ok(RecordId(events.len() as u64))
    }

    fn commit(&self, _: RecordId) -> Result<(), SinkError> {
        Ok(())
    }
}

/// An event as a line of a transcript.
fn told(body: &Body) -> String {
    match body {
        Body::Intent(intent) => {
            let columns = match intent.judgement.columns.is_empty() {
                true => String::new(),
                false => format!(
                    " uses {}",
                    intent.judgement.columns.join(" ").replace("public.", "")
                ),
            };
            format!(
                "! intent {} {} {}{columns}",
                intent.statement_id, intent.judgement.verdict, intent.judgement.kind
            )
        }
        Body::Outcome(outcome) => {
            let mut line = format!(
                "! outcome {} {}",
                outcome.statement_id,
                outcome.state.word()
            );
            if let Some(sqlstate) = &outcome.sqlstate {
                line.push_str(&format!(" {sqlstate}"));
            }
            if outcome.rows > 0 {
                line.push_str(&format!(" rows={}", outcome.rows));
            }
            for (tag, count) in &outcome.masked {
                line.push_str(&format!(" {tag}={count}"));
            }
            for (column, count) in &outcome.fallbacks {
                line.push_str(&format!(" fallback:{column}={count}"));
            }
            line
        }
        Body::Tripwire { column, .. } => format!("! tripwire {column}"),
        Body::Violation { reason, .. } => format!("! violation: {reason}"),
        Body::SessionEnded {
            statements, rows, ..
        } => {
            format!("! ended after {statements} statements and {rows} rows")
        }
        other => format!("! {other:?}"),
    }
}

/// A session with everything that it needs around it.
pub(crate) struct Double {
    pub(crate) session: Session,
    pub(crate) sink: Memory,
    pub(crate) out: Output,
    world: World,
    rows: CatalogRows,
    moment: Moment,
    from_client: BytesMut,
    from_server: BytesMut,
}

impl Double {
    /// A session of this principal over the table `people` alone.
    pub(crate) fn new(principal: &str, limits: Limits) -> Self {
        Self::over(principal, limits, rows(PEOPLE))
    }

    /// A session of this principal over these catalogs.
    pub(crate) fn over(principal: &str, limits: Limits, rows: CatalogRows) -> Self {
        let naming = Naming::known("public", SUPERUSER);
        let styles = Styles::from_date_style("ISO, MDY");
        Self {
            session: Session::new(who(principal), limits, naming, styles),
            sink: Memory::default(),
            out: Output::default(),
            world: world(rows.clone(), 1),
            rows,
            moment: Moment {
                wall: Timestamp::UNIX_EPOCH,
                elapsed: Duration::ZERO,
            },
            from_client: BytesMut::new(),
            from_server: BytesMut::new(),
        }
    }

    /// The catalogs were read again; nothing in them changed but their number.
    pub(crate) fn reload(&mut self) {
        let epoch = self.world.catalog.epoch() + 1;
        self.world = world(self.rows.clone(), epoch);
        self.out.snapshot = session::Snapshot::Current;
    }

    /// Bytes of the client; what was left for later is tried again too.
    pub(crate) fn client(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.from_client.extend_from_slice(bytes);
        self.pump()
    }

    /// Bytes of the server, after which the client's are tried again, as the gate's pump does.
    pub(crate) fn server(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.from_server.extend_from_slice(bytes);
        self.pump()
    }

    fn pump(&mut self) -> Result<(), SessionError> {
        let step = Step {
            world: &self.world,
            sink: &self.sink,
            moment: self.moment,
        };
        self.session
            .server(&mut self.from_server, step, &mut self.out)?;
        self.session
            .client(&mut self.from_client, step, &mut self.out)
    }

    /// Ends the session as the gate does.
    pub(crate) fn end(&mut self, error: Option<&SessionError>) {
        let step = Step {
            world: &self.world,
            sink: &self.sink,
            moment: self.moment,
        };
        self.session.ended(step, error, "the test is over");
    }

    /// Bytes for the server, taken.
    pub(crate) fn take_to_server(&mut self) -> Vec<u8> {
        drain(&mut self.out.to_server)
    }

    /// Bytes for the client, taken.
    pub(crate) fn take_to_client(&mut self) -> Vec<u8> {
        drain(&mut self.out.to_client)
    }

    /// Whether what the client says now is taken at once.
    pub(crate) fn hears_client(&self) -> bool {
        self.out.client == session::Client::Open && self.from_client.is_empty()
    }

    /// Whether bytes of the client wait for an answer of the server.
    pub(crate) fn holds_back(&self) -> bool {
        !self.from_client.is_empty()
    }
}

fn drain(outbox: &mut session::Outbox) -> Vec<u8> {
    let length = outbox.remaining();
    outbox.copy_to_bytes(length).to_vec()
}

/// What a test runs in: reading statements needs a deep stack in a debug build.
pub(crate) fn with_stack<T: Send>(test: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(4 * sql::STACK)
            .spawn_scoped(scope, test)
            .unwrap()
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn who(principal: &str) -> Who {
    let group = match principal {
        "dana" => "dba",
        _ => "support",
    };
    let principal = Principal {
        name: principal.parse().unwrap(),
        kind: PrincipalKind::Human,
        groups: [group.parse().unwrap()].into(),
    };
    Who {
        id: SessionId::new(Timestamp::UNIX_EPOCH, [0; 10]),
        actor: Actor {
            principal: Arc::new(principal),
            owner: None,
            key: AccessKey::new([1; AccessKey::RANDOM_LEN]).id().clone(),
        },
        connection: policy::Connection {
            name: "shop".to_owned(),
            environment: "prod".to_owned(),
            database: "shop".to_owned(),
        },
        client: None,
        purpose: None,
        mask_key: Arc::new(MaskKey::new([9; 32])),
        operators: Arc::default(),
        detector: detect::Detector::new(),
    }
}

fn world(rows: CatalogRows, epoch: u64) -> World {
    let catalog = Catalog::new(rows, epoch);
    let rule = |column: &str, tag: &str| LabelRule {
        schema: "public".to_owned(),
        relation: "people".to_owned(),
        column: column.to_owned(),
        tag: Some(Tag::new(tag).unwrap()),
    };
    let rules = [rule("email", "pii.email"), rule("ssn", "pii.ssn")];
    let labels = Labels::build(&catalog, &rules, &|_, _, _| None).unwrap();
    World {
        policy: Arc::clone(&POLICY),
        catalog: Arc::new(catalog),
        labels: Arc::new(labels),
    }
}

/// Catalogs with the table `people` under this OID, and a few functions of PostgreSQL's own.
pub(crate) fn rows(people: Oid) -> CatalogRows {
    let columns = [("id", INT), ("name", TEXT), ("email", TEXT), ("ssn", TEXT)];
    let columns = columns
        .into_iter()
        .zip(1..)
        .map(|((name, type_oid), number)| Column {
            number,
            name: name.to_owned(),
            type_oid,
            type_modifier: -1,
            origin: ColumnOrigin::Given,
        });
    CatalogRows {
        roles: vec![Role {
            name: SUPERUSER.to_owned(),
            closed_schemas: Vec::new(),
        }],
        server_version: 150_000,
        relations: vec![Relation {
            oid: people,
            schema: "public".to_owned(),
            name: "people".to_owned(),
            kind: RelationKind::Table,
            columns: columns.collect(),
            definition: None,
            parents: Vec::new(),
            estimated_rows: 10,
        }],
        functions: functions(),
        types: vec![type_of(INT, "int4"), type_of(TEXT, "text")],
    }
}

fn functions() -> Vec<Function> {
    let functions = [("upper", TEXT), ("generate_series", INT), ("count", 20)];
    let function = |((name, result), oid): ((&str, Oid), Oid)| Function {
        oid,
        schema: "pg_catalog".to_owned(),
        name: name.to_owned(),
        result,
        kind: match name {
            "count" => FunctionKind::Aggregate,
            _ => FunctionKind::Function,
        },
        volatility: Volatility::Immutable,
    };
    functions.into_iter().zip(900..).map(function).collect()
}

fn type_of(oid: Oid, name: &str) -> Type {
    Type {
        oid,
        schema: "pg_catalog".to_owned(),
        name: name.to_owned(),
        structure: TypeStructure::Base,
    }
}
