//! Reads `[listen]`.

use crate::{
    document::Section,
    files::Surroundings,
    model::{
        Auth, CertificateLogin, CertificateMode, CertificateName, ClientCertificates,
        DEFAULT_ADDRESS, Listen, ListenTls,
    },
};
use std::net::{Ipv4Addr, SocketAddr};

/// Stands in where the address is wrong, so that the rest is still checked.
const NO_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(crate) fn read(section: Section<'_, '_>, surroundings: &Surroundings<'_>) -> Listen {
    let line = section
        .value("address")
        .map_or(section.line, |found| found.line);
    let listen = Listen {
        address: address(&section),
        auth: section
            .choice(
                "auth",
                &[
                    ("scram-sha-256", Auth::ScramSha256),
                    ("password", Auth::Password),
                ],
            )
            .unwrap_or(Auth::ScramSha256),
        tls: tls(&section, surroundings),
        client_certificates: client_certificates(&section, surroundings),
        cancel_in_clear: section.flag("cancel_in_clear", false),
    };
    check_unencrypted(&section, line, &listen);
    section.end();
    listen
}

fn address(section: &Section<'_, '_>) -> SocketAddr {
    let help = "write an address and a port, such as `127.0.0.1:6432` or `[::]:6432`";
    match section.text_or_nothing("address") {
        None => NO_ADDRESS,
        Some(None) => DEFAULT_ADDRESS.parse().unwrap_or(NO_ADDRESS),
        Some(Some(text)) => section
            .parsed("address", text, help)
            .map_or(NO_ADDRESS, |address| address.value),
    }
}

fn tls(section: &Section<'_, '_>, surroundings: &Surroundings<'_>) -> ListenTls {
    let Some(found) = section.value("tls") else {
        return ListenTls::SelfSigned;
    };
    let help = "write `\"self-signed\"`, `{ certificate = \"…\", key = \"…\" }`, or `\"off\"` on a \
                loopback address";
    if let Some(table) = found.value.as_table() {
        let files = section.below("tls", found.line, table);
        let certificate = surroundings.file(&files, "certificate", "name a PEM file");
        let key = surroundings.secret_file(&files, "key");
        files.end();
        return match (certificate, key) {
            (Some(certificate), Some(key)) => ListenTls::Files { certificate, key },
            (_, _) => ListenTls::SelfSigned,
        };
    }
    match found.value.as_str() {
        Some("self-signed") => return ListenTls::SelfSigned,
        Some("off") => return ListenTls::Off,
        Some(other) => {
            let message = format!("`listen.tls`: unknown value `{other}`");
            section.mistake(found.line, message, help);
        }
        None => section.mistyped("tls", found, "text or a table", help),
    }
    ListenTls::SelfSigned
}

/// What certificates stand for. Where that has mistakes they were reported, and nothing starts.
fn client_certificates(
    section: &Section<'_, '_>,
    surroundings: &Surroundings<'_>,
) -> Option<ClientCertificates> {
    let found = section.value("client_certificates")?;
    let inner = section.section("client_certificates");
    // What it is not was said; what it lacks would be no news.
    found.value.as_table()?;
    let ca = surroundings.file(&inner, "ca", "name a PEM file of authorities");
    let revoked = surroundings.optional_file(&inner, "revoked");
    let modes = [
        ("optional", CertificateMode::Optional),
        ("required", CertificateMode::Required),
    ];
    let logins = [
        ("with-key", CertificateLogin::WithKey),
        ("alone", CertificateLogin::Alone),
    ];
    let names = [
        ("common-name", CertificateName::CommonName),
        ("email", CertificateName::Email),
        ("dns", CertificateName::Dns),
        ("uri", CertificateName::Uri),
    ];
    let (mode, login) = (inner.choice("mode", &modes), inner.choice("login", &logins));
    let name = inner.choice("name", &names);
    inner.end();
    Some(ClientCertificates {
        ca: ca?,
        revoked: revoked?,
        mode: mode?,
        login: login?,
        name: name?,
    })
}

/// Unencrypted is for loopback; a cleartext password is not even for that.
fn check_unencrypted(section: &Section<'_, '_>, line: usize, listen: &Listen) {
    if listen.tls != ListenTls::Off {
        return;
    }
    let help = "take `tls = \"self-signed\"`, or listen on a loopback address";
    let line = section.value("tls").map_or(line, |found| found.line);
    match listen.address.ip().is_loopback() {
        true => section.report.warning(
            line,
            "`listen.tls` is off: every local user who can listen in reads everything",
            "take `tls = \"self-signed\"`",
        ),
        false => section.mistake(
            line,
            format!(
                "`listen.tls` is off and `{}` can be reached by others",
                listen.address
            ),
            help,
        ),
    }
    if let Some(found) = section.value("client_certificates") {
        section.mistake(
            found.line,
            "`listen.client_certificates`: certificates travel under TLS and `listen.tls` is off",
            "switch TLS on, or remove it",
        );
    }
    if listen.auth == Auth::Password {
        section.mistake(
            section.value("auth").map_or(line, |found| found.line),
            "`listen.auth`: `password` sends access keys in clear and `listen.tls` is off",
            "take `auth = \"scram-sha-256\"`, or switch TLS on",
        );
    }
}
