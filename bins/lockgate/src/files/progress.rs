//! How far the reading of a long file has come, on a terminal that shows nothing else.

use std::io::{self, IsTerminal, Write};

/// Shorter files are done before a bar is of use.
const LONG: u64 = 32 * 1024 * 1024;
/// Bytes between two looks: some ten a second.
const STEP: u64 = 4 * 1024 * 1024;
/// Characters of the bar.
const WIDTH: u64 = 40;

/// The bar of one file.
#[derive(Debug)]
pub(super) struct Progress {
    /// Bytes of the whole file.
    total: u64,
    read: u64,
    /// The count of bytes at which the bar is drawn again; `None`: never.
    next: Option<u64>,
}

impl Progress {
    /// A bar for a file of `total` bytes, when that is known, long, and the error output is a
    /// terminal that the results do not go to as well.
    pub(super) fn new(total: Option<u64>) -> Progress {
        let alone = io::stderr().is_terminal() && !io::stdout().is_terminal();
        let total = total.unwrap_or(0);
        Progress {
            total,
            read: 0,
            next: (alone && total >= LONG).then_some(STEP),
        }
    }

    /// Counts bytes that were read.
    pub(super) fn add(&mut self, bytes: usize) {
        self.read = self.read.saturating_add(bytes as u64);
        if self.next.is_some_and(|next| self.read >= next) {
            self.next = Some(self.read.saturating_add(STEP));
            // A bar that cannot be drawn keeps nobody from the work.
            let _ = write!(io::stderr(), "\r{}", bar(self.read, self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.next.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(read: u64, total: u64) -> String {
    let share = |parts: u64| read.min(total).saturating_mul(parts) / total.max(1);
    let full = usize::try_from(share(WIDTH)).unwrap_or_default();
    let rest = usize::try_from(WIDTH - share(WIDTH)).unwrap_or_default();
    let (full, rest) = ("█".repeat(full), "░".repeat(rest));
    format!("{full}{rest} {:3} %  {} MB", share(100), read / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_bar_is_as_long_as_the_share() {
        for (read, total, full, percent) in [
            (0, 100, 0, "  0 %"),
            (50, 100, 20, " 50 %"),
            (100, 100, 40, "100 %"),
            (120, 100, 40, "100 %"),
            (7, 0, 0, "  0 %"),
        ] {
            let bar = bar(read, total);
            assert_eq!(bar.matches('█').count(), full, "{bar}");
            assert_eq!(bar.chars().filter(|c| "█░".contains(*c)).count(), 40);
            assert!(bar.contains(percent), "{bar}");
        }
    }
}
