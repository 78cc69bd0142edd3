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

    /// Reads one byte; a doubled quote goes outside and back inside.
    fn step(&mut self, byte: u8) {
        self.state = match self.state {
            State::Outside if byte == self.quote => State::Inside,
            State::Outside => State::Outside,
            State::Inside if byte == self.quote => State::Outside,
            State::Inside if byte == self.escape => State::Escaped,
            State::Inside | State::Escaped => State::Inside,
        };
    }

    /// As `Splitter::row_end`.
    pub(super) fn row_end(&mut self, data: &[u8]) -> Option<usize> {
        self.find(data, b'\n').map(|place| place + 1)
    }

    /// The first `wanted` outside quotes; the state is then the one after it.
    fn find(&mut self, data: &[u8], wanted: u8) -> Option<usize> {
        data.iter().position(|byte| {
            let outside = self.state == State::Outside;
            self.step(*byte);
            outside && *byte == wanted
        })
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

/// Appends the value that `raw` stands for.
pub(super) fn unquote(raw: &[u8], options: &CopyOptions, value: &mut Vec<u8>) {
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
