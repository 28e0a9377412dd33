//! Links in mails: invitations and lost passwords.

use std::time::{Duration, Instant};

use barker_app::Settings;
use barker_domain::{installation::Registration, job::State, page::Page};
use barker_store::JobFilter;
use barker_testkit::{Backend, mail::Letter};
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{PATIENCE, TestApp, installation, settings},
    people::{PASSWORD, Person, actions},
};

const HOUR_MS: i64 = 3_600_000;
const WEEK_MS: i64 = 7 * 24 * HOUR_MS;

/// What stands after the `#` of the link in a letter.
fn token_in(letter: &Letter) -> String {
    let line = letter.text.lines().find(|line| line.starts_with("https://ads.example.com/")).unwrap();
    line.split_once('#').unwrap().1.to_owned()
}

async fn invite(app: &TestApp, owner: &Person, project: Uuid, (email, role): (&str, &str)) -> Value {
    let path = format!("/api/v1/projects/{project}/invitations");
    app.post_as(&owner.access_token, &path, &json!({"email": email, "role": role})).await.expect(201)
}

#[apply(every_database)]
#[tokio::test]
async fn an_invitation_makes_whoever_has_an_account_a_member_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris, clara) = (app.person("anna").await, app.person("boris").await, app.person("clara").await);
    app.patch_as(&boris.access_token, "/api/v1/me", &json!({"locale": "ru"})).await.expect(200);
    let project = app.project_of(&anna, "Plush").await;
    let known = invite(&app, &anna, project, ("Boris@example.com", "marketer")).await;
    app.letters(1).await;
    let unknown = invite(&app, &anna, project, ("nobody@example.com", "marketer")).await;
    let names = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&known), names(&unknown), "whether somebody has an account is not told");
    let letters = app.letters(2).await;
    assert_eq!((letters[0].to.as_str(), letters[0].subject.as_str()), ("Boris@example.com", "Приглашение в Barker"));
    assert_eq!(letters[1].subject, "An invitation to Barker");
    assert!(letters[0].text.starts_with("anna приглашает вас работать в проекте «Plush»."), "{}", letters[0].text);
    let token = json!({"token": token_in(&letters[0])});
    assert!(!json!(app.trail(&anna, "").await).to_string().contains(token["token"].as_str().unwrap()));
    let accept = async |person: &Person| app.post_as(&person.access_token, "/api/v1/me/invitations", &token).await;
    assert_eq!(accept(&clara).await.problem(400).0, "link-invalid", "it was mailed to somebody else");
    assert_eq!(accept(&boris).await.expect(200), json!({"project_id": project, "role": "marketer"}));
    app.get_as(&boris.access_token, &format!("/api/v1/projects/{project}")).await.expect(200);
    assert_eq!(accept(&boris).await.problem(400).0, "link-invalid", "good once");
    let told = app.trail(&anna, &format!("project_id={project}&action=invitation")).await;
    assert_eq!(actions(&told), ["invitation.created", "invitation.created", "invitation.accepted"]);
}

#[apply(every_database)]
#[tokio::test]
async fn whoever_is_invited_may_register_where_others_may_not(#[case] on: Backend) {
    let app = TestApp::start_with(on, Settings { installation: installation(Registration::Invite), ..settings() }).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    invite(&app, &anna, project, ("boris@example.com", "viewer")).await;
    let token = token_in(&app.letters(1).await[0]);
    let register = async |email: &str, token: &str| {
        app.post("/api/v1/auth/register", &json!({"email": email, "password": PASSWORD, "invitation": token})).await
    };
    assert_eq!(register("boris@example.com", "made-up").await.problem(400).0, "link-invalid");
    assert_eq!(register("clara@example.com", &token).await.problem(400).0, "link-invalid", "it was mailed to somebody else");
    assert_eq!(register("BORIS@example.com", &token).await.expect(201)["is_administrator"], false);
    let (boris, _) = app.log_in("boris@example.com").await;
    let projects = app.get_as(&boris, "/api/v1/projects").await.expect(200);
    assert_eq!((projects.as_array().unwrap().len(), &projects[0]["name"]), (1, &json!("Plush")));
    assert_eq!(register("boris2@example.com", &token).await.problem(400).0, "link-invalid");
}

#[apply(every_database)]
#[tokio::test]
async fn an_invitation_ends_when_it_is_withdrawn_and_after_a_week(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let project = app.project_of(&anna, "Plush").await;
    let path = format!("/api/v1/projects/{project}/invitations");
    let withdrawn = invite(&app, &anna, project, (&boris.email, "viewer")).await;
    app.letters(1).await;
    let withdraw = format!("{path}/{}", withdrawn["invitation_id"].as_str().unwrap());
    app.clock.advance_ms(1);
    invite(&app, &anna, project, (&boris.email, "viewer")).await;
    app.letters(2).await;
    assert_eq!(app.get_as(&anna.access_token, &path).await.expect(200).as_array().unwrap().len(), 2);
    app.delete_as(&anna.access_token, &withdraw).await.expect(204);
    assert_eq!(app.delete_as(&anna.access_token, &withdraw).await.problem(404).0, "invitation-not-found");
    app.clock.advance_ms(WEEK_MS);
    let (anna_again, _) = app.log_in(&anna.email).await;
    let (boris_again, _) = app.log_in(&boris.email).await;
    assert_eq!(app.get_as(&anna_again, &path).await.expect(200), json!([]));
    for letter in app.letters(2).await {
        let token = json!({"token": token_in(&letter)});
        assert_eq!(app.post_as(&boris_again, "/api/v1/me/invitations", &token).await.problem(400).0, "link-invalid");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_lost_password_is_set_anew_by_a_link_that_is_good_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let forget = async |app: &TestApp, email: &str| app.post("/api/v1/auth/password/forgotten", &json!({"email": email})).await;
    let answers = [forget(&app, &anna.email).await, forget(&app, &anna.email).await, forget(&app, "nobody@example.com").await];
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.body == ""), "{answers:?}");
    app.letters(2).await;
    // A restart loses nothing and sends nothing twice.
    let app = app.restart().await;
    let letters = app.letters(2).await;
    assert_eq!((letters.len(), letters[0].to.as_str(), letters[0].subject.as_str()), (2, anna.email.as_str(), "A new password for Barker"));
    let set = async |token: &str, password: &str| {
        app.post("/api/v1/auth/password/reset", &json!({"token": token, "new_password": password})).await
    };
    let (first, second) = (token_in(&letters[0]), token_in(&letters[1]));
    assert_eq!(set(&first, "short").await.problem(400).1, ["/new_password length"]);
    set(&first, "a staple, this time").await.expect(204);
    for token in [&first, &second, "made-up"] {
        assert_eq!(set(token, "a staple, this time").await.problem(400).0, "link-invalid");
    }
    app.get_as(&anna.access_token, "/api/v1/me").await.problem(401);
    app.post("/api/v1/auth/token", &json!({"email": anna.email, "password": PASSWORD})).await.expect(401);
    app.post("/api/v1/auth/token", &json!({"email": anna.email, "password": "a staple, this time"})).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn a_link_to_set_a_password_ends_after_an_hour_and_nobody_fills_a_mailbox(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let body = json!({"email": anna.email});
    for _ in 0..5 {
        app.post("/api/v1/auth/password/forgotten", &body).await.expect(202);
    }
    assert_eq!(app.post("/api/v1/auth/password/forgotten", &body).await.problem(429).0, "too-many-attempts");
    assert_eq!(app.post("/api/v1/auth/password/forgotten", &json!({"email": "x"})).await.problem(400).1, ["/email format"]);
    assert_eq!(app.letters(5).await.len(), 5);
    app.clock.advance_ms(HOUR_MS);
    let body = json!({"token": token_in(&app.letters(5).await[4]), "new_password": "a staple, this time"});
    assert_eq!(app.post("/api/v1/auth/password/reset", &body).await.problem(400).0, "link-invalid");
    app.app.keep_house().await.unwrap();
    app.send(Method::GET, "/health", None).await.expect(200);
}

#[apply(every_database)]
#[tokio::test]
async fn mail_that_cannot_be_sent_now_is_sent_later_once(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let (anna, boris) = (app.person("anna").await, app.person("boris").await);
    let project = app.project_of(&anna, "Plush").await;
    app.break_mail();
    let invitation = invite(&app, &anna, project, (&boris.email, "viewer")).await;
    let id = invitation["invitation_id"].as_str().unwrap();
    let path = format!("/api/v1/projects/{project}/jobs?kind=invitation.mail");
    let jobs = app.until(&anna, &path, |jobs| jobs[0]["attempts"] == 1 && jobs[0]["state"] == "waiting").await;
    assert_eq!((&jobs[0]["key"], &jobs[0]["user_id"]), (&json!(id), &json!(anna.id)));
    assert!(jobs[0]["error"].as_str().unwrap().starts_with("service-unavailable: "), "{jobs}");
    assert!(!jobs.to_string().contains(&boris.email), "whom it is for is not shown");
    app.mend_mail();
    app.clock.advance_ms(60_000);
    let letters = app.letters(1).await;
    app.until(&anna, &path, |jobs| jobs[0]["state"] == "done").await;
    let token = json!({"token": token_in(&letters[0])});
    app.post_as(&boris.access_token, "/api/v1/me/invitations", &token).await.expect(200);
    assert_eq!(app.letters(1).await.len(), 1);
}

#[tokio::test]
async fn an_invitation_that_can_never_be_mailed_is_withdrawn() {
    let app = TestApp::start(Backend::Sqlite).await;
    let anna = app.person("anna").await;
    let project = app.project_of(&anna, "Plush").await;
    app.break_mail();
    invite(&app, &anna, project, ("boris@example.com", "viewer")).await;
    let mail = async || {
        let kinds = Some(vec!["invitation.mail".to_owned()]);
        let mails = JobFilter { kinds, ..JobFilter::default() };
        app.app.store().list_jobs(&mails, Page::default()).await.unwrap().rows.remove(0)
    };
    let begun = Instant::now();
    loop {
        let job = mail().await;
        match job.state {
            State::Waiting => app.clock.advance_ms(HOUR_MS / 2),
            // Whoever is at it would lose it if half an hour passed meanwhile.
            State::Running => {}
            State::Done | State::Dead | State::Cancelled => break,
        }
        assert!(begun.elapsed() < PATIENCE, "{job:?}");
        app.app.workshop().wake();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (anna_again, _) = app.log_in(&anna.email).await;
    let anna = Person { access_token: anna_again, ..anna };
    assert_eq!(app.get_as(&anna.access_token, &format!("/api/v1/projects/{project}/invitations")).await.expect(200), json!([]));
    let dead = app.get_as(&anna.access_token, &format!("/api/v1/projects/{project}/jobs?state=dead")).await.expect(200);
    assert_eq!((&dead[0]["kind"], &dead[0]["attempts"]), (&json!("invitation.mail"), &json!(14)));
    let told = app.trail(&anna, &format!("project_id={project}&action=invitation")).await;
    assert_eq!(actions(&told), ["invitation.created", "invitation.withdrawn"]);
    assert_eq!(told[1]["actor"], "system");
}
