//! `inet` and `cidr`, and addresses inside text.

use super::{Masking, as_array, as_text, digits};
use crate::key::{Draw, Prf};
use crate::masker::Action;
use crate::{Format, NetworkBits};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Address families of the binary format (PostgreSQL's `utils/inet.h`, not the system's).
const FAMILY_4: u8 = 2;
const FAMILY_6: u8 = 3;
/// `inet` or `cidr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Inet,
    Cidr,
}

/// An address with its prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// Masks an address; `None`: the cell is not one.
pub(crate) fn mask(masking: Masking<'_>, kind: Kind, cell: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let network = read_cell(masking.format, cell)?;
    let masked = match masking.action {
        Action::Partial(_) => shown(network, NetworkBits::default()),
        Action::Pseudonym(_) => {
            let address = pseudonym(network.address, masking.prf);
            Network {
                address,
                bits: width(address),
            }
        }
    };
    write_cell(masked, kind, masking.format, out);
    Some(())
}

/// Leaves only the first bits of an address; `None`: the cell is not one.
pub(crate) fn mask_host(
    bits: NetworkBits,
    kind: Kind,
    format: Format,
    cell: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    write_cell(shown(read_cell(format, cell)?, bits), kind, format, out);
    Some(())
}

fn read_cell(format: Format, cell: &[u8]) -> Option<Network> {
    match format {
        Format::Text => parse(as_text(cell)?),
        Format::Binary => read(cell),
    }
}

fn write_cell(network: Network, kind: Kind, format: Format, out: &mut Vec<u8>) {
    match format {
        Format::Text => write_text(network, kind, out),
        Format::Binary => write(network, kind, out),
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn parse(text: &str) -> Option<Network> {
    let (address, bits) = text
        .split_once('/')
        .map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let bits = bits.map_or(Some(width(address)), |bits| bits.parse().ok())?;
    (bits <= width(address)).then_some(Network { address, bits })
}

fn write_text(network: Network, kind: Kind, out: &mut Vec<u8>) {
    write_address(network.address, out);
    if network.bits < width(network.address) || kind == Kind::Cidr {
        out.push(b'/');
        digits::write(network.bits.into(), 1, out);
    }
}

/// Appends an address as text.
pub(crate) fn write_address(address: IpAddr, out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = write!(out, "{address}");
}

/// Family, prefix length, is_cidr, length of the address, the address (`inet_recv`).
fn read(cell: &[u8]) -> Option<Network> {
    let ([family, bits, _, length], octets) = cell.split_first_chunk::<4>()?;
    let address = match (*family, *length) {
        (FAMILY_4, 4) => IpAddr::from(as_array::<4>(octets)?),
        (FAMILY_6, 16) => IpAddr::from(as_array::<16>(octets)?),
        _ => return None,
    };
    (*bits <= width(address)).then_some(Network {
        address,
        bits: *bits,
    })
}

fn write(network: Network, kind: Kind, out: &mut Vec<u8>) {
    let cidr = u8::from(kind == Kind::Cidr);
    match network.address {
        IpAddr::V4(address) => {
            out.extend_from_slice(&[FAMILY_4, network.bits, cidr, 4]);
            out.extend_from_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            out.extend_from_slice(&[FAMILY_6, network.bits, cidr, 16]);
            out.extend_from_slice(&address.octets());
        }
    }
}

/// The network of the address, or less if it is wider itself.
fn shown(network: Network, most: NetworkBits) -> Network {
    let bits = match network.address {
        IpAddr::V4(_) => network.bits.min(most.v4),
        IpAddr::V6(_) => network.bits.min(most.v6),
    };
    Network {
        address: without_host(network.address, bits),
        bits,
    }
}

fn without_host(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

/// The network address that a partial address in text shows.
pub(crate) fn partial_address(address: IpAddr) -> IpAddr {
    network_of(address, NetworkBits::default())
}

/// The network address that so many bits of an address show.
pub(crate) fn network_of(address: IpAddr, bits: NetworkBits) -> IpAddr {
    let whole = Network {
        address,
        bits: width(address),
    };
    shown(whole, bits).address
}

/// An address of the ranges that are never assigned: 198.18.0.0/15 (RFC 2544) and 2001:db8::/32
/// (RFC 3849). One that is already there stays.
pub(crate) fn pseudonym(address: IpAddr, prf: &Prf) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            if matches!(v4.octets(), [198, 18 | 19, ..]) {
                return address;
            }
            let [net, high, low] = prf.draw(Draw::Network, &v4.octets()).fill();
            IpAddr::from([198, 18 | (net & 1), high, low])
        }
        IpAddr::V6(v6) => {
            if v6.octets().starts_with(&[0x20, 0x01, 0x0d, 0xb8]) {
                return address;
            }
            let host: [u8; 12] = prf.draw(Draw::Network, &v6.octets()).fill();
            let host = host
                .iter()
                .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
            IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | host))
        }
    }
}
