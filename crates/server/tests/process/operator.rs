//! Whoever runs the installation, with what only people may do: accounts, budgets.

use reqwest::Response;
use serde_json::{Value, json};

use crate::barker::Barker;

pub(crate) struct Operator {
    token: String,
    /// Path of the one project there is.
    pub(crate) project: String,
}

impl Operator {
    /// Registers on a fresh sandbox.
    pub(crate) async fn register(barker: &Barker) -> Self {
        let person = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Anna"});
        barker.post("/api/v1/auth/register", &person).await;
        let token = barker.post("/api/v1/auth/token", &person).await["access_token"].as_str().unwrap().to_owned();
        let mut operator = Self { token, project: String::new() };
        // The sandbox has no members; whoever runs the installation sees that it was made.
        let made = operator.get(barker, "/api/v1/audit?action=project.created").await;
        operator.project = format!("/api/v1/projects/{}", made[0]["project_id"].as_str().unwrap());
        operator
    }

    pub(crate) async fn get(&self, barker: &Barker, path: &str) -> Value {
        barker.http.get(format!("{}{path}", barker.address)).bearer_auth(&self.token).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn patch(&self, barker: &Barker, path: &str, change: &Value) {
        let request = barker.http.patch(format!("{}{path}", barker.address)).bearer_auth(&self.token);
        let answer = request.json(change).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }

    /// Whatever it is answered; an error where nobody answers.
    pub(crate) async fn try_post(&self, barker: &Barker, (path, key): (&str, String), body: &Value) -> reqwest::Result<Response> {
        let request = barker.http.post(format!("{}{path}", barker.address)).bearer_auth(&self.token);
        request.header("Idempotency-Key", key).json(body).send().await
    }
}
