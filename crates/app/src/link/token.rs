//! Tokens of links: which ad, whose, shown to whom and until when, signed, so that nothing has to be remembered of those that nobody
//! follows. Where a link leads is no part of it.
//!
//! Bytes with HMAC-SHA-256 over them, cut to 128 bits (RFC 2104, section 5), in base64 for addresses without padding.

use std::sync::Arc;

use arc_swap::ArcSwap;
use barker_domain::{AdId, ClientId, Code, Error, ProjectId, Result};
use barker_store::LinkKey;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use uuid::Uuid;

/// The first byte: what the others mean.
const VERSION: u8 = 1;
const SIGNED_BYTES: usize = 1 + 3 * 16 + 4;
const TAG_BYTES: usize = 16;
const BYTES: usize = SIGNED_BYTES + TAG_BYTES;
/// As base64 writes it.
const CHARS: usize = (BYTES * 4).div_ceil(3);
const MS_PER_SECOND: i64 = 1_000;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) project_id: ProjectId,
    pub(crate) ad_id: AdId,
    /// To whom it was shown.
    pub(crate) client_id: ClientId,
    /// Until when a click counts, in whole seconds UTC.
    pub(crate) expires_at_s: u32,
}

impl Claims {
    pub(crate) fn is_expired(self, now_ms: i64) -> bool {
        now_ms >= i64::from(self.expires_at_s) * MS_PER_SECOND
    }

    fn to_bytes(self) -> [u8; SIGNED_BYTES] {
        let mut bytes = [0; SIGNED_BYTES];
        bytes[0] = VERSION;
        for (place, id) in [self.project_id.0, self.ad_id.0, self.client_id.0].into_iter().enumerate() {
            bytes[1 + place * 16..17 + place * 16].copy_from_slice(id.as_bytes());
        }
        bytes[SIGNED_BYTES - 4..].copy_from_slice(&self.expires_at_s.to_be_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let id = |place: usize| Uuid::from_slice(bytes.get(1 + place * 16..17 + place * 16)?).ok();
        let expires_at_s = u32::from_be_bytes(bytes.get(SIGNED_BYTES - 4..SIGNED_BYTES)?.try_into().ok()?);
        let is_known = bytes.first() == Some(&VERSION);
        is_known.then_some(Self { project_id: ProjectId(id(0)?), ad_id: AdId(id(1)?), client_id: ClientId(id(2)?), expires_at_s })
    }
}

/// Makes and reads tokens.
pub(crate) struct LinkTokens {
    keys: ArcSwap<Vec<Key>>,
    /// How long a click on what is signed now counts, in seconds.
    life_s: i64,
}

struct Key {
    key: hmac::Key,
    /// When clicks end on whatever it has signed, in seconds UTC; `None`: it signs.
    over_at_s: Option<i64>,
}

/// Secrets never get into a log.
impl std::fmt::Debug for LinkTokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LinkTokens").field("keys", &self.keys.load().len()).field("life_s", &self.life_s).finish()
    }
}

impl LinkTokens {
    /// With these keys, opened, the newest first, for links that count for so long.
    ///
    /// # Errors
    /// [`Code::Internal`] when there is none.
    pub(crate) fn new(keys: &[LinkKey], life_ms: i64) -> Result<Self> {
        let tokens = Self { keys: ArcSwap::default(), life_s: life_ms / MS_PER_SECOND };
        tokens.use_keys(keys).map(|()| tokens)
    }

    /// From now on these keys, likewise. A key that was replaced has signed nothing since: whoever has it now cannot make a link that
    /// counts for longer than those that are out.
    ///
    /// # Errors
    /// [`Code::Internal`] when there is none.
    pub(crate) fn use_keys(&self, keys: &[LinkKey]) -> Result<()> {
        if keys.is_empty() {
            return Err(Error::new(Code::Internal, "there is no key for links"));
        }
        let mut successor: Option<&LinkKey> = None;
        let mut known = Vec::with_capacity(keys.len());
        for key in keys {
            let over_at_s = successor.map(|successor| (successor.created_at_ms / MS_PER_SECOND).saturating_add(self.life_s));
            known.push(Key { key: hmac::Key::new(hmac::HMAC_SHA256, key.secret.as_bytes()), over_at_s });
            successor = Some(key);
        }
        self.keys.store(Arc::new(known));
        Ok(())
    }

    /// The second until which a click counts on what is signed now.
    pub(crate) fn expiry(&self, now_ms: i64) -> u32 {
        u32::try_from((now_ms / MS_PER_SECOND).saturating_add(self.life_s)).unwrap_or(u32::MAX)
    }

    /// The token that says this.
    pub(crate) fn sign(&self, claims: Claims) -> String {
        let (mut bytes, signed) = ([0; BYTES], claims.to_bytes());
        bytes[..SIGNED_BYTES].copy_from_slice(&signed);
        // There is at least one.
        bytes[SIGNED_BYTES..].copy_from_slice(&tag(&self.keys.load()[0].key, &signed));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token says; `None` when it was not signed here.
    pub(crate) fn read(&self, token: &str) -> Option<Claims> {
        let bytes = (token.len() == CHARS).then(|| URL_SAFE_NO_PAD.decode(token).ok()).flatten()?;
        let (signed, tagged) = bytes.split_at_checked(SIGNED_BYTES)?;
        let keys = self.keys.load();
        let signer = keys.iter().find(|key| is_same(tag(&key.key, signed), tagged))?;
        let claims = Claims::of_bytes(signed)?;
        let over_at_s = signer.over_at_s.map_or(u32::MAX, |at_s| u32::try_from(at_s.max(0)).unwrap_or(u32::MAX));
        Some(Claims { expires_at_s: claims.expires_at_s.min(over_at_s), ..claims })
    }
}

fn tag(key: &hmac::Key, signed: &[u8]) -> [u8; TAG_BYTES] {
    let mut tag = [0; TAG_BYTES];
    tag.copy_from_slice(&hmac::sign(key, signed).as_ref()[..TAG_BYTES]);
    tag
}

/// Looks at every byte, so that nobody is told by the time it takes how many were right.
fn is_same(tag: [u8; TAG_BYTES], tagged: &[u8]) -> bool {
    let differing = tag.iter().zip(tagged).fold(0, |differing, (one, other)| differing | (one ^ other));
    tagged.len() == TAG_BYTES && std::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(secrets: &[&str]) -> LinkTokens {
        let key = |(place, secret): (usize, &&str)| {
            // Each a day older than the one before it.
            let created_at_ms = 1_795_200_000_000 - i64::try_from(place).unwrap() * 86_400_000;
            LinkKey { id: Uuid::nil(), secret: (*secret).to_owned(), created_at_ms }
        };
        LinkTokens::new(&secrets.iter().enumerate().map(key).collect::<Vec<_>>(), 86_400_000).unwrap()
    }

    fn claims(ids: [u128; 3], expires_at_s: u32) -> Claims {
        let [project, ad, client] = ids.map(Uuid::from_u128);
        Claims { project_id: ProjectId(project), ad_id: AdId(ad), client_id: ClientId(client), expires_at_s }
    }

    #[test]
    fn a_token_of_a_former_key_is_read_and_one_of_another_house_is_not() {
        let claims = claims([1, 2, 3], 1_795_248_900);
        let former = tokens(&["old"]).sign(claims);
        assert_eq!(former.len(), CHARS);
        assert_eq!(tokens(&["new", "old"]).read(&former), Some(claims));
        assert_eq!(tokens(&["new"]).read(&former), None);
        assert!(LinkTokens::new(&[], 1).is_err());
        assert!(claims.is_expired(1_795_248_900_000) && !claims.is_expired(1_795_248_899_999));
    }

    #[test]
    fn a_key_that_was_replaced_makes_no_link_that_counts_for_longer_than_those_that_are_out() {
        let replaced_at_s = 1_795_200_000;
        let of_old = |expires_at_s| tokens(&["new", "old"]).read(&tokens(&["old"]).sign(claims([1, 2, 3], expires_at_s)));
        assert_eq!(of_old(replaced_at_s + 100), Some(claims([1, 2, 3], replaced_at_s + 100)));
        assert_eq!(of_old(u32::MAX), Some(claims([1, 2, 3], replaced_at_s + 86_400)));
        let renewed = tokens(&["old"]);
        let token = renewed.sign(claims([1, 2, 3], u32::MAX));
        assert_eq!(renewed.read(&token), Some(claims([1, 2, 3], u32::MAX)));
        renewed.use_keys(&[key_of("new", replaced_at_s), key_of("old", 0)]).unwrap();
        assert_eq!(renewed.read(&token), Some(claims([1, 2, 3], replaced_at_s + 86_400)));
        let of_new = renewed.sign(claims([1, 2, 3], u32::MAX));
        assert_eq!((renewed.read(&of_new).map(|it| it.expires_at_s), tokens(&["old"]).read(&of_new)), (Some(u32::MAX), None));
        assert_eq!(renewed.expiry(5_999), 86_405);
    }

    fn key_of(secret: &str, created_at_s: u32) -> LinkKey {
        LinkKey { id: Uuid::nil(), secret: secret.to_owned(), created_at_ms: i64::from(created_at_s) * MS_PER_SECOND }
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read_and_a_change_of_any_bit_is_noticed(ids: [u128; 3], expires_at_s: u32, place in 0..BYTES, bit in 0..8) {
            let tokens = tokens(&["secret"]);
            let token = tokens.sign(claims(ids, expires_at_s));
            prop_assert_eq!(tokens.read(&token), Some(claims(ids, expires_at_s)));
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            bytes[place] ^= 1_u8 << bit;
            prop_assert_eq!(tokens.read(&URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn no_text_whatever_is_read_unless_it_was_signed(text in ".{0,120}", place in 0..CHARS, letter in "[A-Za-z0-9_=+/-]") {
            let tokens = tokens(&["secret"]);
            prop_assert_eq!(tokens.read(&text), None);
            let token = tokens.sign(claims([1, 2, 3], 4));
            let mut changed = token.clone();
            changed.replace_range(place..=place, &letter);
            prop_assert!(changed == token || tokens.read(&changed).is_none(), "{}", changed);
        }
    }
}
