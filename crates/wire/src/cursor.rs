//! A reader over one message's body that cannot leave it.

use crate::WireError;

/// What is left to read of a message's body. Every read either succeeds whole or takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// A reader at the start of `body`.
    pub(crate) const fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }

    /// All bytes that are left, without taking them.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Takes all bytes that are left.
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Takes `count` bytes.
    #[inline]
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let Some((head, tail)) = self.rest.split_at_checked(count) else {
            return Err(self.truncated(count));
        };
        self.rest = tail;
        Ok(head)
    }

    /// Takes one byte.
    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(u8::from_be_bytes)
    }

    /// Takes a 16-bit number, which the protocol sends in network byte order.
    #[inline]
    pub(crate) fn u16(&mut self) -> Result<u16, WireError> {
        self.array::<2>().map(u16::from_be_bytes)
    }

    /// Takes a signed 16-bit number.
    #[inline]
    pub(crate) fn i16(&mut self) -> Result<i16, WireError> {
        self.array::<2>().map(i16::from_be_bytes)
    }

    /// Takes a 32-bit number.
    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32, WireError> {
        self.array::<4>().map(u32::from_be_bytes)
    }

    /// Takes a signed 32-bit number.
    #[inline]
    pub(crate) fn i32(&mut self) -> Result<i32, WireError> {
        self.array::<4>().map(i32::from_be_bytes)
    }

    /// Takes a string up to its NUL; the NUL is taken and not returned.
    pub(crate) fn text(&mut self) -> Result<&'a [u8], WireError> {
        let Some(end) = self.rest.iter().position(|&byte| byte == 0) else {
            return Err(WireError::Unterminated);
        };
        let text = self.bytes(end)?;
        self.u8()?;
        Ok(text)
    }

    /// Takes a value that is preceded by its length; -1 stands for NULL.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Option<&'a [u8]>, WireError> {
        let length = self.i32()?;
        match usize::try_from(length) {
            Ok(length) => self.bytes(length).map(Some),
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err(WireError::NegativeLength { length }),
        }
    }

    /// Refuses what is left.
    #[inline]
    pub(crate) fn finish(self) -> Result<(), WireError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(WireError::TrailingBytes { count }),
        }
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let Some((head, tail)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.truncated(N));
        };
        self.rest = tail;
        Ok(*head)
    }

    #[cold]
    fn truncated(&self, needed: usize) -> WireError {
        WireError::Truncated {
            needed,
            left: self.rest.len(),
        }
    }
}
