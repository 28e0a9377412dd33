//! Accounts and log-in.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use barker_app::{
    session::{self, PasswordChange, SignIn, Tokens},
    user::{self, NewUser},
};
use barker_domain::{Code, Error, user::Locale};
use serde::Serialize;
use utoipa::ToSchema;

use super::{cookie, user::User};
use crate::http::{
    PublicUrl,
    fields::{Fields, read_object},
    input::{JsonBody, OptionalJsonBody},
    permission::{Person, Visitor},
    problem::{ChangeRefusals, Problem, Refusals},
};

const MS_PER_SECOND: i64 = 1_000;

/// Somebody who registers.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Anna", "locale": "en"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct Registration {
    /// What they log in with; case does not count.
    #[schema(max_length = 254, format = "email")]
    email: String,
    /// Not the e-mail, and none that is guessed first.
    #[schema(min_length = 10, max_length = 128)]
    password: String,
    /// What they are called.
    #[schema(max_length = 255, nullable = false)]
    name: Option<String>,
    /// The language of their mails: `en` (the default) or `ru`.
    #[schema(pattern = "^(en|ru)$", nullable = false)]
    locale: Option<String>,
    /// What stands after the `#` of the link in the mail that invited them: they become a member of that project.
    #[schema(nullable = false)]
    invitation: Option<String>,
}

/// Who may register.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"registration": "invite", "is_first": false}))]
pub(super) struct RegistrationRule {
    /// `open` (anybody), `invite` (the first user, then whoever is invited) or `closed` (nobody).
    registration: &'static str,
    /// Whether nobody has an account yet: whoever registers now runs the installation.
    is_first: bool,
}

/// Who logs in.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"email": "anna@example.com", "password": "correct horse battery"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct Login {
    /// Their e-mail.
    email: String,
    /// Their password.
    password: String,
    /// For browsers: the refresh token comes as a cookie that scripts cannot read, and not in the answer.
    #[schema(nullable = false)]
    cookie: Option<bool>,
}

/// A refresh token. Browsers send their cookie instead.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"refresh_token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct Renewal {
    /// The newest one of the session.
    #[schema(nullable = false)]
    refresh_token: Option<String>,
}

/// What opens things from now on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk2ZjBhNCJ9.c2lnbmF0dXJl", "refresh_token": "q0bF6mC0qVQm3yX5t1Jm3d1r0m3Q0yq7uGZ8f2a9c1E",
    "token_type": "Bearer", "expires_in": 900
}))]
pub(super) struct TokenAnswer {
    /// For requests: `Authorization: Bearer ...`.
    access_token: String,
    /// For the next tokens, good once and for 30 days; absent when it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token is good, in seconds.
    expires_in: i64,
}

/// Another password.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"current_password": "correct horse battery", "new_password": "a staple, this time"}))]
#[expect(dead_code, reason = "documentation; bodies are read by hand")]
pub(super) struct NewPassword {
    /// The one until now.
    current_password: String,
    /// The one from now on.
    #[schema(min_length = 10, max_length = 128)]
    new_password: String,
}

/// Register
///
/// Who may is the operator's decision (`accounts.registration`). The first user of an installation becomes its administrator.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "Log-in", security(()), request_body = Registration,
    responses((status = 201, body = User, description = "The account; log in with it."), ChangeRefusals))]
pub(super) async fn register(visitor: Visitor, JsonBody(body): JsonBody) -> Result<(StatusCode, Json<User>), Problem> {
    let user = user::register(&visitor.app, read_object(&body, read_new_user)?, &visitor.origin).await?;
    Ok((StatusCode::CREATED, Json(User::from(&user))))
}

/// Who may register?
///
/// What a sign-in page must know before anybody is known.
#[utoipa::path(get, path = "/api/v1/auth/registration", operation_id = "getRegistration", tag = "Log-in", security(()),
    responses((status = 200, body = RegistrationRule, description = "Who may."), Refusals))]
pub(super) async fn registration(visitor: Visitor) -> Result<Json<RegistrationRule>, Problem> {
    let rule = user::registration(&visitor.app).await?;
    Ok(Json(RegistrationRule { registration: rule.registration.as_str(), is_first: rule.is_first }))
}

/// Log in
///
/// An unknown e-mail and a wrong password are answered alike. After repeated failures an account and an address have to
/// wait, longer each time.
#[utoipa::path(post, path = "/api/v1/auth/token", operation_id = "logIn", tag = "Log-in", security(()), request_body = Login,
    responses((status = 200, body = TokenAnswer, description = "Logged in."), ChangeRefusals))]
pub(super) async fn token(
    visitor: Visitor,
    public_url: PublicUrl,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    let (sign_in, is_browser) = read_object(&body, |fields| {
        let (email, password) = (fields.text("email"), fields.text("password"));
        let is_browser = fields.optional("cookie", Fields::boolean).unwrap_or_default();
        Some((SignIn { email: email?, password: password?, agent }, is_browser))
    })?;
    let tokens = session::sign_in(&visitor.app, sign_in, &visitor.origin).await?;
    Ok(answer(tokens, is_browser, &public_url))
}

/// Stay logged in
///
/// Answers new tokens for the refresh token, which is used up. One that was replaced less than ten seconds ago answers its
/// successor; one that was replaced before that ends the session, because two people hold it.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refreshToken", tag = "Log-in", security(()), request_body = Option<Renewal>,
    responses((status = 200, body = TokenAnswer, description = "New tokens."), ChangeRefusals))]
pub(super) async fn refresh(
    visitor: Visitor,
    public_url: PublicUrl,
    headers: HeaderMap,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, Problem> {
    let read = |body| read_object(body, |fields| Some(fields.optional("refresh_token", Fields::text)));
    let brought = body.as_ref().filter(|body| !body.is_null()).map(read).transpose()?.flatten();
    let is_browser = brought.is_none();
    let missing = || Error::new(Code::Unauthorized, "send a refresh token, in the body or as the cookie");
    let refresh_token = brought.or_else(|| cookie::refresh_token(&headers)).ok_or_else(missing)?;
    let tokens = session::refresh(&visitor.app, refresh_token, visitor.origin).await?;
    Ok(answer(tokens, is_browser, &public_url))
}

/// Log out
///
/// Ends this session at once: its access token and its refresh token open nothing any more.
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logOut", tag = "Log-in", security(("session" = [])),
    responses((status = 204, description = "Logged out."), ChangeRefusals))]
pub(super) async fn logout(person: Person, public_url: PublicUrl) -> Result<impl IntoResponse, Problem> {
    let Person { app, signed_in, origin } = person;
    session::end(&app, signed_in.standing.user.id, signed_in.session_id, &origin).await?;
    Ok((StatusCode::NO_CONTENT, cookies(cookie::clear(public_url.is_secure()))))
}

/// Change the password
///
/// Ends all other sessions of the user.
#[utoipa::path(post, path = "/api/v1/auth/password", operation_id = "changePassword", tag = "Log-in", security(("session" = [])),
    request_body = NewPassword, responses((status = 204, description = "Changed."), ChangeRefusals))]
pub(super) async fn password(person: Person, JsonBody(body): JsonBody) -> Result<StatusCode, Problem> {
    let change = read_object(&body, |fields| {
        let (current, new) = (fields.text("current_password"), fields.text("new_password"));
        Some(PasswordChange { current: current?, new: new? })
    })?;
    session::change_password(&person.app, &person.signed_in, change, &person.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read_new_user(fields: &mut Fields<'_>) -> Option<NewUser> {
    let (email, password) = (fields.text("email"), fields.text("password"));
    let name = fields.optional("name", Fields::text).unwrap_or_default();
    let locale = fields.optional("locale", read_locale).unwrap_or_default();
    let invitation = fields.optional("invitation", Fields::text);
    Some(NewUser { email: email?, password: password?, name, locale, invitation })
}

/// Reads a language.
pub(super) fn read_locale(fields: &mut Fields<'_>, name: &str) -> Option<Locale> {
    fields.choice(name, &Locale::ALL.map(|locale| (locale.as_str(), locale)))
}

fn answer(tokens: Tokens, is_browser: bool, public_url: &PublicUrl) -> Response {
    let cookie = if is_browser { cookie::set(&tokens.refresh_token, public_url.is_secure()) } else { None };
    let body = TokenAnswer {
        access_token: tokens.access_token,
        refresh_token: (!is_browser).then_some(tokens.refresh_token),
        token_type: "Bearer",
        expires_in: tokens.expires_in_ms / MS_PER_SECOND,
    };
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], cookies(cookie), Json(body)).into_response()
}

fn cookies(cookie: Option<HeaderValue>) -> AppendHeaders<impl IntoIterator<Item = (header::HeaderName, HeaderValue)>> {
    AppendHeaders(cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)))
}
