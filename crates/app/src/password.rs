//! Passwords: hashed and compared away from the async threads, a few at a time, because each takes memory.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use barker_domain::{Code, Error, Result};
use tokio::sync::Semaphore;

use crate::{running::went_silent, secret};

/// Passwords that wait to be hashed; one more is refused rather than letting memory and waiting grow.
const MAX_WAITING: usize = 64;
const SALT_BYTES: usize = 16;

/// What a hash costs whoever computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Hashes computed at the same time.
    pub at_once: usize,
}

/// The one place that knows how passwords are kept.
#[derive(Debug)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// What the password of nobody is compared with, so that an unknown e-mail takes as long as a known one.
    nobody: String,
}

impl Passwords {
    /// # Errors
    /// [`Code::Misconfigured`] for a cost that argon2 does not know.
    pub(crate) fn new(cost: PasswordCost) -> Result<Self> {
        let unknown = |error: argon2::Error| Error::new(Code::Misconfigured, format!("accounts.password_*: {error}"));
        let params = Params::new(cost.memory_kib, cost.iterations, 1, None).map_err(unknown)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, &secret::new_secret()?)?;
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(cost.at_once)), queue: Arc::new(Semaphore::new(MAX_WAITING)), nobody })
    }

    /// The password as it is stored.
    ///
    /// # Errors
    /// [`Code::Busy`] when too many wait already.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || hash(&argon2, &password)).await
    }

    /// Whether it is the password that is stored so; never, when nothing is stored.
    ///
    /// # Errors
    /// [`Code::Busy`] when too many wait already.
    pub(crate) async fn is_right(&self, password: String, stored: Option<String>) -> Result<bool> {
        let argon2 = self.argon2.clone();
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        let is_same = self.in_turn(move || Ok(argon2.verify_password(password.as_bytes(), stored.as_str()).is_ok())).await?;
        Ok(is_same && is_known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_full| Error::of(Code::Busy))?;
        // Held until the work is done, even when the caller hangs up: it is the memory that is counted.
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(went_silent)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(went_silent)?
    }
}

/// A password for somebody who is to be told one: 100 random bits in characters that nobody mistakes for each other.
///
/// # Errors
/// [`Code::Internal`] when the system has no random bytes to give.
pub fn new_password() -> Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    const GROUP_CHARS: usize = 4;
    let characters = secret::random::<20>()?.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
    let groups: Vec<String> = characters.chunks(GROUP_CHARS).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    let failed = |error: argon2::password_hash::Error| Error::new(Code::Internal, "cannot hash the password").caused_by(error.to_string());
    let salt = secret::random::<SALT_BYTES>()?;
    argon2.hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_and_knows_its_password_alone() {
        let passwords = Passwords::new(PasswordCost { memory_kib: 8, iterations: 1, at_once: 1 }).unwrap();
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_ne!(stored, passwords.hash("correct horse".into()).await.unwrap(), "salted");
        assert!(passwords.is_right("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.is_right("correct Horse".into(), Some(stored)).await.unwrap());
        assert!(!passwords.is_right("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn a_made_up_password_is_one_that_is_accepted() {
        let email = barker_domain::Email::parse("", "a@example.com").unwrap();
        let password = new_password().unwrap();
        assert_eq!(password.len(), 24);
        assert_eq!(barker_domain::password::fault("", &password, &email), None);
        assert_ne!(password, new_password().unwrap());
    }

    #[test]
    fn a_cost_that_is_none_is_refused() {
        let cost = PasswordCost { memory_kib: 1, iterations: 1, at_once: 1 };
        assert_eq!(Passwords::new(cost).unwrap_err().code, Code::Misconfigured);
    }
}
