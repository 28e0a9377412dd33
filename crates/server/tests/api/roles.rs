//! The whole surface: every operation of the OpenAPI document, tried as everybody, answers what docs/ROLES.md says.

use std::collections::BTreeMap;

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{every_database, harness::TestApp, people::Person};

const TABLE: &str = include_str!("../../../../docs/ROLES.md");

/// Everybody who may come, in the order of the table's columns.
const EVERYBODY: [&str; 9] = ["anonymous", "stranger", "viewer", "marketer", "owner", "administrator", "serve", "manage", "read"];

/// What the table says about each operation, by method and path.
fn table() -> BTreeMap<String, Vec<String>> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    cells.map(|cells| (cells[0].trim_matches('`').to_owned(), cells[1..].to_vec())).collect()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    operations.collect()
}

#[test]
fn every_operation_has_its_row_and_every_row_its_operation() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let (table, operations) = (table(), operations(&document));
    let without_row: Vec<_> = operations.iter().filter(|(name, _)| !table.contains_key(name)).map(|(name, _)| name).collect();
    assert!(without_row.is_empty(), "say in docs/ROLES.md who may: {without_row:?}");
    let without_operation: Vec<_> = table.keys().filter(|name| !operations.iter().any(|(known, _)| known == *name)).collect();
    assert!(without_operation.is_empty(), "in docs/ROLES.md and not there: {without_operation:?}");
    assert!(table.values().all(|cells| cells.len() == EVERYBODY.len()), "a row has a cell for each of {EVERYBODY:?}");
}

#[test]
fn every_operation_documents_how_its_sender_is_known() {
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let table = table();
    for (name, operation) in operations(&document) {
        let schemes: Vec<_> = operation["security"].as_array().into_iter().flatten().collect();
        let is_needed = |scheme: &str| schemes.iter().any(|one| one.get(scheme).is_some());
        let row = &table[&name];
        assert_eq!(is_needed("session"), row[0] == "401" && row[5] == "yes", "{name}: session");
        assert_eq!(is_needed("key"), row[6..].iter().any(|cell| cell == "yes") && row[0] == "401", "{name}: key");
    }
}

/// A project with a member of each role, keys of each scope, and people who do not belong to it.
struct Cast {
    app: TestApp,
    closed: String,
    root: Person,
    people: BTreeMap<&'static str, Person>,
}

/// Where an operation is tried: nothing that one does stands in the way of the next.
struct Stage {
    project: Uuid,
    tokens: BTreeMap<&'static str, String>,
}

impl Cast {
    async fn gather(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        let closed = app.closed_address().await;
        let root = app.person("root").await;
        let mut people = BTreeMap::new();
        for name in ["stranger", "viewer", "marketer", "owner"] {
            people.insert(name, app.person(name).await);
        }
        Self { app, closed, root, people }
    }

    /// A new project, and new sessions of everybody.
    async fn stage(&self) -> Stage {
        let owner = &self.people["owner"];
        let mut tokens = BTreeMap::from([("administrator", self.app.log_in(&self.root.email).await.0)]);
        for (name, person) in &self.people {
            tokens.insert(name, self.app.log_in(&person.email).await.0);
        }
        let owner = Person { access_token: tokens["owner"].clone(), ..owner.clone() };
        let root = Person { access_token: tokens["administrator"].clone(), ..self.root.clone() };
        let project = self.app.project_of(&root, "Stage").await;
        for name in ["viewer", "marketer", "owner"] {
            self.app.appoint(&root, (project, name), &self.people[name]).await;
        }
        for scope in ["serve", "manage", "read"] {
            tokens.insert(scope, self.app.key(&owner, project, &[scope]).await.1);
        }
        Stage { project, tokens }
    }
}

/// The address of an operation in this project; what else it names is not there.
fn address(path: &str, project: Uuid) -> String {
    let parts = path.split('/').map(|part| match part {
        "{projectId}" => project.to_string(),
        part if part.starts_with('{') => Uuid::now_v7().to_string(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_everybody_what_the_table_says(#[case] on: Backend) {
    let cast = Cast::gather(on).await;
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let acting =
        operations(&document).into_iter().filter(|(name, operation)| name.starts_with("POST") && operation["requestBody"].is_null());
    let acting: Vec<_> = acting.map(|(name, _)| name).collect();
    let mut stage = cast.stage().await;
    let mut wrong = Vec::new();
    for (name, cells) in table() {
        let (method, path) = name.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        for (who, expected) in EVERYBODY.iter().zip(&cells) {
            // What needs no body is done by whoever may: the next one finds everything as it was.
            if acting.contains(&name) {
                stage = cast.stage().await;
            }
            let url = format!("{}{}", cast.closed, address(path, stage.project));
            // A body that no operation takes: nothing is changed by trying.
            let body = (method != Method::GET).then(|| json!([1]));
            let answer = match stage.tokens.get(who) {
                Some(token) => cast.app.send_as(token, method.clone(), (&url, body.as_ref())).await,
                None => cast.app.send(method.clone(), &url, body.as_ref()).await,
            };
            let found = match answer.status.as_u16() {
                status @ (401 | 403) => status.to_string(),
                500.. => format!("{}!", answer.status),
                _ => "yes".to_owned(),
            };
            if found != *expected {
                wrong.push(format!("{name} as {who}: {found} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reaches_another_project_by_any_id_in_any_parameter(#[case] on: Backend) {
    let cast = Cast::gather(on).await;
    let stage = cast.stage().await;
    let stranger = Person { access_token: stage.tokens["stranger"].clone(), ..cast.people["stranger"].clone() };
    let own = cast.app.project_of(&stranger, "Own").await;
    let (_, own_key) = cast.app.key(&stranger, own, &["serve", "manage", "read"]).await;
    let foreign = foreign_things(&cast, &stage).await;
    let before = cast
        .app
        .trail(
            &Person { access_token: stage.tokens["administrator"].clone(), ..cast.root.clone() },
            &format!("project_id={}", stage.project),
        )
        .await;
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    for (name, operation) in operations(&document) {
        let (method, path) = name.split_once(' ').unwrap();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let query: Vec<_> = parameters.filter(|parameter| parameter["in"] == "query").filter_map(|it| it["name"].as_str()).collect();
        for id in &foreign {
            let in_path = path.split('/').map(|part| match part {
                "{projectId}" => own.to_string(),
                part if part.starts_with('{') => id.clone(),
                part => part.to_owned(),
            });
            let pairs: Vec<_> = query.iter().filter(|name| name.ends_with("id")).map(|name| format!("{name}={id}")).collect();
            let url = format!("{}{}?{}", cast.closed, in_path.collect::<Vec<_>>().join("/"), pairs.join("&"));
            let token = if path.starts_with("/api/") { &stranger.access_token } else { &own_key };
            let is_harmless = !path.contains("/auth/") && !path.ends_with("/archive");
            if is_harmless {
                let answer = cast.app.send_as(token, method.parse().unwrap(), (&url, None)).await;
                assert_ne!(answer.status.as_u16() / 100, 5, "{name}");
                for thing in foreign.iter().filter(|thing| !url.contains(*thing)) {
                    assert!(!answer.body.to_string().contains(thing), "{name} tells {thing}: {}", answer.body);
                }
            }
        }
    }
    let root = Person { access_token: stage.tokens["administrator"].clone(), ..cast.root.clone() };
    let after = cast.app.trail(&root, &format!("project_id={}", stage.project)).await;
    assert_eq!(before, after, "nothing happened in the other project");
}

/// Ids of everything in the stage's project, and words that stand in it.
async fn foreign_things(cast: &Cast, stage: &Stage) -> Vec<String> {
    let manage = &stage.tokens["manage"];
    let (client, advertiser) = (Uuid::now_v7(), Uuid::now_v7());
    let clients = json!([{"client_id": client, "login": "foreign-login", "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
    cast.app.post_as(manage, "/clients/bulk", &clients).await.expect(201);
    cast.app.post_as(manage, "/advertisers/bulk", &json!([{"advertiser_id": advertiser, "name": "foreign-name"}])).await.expect(201);
    let campaigns = format!("/advertisers/{advertiser}/campaigns");
    let campaign = cast.app.post_as(manage, &campaigns, &crate::harness::terms()).await.expect(201);
    let owner = &cast.people["owner"];
    let keys = cast.app.get_as(&stage.tokens["owner"], &format!("/api/v1/projects/{}/keys", stage.project)).await.expect(200);
    let ids = [client.to_string(), advertiser.to_string(), owner.id.to_string(), stage.project.to_string()];
    let ids = ids.into_iter().chain([campaign["campaign_id"].as_str().unwrap().to_owned()]);
    ids.chain([keys[0]["key_id"].as_str().unwrap().to_owned()]).collect()
}
