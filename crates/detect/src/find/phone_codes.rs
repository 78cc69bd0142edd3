//! Which telephone numbers are in service: country codes of ITU-T E.164, and the first digits and
//! lengths of the national numbers of each.

mod zones_1_to_4;
mod zones_5_to_9;

/// A country code; ranges of the first two digits of its national numbers, first and last
/// included, each with the lengths in use as bits.
type Country = (u16, &'static [(u8, u8, u16)]);

/// Whether `digits`, the country code first, can be a number in service.
pub(super) fn is_assigned(digits: &[u8]) -> bool {
    // No code begins another, so at most one country matches.
    (1..=3).any(|length| {
        let Some((code, national)) = digits.split_at_checked(length) else {
            return false;
        };
        let code = value(code);
        let found = countries(digits).binary_search_by_key(&code, |(known, _)| *known);
        let country = found.ok().and_then(|place| countries(digits).get(place));
        country.is_some_and(|(_, ranges)| in_ranges(ranges, national))
            && (code != 1 || is_north_american(national))
    })
}

fn countries(digits: &[u8]) -> &'static [Country] {
    match digits.first() {
        Some(b'1'..=b'4') => zones_1_to_4::COUNTRIES,
        _ => zones_5_to_9::COUNTRIES,
    }
}

fn in_ranges(ranges: &[(u8, u8, u16)], national: &[u8]) -> bool {
    let first = value(national.get(..2).unwrap_or_default());
    ranges.iter().any(|(from, to, lengths)| {
        let opens = (u16::from(*from)..=u16::from(*to)).contains(&first);
        opens && (u32::from(*lengths) >> national.len().min(16)) & 1 == 1
    })
}

/// The exchange after the area begins with 2 to 9 (North American Numbering Plan).
fn is_north_american(national: &[u8]) -> bool {
    national
        .get(3)
        .is_some_and(|digit| (b'2'..=b'9').contains(digit))
}

fn value(digits: &[u8]) -> u16 {
    let number = |sum: u16, digit: &u8| sum * 10 + u16::from(digit - b'0');
    digits.iter().fold(0, number)
}
