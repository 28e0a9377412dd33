//! What a server answered.

use reqwest::{Response, StatusCode};
use serde_json::Value;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// The body of an answer with that status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The code of a problem with that status, and what it says about fields as `pointer code`.
    #[track_caller]
    pub(crate) fn problem(self, status: u16) -> (String, Vec<String>) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.body);
        let body = self.expect(status);
        assert_eq!(body["status"], status);
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let fields = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
        let fields = fields.iter().map(|field| format!("{} {}", word(&field["pointer"]), word(&field["code"])));
        (word(&body["code"]), fields.collect())
    }
}
