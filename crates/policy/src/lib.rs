//! `decide(principal, facts, context)` → a verdict and the disclosure of each output column.
//!
//! Policies are written in Cedar, against the schema in `schema/lockgate.cedarschema`. They say
//! *whether*; their annotations say only with which words and by whom. [`Policy::load`] reads them
//! and reports all mistakes; [`Policy::decide`] turns the facts of a statement into questions, one
//! for each action and resource, of which every one must be permitted: for an agent once itself and
//! once its owner. What nobody permits is denied, a column of which nothing is permitted is
//! redacted, and a policy that cannot be evaluated denies.
//!
//! This crate never reads a clock, a file, the network or the environment; no type of Cedar stands
//! in a public signature; and it never sees the text of a statement or a value of a column.
//!
//! ```
//! let policies = [policy::PolicySource {
//!     name: "ours.cedar".to_owned(),
//!     text: r#"
//!         @id("support-reads")
//!         permit(principal in Group::"support", action in Action::"read", resource);
//!         @id("support-emails")
//!         permit(principal in Group::"support", action == Action::"see_partial",
//!                resource in Tag::"pii.email");
//!     "#
//!     .to_owned(),
//! }];
//! let policy = policy::Policy::load(&policies).expect("the policies are right");
//! assert_eq!(policy.epoch().len(), 16);
//!
//! let wrong = [policy::PolicySource {
//!     name: "ours.cedar".to_owned(),
//!     text: "permit(principal, action == Action::\"slect\", resource);".to_owned(),
//! }];
//! let mistakes = policy::Policy::load(&wrong).unwrap_err().to_string();
//! assert!(mistakes.contains("ours.cedar:1:1: the policy has no `@id`"));
//! assert!(mistakes.contains("help: did you mean `Action::\"select\"`?"));
//! ```

mod action;
mod annotations;
mod attributes;
mod cache;
mod court;
mod disclosure;
mod entities;
mod explain;
mod hearing;
mod judgement;
mod labels;
mod load;
mod mistake;
mod policy;
mod question;
mod resource;
mod source;
mod statement;
mod tag;
mod touched;
mod verdict;
mod viewer;

#[cfg(test)]
mod tests;

pub use disclosure::{ColumnDisclosure, Disclosure, OutputDisclosures};
pub use explain::{Asked, Explanation, Seen};
pub use labels::{LabelMistake, LabelRule, Labels};
pub use mistake::{PolicyErrors, PolicyMistake};
pub use policy::Policy;
pub use source::{PACKS, PolicySource, pack};
pub use statement::kind_word;
pub use tag::{Tag, TagError};
pub use verdict::{Decision, Denial, PolicyId, Verdict};
pub use viewer::{ConnectViewer, Connection, Context, Viewer};
