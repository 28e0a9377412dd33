//! What a sealed value looks like: `sealed:1:<key>:<nonce, ciphertext and tag in base64>`.

use barker_domain::{Code, Error, Result};
use barker_store::SealedColumn;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{Aad, NONCE_LEN, Nonce};
use uuid::Uuid;

use super::SealingKey;
use crate::secret::random;

/// How every sealed value of this form begins.
const FORM: &str = "sealed:1:";

/// Where a value stands. It opens nowhere else.
pub(super) struct Spot<'a> {
    pub(super) column: &'a SealedColumn,
    pub(super) row: &'a [Uuid],
}

impl Spot<'_> {
    fn bound(&self) -> Aad<Vec<u8>> {
        let mut text = format!("{FORM}{}.{}", self.column.table, self.column.column).into_bytes();
        for id in self.row {
            text.push(0);
            text.extend_from_slice(id.as_bytes());
        }
        Aad::from(text)
    }
}

/// How every value begins that is sealed with that key.
pub(super) fn beginning(key: &SealingKey) -> String {
    format!("{FORM}{}:", key.id)
}

pub(super) fn is_sealed(text: &str) -> bool {
    text.starts_with(FORM)
}

/// The key that a value names; `None` when it is not sealed.
pub(super) fn key_id(text: &str) -> Option<&str> {
    text.strip_prefix(FORM)?.split_once(':').map(|(id, _)| id)
}

pub(super) fn seal(key: &SealingKey, spot: &Spot<'_>, secret: &[u8]) -> Result<String> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut bytes = secret.to_vec();
    let sealed = key.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), spot.bound(), &mut bytes);
    sealed.map_err(|_| Error::new(Code::Internal, "a value is too long to be sealed"))?;
    Ok(format!("{}{}", beginning(key), URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat())))
}

pub(super) fn open(keys: &[SealingKey], spot: &Spot<'_>, text: &str) -> Result<Vec<u8>> {
    let (table, column) = (spot.column.table, spot.column.column);
    let refused = |why: &str| Error::new(Code::Internal, format!("a value of {table}.{column} does not open: {why}"));
    let id = key_id(text).ok_or_else(|| refused("it is not sealed"))?;
    let key = keys.iter().find(|key| key.id == id).ok_or_else(|| refused(&format!("the key {id} is not here")))?;
    let sealed = text.strip_prefix(&beginning(key)).and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok());
    let mut sealed = sealed.ok_or_else(|| refused("it is no base64"))?;
    let is_long_enough = sealed.len() > NONCE_LEN;
    let (nonce, bytes) = sealed.split_at_mut(if is_long_enough { NONCE_LEN } else { 0 });
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused("it is too short"))?;
    let secret = key.key.open_in_place(nonce, spot.bound(), bytes);
    secret.map(|secret| secret.to_vec()).map_err(|_| refused("it was changed, or sealed for another place"))
}

#[cfg(test)]
mod tests {
    use barker_store::SIGNING_KEYS;

    use super::*;

    const ROW: [Uuid; 1] = [Uuid::from_u128(7)];

    fn key() -> SealingKey {
        SealingKey::generate(String::new()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let (first, second) = (key(), key());
        let spot = Spot { column: &SIGNING_KEYS, row: &ROW };
        let sealed = seal(&first, &spot, "пароль".as_bytes()).unwrap();
        let keys = [second.clone(), first.clone()];
        assert_eq!(open(&keys, &spot, &sealed).unwrap(), "пароль".as_bytes());
        assert!(!sealed.contains("пароль") && sealed != seal(&first, &spot, "пароль".as_bytes()).unwrap());
        let elsewhere = Spot { column: &SIGNING_KEYS, row: &[Uuid::from_u128(8)] };
        assert!(open(&keys, &elsewhere, &sealed).unwrap_err().detail.contains("another place"));
        let error = open(&[second], &spot, &sealed).unwrap_err();
        assert!(error.detail.contains(&first.id), "{error}");
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let (key, spot) = ([key()], Spot { column: &SIGNING_KEYS, row: &ROW });
        let sealed = seal(&key[0], &spot, b"secret").unwrap();
        let start = beginning(&key[0]).len();
        for place in start..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            // Another digit of base64, the last of whose bits matter as well.
            changed[place] = if changed[place] == b'A' { b'Q' } else { b'A' };
            assert!(open(&key, &spot, &String::from_utf8(changed).unwrap()).is_err(), "{place}");
        }
        for short in [&sealed[..start], &sealed[..start + 4], "secret", ""] {
            assert!(open(&key, &spot, short).is_err(), "{short}");
        }
    }
}
