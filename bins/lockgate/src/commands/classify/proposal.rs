//! A label that is proposed, as it stands in a configuration, with the reasons as a comment.

use std::fmt::Write;

use detect::ColumnClass;

/// Which column.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) schema: String,
    pub(super) relation: String,
    pub(super) column: String,
}

/// What is proposed for a column.
#[derive(Debug, Clone)]
pub(super) struct Proposal {
    pub(super) place: Place,
    pub(super) type_name: String,
    pub(super) class: ColumnClass,
    /// The tags that the column has under the configuration as it is.
    pub(super) present: Vec<String>,
}

impl Proposal {
    /// A `[[label]]` of a configuration, with a line to end it.
    pub(super) fn toml(&self, connection: &str) -> String {
        let mut text = String::new();
        for line in self.reasons() {
            // Writing to a text does not fail. A name must not end the comment.
            let _ = writeln!(text, "# {}", audit::printable(&line));
        }
        let _ = writeln!(
            text,
            "[[label]]\nconnection = {}\ncolumn = {}\ntag = {}\n",
            string(connection),
            string(&self.place.rule()),
            string(self.class.tag)
        );
        text
    }

    fn reasons(&self) -> Vec<String> {
        let class = &self.class;
        let present = match self.present.as_slice() {
            [] => "no tag as it is".to_owned(),
            tags => format!("now {}", tags.join(", ")),
        };
        let mut lines = vec![
            format!("{} ({}): {present}", self.place.rule(), self.type_name),
            format!(
                "confidence {:.2}, coverage {:.2}, {:.2} of the values could be judged",
                class.confidence, class.coverage, class.valid_ratio
            ),
        ];
        lines.extend(class.evidence.iter().cloned());
        if !class.alternates.is_empty() {
            let others = class.alternates.iter();
            let others: Vec<_> = others
                .map(|(entity, confidence)| format!("{} {confidence:.2}", entity.name()))
                .collect();
            lines.push(format!("or: {}", others.join(", ")));
        }
        lines
    }
}

impl Place {
    /// As `label.column` is written: three parts, in double quotes where it has to be.
    fn rule(&self) -> String {
        let part = |name: &str| match name.contains(['.', '"']) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.to_owned(),
        };
        [&self.schema, &self.relation, &self.column]
            .map(|name| part(name))
            .join(".")
    }
}

/// A basic string of TOML: that of JSON, but for one character.
fn string(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_can_be_put_into_a_configuration() {
        let class = detect::classify_column_values(&detect::Detector::new(), "email", "text", []);
        let proposal = |column: &str| Proposal {
            place: Place {
                schema: "public".to_owned(),
                relation: "a.b".to_owned(),
                column: column.to_owned(),
            },
            type_name: "text".to_owned(),
            class: class.clone().unwrap(),
            present: Vec::new(),
        };
        let columns = ["email", "e\"mail", "e\nmail = 1", "e\u{7f}\\mail"];
        let labels: String = columns.map(|column| proposal(column).toml("shop")).concat();
        let text = format!(
            "[[connection]]\nname = \"shop\"\nenvironment = \"prod\"\nhost = \"localhost\"\n\
             user = \"gate\"\npassword = \"env:PASSWORD\"\n\n{labels}"
        );
        let path = std::path::Path::new("lockgate.toml");
        let config = config::parse(&text, path, &|_| Some("x".to_owned())).unwrap();
        let rules = config.labels_of("shop");
        let names: Vec<_> = rules.iter().map(|rule| rule.column.as_str()).collect();
        assert_eq!(names, columns);
        assert!(rules.iter().all(|rule| rule.relation == "a.b"));
        assert!(labels.contains("# the name has `email`\n"), "{labels}");
    }
}
