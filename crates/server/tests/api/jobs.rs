//! Jobs over the API: listed, watched, cancelled, retried, and by whom.

use std::time::Duration;

use barker_app::{
    Settings,
    job::{self, Job, Kind, Place, Shift, Terms},
};
use barker_domain::{Code, Error, ProjectId, Result, membership::Role};
use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_connection,
    harness::{PATIENCE, TestApp, settings},
    people::{Person, actions},
};

const KINDS: &[Kind] = &[Kind::of::<Count>(), Kind::of::<Fail>(), Kind::of::<Secret>()];

const fn terms(name: &'static str, role: Role) -> Terms {
    Terms { name, place: Place::Owner, max_attempts: 1, timeout: Duration::from_mins(1), role }
}

/// Counts, and ends when it is not wanted any more.
#[derive(Serialize, Deserialize)]
struct Count {}

impl Job for Count {
    const TERMS: Terms = terms("test.count", Role::Viewer);

    async fn run(self, shift: Shift) -> Result<()> {
        shift.progress(3, Some(10), "counting");
        shift.cancelled().await;
        shift.check()
    }
}

/// Fails.
#[derive(Serialize, Deserialize)]
struct Fail {}

impl Job for Fail {
    const TERMS: Terms = terms("test.fail", Role::Viewer);

    async fn run(self, _: Shift) -> Result<()> {
        Err(Error::new(Code::ServiceUnavailable, "nobody is there"))
    }
}

/// For owners only.
#[derive(Serialize, Deserialize)]
struct Secret {}

impl Job for Secret {
    const TERMS: Terms = terms("test.secret", Role::Owner);

    async fn run(self, shift: Shift) -> Result<()> {
        shift.app().map(drop)
    }
}

impl TestApp {
    /// What is at an address, once it is as it should be.
    pub(crate) async fn until(&self, person: &Person, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let found = self.get_as(&person.access_token, path).await.expect(200);
            if is_so(&found) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "{path}: {found}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn enqueue<J: Job>(&self, job: &J, project: Option<Uuid>) -> Uuid {
        let job = job::new(job).unwrap();
        let job = match project {
            Some(project) => job.in_project(ProjectId(project)),
            None => job,
        };
        job::enqueue(self.app.workshop(), job).await.unwrap().id.0
    }

    async fn act(&self, person: &Person, path: &str) -> crate::harness::Answer {
        self.send_as(&person.access_token, Method::POST, (path, None)).await
    }
}

async fn start(on: Backend) -> (TestApp, Person) {
    let own = settings();
    let jobs = job::Settings { kinds: KINDS, schedules: &[], ..own.jobs.clone() };
    let app = TestApp::start_with(on, Settings { jobs, ..own }).await;
    let root = app.person("root").await;
    (app, root)
}

#[apply(every_connection)]
#[tokio::test]
async fn a_running_job_shows_how_far_it_is_and_ends_when_it_is_cancelled(#[case] on: Backend) {
    let (app, root) = start(on).await;
    let job = app.enqueue(&Count {}, None).await;
    let path = format!("/api/v1/jobs/{job}");
    let counting = app.until(&root, &path, |job| job["progress"]["done"] == 3).await;
    assert_eq!((&counting["state"], &counting["attempts"]), (&json!("running"), &json!(1)));
    assert_eq!(counting["progress"], json!({"done": 3, "total": 10, "message": "counting"}));
    assert_eq!(app.act(&root, &format!("{path}/retry")).await.problem(409).0, "job-state");
    assert_eq!(app.act(&root, &format!("{path}/cancel")).await.expect(200)["is_cancel_asked"], true);
    let over = app.until(&root, &path, |job| job["state"] != "running").await;
    assert_eq!((&over["state"], &over["error"]), (&json!("cancelled"), &Value::Null));
    assert_eq!(app.act(&root, &format!("{path}/cancel")).await.problem(409).0, "job-state");
    // Begun anew, it counts again.
    assert_eq!(app.act(&root, &format!("{path}/retry")).await.expect(200)["state"], "waiting");
    app.until(&root, &path, |job| job["state"] == "running").await;
    let told = app.trail(&root, "action=job").await;
    assert_eq!(actions(&told), ["job.cancelled", "job.retried"]);
    assert_eq!((&told[0]["subject_id"], &told[0]["user_id"]), (&json!(job), &json!(root.id)));
}

#[apply(every_connection)]
#[tokio::test]
async fn a_waiting_job_that_is_cancelled_never_runs(#[case] on: Backend) {
    let (app, root) = start(on).await;
    let due_at_ms = app.app.workshop().now_ms() + 60_000;
    let job = job::enqueue(app.app.workshop(), job::new(&Fail {}).unwrap().due_at(due_at_ms)).await.unwrap().id;
    let path = format!("/api/v1/jobs/{job}");
    assert_eq!(app.act(&root, &format!("{path}/cancel")).await.expect(200)["state"], "cancelled");
    app.clock.advance_ms(120_000);
    app.app.workshop().wake();
    // Whoever comes after it is done, and it is not.
    let next = app.enqueue(&Secret {}, None).await;
    app.until(&root, &format!("/api/v1/jobs/{next}"), |job| job["state"] == "done").await;
    let cancelled = app.get_as(&root.access_token, &path).await.expect(200);
    assert_eq!((&cancelled["state"], &cancelled["attempts"]), (&json!("cancelled"), &json!(0)));
}

#[apply(every_connection)]
#[tokio::test]
async fn jobs_are_filtered_and_paged_and_errors_are_shown(#[case] on: Backend) {
    let (app, root) = start(on).await;
    let fail = app.enqueue(&Fail {}, Some(app.project_of(&root, "Plush").await)).await;
    app.clock.advance_ms(1_000);
    let done = app.enqueue(&Secret {}, None).await;
    for job in [fail, done] {
        app.until(&root, &format!("/api/v1/jobs/{job}"), |job| job["finished_at"] != Value::Null).await;
    }
    let ids = async |query: &str| {
        let listed = app.get_as(&root.access_token, &format!("/api/v1/jobs?{query}")).await.expect(200);
        listed.as_array().unwrap().iter().map(|job| job["job_id"].as_str().unwrap().parse::<Uuid>().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [done, fail], "newest first");
    assert_eq!((ids("state=dead").await, ids("kind=test.secret").await), (vec![fail], vec![done]));
    assert_eq!((ids("size=1&page=2").await, ids("kind=test.count").await), (vec![fail], vec![]));
    let created = app.get_as(&root.access_token, &format!("/api/v1/jobs/{done}")).await.expect(200)["created_at"].clone();
    assert_eq!(ids(&format!("from={}", created.as_str().unwrap())).await, [done]);
    assert_eq!(ids(&format!("before={}", created.as_str().unwrap())).await, [fail]);
    let dead = app.get_as(&root.access_token, &format!("/api/v1/jobs/{fail}")).await.expect(200);
    assert_eq!(dead["error"], "service-unavailable: nobody is there");
    assert!(dead.get("payload").is_none());
    assert_eq!(app.get_as(&root.access_token, "/api/v1/jobs?state=lost").await.problem(400).1, ["/state enum"]);
    let nowhere = format!("/api/v1/jobs/{}", Uuid::now_v7());
    assert_eq!(app.get_as(&root.access_token, &nowhere).await.problem(404).0, "job-not-found");
}

#[apply(every_connection)]
#[tokio::test]
async fn members_see_the_jobs_of_their_project_that_concern_their_role(#[case] on: Backend) {
    let (app, root) = start(on).await;
    let (project, other) = (app.project_of(&root, "Plush").await, app.project_of(&root, "Other").await);
    let (viewer, marketer) = (app.person("viewer").await, app.person("marketer").await);
    app.appoint(&root, (project, "viewer"), &viewer).await;
    app.appoint(&root, (project, "marketer"), &marketer).await;
    let fail = app.enqueue(&Fail {}, Some(project)).await;
    let secret = app.enqueue(&Secret {}, Some(project)).await;
    let foreign = app.enqueue(&Fail {}, Some(other)).await;
    for job in [fail, secret, foreign] {
        app.until(&root, &format!("/api/v1/jobs/{job}"), |job| job["finished_at"] != Value::Null).await;
    }
    let jobs = format!("/api/v1/projects/{project}/jobs");
    for person in [&viewer, &marketer] {
        let listed = app.get_as(&person.access_token, &jobs).await.expect(200);
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["job_id"]), (1, &json!(fail)));
        assert_eq!(app.get_as(&person.access_token, &format!("{jobs}?kind=test.secret")).await.expect(200), json!([]));
        for hidden in [secret, foreign] {
            assert_eq!(app.get_as(&person.access_token, &format!("{jobs}/{hidden}")).await.problem(404).0, "job-not-found");
        }
    }
    assert_eq!(app.get_as(&root.access_token, &jobs).await.expect(200).as_array().unwrap().len(), 2);
    app.act(&viewer, &format!("{jobs}/{fail}/retry")).await.problem(403);
    assert_eq!(app.act(&marketer, &format!("{jobs}/{foreign}/retry")).await.problem(404).0, "job-not-found");
    assert_eq!(app.act(&marketer, &format!("{jobs}/{secret}/cancel")).await.problem(404).0, "job-not-found");
    assert_eq!(app.act(&marketer, &format!("{jobs}/{fail}/retry")).await.expect(200)["state"], "waiting");
}
