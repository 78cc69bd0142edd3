//! The configuration of the demo: a real one, as the proxy reads it.

use std::fmt::Write;
use std::net::SocketAddr;

use testkit::shop;

use super::people::KeyHolder;

/// The connection to the database with the planted values.
pub(super) const PROD: &str = "shop-prod";
/// The connection to the database for trying things out.
pub(super) const STAGING: &str = "shop-staging";

/// Begins the file; what does not begin so was not written by the demo.
pub(super) const MARK: &str = "# Written by `lockgate demo`";

/// The ready-made policies that are in force.
pub(super) const PACKS: [&str; 3] = ["guardrails/production", "agents", "pii"];

/// The text of `lockgate.toml`. Everything in it is ours and needs no quoting.
pub(super) fn text(
    port: u16,
    cluster: SocketAddr,
    password_file: &str,
    people: &[KeyHolder],
) -> String {
    let packs: Vec<_> = PACKS.iter().map(|pack| format!("\"{pack}\"")).collect();
    let mut text = format!(
        "{MARK}: overwritten by the next one in this directory.\n\
         state_dir = \".\"\n\n\
         [listen]\n\
         address = \"127.0.0.1:{port}\"\n\n\
         [limits]\n\
         drain_timeout = \"2s\"\n\n\
         [policy]\n\
         packs = [{}]\n",
        packs.join(", ")
    );
    for (name, environment, database) in [
        (PROD, "prod", shop::PROD),
        (STAGING, "staging", shop::STAGING),
    ] {
        let (host, port) = (cluster.ip(), cluster.port());
        let role = shop::ROLE;
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n[[connection]]\n\
             name = \"{name}\"\n\
             environment = \"{environment}\"\n\
             host = \"{host}\"\n\
             port = {port}\n\
             database = \"{database}\"\n\
             user = \"{role}\"\n\
             password = \"file:{password_file}\"\n\
             tls = \"disable\"  # the database is on this machine\n"
        );
    }
    people
        .iter()
        .for_each(|holder| principal(&mut text, holder));
    for column in shop::SENSITIVE {
        let (relation, name, tag) = (column.relation, column.column, column.tag);
        let _ = write!(
            text,
            "\n[[label]]\ncolumn = \"public.{relation}.{name}\"\ntag = \"{tag}\"\n"
        );
    }
    text
}

fn principal(text: &mut String, holder: &KeyHolder) {
    let person = &holder.person;
    let (name, kind, group) = (person.name, person.kind, person.group);
    let _ = write!(
        text,
        "\n[[principal]]\nname = \"{name}\"\nkind = \"{kind}\"\n"
    );
    if let Some(owner) = person.on_behalf_of {
        let _ = write!(
            text,
            "on_behalf_of = \"{owner}\"\npurpose = \"ticket triage\"\n"
        );
    }
    let (id, hash) = (holder.key.id(), &holder.hash);
    let _ = write!(
        text,
        "groups = [\"{group}\"]\nkeys = [{{ id = \"{id}\", hash = \"{hash}\" }}]\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::people::EVERYBODY;

    #[test]
    fn it_is_a_configuration_without_mistakes_and_warnings() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("password"), "secret").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(home.path().join("password"), mode).unwrap();
        let people: Vec<_> = EVERYBODY
            .into_iter()
            .map(|who| KeyHolder::new(who).unwrap())
            .collect();
        let text = text(0, "127.0.0.1:5432".parse().unwrap(), "password", &people);
        let config = config::parse(&text, &home.path().join("lockgate.toml"), &|_| None).unwrap();
        assert_eq!(config.warnings, vec![]);
        assert_eq!(config.connections.len(), 2);
        assert_eq!(config.labels.len(), shop::SENSITIVE.len());
        for holder in &people {
            let now = jiff::Timestamp::UNIX_EPOCH;
            let key = holder.key.expose().as_bytes();
            config
                .directory
                .authenticate(holder.person.name, key, now)
                .unwrap();
        }
    }
}
