//! The texts that both readings are run on.

/// A file of texts.
#[derive(Debug, Clone, Copy)]
pub struct Corpus {
    /// Its name.
    pub name: &'static str,
    content: &'static str,
}

macro_rules! corpus {
    ($($name:literal),*) => {
        /// The files of texts.
        impl Corpus {
            /// All of them.
            pub const ALL: &'static [Self] =
                &[$(Self { name: $name, content: include_str!(concat!("../corpus/", $name, ".sql")) }),*];
        }
    };
}

corpus!(
    "queries",
    "changes",
    "session",
    "definitions",
    "threats",
    "refused",
    "invalid"
);

/// The texts of the files of these names. A text ends with a line that ends in a semicolon.
pub fn texts(names: &[&str]) -> Vec<&'static str> {
    Corpus::ALL
        .iter()
        .filter(|file| names.contains(&file.name))
        .flat_map(Corpus::texts)
        .collect()
}

impl Corpus {
    fn texts(&self) -> impl Iterator<Item = &'static str> {
        // The first line says what the file holds.
        let content = self.content.split_once('\n').map_or("", |(_, rest)| rest);
        content
            .split_inclusive(";\n")
            .map(str::trim_end)
            .filter(|text| !text.is_empty())
    }
}
