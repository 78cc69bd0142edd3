//! The built binary, as people and programs use it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod audit_log;
mod check;
mod classify;
mod demo;
mod explain;
mod files;
mod key;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The built binary, with an environment that says nothing.
fn lockgate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command
        .args(arguments)
        .env_remove("LOCKGATE_CONFIG")
        .env_remove("NO_COLOR");
    command
}

/// What a run came to.
struct Ended {
    code: Option<i32>,
    out: String,
    error: String,
}

fn run(arguments: &[&str]) -> Ended {
    ended(lockgate(arguments).output().unwrap())
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory with a password file, for configurations.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Home(tempfile::tempdir().unwrap());
        home.write("password", "not-a-real-one");
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// A configuration with one connection, and what follows.
    fn config(&self, rest: &str) -> String {
        let text = format!(
            "[policy]\npacks = [\"guardrails/production\", \"agents\", \"pii\"]\n\n\
             [[connection]]\nname = \"shop\"\nenvironment = \"prod\"\nhost = \"127.0.0.1\"\nport = 1\n\
             user = \"gate\"\npassword = \"file:password\"\ntls = \"disable\"\n\n{rest}"
        );
        text_of(&self.write("lockgate.toml", text))
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
