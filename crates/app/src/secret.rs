//! Secrets: made from random bytes, shown once, and kept as a digest that cannot be turned back.

use std::fmt::Write;

use barker_domain::{Code, Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, SHA256_OUTPUT_LEN, digest},
    rand::{SecureRandom, SystemRandom},
};

/// Bytes of a secret: 256 bits are not guessed.
const SECRET_BYTES: usize = 32;

/// SHA-256 of a secret: what is stored and looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; SHA256_OUTPUT_LEN]);

impl Digest {
    /// The digest of a secret.
    pub(crate) fn of(secret: &[u8]) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest(&SHA256, secret).as_ref());
        Self(bytes)
    }

    /// As it is stored.
    pub(crate) fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// As it was stored; `None` when it is no digest.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        if text.len() != 2 * bytes.len() {
            return None;
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Random bytes.
///
/// # Errors
/// [`Code::Internal`] when the system has none to give.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let failed = |_| Error::new(Code::Internal, "the system gives no random bytes");
    SystemRandom::new().fill(&mut bytes).map(|()| bytes).map_err(failed)
}

/// A new secret as text: 43 characters that need no quoting anywhere.
///
/// # Errors
/// As [`random`].
pub(crate) fn new_secret() -> Result<String> {
    random::<SECRET_BYTES>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// 256 random bits in hexadecimal.
///
/// # Errors
/// As [`random`].
pub(crate) fn new_hex() -> Result<String> {
    random::<SECRET_BYTES>().map(|bytes| hex(&bytes))
}

/// The secret that follows another one. Whoever holds the first and the salt can make it again; with one of them alone
/// nobody can.
pub(crate) fn successor_of(secret: &str, salt: &str) -> String {
    URL_SAFE_NO_PAD.encode(Digest::of(format!("successor\0{salt}\0{secret}").as_bytes()).as_bytes())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_being_written_down() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        for no_digest in ["", "ba", &"zz".repeat(32), &"ы".repeat(32)] {
            assert_eq!(Digest::from_hex(no_digest), None, "{no_digest}");
        }
    }

    #[test]
    fn successors_are_the_same_again_and_differ_by_secret_and_salt() {
        let successor = successor_of("secret", "salt");
        assert_eq!((successor.len(), successor.clone()), (43, successor_of("secret", "salt")));
        assert_ne!(successor, successor_of("secret", "pepper"));
        assert_ne!(successor, successor_of("other", "salt"));
        assert_ne!(new_secret().unwrap(), new_secret().unwrap());
    }
}
