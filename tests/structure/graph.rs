//! Who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

/// What a crate's name begins with in its manifest.
const PREFIX: &str = "lockgate-";

/// The package without code that holds the tests, benches and examples of all.
const WORKSPACE_PACKAGE: &str = "workspace";

/// Below the line: no I/O, no clock, no environment, nothing global that changes.
pub(crate) const PURE: [&str; 9] = [
    "wire", "sql", "identity", "policy", "detect", "mask", "audit", "review", "session",
];

/// Each crate with the crates of ours that its code may use.
const ALLOWED: [(&str, &[&str]); 17] = [
    ("wire", &[]),
    ("sql", &[]),
    ("identity", &[]),
    ("detect", &[]),
    ("audit", &[]),
    ("review", &[]),
    ("policy", &["sql", "identity"]),
    ("mask", &["detect"]),
    (
        "session",
        &[
            "wire", "mask", "policy", "audit", "sql", "identity", "detect", "review",
        ],
    ),
    ("config", &["policy", "identity", "audit", "mask", "detect"]),
    (
        "gateway",
        &[
            "session", "config", "wire", "sql", "identity", "policy", "detect", "mask", "audit",
            "review",
        ],
    ),
    (
        "console",
        &[
            "gateway", "config", "policy", "identity", "audit", "review", "session", "sql",
        ],
    ),
    (
        "mcp",
        &[
            "gateway", "config", "policy", "identity", "audit", "review", "session", "sql",
        ],
    ),
    ("testkit", &[]),
    ("proxy", &["gateway", "config", "console"]),
    (
        "lockgate",
        &[
            "gateway", "config", "console", "mcp", "audit", "detect", "identity", "mask", "policy",
            "session", "sql", "review", "testkit",
        ],
    ),
    (
        "harness",
        &[
            "gateway", "config", "audit", "detect", "identity", "policy", "session", "sql",
            "testkit", "wire",
        ],
    ),
];

/// What no pure crate may reach through any number of dependencies.
const RUNTIMES: [&str; 5] = ["tokio", "mio", "socket2", "async-std", "smol"];

/// Packages that one crate of ours hides from all the others.
const HIDDEN: [(&str, &str); 3] = [
    ("squawk-syntax", "sql"),
    ("sqlparser", "sql"),
    ("cedar-policy", "policy"),
];

/// The packages of a build and the edges between them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Graph {
    /// Our own, by short name: `wire`, not `lockgate-wire`.
    pub(crate) ours: BTreeSet<String>,
    /// What each package's code and build need, by name; two versions of one are one here.
    pub(crate) needs: BTreeMap<String, BTreeSet<String>>,
    /// What the tests of our own need besides.
    pub(crate) tests_need: BTreeMap<String, BTreeSet<String>>,
}

/// The graph as cargo resolves it for this machine.
pub(crate) fn load(root: &Path) -> Result<Graph, String> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options([
            "--offline".to_owned(),
            "--filter-platform".to_owned(),
            this_platform()?,
        ])
        .exec()
        .map_err(|error| error.to_string())?;
    let resolve = metadata.resolve.as_ref().ok_or("cargo resolved nothing")?;
    let mut graph = Graph::default();
    for node in &resolve.nodes {
        let package = name_of(&metadata, &node.id)?;
        if metadata.workspace_members.contains(&node.id) {
            graph.ours.insert(package.clone());
        }
        for dependency in &node.deps {
            let needed = name_of(&metadata, &dependency.pkg)?;
            for kind in &dependency.dep_kinds {
                let edges = match kind.kind {
                    DependencyKind::Development => &mut graph.tests_need,
                    DependencyKind::Normal | DependencyKind::Build | DependencyKind::Unknown => {
                        &mut graph.needs
                    }
                };
                edges
                    .entry(package.clone())
                    .or_default()
                    .insert(needed.clone());
            }
        }
    }
    graph.ours.remove(WORKSPACE_PACKAGE);
    Ok(graph)
}

fn name_of(metadata: &Metadata, id: &PackageId) -> Result<String, String> {
    let package = metadata
        .packages
        .iter()
        .find(|package| &package.id == id)
        .ok_or_else(|| format!("cargo describes no package `{id}`"))?;
    let name = package.name.to_string();
    let ours = metadata.workspace_members.contains(id);
    Ok(name
        .strip_prefix(PREFIX)
        .filter(|_| ours)
        .map(str::to_owned)
        .unwrap_or(name))
}

/// The platform that rustc builds for; only its packages are sure to be on this machine.
fn this_platform() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("-vV")
        .output()
        .map_err(|error| error.to_string())?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| "rustc does not name its host".to_owned())
}

/// Every edge that breaks a rule, each with the rule.
pub(crate) fn offences(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for name in &graph.ours {
        found.extend(edges_beyond_the_table(graph, name));
        found.extend(hidden_packages(graph, name));
        if PURE.contains(&name.as_str()) {
            found.extend(runtimes(graph, name));
            found.extend(impure_tests(graph, name));
        }
    }
    found
}

fn edges_beyond_the_table(graph: &Graph, name: &str) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(listed, _)| *listed == name) else {
        return vec![format!(
            "`{name}` is not in the table of crates: say what it may depend on"
        )];
    };
    needs(graph, name)
        .filter(|needed| graph.ours.contains(*needed) && !allowed.contains(needed))
        .map(|needed| {
            format!("`{name}` depends on `{needed}`; of our crates it may use only {allowed:?}")
        })
        .collect()
}

fn hidden_packages(graph: &Graph, name: &str) -> Vec<String> {
    HIDDEN
        .iter()
        .filter(|(package, owner)| {
            *owner != name && needs(graph, name).any(|need| need == *package)
        })
        .map(|(package, owner)| {
            format!(
                "`{name}` depends on `{package}`, which only `{owner}` may: its types stay inside"
            )
        })
        .collect()
}

fn runtimes(graph: &Graph, name: &str) -> Vec<String> {
    RUNTIMES
        .iter()
        .filter_map(|runtime| path(graph, name, runtime))
        .map(|path| {
            format!(
                "`{name}` is pure and reaches a runtime: {}",
                path.join(" → ")
            )
        })
        .collect()
}

/// The tests of a pure crate are pure too, but may try its work on a real server.
fn impure_tests(graph: &Graph, name: &str) -> Vec<String> {
    graph
        .tests_need
        .get(name)
        .into_iter()
        .flatten()
        .filter(|needed| {
            graph.ours.contains(*needed) && !PURE.contains(&needed.as_str()) && *needed != "testkit"
        })
        .map(|needed| format!("the tests of `{name}`, which is pure, depend on `{needed}`"))
        .collect()
}

fn needs<'a>(graph: &'a Graph, name: &str) -> impl Iterator<Item = &'a str> {
    graph
        .needs
        .get(name)
        .into_iter()
        .flatten()
        .map(String::as_str)
}

/// The names from `from` to `to`, if its code needs it.
fn path(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = BTreeSet::from([from.to_owned()]);
    let mut paths = vec![vec![from.to_owned()]];
    while let Some(path) = paths.pop() {
        let last = path.last()?;
        if last == to {
            return Some(path);
        }
        for needed in needs(graph, last) {
            if seen.insert(needed.to_owned()) {
                let mut longer = path.clone();
                longer.push(needed.to_owned());
                paths.push(longer);
            }
        }
    }
    None
}

/// A graph with these edges, in which `lockgate`'s own crates are those of the table.
fn graph_of(needs: &[(&str, &str)], tests_need: &[(&str, &str)]) -> Graph {
    let edges = |pairs: &[(&str, &str)]| {
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            edges
                .entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
        }
        edges
    };
    Graph {
        ours: ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect(),
        needs: edges(needs),
        tests_need: edges(tests_need),
    }
}

#[test]
fn planted_edges_are_found() {
    let cases: [(&[(&str, &str)], &str); 11] = [
        (&[("wire", "sql")], "`wire` depends on `sql`"),
        (&[("wire", "mask")], "`wire` depends on `mask`"),
        (&[("mask", "sql")], "`mask` depends on `sql`"),
        (&[("detect", "sql")], "`detect` depends on `sql`"),
        (&[("session", "gateway")], "`session` depends on `gateway`"),
        (&[("config", "gateway")], "`config` depends on `gateway`"),
        (&[("proxy", "testkit")], "`proxy` depends on `testkit`"),
        (&[("session", "sqlparser")], "only `sql` may"),
        (&[("gateway", "cedar-policy")], "only `policy` may"),
        (&[("audit", "tokio")], "reaches a runtime: audit → tokio"),
        (
            &[("session", "bytes"), ("bytes", "deep"), ("deep", "mio")],
            "reaches a runtime: session → bytes → deep → mio",
        ),
    ];
    for (edges, expected) in cases {
        let found = offences(&graph_of(edges, &[]));
        assert_eq!(found.len(), 1, "{edges:?}: {found:?}");
        assert!(found.concat().contains(expected), "{found:?}");
    }
}

#[test]
fn impure_tests_are_found() {
    let found = offences(&graph_of(&[], &[("sql", "config"), ("gateway", "testkit")]));
    assert_eq!(
        found,
        ["the tests of `sql`, which is pure, depend on `config`"]
    );
}

#[test]
fn an_unlisted_crate_is_found() {
    let mut graph = graph_of(&[], &[]);
    graph.ours.insert("helpers".to_owned());
    assert_eq!(offences(&graph).len(), 1);
}

#[test]
fn designed_edges_are_no_offence() {
    let edges = [
        ("policy", "sql"),
        ("policy", "cedar-policy"),
        ("sql", "sqlparser"),
        ("gateway", "session"),
        ("gateway", "tokio"),
        ("lockgate", "testkit"),
        ("harness", "testkit"),
    ];
    assert_eq!(offences(&graph_of(&edges, &[])), Vec::<String>::new());
}
