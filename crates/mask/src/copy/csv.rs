//! CSV format: quotes.

use super::CopyOptions;
use crate::MaskError;

/// Whether a place in a row is inside quotes.
#[derive(Clone, Debug)]
pub(super) struct Quotes {
    quote: u8,
    escape: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Outside,
    Inside,
    /// Inside, after an escape that is not the quote itself.
    Escaped,
}

impl Quotes {
    pub(super) fn new(options: &CopyOptions) -> Quotes {
        Quotes {
            quote: options.quote,
            escape: options.escape,
            state: State::Outside,
        }
    }

    /// As `Splitter::row_end`.
    pub(super) fn row_end(&mut self, data: &[u8]) -> Option<usize> {
        self.find(data, b'\n').map(|place| place + 1)
    }

    /// The first `wanted` outside quotes; the state is then the one after it. A doubled quote goes
    /// outside and back inside.
    fn find(&mut self, data: &[u8], wanted: u8) -> Option<usize> {
        let mut from = 0;
        loop {
            let rest = data.get(from..)?;
            let found = match self.state {
                State::Outside => memchr::memchr2(self.quote, wanted, rest)?,
                State::Inside => memchr::memchr2(self.quote, self.escape, rest)?,
                State::Escaped => 0,
            };
            let byte = *rest.get(found)?;
            from += found + 1;
            self.state = match self.state {
                State::Outside if byte == self.quote => State::Inside,
                State::Outside => return Some(from - 1),
                State::Inside if byte == self.quote => State::Outside,
                State::Inside => State::Escaped,
                State::Escaped => State::Inside,
            };
        }
    }
}

/// The first cell of a line, and the line after its delimiter if there is one.
pub(super) fn split_cell<'a>(
    line: &'a [u8],
    options: &CopyOptions,
) -> Result<(&'a [u8], Option<&'a [u8]>), MaskError> {
    let mut quotes = Quotes::new(options);
    match quotes.find(line, options.delimiter) {
        Some(place) => Ok((line.get(..place).unwrap_or(line), line.get(place + 1..))),
        None if quotes.state == State::Outside => Ok((line, None)),
        None => Err(MaskError::UnfinishedQuote),
    }
}

/// The value that `raw` stands for: itself when nothing is quoted, else written to `buffer`.
pub(super) fn unquoted<'a>(
    raw: &'a [u8],
    options: &CopyOptions,
    buffer: &'a mut Vec<u8>,
) -> &'a [u8] {
    if memchr::memchr(options.quote, raw).is_none() {
        return raw;
    }
    buffer.clear();
    unquote(raw, options, buffer);
    buffer
}

/// Appends the value that `raw` stands for.
fn unquote(raw: &[u8], options: &CopyOptions, value: &mut Vec<u8>) {
    let mut bytes = raw.iter().peekable();
    let mut inside = false;
    while let Some(byte) = bytes.next() {
        let escapes = inside && *byte == options.escape;
        let next =
            bytes.next_if(|next| escapes && (**next == options.quote || **next == options.escape));
        match next {
            Some(escaped) => value.push(*escaped),
            None if *byte == options.quote => inside = !inside,
            None => value.push(*byte),
        }
    }
}

/// Appends `value` as COPY TO writes it; `forced`: quoted in any case.
pub(super) fn write(value: &[u8], forced: bool, (options, out): (&CopyOptions, &mut Vec<u8>)) {
    let special = |byte: &u8| {
        *byte == options.delimiter || *byte == options.quote || matches!(byte, b'\n' | b'\r')
    };
    if !forced && value != options.null && !value.iter().any(special) {
        out.extend_from_slice(value);
        return;
    }
    out.push(options.quote);
    for byte in value {
        if *byte == options.quote || *byte == options.escape {
            out.push(options.escape);
        }
        out.push(*byte);
    }
    out.push(options.quote);
}
