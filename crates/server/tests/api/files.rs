//! Images of a project: uploaded, recognised, kept once, loaded whole and in parts, deleted, tidied up.

use std::time::Duration;

use barker_app::{file::TidyFiles, job};
use barker_domain::{
    clock::{Clock as _, SystemClock},
    file::FileName,
    job::State,
};
use barker_infra::object_storage::Key;
use barker_testkit::Backend;
use reqwest::{Method, Response, header};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{Answer, PATIENCE, TestApp},
    people::{Person, actions},
};

/// A PNG that no viewer would like, with a note to tell it from others.
pub(crate) fn png(width: u32, height: u32, note: &str) -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], kind, content, b"\0\0\0\0"].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"tEXt", note.as_bytes()), chunk(b"IDAT", b"\x78\x9c\0"), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

fn jpeg() -> Vec<u8> {
    let frame = b"\xff\xc0\0\x0b\x08\x01\xe0\x02\x80\x01\x01\x11\0";
    [&b"\xff\xd8"[..], frame, b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x12\x34\xff\xd9"].concat()
}

impl TestApp {
    pub(crate) async fn upload(&self, token: &str, project: Uuid, bytes: Vec<u8>) -> Answer {
        let url = self.url(&format!("/api/v1/projects/{project}/files"));
        Answer::read(self.http.post(url).bearer_auth(token).body(bytes).send().await.unwrap()).await
    }
}

/// A project and somebody who works in it.
struct Studio {
    app: TestApp,
    anna: Person,
    project: Uuid,
}

impl Studio {
    async fn open(on: Backend) -> Self {
        let app = TestApp::start(on).await;
        let anna = app.person("anna").await;
        let project = app.project_of(&anna, "Studio").await;
        Self { app, anna, project }
    }

    async fn upload(&self, bytes: Vec<u8>) -> Answer {
        self.app.upload(&self.anna.access_token, self.project, bytes).await
    }

    async fn upload_as(&self, bytes: Vec<u8>, content_type: &str) -> Answer {
        let url = self.app.url(&format!("/api/v1/projects/{}/files", self.project));
        let request = self.app.http.post(url).bearer_auth(&self.anna.access_token).header(header::CONTENT_TYPE, content_type);
        Answer::read(request.body(bytes).send().await.unwrap()).await
    }

    fn path(&self, file: &Value) -> String {
        format!("/api/v1/projects/{}/files/{}", self.project, file["file_id"].as_str().unwrap())
    }

    async fn files(&self) -> Vec<Value> {
        let listed = self.app.get_as(&self.anna.access_token, &format!("/api/v1/projects/{}/files", self.project)).await;
        listed.expect(200).as_array().unwrap().clone()
    }

    /// As a browser loads it.
    async fn load(&self, file: &Value, headers: &[(&str, &str)]) -> Response {
        let request = self.app.http.get(self.app.url(&format!("/files/{}", name(file))));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    async fn tidy(&self) {
        let id = job::enqueue(self.app.app.workshop(), job::new(&TidyFiles {}).unwrap()).await.unwrap().id;
        let begun = std::time::Instant::now();
        while self.app.app.store().find_job(id).await.unwrap().unwrap().state != State::Done {
            assert!(begun.elapsed() < PATIENCE);
            self.app.clock.advance_ms(1_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What it is called: the end of its address.
fn name(file: &Value) -> String {
    let url = file["image_url"].as_str().unwrap();
    url.strip_prefix("https://ads.example.com/files/").unwrap_or_else(|| panic!("{url}")).to_owned()
}

/// Where its bytes are.
fn key(file: &Value) -> Key {
    let id = file["file_id"].as_str().unwrap();
    Key::parse(&format!("images/{}/{}", &id[id.len() - 2..], name(file))).unwrap()
}

fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[apply(every_database)]
#[tokio::test]
async fn an_image_is_uploaded_once_shown_to_anybody_and_deleted(#[case] on: Backend) {
    let studio = Studio::open(on).await;
    let bear = png(1_200, 628, "bear");
    let first = studio.upload(bear.clone()).await.expect(201);
    let told = json!([first["content_type"], first["width"], first["height"], first["bytes"], first["created_by"]]);
    assert_eq!(told, json!(["image/png", 1_200, 628, bear.len(), studio.anna.id]));
    assert_eq!(studio.upload_as(bear.clone(), "image/png").await.expect(200), first, "the same bytes are the same file");
    let photo = studio.upload_as(jpeg(), "image/jpeg").await.expect(201);
    assert_eq!((&photo["content_type"], &photo["width"], &photo["height"]), (&json!("image/jpeg"), &json!(640), &json!(480)));
    assert_eq!(name(&photo).rsplit('.').next(), Some("jpg"), "{photo}");
    assert_eq!(studio.files().await, [photo.clone(), first.clone()]);
    assert_eq!(studio.app.get_as(&studio.anna.access_token, &studio.path(&first)).await.expect(200), first);

    let loaded = studio.load(&first, &[]).await;
    assert_eq!(loaded.status(), 200);
    assert_eq!(header_of(&loaded, "content-type"), "image/png");
    assert_eq!(header_of(&loaded, "x-content-type-options"), "nosniff");
    assert_eq!(header_of(&loaded, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header_of(&loaded, "cross-origin-resource-policy"), "cross-origin");
    assert_eq!(header_of(&loaded, "content-length"), bear.len().to_string());
    assert_eq!(loaded.bytes().await.unwrap(), bear);
    assert_eq!(header_of(&studio.load(&photo, &[]).await, "content-type"), "image/jpeg");

    studio.app.delete_as(&studio.anna.access_token, &studio.path(&first)).await.expect(204);
    assert_eq!(studio.app.delete_as(&studio.anna.access_token, &studio.path(&first)).await.problem(404).0, "file-not-found");
    assert_eq!(studio.app.get(&format!("/files/{}", name(&first))).await.problem(404).0, "file-not-found");
    assert!(studio.app.app.objects().find_head(&key(&first)).await.unwrap().is_none(), "nothing is left of it");
    let again = studio.upload(bear).await.expect(201);
    assert_ne!(again["file_id"], first["file_id"], "whoever kept the old one for ever has nothing to do with it");
    let trail = studio.app.trail(&studio.anna, &format!("project_id={}", studio.project)).await;
    let told: Vec<_> = actions(&trail).into_iter().filter(|action| action.starts_with("file.")).collect();
    assert_eq!(told, ["file.stored", "file.stored", "file.deleted", "file.stored"]);
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again_and_parts_are_sent_alone() {
    let studio = Studio::open(Backend::Sqlite).await;
    let bear = png(2, 3, "bear");
    let file = studio.upload(bear.clone()).await.expect(201);
    let tag = header_of(&studio.load(&file, &[]).await, "etag").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let known = studio.load(&file, &[("if-none-match", &known)]).await;
        assert_eq!((known.status().as_u16(), header_of(&known, "etag")), (304, tag.as_str()));
        assert!(known.bytes().await.unwrap().is_empty());
    }
    assert_eq!(studio.load(&file, &[("if-none-match", "\"other\"")]).await.status(), 200);

    let part = studio.load(&file, &[("range", "bytes=1-3")]).await;
    assert_eq!(part.status(), 206);
    assert_eq!(header_of(&part, "content-range"), format!("bytes 1-3/{}", bear.len()));
    assert_eq!(part.bytes().await.unwrap(), "PNG");
    let end = studio.load(&file, &[("range", "bytes=-12"), ("if-range", &tag)]).await;
    assert_eq!((end.status().as_u16(), end.bytes().await.unwrap().as_ref()), (206, &bear[bear.len() - 12..]));
    let beyond = studio.load(&file, &[("range", "bytes=9999-")]).await;
    assert_eq!(header_of(&beyond, "content-range"), format!("bytes */{}", bear.len()));
    assert_eq!(Answer::read(beyond).await.problem(416).0, "range-not-satisfiable");
    let changed = studio.load(&file, &[("range", "bytes=1-3"), ("if-range", "\"other\"")]).await;
    assert_eq!((changed.status().as_u16(), changed.bytes().await.unwrap()), (200, bear.clone().into()));

    let head = studio.app.http.head(studio.app.url(&format!("/files/{}", name(&file)))).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header_of(&head, "content-length")), (200, bear.len().to_string().as_str()));
    let id = file["file_id"].as_str().unwrap();
    for wrong in
        [format!("{id}.jpg"), format!("{}.png", id.to_uppercase()), id.to_owned(), format!("{}.png", Uuid::now_v7()), "..%2f".to_owned()]
    {
        assert_eq!(studio.app.get(&format!("/files/{wrong}")).await.problem(404).0, "file-not-found", "{wrong}");
    }
}

#[tokio::test]
async fn what_is_no_image_is_refused_by_name_and_nothing_of_it_is_kept() {
    let studio = Studio::open(Backend::Sqlite).await;
    let bear = png(2, 3, "bear");
    for (bytes, fault) in [
        (Vec::new(), "/file required"),
        (b"GIF89a".to_vec(), "/file format"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec(), "/file format"),
        (bear[..bear.len() - 1].to_vec(), "/file format"),
        (jpeg()[..jpeg().len() - 2].to_vec(), "/file format"),
        (png(4_097, 3, ""), "/file range"),
        (png(3, 0, ""), "/file range"),
    ] {
        assert_eq!(studio.upload(bytes.clone()).await.problem(400).1, [fault], "{:?}", bytes.get(..20));
    }
    assert_eq!(studio.upload_as(bear.clone(), "image/jpeg").await.problem(400).1, ["/Content-Type format"]);
    assert_eq!(studio.upload_as(bear, "multipart/form-data; boundary=x").await.expect(201)["width"], 2, "its content counts");
    let most = png(4_096, 4_096, &"x".repeat(5 * 1024 * 1024 - png(1, 1, "").len()));
    let longest = studio.upload(most.clone()).await.expect(201);
    assert_eq!(longest["bytes"], 5 * 1024 * 1024, "though other bodies must be shorter here");
    assert_eq!(studio.load(&longest, &[]).await.bytes().await.unwrap(), most);
    assert_eq!(studio.upload([most, vec![0]].concat()).await.problem(413), ("body-too-large".to_owned(), vec!["/file length".to_owned()]));
    assert_eq!(studio.files().await.len(), 2);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_image_that_many_send_at_once_is_kept_once(#[case] on: Backend) {
    let studio = Studio::open(on).await;
    let bytes = || png(2, 3, "bear");
    let sent = tokio::join!(studio.upload(bytes()), studio.upload(bytes()), studio.upload(bytes()), studio.upload(bytes()));
    let answers = [sent.0, sent.1, sent.2, sent.3];
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.body["file_id"] == answers[0].body["file_id"]), "{answers:?}");
    assert_eq!(studio.files().await.len(), 1);
    assert_eq!(studio.load(&answers[0].body, &[]).await.status(), 200);
    assert_eq!(objects(&studio).await, 1, "what the others have written is gone");
}

async fn objects(studio: &Studio) -> usize {
    use futures::TryStreamExt;
    let folder = barker_infra::object_storage::Folder::parse("images").unwrap();
    studio.app.app.objects().list(&folder).try_collect::<Vec<_>>().await.unwrap().len()
}

#[apply(every_database)]
#[tokio::test]
async fn a_project_neither_sees_nor_deletes_images_of_another_nor_shares_them(#[case] on: Backend) {
    let studio = Studio::open(on).await;
    let file = studio.upload(png(2, 3, "bear")).await.expect(201);
    let boris = studio.app.person("boris").await;
    let other = studio.app.project_of(&boris, "Other").await;
    let same = studio.app.upload(&boris.access_token, other, png(2, 3, "bear")).await.expect(201);
    assert_ne!(same["file_id"], file["file_id"]);
    let there = format!("/api/v1/projects/{other}/files/{}", file["file_id"].as_str().unwrap());
    assert_eq!(studio.app.get_as(&boris.access_token, &there).await.problem(404).0, "file-not-found");
    assert_eq!(studio.app.delete_as(&boris.access_token, &there).await.problem(404).0, "file-not-found");
    let own = format!("/api/v1/projects/{other}/files/{}", same["file_id"].as_str().unwrap());
    studio.app.delete_as(&boris.access_token, &own).await.expect(204);
    assert_eq!(studio.load(&file, &[]).await.status(), 200, "the other one's stays");
    let archive = format!("/api/v1/projects/{other}/archive");
    studio.app.send_as(&boris.access_token, Method::POST, (&archive, None)).await.expect(200);
    assert_eq!(studio.app.upload(&boris.access_token, other, png(9, 9, "")).await.problem(409).0, "project-archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_lost_is_mended_by_sending_the_image_again() {
    let studio = Studio::open(Backend::Sqlite).await;
    let file = studio.upload(png(2, 3, "bear")).await.expect(201);
    studio.app.app.objects().delete(&key(&file)).await.unwrap();
    assert_eq!(studio.load(&file, &[]).await.status(), 404);
    assert_eq!(studio.load(&file, &[("if-none-match", "*")]).await.status(), 404);
    assert_eq!(studio.upload(png(2, 3, "bear")).await.expect(200), file);
    assert_eq!(studio.load(&file, &[]).await.status(), 200);
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread")]
async fn objects_that_no_project_keeps_are_removed_after_a_day_and_others_stay(#[case] on: Backend) {
    let studio = Studio::open(on).await;
    let file = studio.upload(png(2, 3, "bear")).await.expect(201);
    let stray = json!({"file_id": "0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d",
        "image_url": "https://ads.example.com/files/0196f0a4-5d6c-7c5e-9b1c-0f2d6a3b4c5d.jpg"});
    assert!(FileName::parse(&name(&stray)).is_some());
    studio.app.app.objects().put(&key(&stray), jpeg().into()).await.unwrap();
    let present = SystemClock.now_ms();
    for (days, status) in [(0, 200), (1, 404)] {
        studio.app.clock.advance_ms(present + days * 86_400_000 + 60_000 - studio.app.clock.now_ms());
        studio.tidy().await;
        assert_eq!(studio.load(&stray, &[]).await.status(), status, "after {days} days");
        assert_eq!(studio.load(&file, &[]).await.status(), 200);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn a_creative_shows_an_image_of_its_project_which_stays_as_long_as_it_does(#[case] on: Backend) {
    let app = TestApp::start(on).await;
    let anna = app.person("anna").await;
    let (token, project) = (&anna.access_token, app.project.id().0);
    let (client, campaign) = (app.client().await, app.campaign(json!({})).await);
    let other = app.project_of(&anna, "Other").await;
    let foreign = app.upload(token, other, png(2, 3, "theirs")).await.expect(201);
    let image = app.upload(token, project, png(2, 3, "ours")).await.expect(201);
    let ad = format!("/api/v1/projects/{project}/ads/{}", campaign.id);
    let creatives = format!("/api/v1/projects/{project}/creatives");
    for unknown in [&foreign["file_id"], &json!(Uuid::now_v7())] {
        let refused = app.patch_as(token, &ad, &json!({"creative": {"image_id": unknown}})).await;
        assert_eq!(refused.problem(400).1, ["/creative/image_id unknown"]);
        let new = json!({"title": "Bears", "text": "Soft", "image_id": unknown});
        assert_eq!(app.post_as(token, &creatives, &new).await.problem(400).1, ["/image_id unknown"]);
        let new = json!({"creative": new});
        let ads = format!("/api/v1/projects/{project}/campaigns/{}/ads", campaign.id);
        assert_eq!(app.post_as(token, &ads, &new).await.problem(400).1, ["/creative/image_id unknown"]);
    }
    assert_eq!(app.patch_as(token, &ad, &json!({"creative": {"image_id": "x"}})).await.problem(400).1, ["/creative/image_id format"]);

    let changed = app.patch_as(token, &ad, &json!({"creative": {"image_id": image["file_id"]}})).await.expect(200);
    assert_eq!((&changed["creative"]["image_id"], &changed["creative"]["image_url"]), (&image["file_id"], &image["image_url"]));
    let given = app.get(&format!("/ads?client_id={client}")).await.expect(200);
    assert_eq!(given["image_url"], image["image_url"]);
    let path = format!("/api/v1/projects/{project}/files/{}", image["file_id"].as_str().unwrap());
    assert_eq!(app.delete_as(token, &path).await.problem(409).0, "file-in-use");
    let app = app.restart().await;
    assert_eq!(app.get(&format!("/ads?client_id={client}")).await.expect(200)["image_url"], image["image_url"]);
    let creative = format!("{creatives}/{}", campaign.id);
    let same = app.patch_as(token, &creative, &json!({"title": "Foxes"})).await.expect(200);
    assert_eq!(same["image_url"], image["image_url"], "what is absent stays");
    let without = app.patch_as(token, &creative, &json!({"image_id": null})).await.expect(200);
    assert_eq!((&without["image_id"], &without["image_url"]), (&Value::Null, &Value::Null));
    assert!(app.get(&format!("/ads?client_id={client}")).await.expect(200).get("image_url").is_none());
    app.delete_as(token, &path).await.expect(204);
}
