//! Commands beside a running server and without one.

use std::{
    fs,
    io::{Seek, Write},
    path::Path,
    process::Output,
};

use crate::barker::{Barker, command, run};

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_is_refused_and_commands_work_through_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let barker = Barker::start(directory.path(), &[]);
    let second = run(directory.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(told(&second).contains("serves this data directory on http://127.0.0.1"), "{}", told(&second));
    for (name, expected) in [("migrate", "serves this data directory"), ("audit", "everything adds up"), ("doctor", "runs as process")] {
        let output = run(directory.path(), &[name]);
        assert!(output.status.success(), "{name}: {}", told(&output));
        assert!(told(&output).contains(expected), "{name}: {}", told(&output));
    }
    assert!(barker.terminate().0);
    assert!(run(directory.path(), &["audit"]).status.success(), "the files are free again");
}

#[test]
fn commands_without_a_server_open_the_files_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let audit = run(directory.path(), &["audit"]);
    assert_eq!(audit.status.code(), Some(1));
    assert!(told(&audit).contains("run `barker migrate` first"), "{}", told(&audit));
    let migrate = run(directory.path(), &["migrate"]);
    assert!(told(&migrate).contains("applied m20261120_000001_ad_platform"), "{}", told(&migrate));
    assert!(told(&run(directory.path(), &["migrate"])).contains("up to date"));
    assert!(run(directory.path(), &["audit"]).status.success());
    let doctor = run(directory.path(), &["doctor"]);
    assert!(told(&doctor).contains("schema up to date"), "{}", told(&doctor));
}

#[test]
fn doctor_asks_every_service_and_says_why_one_does_not_answer() {
    let directory = tempfile::tempdir().unwrap();
    let well = run(directory.path(), &["doctor"]);
    assert!(well.status.success(), "{}", told(&well));
    for found in ["kept in", "in this process", "objects"] {
        assert!(told(&well).contains(found), "{found}: {}", told(&well));
    }
    let alone = ("BARKER__CACHE__REDIS_URL", "redis://:secret-password@127.0.0.1:1");
    let ill = command(directory.path(), &["doctor"]).env("BARKER__CACHE__HOME", "redis").env(alone.0, alone.1).output().unwrap();
    assert_eq!(ill.status.code(), Some(1));
    assert!(told(&ill).contains("127.0.0.1:1") && told(&ill).contains("refused"), "{}", told(&ill));
    assert!(!told(&ill).contains("secret-password"), "{}", told(&ill));
    let unnamed = command(directory.path(), &["doctor"]).env("BARKER__MAIL__CARRIER", "smtp").output().unwrap();
    assert!(told(&unnamed).contains("mail.smtp.host"), "{}", told(&unnamed));
    let refused = command(directory.path(), &["serve"]).env("BARKER__MAIL__CARRIER", "smtp").output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "a server does not start with settings that cannot work");
    assert!(told(&refused).contains("mail.smtp.host"), "{}", told(&refused));
}

#[test]
fn what_is_misconfigured_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("barker.toml");
    fs::write(&file, "[server]\nlisten_on = \"x\"\n").unwrap();
    let config = ["serve", "--config", file.to_str().unwrap()];
    assert!(told(&run(directory.path(), &config)).contains("listen_on"));
    let variable = command(directory.path(), &["serve"]).env("BARKER__DELIVERY__OVERSHOOT_PERCENT", "50").output().unwrap();
    assert!(told(&variable).contains("delivery.overshoot_percent"), "{}", told(&variable));
    let closed = command(directory.path(), &["serve"]).env("BARKER__SERVING__OPEN_PROJECT", "nobody").output().unwrap();
    assert!(told(&closed).contains("start once with --sandbox"), "{}", told(&closed));
    let url = run(directory.path(), &["migrate", "--database-url", "oracle://x"]);
    assert!(told(&url).contains("database.url"), "{}", told(&url));
    let unwritable = run(Path::new("/proc/nowhere"), &["doctor"]);
    assert_eq!(unwritable.status.code(), Some(1));
    assert!(told(&unwritable).contains("--data-dir"), "{}", told(&unwritable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_binary_elsewhere_serves_documentation_and_demo() {
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("elsewhere");
    fs::copy(env!("CARGO_BIN_EXE_barker"), &copy).unwrap();
    let help = std::process::Command::new(&copy).arg("--help").current_dir("/").output().unwrap();
    assert!(told(&help).contains("generate-market"), "{}", told(&help));
    let barker = Barker::start(directory.path(), &["--demo"]);
    assert!(!barker.get("/advertisers").await.as_array().unwrap().is_empty());
    assert!(barker.get("/time").await["current_date"].as_i64().unwrap() > 0);
    let page = barker.http.get(format!("{}/docs/", barker.address)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let audit = run(directory.path(), &["audit"]);
    assert!(audit.status.success() && !told(&audit).contains(" 0 impressions"), "{}", told(&audit));
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shows_a_login_that_owns_its_project_at_every_start() {
    let directory = tempfile::tempdir().unwrap();
    for start in 1..=2 {
        let barker = Barker::start(directory.path(), &["--demo"]);
        let password = fs::read_to_string(directory.path().join("demo-password")).unwrap();
        let wanted = serde_json::json!({"email": "demo@example.com", "password": password.trim()});
        let tokens = barker.post("/api/v1/auth/token", &wanted).await;
        let projects = ask_as(&barker, &tokens, "/api/v1/projects").await;
        assert_eq!(projects[0]["name"], "sandbox", "{projects}");
        let members = ask_as(&barker, &tokens, &format!("/api/v1/projects/{}/members", projects[0]["project_id"].as_str().unwrap())).await;
        assert_eq!((members.as_array().unwrap().len(), &members[0]["role"]), (1, &serde_json::json!("owner")), "{members}");
        let (ended_well, shown) = barker.terminate();
        assert!(ended_well && shown.contains("demo@example.com") && shown.contains(password.trim()), "start {start}: {shown}");
    }
}

/// What somebody who has just logged in is answered.
async fn ask_as(barker: &Barker, tokens: &serde_json::Value, path: &str) -> serde_json::Value {
    let request = barker.http.get(format!("{}{path}", barker.address)).bearer_auth(tokens["access_token"].as_str().unwrap());
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_makes_no_account_where_people_are_at_work() {
    let directory = tempfile::tempdir().unwrap();
    assert!(create_user(directory.path(), "first@example.com", "correct horse battery").status.success());
    let (ended_well, shown) = Barker::start(directory.path(), &["--demo"]).terminate();
    assert!(ended_well && !shown.contains("demo@example.com"), "{shown}");
    assert!(!directory.path().join("demo-password").exists());
}

/// Runs `barker user create` with a password on standard input.
fn create_user(data_dir: &Path, email: &str, password: &str) -> Output {
    let mut input = tempfile::tempfile().unwrap();
    writeln!(input, "{password}").unwrap();
    input.rewind().unwrap();
    command(data_dir, &["user", "create", "--administrator", "--email", email]).stdin(input).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_makes_accounts_beside_a_running_server_and_without_one() {
    let directory = tempfile::tempdir().unwrap();
    let alone = create_user(directory.path(), "first@example.com", "correct horse battery");
    assert!(alone.status.success() && told(&alone).contains("first@example.com"), "{}", told(&alone));
    let barker = Barker::start(directory.path(), &[]);
    // Nothing on standard input: a password is made up and shown.
    let beside = run(directory.path(), &["user", "create", "--email", "second@example.com"]);
    let shown = told(&beside).lines().find_map(|line| line.strip_prefix("password, shown this once: ").map(str::to_owned));
    for (email, password) in [("first@example.com", "correct horse battery".to_owned()), ("second@example.com", shown.unwrap())] {
        let tokens = barker.post("/api/v1/auth/token", &serde_json::json!({"email": email, "password": password})).await;
        assert!(tokens["access_token"].is_string(), "{email}");
    }
    for (email, password, complaint) in
        [("FIRST@example.com", "correct horse battery", "account with this e-mail"), ("third@example.com", "short", "/password")]
    {
        let refused = create_user(directory.path(), email, password);
        assert_eq!(refused.status.code(), Some(1));
        assert!(told(&refused).contains(complaint), "{}", told(&refused));
    }
    let (ended_well, log) = barker.terminate();
    assert!(ended_well && !log.contains("correct horse") && !log.contains("@example.com"), "{log}");
}
