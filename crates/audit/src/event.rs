//! What happened. Field names follow OCSF (Datastore Activity) where it has a natural word.
//!
//! The canonical form of an event is its JSON with the fields in the order in which they stand
//! here, without white space; absent fields are left out. There are no floating-point numbers and
//! no maps without order, so that equal events have equal bytes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use crate::blot::blot_access_keys;
use crate::{Outcome, Part};

/// What happened, when, to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened, by our clock.
    pub time: Timestamp,
    /// Where it came from.
    #[serde(flatten)]
    pub origin: Part<Origin>,
    /// The event itself.
    pub body: Body,
}

impl Event {
    /// Appends the canonical form: what `serde_json` makes of the event, with access keys blotted
    /// out, from parts that are kept.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        out.extend_from_slice(b"{\"time\":");
        serde_json::to_writer(&mut *out, &self.time)?;
        let origin = self.origin.fields()?;
        if !origin.is_empty() {
            out.push(b',');
            out.extend_from_slice(origin);
        }
        out.extend_from_slice(b",\"body\":");
        match &self.body {
            Body::Intent(intent) => intent.write(out)?,
            Body::SessionStarted { .. }
            | Body::SessionRefused { .. }
            | Body::SessionEnded { .. }
            | Body::Outcome(_)
            | Body::Violation { .. }
            | Body::Tripwire { .. }
            | Body::Administration { .. } => {
                let at = out.len();
                serde_json::to_writer(&mut *out, &self.body)?;
                blot_access_keys(out.get_mut(at..).unwrap_or_default());
            }
        }
        out.push(b'}');
        Ok(())
    }
}

/// Where an event came from: what all events of a session share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The client session in which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// Who acted; `None` before the login and for our own doings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorInfo>,
    /// The upstream connection that the session is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionInfo>,
    /// Address and port of the client, as `192.0.2.1:51234`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorInfo {
    /// Name of the principal.
    pub principal: String,
    /// `human`, `service` or `agent`.
    pub kind: String,
    /// For an agent, the principal that it acted for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The public id of the access key that was shown; never the key.
    pub key: String,
}

/// The upstream connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionInfo {
    /// Name of the connection.
    pub name: String,
    /// Its environment, such as `prod`.
    pub environment: String,
    /// The database upstream.
    pub database: String,
}

/// The kinds of events. In JSON the field `type` tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// A client has logged in and its upstream connection stands.
    SessionStarted {
        /// The `application_name` that the client gave: its own words, not to be believed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<String>,
        /// Whether the client's connection is encrypted.
        tls: bool,
        /// Process id of the upstream backend.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        backend_pid: Option<i32>,
    },
    /// A client was turned away before its session began.
    SessionRefused {
        /// SQLSTATE that the client was given.
        sqlstate: String,
        /// The true reason, which the client may not have been told.
        reason: String,
        /// The user name that the client gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// The database name that the client gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        database: Option<String>,
    },
    /// A session has ended.
    SessionEnded {
        /// Why.
        reason: String,
        /// Statements judged in it.
        statements: u64,
        /// Rows that reached the client.
        rows: u64,
        /// Bytes that reached the client.
        bytes: u64,
    },
    /// A statement was judged. Accepted by the sink before a byte of it goes upstream.
    Intent(Intent),
    /// A statement has ended.
    Outcome(Outcome),
    /// A peer broke the protocol; the session was closed.
    Violation {
        /// Who.
        side: Side,
        /// What was expected and what came.
        reason: String,
    },
    /// The server reported a base column of a result that the statement's analysis had missed; the
    /// stricter disclosure was applied.
    Tripwire {
        /// The column, as `schema.table.column`.
        column: String,
        /// What did not agree.
        reason: String,
    },
    /// The gate itself was started, stopped, reloaded or otherwise changed.
    Administration {
        /// What was done, such as `start` or `reload`.
        action: String,
        /// With what result.
        detail: String,
    },
}

impl Body {
    /// The value of the field `type`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Body::SessionStarted { .. } => "session_started",
            Body::SessionRefused { .. } => "session_refused",
            Body::SessionEnded { .. } => "session_ended",
            Body::Intent(_) => "intent",
            Body::Outcome(_) => "outcome",
            Body::Violation { .. } => "violation",
            Body::Tripwire { .. } => "tripwire",
            Body::Administration { .. } => "administration",
        }
    }
}

/// A statement that was judged, each time that it is to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Number of the statement in its session, from 1.
    pub statement_id: u64,
    /// What it is and why it may run or not.
    #[serde(flatten)]
    pub judgement: Part<Judgement>,
    /// How it was sent.
    pub protocol: Protocol,
}

impl Intent {
    /// Appends the canonical form of [`Body::Intent`].
    fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        out.extend_from_slice(b"{\"type\":\"intent\",\"statement_id\":");
        serde_json::to_writer(&mut *out, &self.statement_id)?;
        out.push(b',');
        out.extend_from_slice(self.judgement.fields()?);
        out.extend_from_slice(b",\"protocol\":");
        serde_json::to_writer(&mut *out, &self.protocol)?;
        out.push(b'}');
        Ok(())
    }
}

/// What a statement is, and its verdict: the same each time that it runs under the same policies
/// and catalogs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The statement, normalised: it holds no literal.
    pub statement: String,
    /// SHA-256 of the normalised statement, in hexadecimal.
    pub fingerprint: String,
    /// What it is, such as `select`.
    pub kind: String,
    /// `allow`, `deny` or `hold`.
    pub verdict: String,
    /// Ids of the policies that decided; empty when none permitted.
    pub policies: Vec<String>,
    /// Why it was denied or held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The policies under which it was judged.
    pub policy_epoch: String,
    /// The catalog snapshot under which it was judged.
    pub catalog_epoch: u64,
    /// Relations that it uses.
    pub relations: Vec<RelationInfo>,
    /// Columns that it uses, as `schema.table.column`, sorted.
    pub columns: Vec<String>,
    /// Functions that it calls and that are not known to be harmless.
    pub functions: Vec<String>,
}

/// A relation with what a statement does to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationInfo {
    /// Name, as `schema.table`.
    pub name: String,
    /// Actions of the policy, such as `select`.
    pub actions: Vec<String>,
}

/// PostgreSQL's two query protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// `Query`.
    Simple,
    /// `Parse`, `Bind`, `Execute`.
    Extended,
}

/// The two peers of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The client.
    Client,
    /// The server upstream.
    Server,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Client => "client",
            Side::Server => "server",
        })
    }
}

/// Identifies a client session: a UUID of version 7 (RFC 9562), so that ids sort by time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub uuid::Uuid);

impl SessionId {
    /// The id of a session that begins at `now`, with 10 bytes from a cryptographic source. Times
    /// before 1970 count as 1970.
    #[must_use]
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        SessionId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

impl FromStr for SessionId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(SessionId)
    }
}

impl Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = uuid::Uuid::encode_buffer();
        serializer.serialize_str(self.0.hyphenated().encode_lower(&mut buffer))
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
