//! What a peer cannot go beyond.

use crate::{
    document::{At, Section},
    duration::{Size, Span},
};
use std::{ops::RangeInclusive, time::Duration};

/// A statement of more is refused (54000). People and drivers stay far below; what is longer is
/// generated, and reading it would cost seconds and gigabytes.
const MAX_STATEMENT_BYTES: usize = 1 << 20;
/// A message that must be held whole (Parse, Bind, …) of more closes the session. It holds a
/// statement and its parameters; rows and COPY data stream and are not bounded by it.
const MAX_MESSAGE_BYTES: usize = 16 << 20;
/// Every session holds two sockets: both sides of 500 fit into the usual limit of 1024 descriptors.
const MAX_SESSIONS: usize = 500;
/// From the first byte to the end of the login, TLS included: people do not type in that time,
/// their client has the key; slow openers must not hold sockets.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(15);
/// Connecting and logging in upstream: a database that is down is told before a client's own
/// timeout (libpq and most pools: 10 s and more).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Without a message from the client: a working day, so that nobody is cut off over lunch and no
/// forgotten terminal stays open over night.
const IDLE_TIMEOUT: Duration = Duration::from_secs(8 * 60 * 60);
/// For sessions to end by themselves at shutdown: what orchestrators wait (Kubernetes: 30 s) less
/// the time to say goodbye.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);

/// Connections of one address that are logging in: an application server opens its whole pool at
/// once, and fewer than half of [`MAX_SESSIONS`] leave room for others while somebody holds them all.
const MAX_LOGINS_PER_ADDRESS: usize = 200;
/// Silence after which the operating system asks whether a peer is still there. It asks six times,
/// a sixth of it apart: one that is gone is found, and its backend given back, within twice this.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

/// The longest that any time may be.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// PostgreSQL itself takes no message of more than 1 GiB − 1.
const LARGEST: usize = (1 << 30) - 1;

/// Sizes, numbers and times that a peer cannot go beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest text of a query in bytes.
    pub max_statement_bytes: usize,
    /// Longest message in bytes that has to be held whole.
    pub max_message_bytes: usize,
    /// Most client sessions at a time, those that are logging in included.
    pub max_sessions: usize,
    /// From the first byte to the end of the login.
    pub login_timeout: Duration,
    /// Connecting and logging in upstream.
    pub connect_timeout: Duration,
    /// Without a message from the client; `None` (written `off`): without end.
    pub idle_timeout: Option<Duration>,
    /// For sessions to end by themselves at shutdown.
    pub drain_timeout: Duration,
    /// Connections of one address that are logging in, at a time.
    pub max_logins_per_address: usize,
    /// Silence after which peers are asked whether they are still there; `None` (written `off`): as
    /// the operating system does it.
    pub tcp_keepalive: Option<Duration>,
    /// How long data may wait for a peer to take it before the connection is given up; `None`
    /// (written `off`, the default, as in PostgreSQL): as long as the operating system tries, a
    /// quarter of an hour on Linux. It also ends connections of peers that are there and do not
    /// read: a COPY that waits for a lock, a client that works on what it has.
    pub tcp_user_timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_statement_bytes: MAX_STATEMENT_BYTES,
            max_message_bytes: MAX_MESSAGE_BYTES,
            max_sessions: MAX_SESSIONS,
            login_timeout: LOGIN_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            idle_timeout: Some(IDLE_TIMEOUT),
            drain_timeout: DRAIN_TIMEOUT,
            max_logins_per_address: MAX_LOGINS_PER_ADDRESS,
            tcp_keepalive: Some(TCP_KEEPALIVE),
            tcp_user_timeout: None,
        }
    }
}

/// Reads `[limits]`.
pub(crate) fn read(section: Section<'_, '_>) -> Limits {
    let default = Limits::default();
    let statement = size(&section, "max_statement_bytes", 1024..=LARGEST);
    let limits = Limits {
        max_statement_bytes: statement.map_or(default.max_statement_bytes, |found| found.value),
        max_message_bytes: size(&section, "max_message_bytes", 65536..=LARGEST)
            .map_or(default.max_message_bytes, |found| found.value),
        max_sessions: size(&section, "max_sessions", 1..=1_000_000)
            .map_or(default.max_sessions, |found| found.value),
        login_timeout: span(&section, "login_timeout").unwrap_or(default.login_timeout),
        connect_timeout: span(&section, "connect_timeout").unwrap_or(default.connect_timeout),
        idle_timeout: span_or_off(&section, "idle_timeout", default.idle_timeout),
        drain_timeout: span(&section, "drain_timeout").unwrap_or(default.drain_timeout),
        max_logins_per_address: size(&section, "max_logins_per_address", 1..=1_000_000)
            .map_or(default.max_logins_per_address, |found| found.value),
        tcp_keepalive: span_or_off(&section, "tcp_keepalive", default.tcp_keepalive),
        tcp_user_timeout: span_or_off(&section, "tcp_user_timeout", default.tcp_user_timeout),
    };
    if let Some(found) = statement.filter(|found| found.value > limits.max_message_bytes) {
        let message = format!(
            "`limits.max_statement_bytes`: {} is more than `limits.max_message_bytes` ({})",
            found.value, limits.max_message_bytes
        );
        section.mistake(
            found.line,
            message,
            "a statement travels in one message: raise that too",
        );
    }
    section.end();
    limits
}

/// A number, or a text with a unit, within its range.
pub(crate) fn size(
    section: &Section<'_, '_>,
    key: &'static str,
    range: RangeInclusive<usize>,
) -> Option<At<usize>> {
    let help = format!("write a number from {} to {}", range.start(), range.end());
    let found = section.value(key)?;
    let text = match (found.value.as_integer(), found.value.as_str()) {
        (Some(integer), _) if integer.radix() == 10 => integer.as_str(),
        (_, Some(text)) => text,
        (_, None) => {
            section.mistyped(key, found, "a number", &help);
            return None;
        }
    };
    let size = section.parsed::<Size>(
        key,
        At {
            value: text,
            line: found.line,
        },
        &help,
    )?;
    if !range.contains(&size.value.0) {
        let message = format!("`{}`: {} is out of range", section.path(key), size.value.0);
        section.mistake(size.line, message, help);
        return None;
    }
    Some(At {
        value: size.value.0,
        line: size.line,
    })
}

/// A time span that is neither zero nor longer than a month.
fn span(section: &Section<'_, '_>, key: &'static str) -> Option<Duration> {
    checked_span(section, key, section.text(key)?)
}

fn checked_span(section: &Section<'_, '_>, key: &str, text: At<&str>) -> Option<Duration> {
    let help = "write a time such as `500ms`, `15s`, `5m` or `8h`";
    let span = section.parsed::<Span>(key, text, help)?.value.0;
    if span.is_zero() || span > LONGEST {
        let message = format!("`{}`: `{}` is out of range", section.path(key), text.value);
        section.mistake(text.line, message, "write a time from `1ms` to `30d`");
        return None;
    }
    Some(span)
}

fn span_or_off(
    section: &Section<'_, '_>,
    key: &'static str,
    default: Option<Duration>,
) -> Option<Duration> {
    match section.text_or_nothing(key) {
        None | Some(None) => default,
        Some(Some(text)) if text.value == "off" => None,
        Some(Some(text)) => checked_span(section, key, text).or(default),
    }
}
