//! How a connection upstream is secured: encryption, certificates, passwords.

use crate::{
    document::{At, Section},
    files::Surroundings,
    model::{ChannelBinding, TlsNegotiation, UpstreamAuth, UpstreamCertificate, UpstreamTls},
    secret,
};
use identity::Secret;
use std::path::PathBuf;

const TLS_HELP: &str = "write `verify-full`, `verify-ca`, `require-unverified` or `disable`";

/// What secures a connection.
pub(super) struct Security {
    pub(super) password: Option<Secret>,
    pub(super) tls: UpstreamTls,
    pub(super) negotiation: TlsNegotiation,
    pub(super) certificate: Option<UpstreamCertificate>,
    pub(super) channel_binding: ChannelBinding,
    pub(super) auth: UpstreamAuth,
}

/// `None`: with mistakes.
pub(super) fn read(
    section: &Section<'_, '_>,
    host: Option<At<&str>>,
    surroundings: &Surroundings<'_>,
) -> Option<Security> {
    let certificate = certificate(section, surroundings);
    let may_lack = matches!(certificate, Some(Some(_)))
        || host.is_some_and(|host| host.value.starts_with('/'));
    let password = match may_lack {
        true => secret::optional(section, "password", surroundings),
        false => secret::required(section, "password", surroundings).map(Some),
    };
    let negotiations = [
        ("postgres", TlsNegotiation::Postgres),
        ("direct", TlsNegotiation::Direct),
    ];
    let bindings = [
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
        ("disable", ChannelBinding::Disable),
    ];
    let methods = [
        ("scram-sha-256", UpstreamAuth::ScramSha256),
        ("password", UpstreamAuth::Password),
    ];
    let negotiation = section.choice("tls_negotiation", &negotiations);
    let channel_binding = section.choice("channel_binding", &bindings);
    let auth = section.choice("auth", &methods);
    let tls = tls(section, host, surroundings);
    let security = Security {
        password: password?,
        tls: tls?,
        negotiation: negotiation?,
        certificate: certificate?,
        channel_binding: channel_binding?,
        auth: auth?,
    };
    check_unencrypted(section, &security);
    check_clear_password(section, host, &security);
    Some(security)
}

/// Both files or none.
fn certificate(
    section: &Section<'_, '_>,
    surroundings: &Surroundings<'_>,
) -> Option<Option<UpstreamCertificate>> {
    let there = |key| section.value(key).is_some();
    if !there("tls_certificate") && !there("tls_key") {
        return Some(None);
    }
    let certificate = surroundings.file(section, "tls_certificate", "name a PEM file");
    let key = surroundings.secret_file(section, "tls_key");
    Some(Some(UpstreamCertificate {
        certificate: certificate?,
        key: key?,
    }))
}

/// What is for TLS only stands in vain where there is none, and somebody relies on it.
fn check_unencrypted(section: &Section<'_, '_>, security: &Security) {
    if security.tls != UpstreamTls::Disable {
        return;
    }
    let wanted = [
        ("tls_certificate", security.certificate.is_some()),
        (
            "tls_negotiation",
            security.negotiation == TlsNegotiation::Direct,
        ),
        (
            "channel_binding",
            security.channel_binding == ChannelBinding::Require,
        ),
    ];
    for (key, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
        let line = section.value(key).map_or(section.line, |found| found.line);
        let message = format!("`{}` needs TLS, and there is none", section.path(key));
        section.mistake(line, message, "take `tls = \"verify-full\"`, or remove it");
    }
}

/// A password in clear is for a server that has proved itself, and for this machine.
fn check_clear_password(section: &Section<'_, '_>, host: Option<At<&str>>, security: &Security) {
    if security.auth != UpstreamAuth::Password {
        return;
    }
    let line = section
        .value("auth")
        .map_or(section.line, |found| found.line);
    let near = host.is_some_and(|host| is_near(host.value));
    let proved = match security.tls {
        UpstreamTls::VerifyFull { .. } | UpstreamTls::VerifyCa { .. } => true,
        UpstreamTls::Require | UpstreamTls::Disable => near,
    };
    if !proved {
        let message = "`connection.auth`: `password` would hand it to whoever answers";
        section.mistake(line, message, "take `tls = \"verify-full\"` as well");
    }
    if security.channel_binding == ChannelBinding::Require {
        let message = "`connection.auth`: a password in clear cannot be bound to the channel";
        let help = "remove it, or take `channel_binding = \"prefer\"`";
        section.mistake(line, message, help);
    }
}

/// The four words, two of them with a file of trusted authorities.
fn tls(
    section: &Section<'_, '_>,
    host: Option<At<&str>>,
    surroundings: &Surroundings<'_>,
) -> Option<UpstreamTls> {
    let mode = section.text_or_nothing("tls");
    let ca = section.text_or_nothing("tls_ca");
    let ca_path = |ca: Option<At<&str>>| -> Option<Option<PathBuf>> {
        let Some(ca) = ca else { return Some(None) };
        surroundings.readable(section, "tls_ca", ca).map(Some)
    };
    let (mode, ca) = (mode?, ca?);
    let local = host.is_some_and(|host| host.value.starts_with('/'));
    let default = if local { "disable" } else { "verify-full" };
    if let Some(mode) = mode.filter(|mode| local && mode.value != "disable") {
        let message = "`connection.tls`: there is no TLS over Unix sockets";
        section.mistake(
            mode.line,
            message,
            "remove it, or connect to a name or address",
        );
        return None;
    }
    let tls = match mode.map_or(default, |mode| mode.value) {
        "verify-full" => return Some(UpstreamTls::VerifyFull { ca: ca_path(ca)? }),
        "verify-ca" => return Some(UpstreamTls::VerifyCa { ca: ca_path(ca)? }),
        "require-unverified" => UpstreamTls::Require,
        "disable" => UpstreamTls::Disable,
        other => {
            let message = format!("`connection.tls`: unknown value `{other}`");
            section.mistake(
                mode.map_or(section.line, |mode| mode.line),
                message,
                TLS_HELP,
            );
            return None;
        }
    };
    if let Some(ca) = ca {
        let message = format!(
            "`connection.tls_ca` is not used with `tls = \"{}\"`",
            tls.word()
        );
        section.mistake(
            ca.line,
            message,
            "take `verify-full` or `verify-ca`, or remove it",
        );
        return None;
    }
    warn_unverified(section, mode, host, &tls);
    Some(tls)
}

fn warn_unverified(
    section: &Section<'_, '_>,
    mode: Option<At<&str>>,
    host: Option<At<&str>>,
    tls: &UpstreamTls,
) {
    let Some(host) = host.filter(|host| !is_near(host.value)) else {
        return;
    };
    let line = mode.map_or(section.line, |mode| mode.line);
    let message = format!(
        "`connection.tls` is `{}`: who is on the way to `{}` can read and change everything",
        tls.word(),
        host.value
    );
    section.report.warning(
        line,
        message,
        "take `tls = \"verify-full\"`, with `tls_ca` if needed",
    );
}

/// Whether nobody is on the way: a Unix socket or this machine's own address.
fn is_near(host: &str) -> bool {
    host.starts_with('/')
        || host == "localhost"
        || host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
