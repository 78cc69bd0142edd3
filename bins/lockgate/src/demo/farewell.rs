//! What to try when the tour is over.

use super::configuration::{PROD, STAGING};
use super::people::KeyHolder;
use super::screen::Screen;
use super::setup::Stage;
use crate::failure::CommandError;
use crate::render::style::{FAINT, HEADING, NAME};

/// Prints ready-made command lines for every person and for the CLI.
///
/// # Errors
/// [`CommandError::Output`].
pub(super) fn print(screen: &Screen, stage: &Stage) -> Result<(), CommandError> {
    screen.section("Your turn")?;
    screen.text(&format!(
        "The gate stays up until Ctrl-C. {PROD} is production; {STAGING} is for trying things out.\n"
    ))?;
    stage
        .people
        .iter()
        .try_for_each(|holder| psql(screen, stage, holder))?;
    screen.text(&format!(
        "{HEADING}What would the gate do, and what has it recorded?{HEADING:#}\n"
    ))?;
    let program = quoted(
        &std::env::args()
            .next()
            .unwrap_or_else(|| "lockgate".to_owned()),
    );
    let home = quoted(&stage.home.path().display().to_string());
    let config = quoted(&stage.home.config().display().to_string());
    let sql = "SELECT email, ssn FROM customers";
    screen.text(&format!(
        "{program} explain --config {config} \\\n    --as sam --on {PROD} \"{sql}\"\n\
         {program} audit tail -f --state-dir {home}\n\
         {program} audit verify --state-dir {home}"
    ))
}

fn psql(screen: &Screen, stage: &Stage, holder: &KeyHolder) -> Result<(), CommandError> {
    let (name, role) = (holder.person.name, holder.person.role);
    let (host, port) = (stage.address().ip(), stage.address().port());
    screen.text(&format!(
        "{NAME}{name}{NAME:#} {FAINT}({role}){FAINT:#}\n\
         PGPASSWORD={} \\\n    psql \"host={host} port={port} dbname={PROD} user={name} sslmode=require\"\n",
        holder.key.expose(),
    ))
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_are_one_word_of_a_shell() {
        let cases = [
            ("/tmp/a-b", "/tmp/a-b"),
            ("/tmp/a b", "'/tmp/a b'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }
}
