//! Text format: backslash escapes.

use super::CopyOptions;

/// The first cell of a line, and the line after its delimiter if there is one.
pub(super) fn split_cell<'a>(
    line: &'a [u8],
    options: &CopyOptions,
) -> (&'a [u8], Option<&'a [u8]>) {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(
        options.delimiter,
        b'\\',
        line.get(from..).unwrap_or_default(),
    ) {
        let place = from + found;
        if line.get(place) == Some(&options.delimiter) {
            return (line.get(..place).unwrap_or(line), line.get(place + 1..));
        }
        // The byte after a backslash belongs to the value, the delimiter too.
        from = place + 2;
    }
    (line, None)
}

/// The value that `raw` stands for: itself when nothing is escaped, else written to `buffer`.
pub(super) fn unescaped<'a>(raw: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'\\', raw).is_none() {
        return raw;
    }
    buffer.clear();
    unescape(raw, buffer);
    buffer
}

/// Appends the value that `raw` stands for.
///
/// COPY TO never writes octal or hexadecimal escapes; a byte without a meaning stands for itself.
fn unescape(raw: &[u8], value: &mut Vec<u8>) {
    let mut bytes = raw.iter();
    while let Some(byte) = bytes.next() {
        let meant = match byte {
            b'\\' => bytes.next().map_or(b'\\', |escaped| meaning(*escaped)),
            other => *other,
        };
        value.push(meant);
    }
}

fn meaning(escaped: u8) -> u8 {
    match escaped {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        other => other,
    }
}

/// Appends `value` as COPY TO writes it.
pub(super) fn escape(value: &[u8], options: &CopyOptions, out: &mut Vec<u8>) {
    let mut copied = 0;
    for (place, byte) in value.iter().enumerate() {
        let Some(letter) = letter(*byte, options) else {
            continue;
        };
        out.extend_from_slice(value.get(copied..place).unwrap_or_default());
        out.extend_from_slice(&[b'\\', letter]);
        copied = place + 1;
    }
    out.extend_from_slice(value.get(copied..).unwrap_or_default());
}

/// What stands after a backslash for this byte, if it must be escaped.
fn letter(byte: u8, options: &CopyOptions) -> Option<u8> {
    Some(match byte {
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x0b => b'v',
        b'\\' => b'\\',
        delimiter if delimiter == options.delimiter => delimiter,
        _ => return None,
    })
}

/// Whether a value that is not NULL can be written exactly as the null string. The empty one does
/// no harm: an empty value is not masked either.
pub(super) fn null_is_ambiguous(options: &CopyOptions) -> bool {
    let mut value = Vec::new();
    unescape(&options.null, &mut value);
    let mut written = Vec::new();
    escape(&value, options, &mut written);
    !options.null.is_empty() && written == options.null
}
