//! What one address may have at a time, and how often it may fail: bounds that hold before anybody
//! is known.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered for their failures. Someone with more than this counts as one:
/// whoever is not remembered then has failed too often.
const MAX_ADDRESSES: usize = 10_000;

/// Whom a limit counts: an IPv4 address, or the first half of an IPv6 address, which is what one
/// customer of a network has for himself (RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Origin(IpAddr);

impl Origin {
    fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        })
    }
}

/// Connections that have not logged in yet, by address. The map holds only such as are open, which
/// the operating system bounds.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    by_origin: Mutex<HashMap<Origin, usize>>,
}

/// A place among those of one address, which is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    waiting: Arc<Waiting>,
    origin: Origin,
}

impl Waiting {
    /// A place, if the address has fewer than `limit`.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr, limit: usize) -> Option<Place> {
        let origin = Origin::of(address);
        let mut by_origin = self.by_origin();
        let count = by_origin.entry(origin).or_default();
        if *count >= limit {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Place {
            waiting: Arc::clone(self),
            origin,
        })
    }

    fn by_origin(&self) -> MutexGuard<'_, HashMap<Origin, usize>> {
        // Every change leaves whole counts: a panic elsewhere does not matter.
        self.by_origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_origin = self.waiting.by_origin();
        if let Entry::Occupied(mut entry) = by_origin.entry(self.origin) {
            match entry.get().saturating_sub(1) {
                0 => drop(entry.remove()),
                left => *entry.get_mut() = left,
            }
        }
    }
}

/// How often each address has failed lately.
#[derive(Debug)]
pub(crate) struct Failures {
    limit: u32,
    window: Duration,
    by_origin: Mutex<HashMap<Origin, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Instant,
    failures: u32,
}

/// Where an address stands after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Below the limit.
    Within,
    /// It has just reached the limit.
    Reached,
    /// It had reached it before.
    Beyond,
}

impl Failures {
    /// At most `limit` failures of one address in each `window`.
    pub(crate) fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit,
            window,
            by_origin: Mutex::default(),
        }
    }

    /// Whether the address has failed too often to be listened to.
    pub(crate) fn is_barred(&self, address: IpAddr, now: Instant) -> bool {
        let by_origin = self.by_origin();
        match by_origin.get(&Origin::of(address)) {
            Some(count) => count.failures >= self.limit && self.lasts(count, now),
            None => false,
        }
    }

    /// Counts a failure.
    pub(crate) fn note(&self, address: IpAddr, now: Instant) -> Standing {
        let origin = Origin::of(address);
        let mut by_origin = self.by_origin();
        if by_origin.len() >= MAX_ADDRESSES && !by_origin.contains_key(&origin) {
            by_origin.retain(|_, count| self.lasts(count, now));
            if by_origin.len() >= MAX_ADDRESSES {
                return Standing::Beyond;
            }
        }
        let fresh = Count {
            since: now,
            failures: 0,
        };
        let count = by_origin.entry(origin).or_insert(fresh);
        if !self.lasts(count, now) {
            *count = fresh;
        }
        count.failures = count.failures.saturating_add(1);
        match count.failures.cmp(&self.limit) {
            std::cmp::Ordering::Less => Standing::Within,
            std::cmp::Ordering::Equal => Standing::Reached,
            std::cmp::Ordering::Greater => Standing::Beyond,
        }
    }

    fn lasts(&self, count: &Count, now: Instant) -> bool {
        now.saturating_duration_since(count.since) < self.window
    }

    fn by_origin(&self) -> MutexGuard<'_, HashMap<Origin, Count>> {
        // Every change leaves whole counts: a panic elsewhere does not matter.
        self.by_origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let waiting = Arc::new(Waiting::default());
        let first = waiting.enter(ip("192.0.2.1"), 2).unwrap();
        let second = waiting.enter(ip("::ffff:192.0.2.1"), 2).unwrap();
        assert!(waiting.enter(ip("192.0.2.1"), 2).is_none());
        assert!(waiting.enter(ip("192.0.2.2"), 2).is_some());
        drop(first);
        let third = waiting.enter(ip("192.0.2.1"), 2).unwrap();
        drop((second, third));
        assert!(waiting.by_origin().is_empty());
        // A whole network of IPv6 is one.
        let _one = waiting.enter(ip("2001:db8:0:1::1"), 1).unwrap();
        assert!(waiting.enter(ip("2001:db8:0:1::2"), 1).is_none());
        assert!(waiting.enter(ip("2001:db8:0:2::1"), 1).is_some());
    }

    #[test]
    fn failures_bar_an_address_for_a_while() {
        let window = Duration::from_secs(60);
        let (failures, start) = (Failures::new(2, window), Instant::now());
        let standings: Vec<_> = (0..4)
            .map(|_| failures.note(ip("192.0.2.1"), start))
            .collect();
        use Standing::{Beyond, Reached, Within};
        assert_eq!(standings, [Within, Reached, Beyond, Beyond]);
        let just_before = start + window - Duration::from_millis(1);
        assert!(failures.is_barred(ip("192.0.2.1"), just_before));
        assert!(!failures.is_barred(ip("192.0.2.2"), start));
        assert!(!failures.is_barred(ip("192.0.2.1"), start + window));
        assert_eq!(failures.note(ip("192.0.2.1"), start + window), Within);
    }

    #[test]
    fn memory_of_failures_is_bounded() {
        let window = Duration::from_secs(60);
        let (failures, start) = (Failures::new(2, window), Instant::now());
        let address = |number: usize| IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
        for number in 0..MAX_ADDRESSES {
            assert_eq!(failures.note(address(number), start), Standing::Within);
        }
        assert_eq!(
            failures.note(address(MAX_ADDRESSES), start),
            Standing::Beyond
        );
        assert_eq!(failures.by_origin().len(), MAX_ADDRESSES);
        let later = start + window;
        assert_eq!(
            failures.note(address(MAX_ADDRESSES), later),
            Standing::Within
        );
        assert_eq!(failures.by_origin().len(), 1);
    }
}
