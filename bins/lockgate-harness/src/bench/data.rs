//! The server that is measured, and the table that is read.

use testkit::{Cluster, Options, PgBinaries, shop};

use crate::HarnessError;
use crate::client::Client;

/// Rows of the table: one bulk select takes a fifth of a second.
pub(super) const ROWS: u64 = 200_000;

/// The table that is read: nine columns and about 110 bytes a row. Three columns are protected by their names: `email`,
/// `phone` and `ssn`; the two other texts are scanned for who does not see sensitive data in clear.
const TABLE: &str = "
CREATE UNLOGGED TABLE bench_sink (line text);
CREATE TABLE bench_people (
    id         bigint PRIMARY KEY,
    email      text NOT NULL,
    phone      text NOT NULL,
    ssn        text NOT NULL,
    team       text NOT NULL,
    product    text NOT NULL,
    balance    numeric(10, 2) NOT NULL,
    visits     integer NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO bench_people
SELECT n, 'user' || n || '@mail.example',
       '+1-' || 203 + n % 600 || '-555-' || to_char(1000 + n * 37 % 9000, 'FM0000'),
       to_char(200 + n % 400, 'FM000') || '-' || to_char(10 + n * 37 % 89, 'FM00') || '-'
           || to_char(1000 + n % 9000, 'FM0000'),
       (ARRAY['harbour', 'station', 'orchard', 'bridge', 'market'])[1 + n % 5],
       (ARRAY['kettle and lamp', 'blanket', 'teapot, blue', 'wooden stool'])[1 + n % 4],
       round((19.9 + n * 31 % 480 + n * 7.25)::numeric % 100000, 2), n % 1000,
       timestamptz '2026-01-02 09:00:00+00' + n % 4000 * interval '1 hour'
FROM generate_series(1, ";

/// The table that is copied into.
pub(super) const SINK: &str = "bench_sink";

/// What a bench needs beyond the defaults of a test's server: room for the connections, memory for
/// the table, and no background work that starts in the middle of a round.
const SETTINGS: [(&str, &str); 4] = [
    ("max_connections", "1300"),
    ("shared_buffers", "256MB"),
    ("autovacuum", "off"),
    ("max_parallel_workers_per_gather", "0"),
];

/// A running server with the shop's data and the table.
pub(super) struct Server {
    pub(super) cluster: Cluster,
    pub(super) password: String,
}

impl Server {
    /// Starts it.
    pub(super) async fn start() -> Result<Self, HarnessError> {
        let binaries = PgBinaries::find(&|name| std::env::var_os(name))?;
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = Options {
            settings: settings.into(),
            ..Options::default()
        };
        let cluster = Cluster::start(&binaries, options)?;
        let password = shop::load(&cluster).await?.password;
        let mut owner = Client::connect(cluster.address(), shop::ROLE, shop::PROD, &password)?;
        let reply = owner.simple(&format!("{TABLE}{ROWS}) n; ANALYZE bench_people"))?;
        if let Some((sqlstate, message)) = reply.error {
            return Err(HarnessError::Answer(format!("{sqlstate}: {message}")));
        }
        Ok(Self { cluster, password })
    }
}
