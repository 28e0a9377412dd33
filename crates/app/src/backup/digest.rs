//! Writing and reading with a checksum on the way.

use std::io::{self, Read, Write};

use ring::digest::{Context, SHA256};

use crate::secret;

/// Counts and digests what is written through it.
pub(crate) struct Digesting<W> {
    inner: W,
    digest: Context,
    bytes: u64,
}

impl<W: Write> Digesting<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, digest: Context::new(&SHA256), bytes: 0 }
    }

    /// What it wrote to, how many bytes, and their SHA-256 in hexadecimal.
    pub(crate) fn finish(self) -> (W, u64, String) {
        (self.inner, self.bytes, hex(self.digest))
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// How many bytes there are and their SHA-256 in hexadecimal; `each` is told of every portion.
pub(crate) fn digest_of(mut from: impl Read, mut each: impl FnMut(u64)) -> io::Result<(u64, String)> {
    let (mut digest, mut bytes, mut portion) = (Context::new(&SHA256), 0, vec![0; 256 * 1024]);
    loop {
        let read = from.read(&mut portion)?;
        if read == 0 {
            return Ok((bytes, hex(digest)));
        }
        digest.update(&portion[..read]);
        bytes += read as u64;
        each(read as u64);
    }
}

fn hex(digest: Context) -> String {
    secret::hex(digest.finish().as_ref())
}
