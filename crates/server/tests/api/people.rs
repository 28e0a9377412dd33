//! People in tests: made, logged in, and sending requests.

use reqwest::{Method, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, TestApp};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl TestApp {
    /// A request with a token or key of somebody.
    pub(crate) async fn send_as(&self, token: &str, method: Method, (path, body): (&str, Option<&Value>)) -> Answer {
        let request = self.http.request(method, self.url(path)).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Answer::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Answer {
        self.send_as(token, Method::GET, (path, None)).await
    }

    pub(crate) async fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send_as(token, Method::POST, (path, Some(body))).await
    }

    pub(crate) async fn patch_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send_as(token, Method::PATCH, (path, Some(body))).await
    }

    pub(crate) async fn put_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send_as(token, Method::PUT, (path, Some(body))).await
    }

    pub(crate) async fn delete_as(&self, token: &str, path: &str) -> Answer {
        self.send_as(token, Method::DELETE, (path, None)).await
    }

    /// Registers somebody and logs them in. The first one is the administrator.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let user = self.post("/api/v1/auth/register", &json!({"email": email, "password": PASSWORD, "name": name})).await.expect(201);
        let id = user["user_id"].as_str().unwrap().parse().unwrap();
        let (access_token, refresh_token) = self.log_in(&email).await;
        Person { id, email, access_token, refresh_token }
    }

    /// Access and refresh token of another session.
    pub(crate) async fn log_in(&self, email: &str) -> (String, String) {
        tokens(&self.post("/api/v1/auth/token", &json!({"email": email, "password": PASSWORD})).await.expect(200))
    }

    /// A project of somebody's, a sandbox.
    pub(crate) async fn project_of(&self, owner: &Person, name: &str) -> Uuid {
        let project = self.post_as(&owner.access_token, "/api/v1/projects", &json!({"name": name, "currency": "RUB"})).await.expect(201);
        project["project_id"].as_str().unwrap().parse().unwrap()
    }

    /// Makes somebody a member, by the administrator.
    pub(crate) async fn appoint(&self, administrator: &Person, (project, role): (Uuid, &str), person: &Person) {
        let path = format!("/api/v1/projects/{project}/members/{}", person.id);
        self.put_as(&administrator.access_token, &path, &json!({"role": role})).await.expect(200);
    }

    /// The id and the secret of a new key.
    pub(crate) async fn key(&self, owner: &Person, project: Uuid, scopes: &[&str]) -> (Uuid, String) {
        let path = format!("/api/v1/projects/{project}/keys");
        let key = self.post_as(&owner.access_token, &path, &json!({"name": "Shop", "scopes": scopes})).await.expect(201);
        (key["key_id"].as_str().unwrap().parse().unwrap(), key["secret"].as_str().unwrap().to_owned())
    }

    /// Actions in the trail that the administrator sees, the oldest first.
    pub(crate) async fn trail(&self, administrator: &Person, query: &str) -> Vec<Value> {
        let lines = self.get_as(&administrator.access_token, &format!("/api/v1/audit?size=1000&{query}")).await.expect(200);
        let mut lines = lines.as_array().unwrap().clone();
        lines.reverse();
        lines
    }
}

/// Access and refresh token of an answer.
pub(crate) fn tokens(answer: &Value) -> (String, String) {
    let token = |name: &str| answer[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

/// What lines of the trail tell.
pub(crate) fn actions(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["action"].as_str().unwrap()).collect()
}
