//! A server for more sessions than PostgreSQL can hold: it lets idle ones in by itself and passes
//! everything else, the gate's own look at the catalogs too, on to a real one.

use std::net::SocketAddr;

use bytes::BytesMut;
use testkit::shop;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use wire::backend::TransactionStatus;
use wire::encode;
use wire::startup::{self, Packet, ScanPacket};

use crate::HarnessError;

/// The application by which a session says that it will stay idle.
pub(super) const IDLE_APPLICATION: &str = "bench-idle";

/// What PostgreSQL 15 tells of itself.
const PARAMETERS: [(&str, &str); 13] = [
    ("application_name", IDLE_APPLICATION),
    ("client_encoding", "UTF8"),
    ("DateStyle", "ISO, MDY"),
    ("default_transaction_read_only", "off"),
    ("in_hot_standby", "off"),
    ("integer_datetimes", "on"),
    ("IntervalStyle", "postgres"),
    ("is_superuser", "off"),
    ("server_encoding", "UTF8"),
    ("server_version", "15.0"),
    ("session_authorization", shop::ROLE),
    ("standard_conforming_strings", "on"),
    ("TimeZone", "UTC"),
];

/// Nobody cancels an idle session.
const PROCESS_ID: i32 = 1;
const SECRET: [u8; 4] = [0; 4];

/// Starts it in front of `server`, prints `fake HOST PORT`, and waits for the end of standard
/// input, as [`crate::stand::Stand::serve`] does.
pub(crate) fn serve(server: SocketAddr, runtime: &Runtime) -> Result<(), HarnessError> {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let greeting = greeting()?;
    runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // A connection's fault ends the connection, as at any server.
            tokio::spawn(answer(client, server, greeting.clone()));
        }
    });
    println!("fake {} {}", address.ip(), address.port());
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}

fn greeting() -> Result<BytesMut, HarnessError> {
    let mut out = BytesMut::new();
    encode::authentication_ok(&mut out);
    for (name, value) in PARAMETERS {
        encode::parameter_status(&mut out, name.as_bytes(), value.as_bytes())?;
    }
    encode::backend_key_data(&mut out, PROCESS_ID, &SECRET)?;
    encode::ready_for_query(&mut out, TransactionStatus::Idle);
    Ok(out)
}

async fn answer(
    mut client: TcpStream,
    server: SocketAddr,
    greeting: BytesMut,
) -> Result<(), HarnessError> {
    client.set_nodelay(true)?;
    let mut input = BytesMut::with_capacity(512);
    while let ScanPacket::Partial { .. } = startup::scan(&input)? {
        if client.read_buf(&mut input).await? == 0 {
            return Ok(());
        }
    }
    if is_idle(&input)? {
        let mut terminate = BytesMut::new();
        encode::terminate(&mut terminate);
        client.write_all(&greeting).await?;
        input.clear();
        // Nothing is asked of it. It ends with Terminate, as PostgreSQL does (the gate waits for the
        // server to close), or with its client.
        while client.read_buf(&mut input).await? > 0 && !input.ends_with(&terminate) {}
        return Ok(());
    }
    let mut upstream = TcpStream::connect(server).await?;
    upstream.set_nodelay(true)?;
    upstream.write_all(&input).await?;
    tokio::io::copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

fn is_idle(input: &[u8]) -> Result<bool, HarnessError> {
    Ok(match startup::scan(input)? {
        ScanPacket::Packet(Packet::Startup(startup), _) => {
            startup.parameter("application_name") == Some(IDLE_APPLICATION)
        }
        ScanPacket::Packet(Packet::Ssl | Packet::GssEnc | Packet::Cancel(_), _)
        | ScanPacket::Partial { .. } => false,
    })
}
