//! A real server, and the two ways to it: straight, and through a session.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use session::SessionError;
use testkit::{Cluster, Options, PgBinaries, SUPERUSER};
use wire::backend::{Authentication, Message, decode};
use wire::encode;
use wire::frame::{self, Limits, Scan, Side};
use wire::startup::Version;

use crate::double::Double;

/// Longer than any answer of a loaded machine takes: who waits longer waits for nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whoever talks to the server.
pub(crate) trait Way {
    /// Sends bytes of the client.
    fn send(&mut self, bytes: &[u8]) -> Result<(), SessionError>;
    /// Waits until the server has said something, and returns what of it the client sees; `None`:
    /// the server closed the connection.
    fn receive(&mut self) -> Result<Option<Vec<u8>>, SessionError>;
}

/// A connection.
pub(crate) struct Direct(TcpStream);

impl Direct {
    pub(crate) fn connect(cluster: &Cluster, database: &str) -> Self {
        let stream = TcpStream::connect(cluster.address()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut direct = Self(stream);
        let parameters = [
            ("user", SUPERUSER),
            ("database", database),
            ("client_encoding", "UTF8"),
        ];
        let mut out = BytesMut::new();
        encode::startup(&mut out, Version::V3_0, parameters).unwrap();
        direct.0.write_all(&out).unwrap();
        direct.log_in(cluster.password());
        direct
    }

    fn log_in(&mut self, password: &str) {
        let mut scram = ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported());
        let mut input = BytesMut::new();
        loop {
            let Scan::Frame(frame, length) =
                frame::scan(&input, Side::Backend, &Limits::default()).unwrap()
            else {
                input.extend_from_slice(&self.receive().unwrap().expect("an answer"));
                continue;
            };
            let mut out = BytesMut::new();
            let ready = match decode(frame).unwrap() {
                Message::Authentication(Authentication::Sasl { .. }) => {
                    let first = scram.message();
                    encode::sasl_initial_response(&mut out, b"SCRAM-SHA-256", first).unwrap();
                    false
                }
                Message::Authentication(Authentication::SaslContinue(data)) => {
                    scram.update(data).unwrap();
                    encode::sasl_response(&mut out, scram.message()).unwrap();
                    false
                }
                Message::ErrorResponse(fields) => panic!("the login failed: {fields:?}"),
                Message::ReadyForQuery(_) => true,
                _ => false,
            };
            drop(input.split_to(length));
            self.0.write_all(&out).unwrap();
            if ready {
                return;
            }
        }
    }

    /// Runs statements, which must succeed; returns the last row's first cell.
    pub(crate) fn run(&mut self, text: &str) -> String {
        let mut out = BytesMut::new();
        encode::query(&mut out, text.as_bytes()).unwrap();
        self.send(&out).unwrap();
        let mut input = Vec::new();
        let mut cell = String::new();
        loop {
            input.extend_from_slice(&self.receive().unwrap().expect("an answer"));
            let messages = crate::messages::told(&input, Side::Backend);
            for (line, _) in &messages {
                assert!(!line.starts_with("ErrorResponse"), "{text}: {line}");
                if let Some(row) = line.strip_prefix("DataRow \"") {
                    cell = row.split('"').next().unwrap().to_owned();
                }
            }
            if messages
                .iter()
                .any(|(line, _)| line.starts_with("ReadyForQuery"))
            {
                return cell;
            }
        }
    }
}

impl Way for Direct {
    fn send(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        // A server that has closed the connection says so when it is listened to.
        let _ = self.0.write_all(bytes);
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, SessionError> {
        let mut buffer = vec![0; 65_536];
        match self.0.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(count) => buffer.truncate(count),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
            Err(error) => panic!("the server does not answer: {error}"),
        }
        Ok(Some(buffer))
    }
}

/// A connection with a session in front of it.
pub(crate) struct Through {
    pub(crate) double: Double,
    direct: Direct,
}

impl Through {
    pub(crate) fn new(double: Double, direct: Direct) -> Self {
        Self { double, direct }
    }

    fn forward(&mut self) -> Result<(), SessionError> {
        let bytes = self.double.to_server();
        self.direct.send(&bytes)
    }
}

impl Way for Through {
    fn send(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        self.double.client(bytes)?;
        self.forward()
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, SessionError> {
        let Some(bytes) = self.direct.receive()? else {
            return Ok(None);
        };
        self.double.server(&bytes)?;
        if self.double.out.snapshot == session::Snapshot::Stale {
            self.double.reload();
        }
        self.forward()?;
        Ok(Some(self.double.to_client()))
    }
}

/// A cluster with two databases that are copies of each other, OIDs too.
pub(crate) struct Twins {
    pub(crate) cluster: Cluster,
    pub(crate) people: u32,
}

/// Cells that may not be seen hold this, in whatever case.
pub(crate) const CANARY: &str = "canary";

impl Twins {
    pub(crate) fn start() -> Self {
        let binaries = PgBinaries::find(&|name| std::env::var_os(name)).expect("PostgreSQL");
        let cluster = Cluster::start(&binaries, Options::default()).expect("a cluster");
        Direct::connect(&cluster, "postgres").run("create database straight");
        let mut straight = Direct::connect(&cluster, "straight");
        straight.run(
            "create table people (id int, name text, email text, ssn text) with (autovacuum_enabled = off);
             insert into people select n, 'name ' || n, 'canary' || n || '@example.com', 'canary-' || n
               from generate_series(1, 7) n",
        );
        let people = straight.run("select 'people'::regclass::oid::int8");
        drop(straight);
        let mut postgres = Direct::connect(&cluster, "postgres");
        // The backend of the last connection may take a moment to leave its database.
        postgres.run(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = 'straight'",
        );
        postgres.run("create database gated template straight");
        Self {
            people: people.parse().unwrap(),
            cluster,
        }
    }

    pub(crate) fn straight(&self) -> Direct {
        Direct::connect(&self.cluster, "straight")
    }

    pub(crate) fn through(&self, principal: &str) -> Through {
        let rows = crate::double::rows(self.people);
        let double = Double::over(principal, session::Limits::default(), rows);
        Through::new(double, Direct::connect(&self.cluster, "gated"))
    }
}
