//! Facts as short text.

use std::fmt::Debug;

use sql::Catalog;
use sql::facts::{
    Clause, ColumnId, Derivation, Facts, FunctionUse, Kind, Lasting, Lineage, Outputs, Restriction,
    Setting, SettingChange, SettingValue,
};

use super::shop;

pub(crate) fn rendered(facts: &Facts) -> String {
    let catalog = shop();
    let sections = [
        ("", vec![kind(&facts.kind)]),
        ("out", outputs(&catalog, &facts.outputs)),
        ("rel", relations(&catalog, facts)),
        ("use", uses(&catalog, facts)),
        ("fn", facts.functions.iter().map(function).collect()),
        ("flow", flows(&catalog, facts)),
        ("", restriction(facts.restriction)),
        ("set", facts.settings.iter().map(setting).collect()),
        ("schema", schemas(facts)),
        (
            "!",
            facts
                .unresolved
                .iter()
                .map(|entry| entry.reason.clone())
                .collect(),
        ),
    ];
    let given = sections.iter().filter(|(_, parts)| !parts.is_empty());
    let shown = given.map(|(name, parts)| format!("{name} {}", parts.join(", ")));
    shown
        .map(|section| section.trim().to_owned())
        .collect::<Vec<_>>()
        .join("; ")
}

fn word(word: &dyn Debug) -> String {
    format!("{word:?}").to_lowercase()
}

fn relations(catalog: &Catalog, facts: &Facts) -> Vec<String> {
    let name = |oid| catalog.relation(oid).unwrap().name.clone();
    let used = facts.relations.iter();
    used.map(|used| format!("{}:{}", word(&used.action), name(used.relation)))
        .collect()
}

fn uses(catalog: &Catalog, facts: &Facts) -> Vec<String> {
    let silent = facts
        .columns
        .iter()
        .filter(|used| used.clause != Clause::Output);
    silent
        .map(|used| format!("{}:{}", word(&used.clause), name(catalog, used.column)))
        .collect()
}

fn function(used: &FunctionUse) -> String {
    let schema = used
        .schema
        .as_ref()
        .map(|schema| format!("{schema}."))
        .unwrap_or_default();
    format!("{}:{schema}{}", word(&used.class), used.name)
}

fn flows(catalog: &Catalog, facts: &Facts) -> Vec<String> {
    let target = |id: Option<ColumnId>| id.map_or("away".to_owned(), |id| name(catalog, id));
    let flows = facts.flows.iter();
    flows
        .map(|flow| {
            format!(
                "{}<-{}",
                target(flow.target),
                lineage(catalog, &flow.lineage)
            )
        })
        .collect()
}

fn restriction(restriction: Restriction) -> Vec<String> {
    match restriction {
        Restriction::NotApplicable => Vec::new(),
        Restriction::Restricted => vec!["restricted".to_owned()],
        Restriction::Unrestricted => vec!["unrestricted".to_owned()],
    }
}

fn setting(change: &SettingChange) -> String {
    let lasting = match change.lasting {
        Lasting::Session => "",
        Lasting::Transaction => "local ",
        Lasting::Unknown => "session or local ",
    };
    let name = match &change.setting {
        Setting::Named(name) => name,
        Setting::All => "*",
        Setting::Unknown => "?",
    };
    let value = match &change.value {
        SettingValue::Default => "default".to_owned(),
        SettingValue::Given(values) => values.join("+"),
        SettingValue::Text(text) => format!("'{text}'"),
        SettingValue::Perhaps(text) => format!("perhaps '{text}'"),
        SettingValue::Unknown => "?".to_owned(),
    };
    format!("{lasting}{name}={value}")
}

fn schemas(facts: &Facts) -> Vec<String> {
    facts
        .schemas
        .iter()
        .map(|used| format!("{}:{}", word(&used.action), used.schema))
        .collect()
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::CopyIn(_) => "copyin".to_owned(),
        Kind::CopyOut(_) => "copyout".to_owned(),
        kind => format!("{kind:?}").to_lowercase().replace('"', ""),
    }
}

fn outputs(catalog: &Catalog, outputs: &Outputs) -> Vec<String> {
    match outputs {
        Outputs::None => Vec::new(),
        Outputs::Columns(columns) => columns
            .iter()
            .map(|column| format!("{}{}", column.name, lineage(catalog, &column.lineage)))
            .collect(),
        Outputs::Harmless => vec!["harmless".to_owned()],
        Outputs::Unknown(of) => vec![format!("*{}", lineage(catalog, of))],
        Outputs::Named => vec!["named".to_owned()],
    }
}

fn lineage(catalog: &Catalog, lineage: &Lineage) -> String {
    let mark = match lineage.derivation {
        Derivation::Copied => '=',
        Derivation::Derived => '~',
        Derivation::Opaque => '?',
    };
    format!("{mark}{}", sources(catalog, lineage).join("+"))
}

/// The sources, `table.*` standing for all columns of a table.
fn sources(catalog: &Catalog, lineage: &Lineage) -> Vec<String> {
    let mut names = Vec::new();
    for &id in &lineage.sources {
        let (relation, _) = catalog.column(id).unwrap();
        let of = |number| ColumnId {
            relation: id.relation,
            number,
        };
        let whole = relation.columns.len() > 1
            && relation
                .columns
                .iter()
                .all(|column| lineage.sources.contains(&of(column.number)));
        let name = if whole {
            format!("{}.*", relation.name)
        } else {
            name(catalog, id)
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name(catalog: &Catalog, id: ColumnId) -> String {
    let (relation, column) = catalog.column(id).unwrap();
    let short = if relation.name.len() > 20 {
        "long"
    } else {
        relation.name.as_str()
    };
    let schema = if relation.schema == "hidden" {
        "hidden."
    } else {
        ""
    };
    format!(
        "{schema}{short}.{}",
        if column.name.len() > 20 {
            "long"
        } else {
            &column.name
        }
    )
}
