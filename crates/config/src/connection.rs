//! Reads `[[connection]]`.

use crate::{
    document::{At, Section},
    files::Surroundings,
    model::{ConnectionConfig, DEFAULT_PORT, EVERY_CONNECTION, UpstreamTls},
    secret,
};
use identity::PrincipalName;
use std::path::PathBuf;

const TLS_HELP: &str = "write `verify-full`, `verify-ca`, `require-unverified` or `disable`";

/// The connections that are right, and the names of all.
pub(crate) fn read(
    sections: Vec<Section<'_, '_>>,
    surroundings: &Surroundings<'_>,
) -> (Vec<ConnectionConfig>, Vec<String>) {
    let (mut connections, mut names) = (Vec::new(), Vec::<String>::new());
    for section in sections {
        let name = name(
            &section,
            "name",
            "write the name that clients give as `database`",
        );
        if let Some(name) = &name {
            if names.contains(&name.value) {
                let message = format!("the connection `{}` is there twice", name.value);
                section.mistake(
                    name.line,
                    message,
                    "give every connection a name of its own",
                );
            }
            names.push(name.value.clone());
        }
        connections.extend(connection(
            section,
            name.map(|name| name.value),
            surroundings,
        ));
    }
    (connections, names)
}

/// A name of a connection or environment: same rules as those of principals, because it travels
/// in startup messages and stands in policies.
fn name(section: &Section<'_, '_>, key: &'static str, help: &str) -> Option<At<String>> {
    let text = section.required(key, help)?;
    let help = "take letters, digits and `_.@-`, 63 at most";
    let name = section.parsed::<PrincipalName>(key, text, help)?;
    Some(At {
        value: name.value.to_string(),
        line: name.line,
    })
}

fn connection(
    section: Section<'_, '_>,
    name_found: Option<String>,
    surroundings: &Surroundings<'_>,
) -> Option<ConnectionConfig> {
    let environment = name(&section, "environment", "write such as `prod` or `staging`");
    let host = host(&section);
    let port = port(&section);
    let database = section.text_or_nothing("database");
    let user = section.required("user", "name the role upstream that statements run as");
    let password = secret::required(&section, "password", surroundings);
    let tls = tls(&section, host, surroundings);
    section.end();
    let name = name_found?;
    Some(ConnectionConfig {
        environment: environment?.value,
        host: host?.value.to_owned(),
        port: port?,
        database: database?.map_or_else(|| name.clone(), |text| text.value.to_owned()),
        user: user?.value.to_owned(),
        password: password?,
        tls: tls?,
        name,
    })
}

fn host<'r>(section: &Section<'r, '_>) -> Option<At<&'r str>> {
    let host = section.required(
        "host",
        "write the name or address of the database's machine",
    )?;
    if host.value.contains(['/', ',', ' ', '\0']) {
        let message = format!("`connection.host`: `{}` is not one host", host.value);
        section.mistake(
            host.line,
            message,
            "write one name or address; sockets are not supported",
        );
        return None;
    }
    Some(host)
}

fn port(section: &Section<'_, '_>) -> Option<u16> {
    let Some(found) = section.value("port") else {
        return Some(DEFAULT_PORT);
    };
    let integer = found
        .value
        .as_integer()
        .filter(|integer| integer.radix() == 10);
    let port = integer
        .and_then(|integer| integer.as_str().parse().ok())
        .filter(|port| *port > 0);
    match (port, integer) {
        (Some(port), _) => return Some(port),
        (None, Some(_)) => section.mistake(
            found.line,
            "`connection.port` is out of range",
            "write a number from 1 to 65535",
        ),
        (None, None) => section.mistyped("port", found, "a number", "write `port = 5432`"),
    }
    None
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
    let tls = match mode.map_or("verify-full", |mode| mode.value) {
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
    let Some(host) = host.filter(|host| !is_loopback(host.value)) else {
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

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Whether `name` may stand where a rule names a connection.
pub(crate) fn is_known(name: &str, names: &[String]) -> bool {
    name == EVERY_CONNECTION || names.iter().any(|known| known == name)
}
