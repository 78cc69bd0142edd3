//! The least that any proxy costs: a thread for each direction that copies what comes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};

/// Bytes that are copied at a time.
const BUFFER: usize = 64 * 1024;

/// Starts it, prints `copying HOST PORT`, and waits for the end of standard input, as
/// [`crate::stand::Stand::serve`] does.
pub(crate) fn serve(server: SocketAddr) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || accept(&listener, server));
    println!("copying {} {}", address.ip(), address.port());
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}

fn accept(listener: &TcpListener, server: SocketAddr) {
    for client in listener.incoming().flatten() {
        // A client whose server cannot be reached is closed, as by any relay.
        let _ = relay(client, server);
    }
}

fn relay(client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let upstream = TcpStream::connect(server)?;
    for stream in [&client, &upstream] {
        stream.set_nodelay(true)?;
    }
    let (from, to) = (client.try_clone()?, upstream.try_clone()?);
    std::thread::spawn(move || copy(from, to));
    std::thread::spawn(move || copy(upstream, client));
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to
            .write_all(buffer.get(..count).unwrap_or_default())
            .is_err()
        {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
