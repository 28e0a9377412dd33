//! Lost passwords.

use axum::http::StatusCode;
use barker_app::password_reset;
use utoipa::ToSchema;

use crate::http::{
    PublicUrl,
    fields::read_object,
    input::JsonBody,
    permission::Visitor,
    problem::{ChangeRefusals, Problem},
};

/// Whose password is lost.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"email": "anna@example.com"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct LostPassword {
    /// Their e-mail.
    email: String,
}

/// A password by the link in a mail.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E", "new_password": "a staple, this time"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct PasswordByLink {
    /// What stands after the `#` of the link.
    token: String,
    /// The password from now on.
    #[schema(min_length = 10, max_length = 128)]
    new_password: String,
}

/// Ask for a link to set a new password
///
/// It is mailed to the account with that e-mail, if there is one; the answer is the same when there is none.
#[utoipa::path(post, path = "/api/v1/auth/password/forgotten", operation_id = "forgetPassword", tag = "Log-in", security(()),
    request_body = LostPassword, responses((status = 202, description = "Somebody will get a mail, or nobody."), ChangeRefusals))]
pub(super) async fn request(visitor: Visitor, public_url: PublicUrl, JsonBody(body): JsonBody) -> Result<StatusCode, Problem> {
    let email = read_object(&body, |fields| fields.text("email"))?;
    password_reset::request(&visitor.app, &email, public_url.as_str().to_owned(), visitor.origin).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password by the link in a mail
///
/// The link is good once, and for an hour. All sessions of the user end.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", operation_id = "resetPassword", tag = "Log-in", security(()),
    request_body = PasswordByLink, responses((status = 204, description = "Set; log in with it."), ChangeRefusals))]
pub(super) async fn set(visitor: Visitor, JsonBody(body): JsonBody) -> Result<StatusCode, Problem> {
    let (token, new_password) = read_object(&body, |fields| {
        let (token, new_password) = (fields.text("token"), fields.text("new_password"));
        Some((token?, new_password?))
    })?;
    password_reset::set(&visitor.app, &token, new_password, &visitor.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
