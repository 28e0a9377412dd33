//! Access tokens: who somebody is for a quarter of an hour, signed, so that no table is asked.
//!
//! A JSON Web Signature in compact form (RFC 7515) with HMAC-SHA-256 and nothing else: the header of a token must be, byte
//! for byte, the one that its key writes. No token chooses its algorithm.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use barker_domain::{Code, Error, Result, SessionId, SigningKeyId, UserId, session::ACCESS_TOKEN_LIFE_MS};
use barker_store::SigningKey;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde::{Deserialize, Serialize};

/// Longest token that is looked at, in bytes: twice what one has.
const MAX_TOKEN_BYTES: usize = 1_024;
const MS_PER_SECOND: i64 = 1_000;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Who.
    pub(crate) user_id: UserId,
    /// In which of their sessions.
    pub(crate) session_id: SessionId,
}

/// The claims as they travel; instants in seconds, as RFC 7519 has them.
#[derive(Serialize, Deserialize)]
struct Payload {
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// A key that is ready to sign.
struct Signer {
    /// The encoded header of every token of this key.
    header: String,
    key: hmac::Key,
}

/// All keys whose tokens are accepted, and the one that signs.
struct Keyring {
    current: Arc<Signer>,
    by_header: HashMap<String, Arc<Signer>>,
}

/// Makes and reads access tokens.
pub(crate) struct AccessTokens {
    keyring: ArcSwap<Keyring>,
}

/// Secrets never get into a log.
impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AccessTokens").field("keys", &self.keyring.load().by_header.len()).finish()
    }
}

impl AccessTokens {
    /// With these keys, the newest first.
    ///
    /// # Errors
    /// [`Code::Internal`] when there is none.
    pub(crate) fn new(keys: &[SigningKey]) -> Result<Self> {
        Ok(Self { keyring: ArcSwap::from_pointee(Keyring::new(keys)?) })
    }

    /// Signs with the first of these keys from now on, and accepts the tokens of all of them.
    ///
    /// # Errors
    /// [`Code::Internal`] when there is none.
    pub(crate) fn use_keys(&self, keys: &[SigningKey]) -> Result<()> {
        self.keyring.store(Arc::new(Keyring::new(keys)?));
        Ok(())
    }

    /// A token for the claims, good from `now_ms` on for [`ACCESS_TOKEN_LIFE_MS`].
    ///
    /// # Errors
    /// [`Code::Internal`], which no claims cause.
    pub(crate) fn issue(&self, claims: Claims, now_ms: i64) -> Result<String> {
        let exp = (now_ms + ACCESS_TOKEN_LIFE_MS) / MS_PER_SECOND;
        let payload = Payload { sub: claims.user_id, sid: claims.session_id, iat: now_ms / MS_PER_SECOND, exp };
        let failed = |error| Error::new(Code::Internal, "cannot write an access token").caused_by(error);
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload).map_err(failed)?);
        let signer = Arc::clone(&self.keyring.load().current);
        let signed = format!("{}.{payload}", signer.header);
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&signer.key, signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// What a token says, if one of our keys has signed it and it is still good.
    ///
    /// # Errors
    /// [`Code::Unauthorized`].
    pub(crate) fn read(&self, token: &str, now_ms: i64) -> Result<Claims> {
        let payload = self.verified(token).ok_or_else(|| Error::new(Code::Unauthorized, "the access token is not valid"))?;
        if now_ms / MS_PER_SECOND >= payload.exp {
            return Err(Error::new(Code::Unauthorized, "the access token has expired; renew it with the refresh token"));
        }
        Ok(Claims { user_id: payload.sub, session_id: payload.sid })
    }

    fn verified(&self, token: &str) -> Option<Payload> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let signer = Arc::clone(self.keyring.load().by_header.get(header)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&signer.key, signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

impl Keyring {
    fn new(keys: &[SigningKey]) -> Result<Self> {
        let signers: Vec<_> = keys.iter().map(|key| Arc::new(Signer::new(key.id, key.secret.as_bytes()))).collect();
        let current = signers.first().map(Arc::clone).ok_or_else(|| Error::new(Code::Internal, "there is no signing key"))?;
        Ok(Self { current, by_header: signers.into_iter().map(|signer| (signer.header.clone(), signer)).collect() })
    }
}

impl Signer {
    fn new(id: SigningKeyId, secret: &[u8]) -> Self {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{id}"}}"#));
        Self { header, key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_767_225_600_000;

    fn key(secret: &str) -> SigningKey {
        SigningKey { id: SigningKeyId::generate(), secret: secret.into(), created_at_ms: 0, retired_at_ms: None }
    }

    fn claims() -> Claims {
        Claims { user_id: UserId::generate(), session_id: SessionId::generate() }
    }

    fn decoded(part: &str) -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_a_json_web_token_good_for_a_quarter_of_an_hour() {
        let (key, claims) = (key("secret"), claims());
        let tokens = AccessTokens::new(std::slice::from_ref(&key)).unwrap();
        let token = tokens.issue(claims, NOW_MS).unwrap();
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(decoded(parts[0]), serde_json::json!({"alg": "HS256", "typ": "JWT", "kid": key.id}));
        assert_eq!(decoded(parts[1])["exp"], 1_767_225_600 + 900);
        assert_eq!(tokens.read(&token, NOW_MS + ACCESS_TOKEN_LIFE_MS - 1).unwrap(), claims);
        assert!(tokens.read(&token, NOW_MS + ACCESS_TOKEN_LIFE_MS).unwrap_err().detail.contains("expired"));
    }

    /// RFC 7515, appendix A.1: the same key and bytes give the same signature.
    #[test]
    fn the_signature_is_the_one_of_the_standard() {
        let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signer = Signer::new(SigningKeyId::generate(), &URL_SAFE_NO_PAD.decode(secret).unwrap());
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&signer.key, signed.as_bytes()));
        assert_eq!(signature, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn whatever_is_changed_about_a_token_makes_it_worthless() {
        let key = key("secret");
        let tokens = AccessTokens::new(std::slice::from_ref(&key)).unwrap();
        let token = tokens.issue(claims(), NOW_MS).unwrap();
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(tokens.read(&changed, NOW_MS).is_err(), "at {place}: {changed}");
        }
        let payload = token.split('.').nth(1).unwrap();
        let unsigned = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","typ":"JWT","kid":"{}"}}"#, key.id));
        for forged in ["", ".", "..", &format!("{unsigned}.{payload}."), &token[..token.len() - 1], &"a.".repeat(2_000)] {
            assert!(tokens.read(forged, NOW_MS).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_new_key_signs_and_the_former_ones_tokens_are_accepted_until_it_is_forgotten() {
        let (former, new) = (key("former"), key("new"));
        let tokens = AccessTokens::new(std::slice::from_ref(&former)).unwrap();
        let token = tokens.issue(claims(), NOW_MS).unwrap();
        tokens.use_keys(&[new.clone(), former]).unwrap();
        assert!(tokens.read(&token, NOW_MS).is_ok());
        assert_ne!(tokens.issue(claims(), NOW_MS).unwrap().split('.').next(), token.split('.').next());
        tokens.use_keys(&[new]).unwrap();
        assert_eq!(tokens.read(&token, NOW_MS).unwrap_err().code, Code::Unauthorized);
    }
}
