//! Event to canonical record in a tamper-evident log.
//!
//! An [`Event`] is what happened. [`Chain::seal`] makes it a record: one line of JSON that carries
//! its sequence number, the hash of the record before it and its own hash. [`Verifier`] reads the
//! lines again and names the first record that is not what was written. [`Sink`] is the seam behind
//! which records are kept; [`Filter`] finds them again.
//!
//! This crate never opens a file, asks the clock or waits: bytes in, bytes out. A record never
//! holds an access key: what looks like one is blotted out before it is hashed.
//!
//! # What the chain proves, and what not
//! A byte changed anywhere, a record removed, inserted, swapped or repeated, and a line cut short
//! are found. Not found, by any chain alone: a log that was cut off at the end of a record, and a
//! log that was written anew from the changed record on by somebody who can write the file. Both
//! need the head of the chain to be known elsewhere; [`Summary::head`] is what to keep there.
//!
//! ```
//! use audit::{Body, Chain, Event, verify};
//!
//! let event = Event {
//!     time: jiff::Timestamp::UNIX_EPOCH,
//!     origin: audit::Part::default(),
//!     body: Body::Administration { action: "start".into(), detail: "version 0.1.0".into() },
//! };
//! let (mut chain, mut log) = (Chain::new(), Vec::new());
//! chain.seal(&event, &mut log)?;
//! chain.seal(&event, &mut log)?;
//! assert_eq!(verify(log.split_inclusive(|byte| *byte == b'\n'))?.records, 2);
//!
//! log[200] ^= 1;
//! let broken = verify(log.split_inclusive(|byte| *byte == b'\n')).unwrap_err();
//! assert_eq!(broken.sequence, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blot;
mod chain;
mod event;
mod outcome;
mod part;
mod printable;
mod record;
mod search;
mod sink;
mod verify;

pub use chain::{Chain, torn_tail};
pub use event::{
    ActorInfo, Body, ConnectionInfo, Event, Intent, Judgement, Origin, Protocol, RelationInfo,
    SessionId, Side,
};
pub use outcome::{Disclosed, Outcome, OutcomeState};
pub use part::Part;
pub use printable::printable;
pub use record::{Hash, Record, RecordId};
pub use search::Filter;
pub use sink::{Sink, SinkError};
pub use verify::{Broken, BrokenReason, Summary, Verifier, verify};
