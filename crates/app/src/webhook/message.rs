//! What is sent, and how it is signed: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use barker_domain::{
    Code, Error, Result,
    webhook::{Delivery, DeliveryState, WebhookEvent},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::secret::random;

/// How every secret begins, so that people know one when they see it.
const BEGINNING: &str = "whsec_";
/// Bytes of a secret; the specification asks for 24 to 64.
const SECRET_BYTES: usize = 32;

/// A new secret: the beginning, and base64.
pub(super) fn new_secret() -> Result<String> {
    Ok(format!("{BEGINNING}{}", STANDARD.encode(random::<SECRET_BYTES>()?)))
}

/// A delivery that nobody has tried yet.
pub(super) fn delivery(webhook_id: Uuid, event: WebhookEvent, data: &Value, now_ms: i64) -> Delivery {
    let timestamp = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default().to_string();
    Delivery {
        id: Uuid::now_v7(),
        webhook_id,
        event,
        body: json!({"type": event.as_str(), "timestamp": timestamp, "data": data}),
        state: DeliveryState::Pending,
        attempts: 0,
        status_code: None,
        error: None,
        created_at_ms: now_ms,
        tried_at_ms: None,
    }
}

/// The headers that tell which message it is, when it is sent, and that it is ours.
///
/// # Errors
/// [`Code::Internal`] when the secret is none.
pub(super) fn headers(secret: &str, id: Uuid, (body, now_ms): (&str, i64)) -> Result<[(&'static str, String); 3]> {
    let broken = || Error::new(Code::Internal, "the secret of a webhook cannot be read");
    let key = secret.strip_prefix(BEGINNING).and_then(|text| STANDARD.decode(text).ok()).ok_or_else(broken)?;
    let seconds = now_ms.div_euclid(1_000);
    let signature = sign(&Key::new(HMAC_SHA256, &key), format!("{id}.{seconds}.{body}").as_bytes());
    Ok([
        ("webhook-id", id.to_string()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", format!("v1,{}", STANDARD.encode(signature))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_specification_says() {
        // HMAC-SHA256 of "00000000-0000-0000-0000-000000000001.1614265330.{\"test\": 2432232314}", made with Python's hmac.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let headers = headers(secret, Uuid::from_u128(1), ("{\"test\": 2432232314}", 1_614_265_330_999)).unwrap();
        assert_eq!(headers[1].1, "1614265330");
        assert_eq!(headers[2].1, "v1,iCxWDzOB1td6pu5wFuJotaWTEKkcYodMae2NqIIaffg=");
    }

    #[test]
    fn a_new_secret_can_be_signed_with() {
        let secret = new_secret().unwrap();
        assert!(secret.starts_with("whsec_") && headers(&secret, Uuid::now_v7(), ("{}", 0)).is_ok());
    }
}
