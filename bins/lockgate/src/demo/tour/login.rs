//! Step: who comes in, and who does not.

use super::claim::{Claims, Surprise};
use crate::demo::client;
use crate::demo::configuration::PROD;
use crate::demo::people::{DANA, EVERYBODY, SAM};
use crate::demo::setup::Stage;
use crate::failure::CommandError;
use crate::render::style::FAINT;
use crate::render::table::{self, Tone, cell};

pub(super) async fn run(claims: &mut Claims<'_>, stage: &Stage) -> Result<(), CommandError> {
    claims.step("Everybody is somebody")?;
    claims.screen.text(
        "Three principals may log in, each with an access key of its own. None of them has, or ever\n\
         sees, a password of the database.",
    )?;
    let mut people = table::with_header(&["principal", "kind", "in group", "role"]);
    for person in EVERYBODY {
        people.add_row([
            cell(person.name, Tone::Name),
            cell(person.kind, Tone::Plain),
            cell(person.group, Tone::Plain),
            cell(person.role, Tone::Plain),
        ]);
    }
    claims.screen.table(people)?;
    let dana = stage.holder(DANA).map_or("", |holder| holder.key.expose());
    for (what, user, key, database, sqlstate) in [
        (
            "sam does not get in with dana's key",
            SAM.name,
            dana,
            PROD,
            "28P01",
        ),
        (
            "an unknown name is told the same",
            "nobody",
            dana,
            PROD,
            "28P01",
        ),
        (
            "there is no way to a database that is not configured",
            DANA.name,
            dana,
            "postgres",
            "3D000",
        ),
    ] {
        let refused = client::connect(stage, (user, key), database).await?;
        let (got, said) = match refused {
            Ok(_) => ("a session".to_owned(), String::new()),
            Err(report) => (report.sqlstate, report.message),
        };
        let holds = Surprise::unless_equal(sqlstate, &got);
        claims.claim(&format!("{what}: {FAINT}{got} {said}{FAINT:#}"), holds)?;
    }
    Ok(())
}
