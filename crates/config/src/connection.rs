//! Reads `[[connection]]`.

mod security;

use crate::{
    document::{At, Section},
    files::Surroundings,
    model::{ConnectionConfig, DEFAULT_PORT, EVERY_CONNECTION, socket},
};
use identity::PrincipalName;

/// The longest path that the address of a Unix socket holds on Linux (`sun_path` less its NUL).
const MAX_SOCKET_PATH: usize = 107;

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
    check_socket(&section, host, port);
    let database = section.text_or_nothing("database");
    let user = section.required("user", "name the role upstream that statements run as");
    let security = security::read(&section, host, surroundings);
    section.end();
    let name = name_found?;
    let security = security?;
    let host = host?;
    Some(ConnectionConfig {
        environment: environment?.value,
        host: host.value.to_owned(),
        port: port?,
        database: database?.map_or_else(|| name.clone(), |text| text.value.to_owned()),
        user: user?.value.to_owned(),
        password: security.password,
        tls: security.tls,
        negotiation: security.negotiation,
        certificate: security.certificate,
        channel_binding: security.channel_binding,
        auth: security.auth,
        name,
    })
}

fn host<'r>(section: &Section<'r, '_>) -> Option<At<&'r str>> {
    let host = section.required(
        "host",
        "write the name or address of the database's machine",
    )?;
    let is_directory = host.value.starts_with('/');
    let refused: &[char] = if is_directory {
        &[',']
    } else {
        &['/', ',', ' ']
    };
    if host.value.contains(refused) {
        let message = format!("`connection.host`: `{}` is not one host", host.value);
        section.mistake(
            host.line,
            message,
            "write one name or address, or the directory of a Unix socket",
        );
        return None;
    }
    Some(host)
}

fn check_socket(section: &Section<'_, '_>, host: Option<At<&str>>, port: Option<u16>) {
    let Some((host, port)) = host.zip(port) else {
        return;
    };
    let path = socket(host.value, port);
    if path.is_some_and(|path| path.as_os_str().len() > MAX_SOCKET_PATH) {
        let message = format!(
            "`connection.host`: the path of the socket in `{}` is longer than {MAX_SOCKET_PATH} \
             bytes, which no address holds",
            host.value
        );
        let help = "let the server listen in a directory with a shorter path as well";
        section.mistake(host.line, message, help);
    }
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

/// Whether `name` may stand where a rule names a connection.
pub(crate) fn is_known(name: &str, names: &[String]) -> bool {
    name == EVERY_CONNECTION || names.iter().any(|known| known == name)
}
