//! Writes what the runs begin with: `seeds CORPUS_DIRECTORY`.

#![allow(dead_code)]

use std::path::Path;

#[path = "../../crates/session/tests/session/double.rs"]
mod double;
#[path = "../../crates/session/tests/session/machine.rs"]
mod machine;
#[path = "../../crates/session/tests/session/messages.rs"]
mod messages;
#[path = "../../crates/wire/tests/fuzz/seeds.rs"]
mod seeds;
#[path = "../../crates/session/tests/session/upstream.rs"]
mod upstream;

fn main() -> std::io::Result<()> {
    let corpus = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "corpus".to_owned());
    let all = [
        ("startup_bytes", seeds::startup()),
        ("frontend_stream", seeds::frontend()),
        ("backend_stream", seeds::backend()),
        ("session_machine", machine::seeds()),
    ];
    for (target, seeds) in all {
        let directory = Path::new(&corpus).join(target);
        std::fs::create_dir_all(&directory)?;
        for (number, seed) in seeds.iter().enumerate() {
            std::fs::write(directory.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
