//! Accounts: who may register, how they log in and stay logged in, and how they are kept out.

use barker_app::Settings;
use barker_domain::installation::Registration;
use barker_testkit::Backend;
use futures::future::join_all;
use reqwest::{Method, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};

use crate::{
    every_database,
    harness::{TestApp, installation, settings},
    people::{PASSWORD, actions, tokens},
};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

fn account(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

#[apply(every_database)]
#[tokio::test]
async fn exactly_one_of_many_first_users_becomes_administrator(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let accounts: Vec<_> = (0..8).map(|number| account(&format!("user{number}@example.com"))).collect();
    let users = join_all(accounts.iter().map(|account| app.post("/api/v1/auth/register", account))).await;
    let administrators = users.into_iter().filter(|user| user.body["is_administrator"] == true).count();
    assert_eq!(administrators, 1);
    assert_eq!(app.post("/api/v1/auth/register", &account(" USER3@Example.com")).await.problem(409).0, "email-taken");
}

#[apply(every_database)]
#[tokio::test]
async fn an_account_that_breaks_rules_is_told_every_field(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let register = async |body: Value| app.post("/api/v1/auth/register", &body).await.problem(400).1;
    assert_eq!(register(json!({})).await, ["/email required", "/password required"]);
    assert_eq!(register(json!({"email": "nobody", "password": PASSWORD})).await, ["/email format"]);
    let bad = json!({"email": "anna@example.com", "password": "short", "name": "a\u{0}b", "locale": "en"});
    assert_eq!(register(bad).await, ["/name format", "/password length"]);
    assert_eq!(register(json!({"email": "anna@example.com", "password": "ANNA@example.com"})).await, ["/password guessable"]);
    assert_eq!(register(json!({"email": "a@b.c", "password": PASSWORD, "locale": "fr"})).await, ["/locale enum"]);
}

#[apply(every_database)]
#[tokio::test]
async fn who_may_register_is_the_operators_decision(#[case] on: Backend) {
    let app = TestApp::start_with(on, Settings { installation: installation(Registration::Invite), ..settings() }).await;
    let rule = async || app.get("/api/v1/auth/registration").await.expect(200);
    assert_eq!(rule().await, json!({"registration": "invite", "is_first": true}));
    let first = app.post("/api/v1/auth/register", &account("first@example.com")).await.expect(201);
    assert_eq!(rule().await, json!({"registration": "invite", "is_first": false}));
    assert_eq!(first["is_administrator"], true, "somebody must be able to invite");
    assert_eq!(app.post("/api/v1/auth/register", &account("second@example.com")).await.problem(403).0, "registration-closed");
    let app = TestApp::start_with(on, Settings { installation: installation(Registration::Closed), ..settings() }).await;
    assert_eq!(app.post("/api/v1/auth/register", &account("first@example.com")).await.problem(403).0, "registration-closed");
}

#[apply(every_database)]
#[tokio::test]
async fn logging_in_answers_tokens_that_open_things_for_a_quarter_of_an_hour(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let answer = app.post("/api/v1/auth/token", &account("ANNA@example.com ")).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(!answer.headers.contains_key("set-cookie"), "programs get no cookie");
    let answer = answer.expect(200);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(900)));
    let me = app.get_as(&anna.access_token, "/api/v1/me").await.expect(200);
    assert_eq!((&me["email"], &me["user_id"], &me["is_administrator"]), (&json!(anna.email), &json!(anna.id), &json!(true)));
    app.clock.advance_ms(15 * MINUTE_MS);
    let expired = app.get_as(&anna.access_token, "/api/v1/me").await;
    assert_eq!(expired.headers["www-authenticate"], "Bearer realm=\"barker\"");
    assert_eq!(expired.problem(401).0, "unauthorized");
}

#[apply(every_database)]
#[tokio::test]
async fn an_unknown_email_and_a_wrong_password_are_answered_alike(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let wrong = json!({"email": anna.email, "password": "wrong horse battery"});
    let answers = [app.post("/api/v1/auth/token", &wrong).await, app.post("/api/v1/auth/token", &account("nobody@example.com")).await];
    let [known, unknown] = answers.map(|answer| answer.expect(401));
    assert_eq!(known, unknown);
    assert_eq!(known["code"], "sign-in-failed");
    let lines = app.trail(&anna, "action=session.refused").await;
    assert_eq!((lines.len(), &lines[0]["actor"], &lines[0]["address"]), (2, &json!("anonymous"), &json!("127.0.0.1")));
    assert_eq!((&lines[0]["subject_id"], &lines[1]["subject_id"]), (&json!(anna.id), &Value::Null));
}

#[apply(every_database)]
#[tokio::test]
async fn an_account_that_is_guessed_at_makes_everybody_wait_and_a_restart_does_not_help(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let guess = json!({"email": anna.email, "password": "wrong horse battery"});
    let guesses = join_all((0..20).map(|_| app.post("/api/v1/auth/token", &guess))).await;
    let looked_at = guesses.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(looked_at, 5, "twenty at once are twenty, not one");
    let app = app.restart().await;
    let wait = app.post("/api/v1/auth/token", &account(&anna.email)).await;
    assert_eq!(wait.headers["retry-after"], "1");
    assert_eq!(wait.problem(429).0, "too-many-attempts");
    app.clock.advance_ms(1_000);
    app.post("/api/v1/auth/token", &guess).await.expect(401);
    assert_eq!(app.post("/api/v1/auth/token", &guess).await.headers["retry-after"], "2", "each wait is twice as long");
    app.clock.advance_ms(2_000);
    app.log_in(&anna.email).await;
    app.post("/api/v1/auth/token", &guess).await.expect(401);
    app.log_in(&anna.email).await;
}

#[apply(every_database)]
#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_has_to_wait(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    for number in 0..20 {
        app.post("/api/v1/auth/token", &account(&format!("user{number}@example.com"))).await.expect(401);
    }
    assert_eq!(app.post("/api/v1/auth/token", &account("another@example.com")).await.problem(429).0, "too-many-attempts");
    assert_eq!(app.post("/api/v1/auth/register", &account("another@example.com")).await.problem(429).0, "too-many-attempts");
}

#[apply(every_database)]
#[tokio::test]
async fn a_refresh_token_is_good_once_with_ten_seconds_of_grace(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let refresh = async |token: &str| app.post("/api/v1/auth/refresh", &json!({"refresh_token": token})).await;
    let (access, second) = tokens(&refresh(&anna.refresh_token).await.expect(200));
    app.get_as(&access, "/api/v1/me").await.expect(200);
    app.clock.advance_ms(10_000);
    let (_, again) = tokens(&refresh(&anna.refresh_token).await.expect(200));
    assert_eq!(second, again, "a browser's second tab gets the same successor");
    let (_, third) = tokens(&refresh(&second).await.expect(200));
    let (_, newest) = tokens(&refresh(&second).await.expect(200));
    assert_eq!(third, newest);
    app.clock.advance_ms(10_001);
    assert_eq!(refresh(&second).await.problem(401).0, "unauthorized");
    assert_eq!(refresh(&third).await.problem(401).0, "unauthorized", "whoever holds the newest one may be the thief");
    app.get_as(&access, "/api/v1/me").await.problem(401);
    let (administrator, _) = app.log_in(&anna.email).await;
    let lines = app.get_as(&administrator, "/api/v1/audit?action=token.reused").await.expect(200);
    assert_eq!((lines.as_array().unwrap().len(), &lines[0]["before"]["user_id"]), (1, &json!(anna.id)));
}

#[apply(every_database)]
#[tokio::test]
async fn many_renewals_at_once_have_one_successor(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let body = json!({"refresh_token": anna.refresh_token});
    let answers = join_all((0..8).map(|_| app.post("/api/v1/auth/refresh", &body))).await;
    let mut successors: Vec<_> = answers.into_iter().map(|answer| tokens(&answer.expect(200)).1).collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
}

#[apply(every_database)]
#[tokio::test]
async fn sessions_end_by_themselves_after_thirty_quiet_days_and_are_forgotten(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    app.clock.advance_ms(29 * DAY_MS);
    let body = json!({"refresh_token": anna.refresh_token});
    let (_, renewed) = tokens(&app.post("/api/v1/auth/refresh", &body).await.expect(200));
    app.clock.advance_ms(29 * DAY_MS);
    app.app.keep_house().await.unwrap();
    let (access, last) = tokens(&app.post("/api/v1/auth/refresh", &json!({"refresh_token": renewed})).await.expect(200));
    assert_eq!(app.get_as(&access, "/api/v1/me/sessions").await.expect(200).as_array().unwrap().len(), 1);
    app.post("/api/v1/auth/refresh", &body).await.problem(401);
    app.clock.advance_ms(30 * DAY_MS);
    app.post("/api/v1/auth/refresh", &json!({"refresh_token": last})).await.problem(401);
    app.app.keep_house().await.unwrap();
    let (access, _) = app.log_in(&anna.email).await;
    assert_eq!(app.get_as(&access, "/api/v1/me/sessions").await.expect(200).as_array().unwrap().len(), 1);
}

#[apply(every_database)]
#[tokio::test]
async fn a_browser_keeps_its_refresh_token_in_a_cookie_that_scripts_cannot_read(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let answer = app.post("/api/v1/auth/token", &json!({"email": anna.email, "password": PASSWORD, "cookie": true})).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    assert_eq!(answer.expect(200)["refresh_token"], Value::Null);
    let pair = cookie.split(';').next().unwrap();
    let renewal = app.http.post(app.url("/api/v1/auth/refresh")).header(header::COOKIE, pair).send().await.unwrap();
    assert_eq!(renewal.status(), 200);
    let renewed = renewal.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert_ne!(renewed.split(';').next(), Some(pair));
    let access: Value = renewal.json().await.unwrap();
    let logout = app.post_as(access["access_token"].as_str().unwrap(), "/api/v1/auth/logout", &json!(null)).await;
    assert!(logout.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    logout.expect(204);
    let over = app.http.post(app.url("/api/v1/auth/refresh")).header(header::COOKIE, renewed.split(';').next().unwrap());
    assert_eq!(over.send().await.unwrap().status(), 401);
    assert_eq!(app.send(Method::POST, "/api/v1/auth/refresh", None).await.problem(401).0, "unauthorized");
}

#[apply(every_database)]
#[tokio::test]
async fn a_changed_password_ends_every_other_session_at_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let (other, other_refresh) = app.log_in(&anna.email).await;
    let change = async |current: &str, new: &str| {
        app.post_as(&anna.access_token, "/api/v1/auth/password", &json!({"current_password": current, "new_password": new})).await
    };
    assert_eq!(change("wrong horse battery", "a staple, this time").await.problem(400).1, ["/current_password wrong"]);
    assert_eq!(change(PASSWORD, "short").await.problem(400).1, ["/new_password length"]);
    change(PASSWORD, "a staple, this time").await.expect(204);
    app.get_as(&anna.access_token, "/api/v1/me").await.expect(200);
    app.get_as(&other, "/api/v1/me").await.problem(401);
    app.post("/api/v1/auth/refresh", &json!({"refresh_token": other_refresh})).await.problem(401);
    app.post("/api/v1/auth/token", &account(&anna.email)).await.expect(401);
    app.post("/api/v1/auth/token", &json!({"email": anna.email, "password": "a staple, this time"})).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    app.clock.advance_ms(1);
    let (other, _) = app.log_in(&anna.email).await;
    let sessions = app.get_as(&anna.access_token, "/api/v1/me/sessions").await.expect(200);
    let current: Vec<_> = sessions.as_array().unwrap().iter().map(|session| session["is_current"].as_bool().unwrap()).collect();
    assert_eq!(current, [false, true]);
    let path = format!("/api/v1/me/sessions/{}", sessions[0]["session_id"].as_str().unwrap());
    let boris = app.person("boris").await;
    assert_eq!(app.delete_as(&boris.access_token, &path).await.problem(404).0, "session-not-found", "of others");
    app.delete_as(&anna.access_token, &path).await.expect(204);
    app.get_as(&other, "/api/v1/me").await.problem(401);
    assert_eq!(app.delete_as(&anna.access_token, &path).await.problem(404).0, "session-not-found");
}

#[apply(every_database)]
#[tokio::test]
async fn the_fifty_first_session_ends_the_one_that_was_quiet_for_longest(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let mut newest = String::new();
    for _ in 0..50 {
        app.clock.advance_ms(1);
        newest = app.log_in(&anna.email).await.0;
    }
    app.get_as(&anna.access_token, "/api/v1/me").await.problem(401);
    assert_eq!(app.get_as(&newest, "/api/v1/me/sessions").await.expect(200).as_array().unwrap().len(), 50);
}

#[apply(every_database)]
#[tokio::test]
async fn people_change_their_name_and_language_and_nothing_else_about_themselves(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (_root, anna) = (app.person("root").await, app.person("anna").await);
    let change = json!({"name": " Анна ", "locale": "ru", "is_administrator": true, "is_blocked": true});
    let me = app.patch_as(&anna.access_token, "/api/v1/me", &change).await.expect(200);
    assert_eq!((&me["name"], &me["locale"], &me["is_administrator"]), (&json!("Анна"), &json!("ru"), &json!(false)));
    assert_eq!(app.get_as(&anna.access_token, "/api/v1/me").await.expect(200), me);
}

#[apply(every_database)]
#[tokio::test]
async fn administrators_find_block_and_appoint_users(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (root, anna) = (app.person("root").await, app.person("anna").await);
    let path = format!("/api/v1/users/{}", anna.id);
    let found = app.get_as(&root.access_token, "/api/v1/users?search=ANNA@").await.expect(200);
    assert_eq!((found.as_array().unwrap().len(), &found[0]["email"]), (1, &json!(anna.email)));
    app.patch_as(&root.access_token, &path, &json!({"is_blocked": true})).await.expect(200);
    app.get_as(&anna.access_token, "/api/v1/me").await.problem(401);
    assert_eq!(app.post("/api/v1/auth/token", &account(&anna.email)).await.problem(403).0, "account-blocked");
    app.patch_as(&root.access_token, &path, &json!({"is_blocked": false, "is_administrator": true})).await.expect(200);
    let (anna_again, _) = app.log_in(&anna.email).await;
    let demote = json!({"is_administrator": false});
    app.patch_as(&anna_again, &format!("/api/v1/users/{}", root.id), &demote).await.expect(200);
    app.get_as(&root.access_token, "/api/v1/users").await.problem(403);
    assert_eq!(app.patch_as(&anna_again, &path, &demote).await.problem(409).0, "last-owner");
    assert_eq!(app.patch_as(&anna_again, &path, &json!({"is_blocked": true})).await.problem(409).0, "last-owner");
    let told = app.trail(&anna_with(&anna, anna_again), "action=user").await;
    assert_eq!(actions(&told), ["user.created", "user.created", "user.blocked", "user.unblocked", "user.changed"]);
}

fn anna_with(anna: &crate::people::Person, access_token: String) -> crate::people::Person {
    crate::people::Person { access_token, ..anna.clone() }
}

#[apply(every_database)]
#[tokio::test]
async fn tokens_survive_a_restart_and_a_new_signing_key(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let app = app.restart().await;
    app.get_as(&anna.access_token, "/api/v1/me").await.expect(200);
    app.clock.advance_ms(30 * DAY_MS - 5 * MINUTE_MS);
    let (former, _) = app.log_in(&anna.email).await;
    app.clock.advance_ms(5 * MINUTE_MS);
    app.app.keep_house().await.unwrap();
    let (new, _) = app.log_in(&anna.email).await;
    assert_ne!(former.split('.').next(), new.split('.').next(), "signed with another key");
    for token in [&former, &new] {
        app.get_as(token, "/api/v1/me").await.expect(200);
    }
}
