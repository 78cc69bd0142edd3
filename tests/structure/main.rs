//! The rules that keep the house in shape, held against what cargo and the sources say.
//!
//! Who may depend on whom, that no pure crate reaches a runtime, a socket, a file, the clock or
//! the environment, and how long a file may grow. Each rule is a pure function from a value to
//! the list of offences, so that the rules themselves are tested on planted ones.

mod graph;
mod source;

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn crates_depend_on_each_other_as_designed() {
    let graph = graph::load(root()).unwrap();
    let offences = graph::offences(&graph);
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn sources_keep_the_rules() {
    let mut offences = Vec::new();
    for file in rust_files().unwrap() {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        offences.extend(source::offences(&file.to_string_lossy(), &text));
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn exceptions_are_still_needed() {
    for (file, _) in source::LONG_FILES {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(
            source::code_lines(&text) > source::CODE_LINES_MAX,
            "`{file}` is short enough: take it off the list of exceptions"
        );
    }
}

/// The files under `crates/*/src` and `bins/*/src`, relative to the root.
fn rust_files() -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for parent in ["crates", "bins"] {
        for package in std::fs::read_dir(root().join(parent))? {
            collect(&package?.path().join("src"), &mut files)?;
        }
    }
    files.sort();
    assert!(files.len() > 20, "only {} files were found", files.len());
    Ok(files)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path.strip_prefix(root()).unwrap_or(&path).to_path_buf());
        }
    }
    Ok(())
}
