//! Tenants never see each other: ids, names and e-mails of one project are tried by another in every parameter of every
//! operation: in paths, in queries, and in each field of each body.
//!
//! What is tried is *known* of the other project. Besides, it has *secrets* that are never sent: each thing in it bears
//! one, and none may stand in any answer.

use std::collections::BTreeSet;

use barker_testkit::Backend;
use reqwest::Method;
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    files::png,
    harness::{Answer, TestApp, overlay, terms},
    people::Person,
};

/// Failed log-ins from this address are forgiven after a day.
const DAY_MS: i64 = 86_400_000;

/// A project with something of everything in it, and whoever owns it.
struct Tenant {
    owner: Person,
    project: Uuid,
    key: String,
    /// What a path parameter of this name names here.
    ids: Vec<(&'static str, String)>,
    /// Texts that stand in it and are tried elsewhere.
    known: Vec<String>,
    /// Texts that stand in it and nowhere else.
    secrets: Vec<String>,
}

/// A request as it is tried.
#[derive(Clone)]
struct Attempt {
    name: String,
    path: String,
    body: Option<Value>,
    /// By the tenant's key; else by its owner.
    is_by_key: bool,
}

impl Tenant {
    /// Everything in it begins with this word.
    #[expect(clippy::cognitive_complexity, reason = "one step after the other; every macro counts as a branch")]
    async fn found(app: &TestApp, word: &str) -> Self {
        let owner = app.person(&format!("{word}-owner")).await;
        let token = &owner.access_token;
        let project = app.project_of(&owner, &format!("{word}-project")).await;
        let base = format!("/api/v1/projects/{project}");
        let (key_id, key) = app.key(&owner, project, &["serve", "manage", "read"]).await;
        let secret = |noun: &str| format!("{word}-secret-{noun}");
        app.post_as(token, &format!("{base}/keys"), &json!({"name": secret("key"), "scopes": ["read"]})).await.expect(201);
        let invitation = json!({"email": format!("{}@example.com", secret("guest")), "role": "viewer"});
        let invitation = app.post_as(token, &format!("{base}/invitations"), &invitation).await.expect(201);
        let (client, advertiser) = (Uuid::now_v7(), Uuid::now_v7());
        let person = json!([{"client_id": client, "login": secret("login"), "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
        app.post_as(&key, "/clients/bulk", &person).await.expect(201);
        let business = json!([{"advertiser_id": advertiser, "name": secret("advertiser")}]);
        app.post_as(&key, "/advertisers/bulk", &business).await.expect(201);
        let mut campaign = terms();
        overlay(&mut campaign, json!({"ad_title": secret("title"), "ad_text": secret("text"), "cost_per_impression": 1234.5}));
        let campaign = app.post_as(&key, &format!("/advertisers/{advertiser}/campaigns"), &campaign).await.expect(201);
        app.get_as(&key, &format!("/ads?client_id={client}")).await.expect(200);
        let sessions = app.get_as(token, "/api/v1/me/sessions").await.expect(200);
        // The mail with the invitation.
        let jobs = app.get_as(token, &format!("{base}/jobs")).await.expect(200);
        let dashboards = app.get_as(token, &format!("{base}/dashboards")).await.expect(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let dashboard = text(&dashboards[0]["dashboard_id"]);
        let link = app.send_as(token, Method::POST, (&format!("{base}/dashboards/{dashboard}/links"), None)).await.expect(201);
        let report = json!({"name": secret("report"), "view": "table", "query": {"metrics": ["clicks"], "window": "7d"}});
        let report = app.post_as(token, &format!("{base}/saved_reports"), &report).await.expect(201);
        let campaign = text(&campaign["campaign_id"]);
        let webhook = json!({"url": format!("http://127.0.0.1:9/{}", secret("hook")), "events": ["campaign.finished"]});
        let webhook = text(&app.post_as(token, &format!("{base}/webhooks"), &webhook).await.expect(201)["webhook_id"]);
        let ping = app.send_as(token, Method::POST, (&format!("{base}/webhooks/{webhook}/ping"), None)).await.expect(202);
        let image = app.upload(token, project, png(2, 3, word)).await.expect(201);
        let image_url = text(&image["image_url"]);
        let top_up = app.http.post(app.url(&format!("{base}/advertisers/{advertiser}/account/top-ups"))).bearer_auth(token);
        let top_up = top_up.header("Idempotency-Key", secret("payment")).json(&json!({"amount": 1.25, "note": secret("note")}));
        let top_up = Answer::read(top_up.send().await.unwrap()).await.expect(201);
        let ids = vec![
            ("transactionId", text(&top_up["transaction_id"])),
            ("fileId", text(&image["file_id"])),
            ("name", image_url.rsplit('/').next().unwrap().to_owned()),
            ("projectId", project.to_string()),
            ("clientId", client.to_string()),
            ("advertiserId", advertiser.to_string()),
            ("adId", campaign.clone()),
            ("creativeId", campaign.clone()),
            ("campaignId", campaign),
            ("dashboardId", dashboard),
            ("linkId", text(&link["link_id"])),
            ("webhookId", webhook),
            ("deliveryId", text(&ping["delivery_id"])),
            ("savedReportId", text(&report["saved_report_id"])),
            // A link is for whoever has it; what nobody was given opens nothing.
            ("token", format!("{word}-token-that-nobody-was-given")),
            ("keyId", key_id.to_string()),
            ("invitationId", text(&invitation["invitation_id"])),
            ("jobId", text(&jobs[0]["job_id"])),
            ("sessionId", text(&sessions[0]["session_id"])),
            ("userId", owner.id.to_string()),
        ];
        let known = ids.iter().map(|(_, id)| id.clone()).chain([owner.email.clone(), format!("{word}-project")]).collect();
        let secrets = ["key", "guest", "login", "advertiser", "title", "text", "report", "hook", "payment", "note"].map(secret).to_vec();
        Self { owner, project, key, ids, known, secrets }
    }

    fn id(&self, name: &str) -> &str {
        self.ids.iter().find(|(known, _)| *known == name).map_or_else(|| panic!("{name}: what does it name here?"), |(_, id)| id)
    }

    /// The path with each parameter filled in.
    fn path(path: &str, fill: impl Fn(&str) -> String) -> String {
        let parts = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => fill(name),
            None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Everything that its owner and its key can read.
    async fn read(&self, app: &TestApp) -> Vec<Value> {
        let token = app.log_in(&self.owner.email).await.0;
        let mut found = Vec::new();
        let lists = [
            "",
            "/members",
            "/keys",
            "/invitations",
            "/audit?size=1000",
            "/dashboards",
            "/saved_reports",
            "/webhooks",
            "/creatives",
            "/ads",
            "/clients",
            "/transactions?kind=top_up",
            "/files",
        ];
        for path in lists {
            found.push(app.get_as(&token, &format!("/api/v1/projects/{}{path}", self.project)).await.expect(200));
        }
        let (client, advertiser, campaign) = (self.id("clientId"), self.id("advertiserId"), self.id("campaignId"));
        for path in [
            format!("/clients/{client}"),
            "/advertisers".to_owned(),
            format!("/advertisers/{advertiser}/campaigns"),
            format!("/stats/campaigns/{campaign}"),
            format!("/stats/advertisers/{advertiser}/campaigns"),
            "/time".to_owned(),
        ] {
            found.push(app.get_as(&self.key, &path).await.expect(200));
        }
        for key in found[2].as_array_mut().unwrap() {
            // That it was used is no secret to its owner: this test did.
            key["last_used_at"] = Value::Null;
        }
        found
    }
}

/// Of how many things of the other tenant one is tried in each place, on databases other than the first: what is refused there
/// is refused by the same code. Its own namesake is tried in each path on all of them.
const ONE_OF: usize = 4;

/// Every way to name something of the other tenant in this operation; a part of them where a `share` of one in so many is
/// enough.
fn attempts(document: &Value, (name, operation, share): (&str, &Value, usize), own: &Tenant, foreign: &Tenant) -> Vec<Attempt> {
    let template = name.split_once(' ').unwrap().1;
    let example = example(document, operation);
    let is_by_key = !template.starts_with("/api/");
    let attempt = |path: String, body: Option<Value>| Attempt { name: name.to_owned(), path, body, is_by_key };
    // Everything is the other tenant's; then each parameter by itself is anything of theirs.
    let mut attempts = vec![attempt(Tenant::path(template, |name| foreign.id(name).to_owned()), example.clone())];
    let own_path = Tenant::path(template, |name| own.id(name).to_owned());
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    // Another part for each operation, so that everything is tried in many places.
    let first = name.bytes().map(usize::from).sum::<usize>();
    for known in foreign.known.iter().cycle().skip(first % share).step_by(share).take(foreign.known.len().div_ceil(share)) {
        for parameter in parameters {
            let parameter_name = parameter["name"].as_str().unwrap();
            let path = match parameter["in"].as_str().unwrap() {
                "path" => Tenant::path(template, |name| if name == parameter_name { known.clone() } else { own.id(name).to_owned() }),
                _ => format!("{own_path}?{parameter_name}={known}"),
            };
            attempts.push(attempt(path, example.clone()));
        }
        for pointer in example.iter().flat_map(leaves) {
            let mut body = example.clone().unwrap_or_default();
            *body.pointer_mut(&pointer).unwrap() = json!(known);
            attempts.push(attempt(own_path.clone(), Some(body)));
        }
    }
    attempts.push(attempt(own_path, example));
    let by_keys = if is_for_keys_too(operation) { attempts.clone() } else { Vec::new() };
    attempts.extend(by_keys.into_iter().map(|attempt| Attempt { is_by_key: true, ..attempt }));
    attempts
}

/// Whether both people and programs may do it.
fn is_for_keys_too(operation: &Value) -> bool {
    let schemes = operation["security"].as_array().map_or(&[][..], Vec::as_slice);
    ["session", "key"].iter().all(|scheme| schemes.iter().any(|one| one.get(scheme).is_some()))
}

/// The body that the document shows, if the operation takes one.
fn example(document: &Value, operation: &Value) -> Option<Value> {
    let media = operation["requestBody"].get("content")?.get("application/json")?;
    let schema = &media["schema"];
    let schema =
        schema["oneOf"].as_array().and_then(|choices| choices.iter().find(|choice| choice.get("$ref").is_some())).unwrap_or(schema);
    let of = |schema: &Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        document["components"]["schemas"][name].get("example").cloned()
    };
    media.get("example").cloned().or_else(|| of(schema)).or_else(|| of(&schema["items"]).map(|item| json!([item])))
}

/// Pointers to every text, number and null of a body.
fn leaves(body: &Value) -> Vec<String> {
    let below = |name: String, value: &Value| leaves(value).into_iter().map(move |rest| format!("/{name}{rest}")).collect::<Vec<_>>();
    match body {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| below(name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(place, value)| below(place.to_string(), value)).collect(),
        _ => vec![String::new()],
    }
}

async fn send(app: &TestApp, closed: &str, own: &Tenant, attempt: &Attempt) -> Answer {
    let method: Method = attempt.name.split_once(' ').unwrap().0.parse().unwrap();
    let token = if attempt.is_by_key { &own.key } else { &own.owner.access_token };
    let mut request = app.http.request(method, format!("{closed}{}", attempt.path)).bearer_auth(token);
    // Where money moves, every attempt is a movement of its own.
    request = request.header("Idempotency-Key", Uuid::now_v7().to_string());
    if let Some(body) = &attempt.body {
        request = request.json(body);
    }
    Answer::read(request.send().await.unwrap()).await
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_tenant_is_told_or_changed_by_naming_it_anywhere(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    app.person("root").await;
    let closed = app.closed_address().await;
    let share = if on == Backend::Sqlite { 1 } else { ONE_OF };
    let foreign = Tenant::found(&app, "foreign").await;
    let before = foreign.read(&app).await;
    let document = serde_json::to_value(barker_server::http::document()).unwrap();
    let (mut tried, mut untouched) = (0, None);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            // What an operation did to whoever tries stands in nobody's way; one that reads did nothing.
            let own = match untouched.take() {
                Some(own) => own,
                None => Tenant::found(&app, &format!("own-{tried}")).await,
            };
            let mut sent = BTreeSet::new();
            for attempt in attempts(&document, (&name, operation, share), &own, &foreign) {
                let answer = send(&app, &closed, &own, &attempt).await;
                let said = format!("{} {:?} {}", answer.body, answer.headers, answer.status);
                let what = format!("{name} {} {:?}: {said}", attempt.path, attempt.body);
                assert!(answer.status.as_u16() < 500, "{what}");
                if attempt.path.starts_with(&format!("/api/v1/projects/{}", foreign.project)) {
                    assert_eq!(answer.status, 403, "{what}");
                }
                let request = format!("{} {:?}", attempt.path, attempt.body);
                sent.extend(foreign.known.iter().filter(|known| request.contains(known.as_str())));
                let untold = foreign.known.iter().filter(|known| !sent.contains(known)).chain(&foreign.secrets);
                for mark in untold {
                    assert!(!said.contains(mark.as_str()), "tells {mark}: {what}");
                }
                tried += 1;
            }
            // What was taken in may show later.
            for path in ["members", "invitations", "keys", "audit"] {
                let url = format!("/api/v1/projects/{}/{path}", own.project);
                let found = app.get_as(&own.owner.access_token, &url).await.body.to_string();
                assert!(!foreign.secrets.iter().any(|secret| found.contains(secret.as_str())), "after {name}: {found}");
                assert!(path != "members" || !found.contains(&foreign.owner.email), "after {name}: {found}");
            }
            if method == "get" {
                untouched = Some(own);
            }
            if path.contains("/auth/") && operation.get("requestBody").is_some() {
                app.clock.advance_ms(DAY_MS);
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert_eq!(before, foreign.read(&app).await, "nothing has changed there");
}
