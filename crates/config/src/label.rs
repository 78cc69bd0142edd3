//! Reads `[[label]]`.

use crate::{
    connection::is_known,
    document::{Section, one_of},
    model::EVERY_CONNECTION,
};
use policy::{LabelRule, Tag};

/// The word for "no tag".
const NO_TAG: &str = "none";

pub(crate) fn read(
    sections: Vec<Section<'_, '_>>,
    connections: &[String],
) -> Vec<(String, LabelRule)> {
    sections
        .into_iter()
        .filter_map(|section| label(section, connections))
        .collect()
}

fn label(section: Section<'_, '_>, connections: &[String]) -> Option<(String, LabelRule)> {
    let connection = connection(&section, connections);
    let column = column(&section);
    let tag = section.required("tag", "write such as `pii.email`, or `none`");
    let tag = tag.and_then(|text| match text.value {
        NO_TAG => Some(None),
        _ => {
            let tag = section.parsed::<Tag>("tag", text, "write such as `pii.email`, or `none`");
            tag.map(|tag| Some(tag.value))
        }
    });
    section.end();
    let (schema, relation, column) = column?;
    Some((
        connection?,
        LabelRule {
            schema,
            relation,
            column,
            tag: tag?,
        },
    ))
}

fn connection(section: &Section<'_, '_>, connections: &[String]) -> Option<String> {
    let Some(text) = section.text_or_nothing("connection")? else {
        return Some(EVERY_CONNECTION.to_owned());
    };
    if is_known(text.value, connections) {
        return Some(text.value.to_owned());
    }
    let known: Vec<&str> = connections
        .iter()
        .map(String::as_str)
        .chain([EVERY_CONNECTION])
        .collect();
    let message = format!("`label.connection`: no connection `{}`", text.value);
    section.mistake(text.line, message, one_of(text.value, &known));
    None
}

fn column(section: &Section<'_, '_>) -> Option<(String, String, String)> {
    let help = "write `schema.table.column`, each as the catalog spells it, or `*`; a name with a \
                dot in double quotes";
    let text = section.required("column", help)?;
    let parts = split(text.value).and_then(|parts| <[String; 3]>::try_from(parts).ok());
    let Some([schema, relation, column]) = parts else {
        let message = format!("`label.column`: `{}` does not have three parts", text.value);
        section.mistake(text.line, message, help);
        return None;
    };
    Some((schema, relation, column))
}

/// The parts between dots, of which one may stand in double quotes as in SQL. `None` when a part is
/// empty or a quote is not closed.
fn split(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_part(quoted)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let (part, after) = rest.split_at_checked(end)?;
                (part.to_owned(), after)
            }
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(parts),
        }
    }
}

/// The name up to its closing quote, in which `""` is a quote, and what follows.
fn quoted_part(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (piece, after) = rest.split_once('"')?;
        name.push_str(piece);
        match after.strip_prefix('"') {
            Some(next) => {
                name.push('"');
                rest = next;
            }
            None => return Some((name, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn columns_are_split_as_sql_quotes_them() {
        let cases = [
            ("a.b.c", Some(vec!["a", "b", "c"])),
            ("*.*.email", Some(vec!["*", "*", "email"])),
            ("a.\"b.c\".d", Some(vec!["a", "b.c", "d"])),
            ("a.\"b\"\"c\".d", Some(vec!["a", "b\"c", "d"])),
            ("a", Some(vec!["a"])),
            ("", None),
            ("a..c", None),
            ("a.b.", None),
            ("a.\"b.c", None),
            ("a.\"b\"c.d", None),
            ("a.\"\".d", None),
        ];
        for (text, expected) in cases {
            let got = split(text);
            let got: Option<Vec<&str>> = got
                .as_ref()
                .map(|parts| parts.iter().map(String::as_str).collect());
            assert_eq!(got, expected, "{text}");
        }
    }
}
