//! People's identifiers stay out of logs, at the most talkative level too.

use serde_json::json;

use crate::barker::Barker;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_identifier_of_a_person_gets_into_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let barker = Barker::start(directory.path(), &[]);
    let campaign = barker.campaign(10).await;
    let client = barker.clients(1).await[0];
    barker.get(&format!("/ads?client_id={client}")).await;
    barker.get(&format!("/clients/{client}")).await;
    barker.post(&format!("/ads/{campaign}/click"), &json!({"client_id": client})).await;
    let broken = json!([{"client_id": client, "login": "secret-login@example.org", "age": 999}]);
    barker.http.post(format!("{}/clients/bulk", barker.address)).json(&broken).send().await.unwrap();
    let (ended_well, log) = barker.terminate();
    assert!(ended_well, "{log}");
    assert!(log.contains("request"), "the level is debug, so requests are logged: {log}");
    for secret in [&client.to_string(), "anna", "secret-login"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
