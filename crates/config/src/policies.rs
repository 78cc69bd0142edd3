//! Reads `[policy]`: packs and files, compiled.

use crate::{
    Mistake,
    document::{At, Section, one_of},
    files::{self, Surroundings},
};
use policy::{PACKS, Policy, PolicyMistake, PolicySource, pack};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The texts, and what they compile to; `None`: with mistakes.
pub(crate) struct Policies {
    pub(crate) sources: Vec<PolicySource>,
    pub(crate) policy: Option<Policy>,
}

pub(crate) fn read(section: Section<'_, '_>, surroundings: &Surroundings<'_>) -> Policies {
    let mut sources = packs(&section);
    sources.extend(texts(&section, surroundings));
    let policy = Policy::load(&sources);
    let policy = policy.map_err(|errors| {
        errors
            .0
            .into_iter()
            .for_each(|found| section.report.add(mistake(found)));
    });
    if sources.is_empty() {
        section.report.warning(
            section.line,
            "there are no policies: everything is denied",
            "begin with `packs = [\"guardrails/production\", \"agents\", \"pii\"]`",
        );
    }
    section.end();
    Policies {
        sources,
        policy: policy.ok(),
    }
}

fn mistake(found: PolicyMistake) -> Mistake {
    Mistake {
        file: found.file,
        line: Some(found.line),
        column: Some(found.column),
        message: found.message,
        help: found.help,
    }
}

fn packs(section: &Section<'_, '_>) -> Vec<PolicySource> {
    let mut sources: Vec<PolicySource> = Vec::new();
    for name in section.texts("packs") {
        let Some(source) = pack(name.value) else {
            let message = format!("`policy.packs`: no pack `{}`", name.value);
            section.mistake(name.line, message, one_of(name.value, PACKS));
            continue;
        };
        if sources.iter().any(|known| known.name == source.name) {
            let message = format!("`policy.packs`: the pack `{}` is there twice", name.value);
            section.mistake(name.line, message, "remove one");
            continue;
        }
        sources.push(source);
    }
    sources
}

fn texts(section: &Section<'_, '_>, surroundings: &Surroundings<'_>) -> Vec<PolicySource> {
    let mut sources: Vec<PolicySource> = Vec::new();
    for pattern in section.texts("files") {
        for path in matching(section, pattern, surroundings) {
            let name = path.display().to_string();
            if sources.iter().any(|known| known.name == name) {
                let message = format!("`policy.files`: `{name}` is there twice");
                section.mistake(
                    pattern.line,
                    message,
                    "remove one of the patterns that match it",
                );
                continue;
            }
            match files::text(&path) {
                Ok(text) => sources.push(PolicySource { name, text }),
                Err(error) => {
                    let path = At {
                        value: path.as_path(),
                        line: pattern.line,
                    };
                    files::unreadable(section, "files", path, &error);
                }
            }
        }
    }
    sources
}

/// The files that a pattern matches, in the order of their names; the last component may hold a
/// `*`. A pattern that matches nothing is a mistake: a policy that was moved away must not vanish
/// without a word.
fn matching(
    section: &Section<'_, '_>,
    pattern: At<&str>,
    surroundings: &Surroundings<'_>,
) -> Vec<PathBuf> {
    let path = surroundings.path(pattern.value);
    if !pattern.value.contains('*') {
        return vec![path];
    }
    let split = || Some((path.parent()?, path.file_name()?.to_str()?.split_once('*')?));
    let Some((directory, (start, end))) =
        split().filter(|(directory, (_, end))| !is_pattern(directory) && !end.contains('*'))
    else {
        let message = format!("`policy.files`: `{}` is not a pattern", pattern.value);
        section.mistake(
            pattern.line,
            message,
            "write one `*`, in the last part of the path",
        );
        return Vec::new();
    };
    let found = names(directory).map(|names| {
        let fits = |name: &String| {
            name.strip_prefix(start)
                .is_some_and(|rest| rest.ends_with(end))
        };
        let fitting = names.into_iter().filter(fits);
        fitting.map(|name| directory.join(name)).collect::<Vec<_>>()
    });
    match found {
        Ok(found) if found.is_empty() => {
            let message = format!("`policy.files`: `{}` matches no file", pattern.value);
            section.mistake(
                pattern.line,
                message,
                "paths are relative to the configuration file",
            );
            found
        }
        Ok(found) => found,
        Err(error) => {
            let directory = At {
                value: directory,
                line: pattern.line,
            };
            files::unreadable(section, "files", directory, &error);
            Vec::new()
        }
    }
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains('*')
}

/// The names in a directory, sorted. Hidden files are left out, as shells do.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.extend(
            entry?
                .file_name()
                .into_string()
                .ok()
                .filter(|name| !name.starts_with('.')),
        );
    }
    names.sort();
    Ok(names)
}
