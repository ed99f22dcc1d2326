//! The first words of AMQP 0-9-1, enough to know that a broker is up and lets a user in.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);
const HEADER: &[u8] = b"AMQP\0\0\x09\x01";
const FRAME_END: u8 = 0xce;
/// `connection.start`, `connection.start-ok`, `connection.tune`: class and method.
const START: [u8; 4] = [0, 10, 0, 10];
const START_OK: [u8; 4] = [0, 10, 0, 11];
const TUNE: [u8; 4] = [0, 10, 0, 30];

/// Whether a broker at a port of this machine lets `guest` in.
pub fn lets_guest_in(port: u16) -> bool {
    greet(port).is_some()
}

fn greet(port: u16) -> Option<()> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(HEADER).ok()?;
    expect(&mut stream, START)?;
    stream.write_all(&start_ok()).ok()?;
    expect(&mut stream, TUNE)
}

/// Reads one method frame of channel 0: type, channel, size, class and method, arguments, end.
fn expect(stream: &mut TcpStream, method: [u8; 4]) -> Option<()> {
    let mut head = [0; 11];
    stream.read_exact(&mut head).ok()?;
    let size = u32::from_be_bytes(head[3..7].try_into().ok()?);
    let rest = usize::try_from(size.checked_sub(4)?).ok()?.min(1 << 20) + 1;
    stream.read_exact(&mut vec![0; rest]).ok()?;
    (head[0] == 1 && head[7..] == method).then_some(())
}

/// No properties, mechanism PLAIN, `guest` with its known password, locale `en_US`.
fn start_ok() -> Vec<u8> {
    let mut method = START_OK.to_vec();
    method.extend([0; 4]);
    method.extend(b"\x05PLAIN");
    method.extend(b"\0\0\0\x0c\0guest\0guest");
    method.extend(b"\x05en_US");
    let size = u32::try_from(method.len()).expect("a greeting is short");
    [&[1, 0, 0], &size.to_be_bytes()[..], &method, &[FRAME_END]].concat()
}
