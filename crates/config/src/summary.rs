//! The configuration for people, without secrets.

use crate::{
    duration::written,
    model::{
        Auth, CertificateLogin, CertificateMode, ClientCertificates, Config, ConnectionConfig,
        Durability, ListenTls,
    },
};
use std::fmt::{self, Display, Formatter};

impl Config {
    /// What is configured, a line for each thing, without secrets and key hashes.
    #[must_use]
    pub fn summary(&self) -> String {
        Summary(self).to_string()
    }
}

struct Summary<'a>(&'a Config);

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Summary(config) = self;
        let listen = &config.listen;
        writeln!(
            f,
            "listen      {}, {}, {}{}",
            listen.address,
            tls(&listen.tls),
            auth(listen.auth),
            certificates(listen.client_certificates.as_ref())
        )?;
        writeln!(f, "state       {}", config.state_dir.display())?;
        writeln!(f, "audit       {}", durability(config.audit.durability))?;
        limits(config, f)?;
        let names: Vec<_> = config
            .policies
            .iter()
            .map(|source| source.name.as_str())
            .collect();
        writeln!(
            f,
            "policies    {} (epoch {})",
            names.join(", "),
            config.policy.epoch()
        )?;
        config
            .connections
            .iter()
            .try_for_each(|found| connection(found, f))?;
        principals(config, f)?;
        let by_name = if config.classify_by_name {
            "and columns by name"
        } else {
            "only"
        };
        writeln!(f, "labels      {} by rule, {by_name}", config.labels.len())?;
        let types: Vec<_> = config.detector.custom_types().collect();
        if !types.is_empty() {
            writeln!(f, "detectors   {}", types.join(", "))?;
        }
        let key = if config.masking_key.is_some() {
            "given"
        } else {
            "generated in the state"
        };
        write!(f, "masking     key {key}")?;
        if !config.masks.is_empty() {
            write!(f, ", {} by rule", config.masks.len())?;
        }
        writeln!(f)
    }
}

fn tls(tls: &ListenTls) -> String {
    match tls {
        ListenTls::SelfSigned => "tls self-signed".to_owned(),
        ListenTls::Files { certificate, .. } => format!("tls {}", certificate.display()),
        ListenTls::Off => "no tls".to_owned(),
    }
}

fn auth(auth: Auth) -> &'static str {
    match auth {
        Auth::ScramSha256 => "scram-sha-256",
        Auth::Password => "password",
    }
}

fn certificates(found: Option<&ClientCertificates>) -> String {
    let Some(found) = found else {
        return String::new();
    };
    let mode = match found.mode {
        CertificateMode::Optional => "optional",
        CertificateMode::Required => "required",
    };
    let login = match found.login {
        CertificateLogin::WithKey => "with a key",
        CertificateLogin::Alone => "alone",
    };
    format!(", client certificates {mode} {login}")
}

fn durability(durability: Durability) -> &'static str {
    match durability {
        Durability::Buffered => "buffered",
        Durability::Durable => "durable",
    }
}

fn limits(config: &Config, f: &mut Formatter<'_>) -> fmt::Result {
    let limits = &config.limits;
    let idle = limits.idle_timeout.map_or("off".to_owned(), written);
    let (login, connect) = (
        written(limits.login_timeout),
        written(limits.connect_timeout),
    );
    let (sessions, drain) = (limits.max_sessions, written(limits.drain_timeout));
    let (statement, message) = (limits.max_statement_bytes, limits.max_message_bytes);
    writeln!(
        f,
        "limits      statement {statement} B, message {message} B, {sessions} sessions"
    )?;
    writeln!(
        f,
        "timeouts    login {login}, connect {connect}, idle {idle}, drain {drain}"
    )
}

fn connection(found: &ConnectionConfig, f: &mut Formatter<'_>) -> fmt::Result {
    let ConnectionConfig {
        name,
        environment,
        host,
        port,
        database,
        user,
        tls,
        ..
    } = found;
    let tls = tls.word();
    writeln!(
        f,
        "connection  {name} ({environment}): {user}@{host}:{port}/{database}, tls {tls}"
    )
}

fn principals(config: &Config, f: &mut Formatter<'_>) -> fmt::Result {
    for principal in config.directory.principals() {
        let groups: Vec<_> = principal
            .groups
            .iter()
            .map(|group| group.as_str())
            .collect();
        let (name, kind) = (&principal.name, principal.kind.word());
        write!(f, "principal   {name} ({kind}")?;
        if let identity::PrincipalKind::Agent { on_behalf_of } = &principal.kind {
            write!(f, " for {on_behalf_of}")?;
        }
        writeln!(
            f,
            "){}{}",
            if groups.is_empty() { "" } else { " in " },
            groups.join(", ")
        )?;
    }
    Ok(())
}
