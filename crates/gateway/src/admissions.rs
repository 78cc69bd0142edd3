//! Who was let in within this minute.
//!
//! Programs log in again and again, and policy gives them the same answer: within one configuration
//! it depends on who asks, for which connection, from where, and on the time to the minute
//! (`policy::Context`). Only admissions are kept; who is refused is asked about each time.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use identity::PrincipalName;
use jiff::Timestamp;

/// Most callers that are remembered: the machines of a large fleet. When there are more, the earlier
/// ones are asked about again.
const MAX_CALLERS: usize = 1024;

/// Who asks, from where.
pub(crate) type Caller = (PrincipalName, IpAddr);

/// The callers whom the policy of one configuration lets open sessions on one connection.
#[derive(Default)]
pub(crate) struct Admissions(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    /// Of Unix time.
    number: i64,
    admitted: HashSet<Caller>,
}

impl Admissions {
    /// Lets the caller in if `ask` does, or has done so within the same minute.
    ///
    /// # Errors
    /// What `ask` said.
    pub(crate) fn admit<R>(
        &self,
        caller: Caller,
        now: Timestamp,
        ask: impl FnOnce() -> Result<(), R>,
    ) -> Result<(), R> {
        let minute = now.as_second().div_euclid(60);
        if self.within(minute, |admitted| admitted.contains(&caller)) {
            return Ok(());
        }
        ask()?;
        self.within(minute, |admitted| {
            if admitted.len() >= MAX_CALLERS {
                admitted.clear();
            }
            admitted.insert(caller);
        });
        Ok(())
    }

    /// Those who were let in within this minute.
    fn within<T>(&self, minute: i64, work: impl FnOnce(&mut HashSet<Caller>) -> T) -> T {
        // Every change leaves a whole set: a panic elsewhere does not matter.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.number != minute {
            kept.number = minute;
            kept.admitted.clear();
        }
        work(&mut kept.admitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str, last: u8) -> Caller {
        (name.parse().unwrap(), IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn policy_is_asked_once_a_minute_about_who_is_let_in() {
        let admissions = Admissions::default();
        for (name, address, second, admits, expected) in [
            ("ada", 1, 120, true, "asked"),
            ("ada", 1, 179, false, "kept"),
            ("ada", 2, 179, false, "asked"),
            ("ada", 2, 179, true, "asked"),
            ("ada", 2, 179, false, "kept"),
            ("sam", 1, 179, false, "asked"),
            ("ada", 1, 180, false, "asked"),
            ("ada", 1, 179, false, "asked"),
        ] {
            let mut asked = false;
            let now = Timestamp::from_second(second).unwrap();
            let admitted = admissions.admit(caller(name, address), now, || {
                asked = true;
                if admits { Ok(()) } else { Err(()) }
            });
            let what = format!("{name} from {address} at {second}");
            assert_eq!(asked, expected == "asked", "{what}");
            assert_eq!(admitted.is_err(), asked && !admits, "{what}");
        }
    }

    #[test]
    fn callers_without_end_are_not_remembered() {
        let admissions = Admissions::default();
        for number in 0..3 * MAX_CALLERS {
            let caller = caller(&format!("p{number}"), 1);
            let ask = || Ok::<_, ()>(());
            admissions
                .admit(caller, Timestamp::UNIX_EPOCH, ask)
                .unwrap();
        }
        let kept = admissions.within(0, |admitted| admitted.len());
        assert!((1..=MAX_CALLERS).contains(&kept), "{kept}");
    }
}
