//! From the file's text to the checked configuration.

use crate::{
    ConfigErrors, Limits, Mistake, Warning, connection, detector,
    document::{self, Report, Section},
    files::{self, Surroundings},
    label, limits, listen, mask,
    model::{
        AuditConfig, Config, ConnectionConfig, DEFAULT_STATE_DIR, Durability, Listen, MaskRule,
        MaskingKey,
    },
    policies::{self, Policies},
    principal::{self, Principals},
    secret,
};
use detect::Builder;
use policy::LabelRule;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads and checks the configuration in the file at `path`. Relative paths in it begin at its own
/// directory; `env` looks up environment variables.
///
/// # Errors
/// Every mistake in it and in the files that it names.
pub fn load(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigErrors> {
    let text = files::text(path).map_err(|error| {
        ConfigErrors(vec![Mistake {
            file: path.display().to_string(),
            line: None,
            column: None,
            message: format!("cannot read the configuration: {}", files::word(&error)),
            help: Some("name the file with `--config`".to_owned()),
        }])
    })?;
    parse(&text, path, env)
}

/// Checks the configuration in `text`, as if it had been read from `path`.
///
/// # Errors
/// Every mistake in it and in the files that it names.
pub fn parse(
    text: &str,
    path: &Path,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, ConfigErrors> {
    let file = path.display().to_string();
    let report = Report::new(&file, text);
    let base = path.parent().unwrap_or(Path::new(""));
    let draft = read(&report, &Surroundings { base, env });
    let (mistakes, warnings) = report.finish();
    match draft.and_then(|draft| draft.complete(warnings)) {
        Some(config) if mistakes.is_empty() => Ok(config),
        Some(_) | None => Err(ConfigErrors(mistakes)),
    }
}

/// What was read, mistakes or not.
struct Draft {
    listen: Listen,
    state_dir: PathBuf,
    audit: AuditConfig,
    limits: Limits,
    connections: Vec<ConnectionConfig>,
    principals: Principals,
    policies: Policies,
    labels: Vec<(String, LabelRule)>,
    classify_by_name: bool,
    detector: Builder,
    masking_key: Option<MaskingKey>,
    masks: Vec<MaskRule>,
}

impl Draft {
    /// `None`: the policies or the principals have mistakes.
    fn complete(self, warnings: Vec<Warning>) -> Option<Config> {
        Some(Config {
            listen: self.listen,
            state_dir: self.state_dir,
            audit: self.audit,
            limits: self.limits,
            connections: self.connections,
            directory: self.principals.directory?,
            purposes: self.principals.purposes,
            certificates: self.principals.certificates,
            policies: self.policies.sources,
            policy: Arc::new(self.policies.policy?),
            labels: self.labels,
            classify_by_name: self.classify_by_name,
            detector: self.detector.build(),
            masking_key: self.masking_key,
            masks: self.masks,
            warnings,
        })
    }
}

fn read(report: &Report<'_>, surroundings: &Surroundings<'_>) -> Option<Draft> {
    let table = document::parse(report)?;
    let root = Section::root(report, &table);
    let state_dir = root
        .text("state_dir")
        .map_or(DEFAULT_STATE_DIR, |text| text.value);
    let databases = root.sections("connection");
    if databases.is_empty() {
        let help = "add a `[[connection]]` with name, environment, host, user and password";
        root.mistake(1, "there is no connection", help);
    }
    let people = root.sections("principal");
    if people.is_empty() {
        let help = "add a `[[principal]]`, with a key of `lockgate key new`";
        report.warning(1, "there is no principal: nobody can log in", help);
    }
    let (connections, names) = connection::read(databases, surroundings);
    let draft = Draft {
        listen: listen::read(root.section("listen"), surroundings),
        state_dir: surroundings.path(state_dir),
        audit: audit(root.section("audit")),
        limits: limits::read(root.section("limits")),
        connections,
        principals: principal::read(people),
        policies: policies::read(root.section("policy"), surroundings),
        labels: label::read(root.sections("label"), &names),
        classify_by_name: root.flag("classify_by_name", true),
        detector: detector::read(root.sections("detector")),
        masking_key: secret::masking_key(root.section("masking"), surroundings),
        masks: mask::read(root.sections("mask")),
    };
    root.end();
    Some(draft)
}

/// Reads `[audit]`.
fn audit(section: Section<'_, '_>) -> AuditConfig {
    let words = [
        ("buffered", Durability::Buffered),
        ("durable", Durability::Durable),
    ];
    let durability = section
        .choice("durability", &words)
        .unwrap_or(Durability::Buffered);
    if durability == Durability::Durable {
        let line = section
            .value("durability")
            .map_or(section.line, |found| found.line);
        section.mistake(
            line,
            "`audit.durability`: `durable` is not supported: records would not yet be on the disk \
             when a statement runs",
            "write `buffered`: records survive a crash of the process, not of the machine",
        );
    }
    section.end();
    AuditConfig { durability }
}
