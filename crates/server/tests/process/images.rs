//! Images of ads, in a folder and in S3: loaded by visitors, there after a restart, and with a backup that is restored elsewhere.

use std::path::Path;

use barker_testkit::S3_URL;
use reqwest::{StatusCode, Url, header};
use rstest::rstest;
use serde_json::{Value, json};

use crate::barker::{Barker, succeed};

/// Where images are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Folder,
    S3,
}

impl Home {
    fn environment(self) -> Vec<(&'static str, String)> {
        if self == Self::Folder {
            return Vec::new();
        }
        let url = std::env::var(S3_URL).unwrap_or_else(|_| panic!("{S3_URL} is not set: run the tests through scripts/test"));
        let url = Url::parse(&url).unwrap();
        let secret = url.password().unwrap().replace("%2B", "+").replace("%2F", "/");
        vec![
            ("BARKER__OBJECTS__HOME", "s3".to_owned()),
            ("BARKER__OBJECTS__S3__BUCKET", url.path().trim_matches('/').to_owned()),
            ("BARKER__OBJECTS__S3__ENDPOINT", format!("http://{}:{}", url.host_str().unwrap(), url.port().unwrap())),
            ("BARKER__OBJECTS__S3__ACCESS_KEY_ID", url.username().to_owned()),
            ("BARKER__OBJECTS__S3__SECRET_ACCESS_KEY", secret),
        ]
    }

    fn start(self, home: &Path) -> Barker {
        Barker::start_with(home, &[], &self.environment())
    }
}

/// The smallest picture there is, with a note to tell it from others.
fn png(note: &str) -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], kind, content, b"\0\0\0\0"].concat()
    };
    let header = [&1_u32.to_be_bytes()[..], &1_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"tEXt", note.as_bytes()), chunk(b"IDAT", b"\x78\x9c\0"), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

async fn log_in(barker: &Barker) -> String {
    let session = barker.post("/api/v1/auth/token", &json!({"email": "anna@example.com", "password": "correct horse battery"})).await;
    session["access_token"].as_str().unwrap().to_owned()
}

/// The path of its address: what is before it is where visitors reach the server.
fn path(file: &Value) -> String {
    Url::parse(file["image_url"].as_str().unwrap()).unwrap().path().to_owned()
}

async fn upload(barker: &Barker, token: &str, image: &[u8]) -> Value {
    let made = barker.http.post(format!("{}/api/v1/projects", barker.address)).bearer_auth(token);
    let project: Value = made.json(&json!({"name": "Studio", "currency": "RUB"})).send().await.unwrap().json().await.unwrap();
    let files = format!("{}/api/v1/projects/{}/files", barker.address, project["project_id"].as_str().unwrap());
    let uploaded = barker.http.post(files).bearer_auth(token).body(image.to_vec()).send().await.unwrap();
    assert_eq!(uploaded.status(), StatusCode::CREATED);
    uploaded.json().await.unwrap()
}

/// Whole, and a part of it.
async fn assert_is_shown(barker: &Barker, path: &str, image: &[u8]) {
    let whole = barker.http.get(format!("{}{path}", barker.address)).send().await.unwrap();
    assert_eq!((whole.status(), &whole.headers()[header::CONTENT_TYPE]), (StatusCode::OK, &"image/png".parse().unwrap()));
    assert_eq!(whole.bytes().await.unwrap(), image);
    let part = barker.http.get(format!("{}{path}", barker.address)).header(header::RANGE, "bytes=4-11").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), image[4..12]);
}

#[rstest]
#[case::folder(Home::Folder)]
#[case::s3(Home::S3)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_is_shown_after_a_restart_and_after_a_restore(#[case] home: Home) {
    let homes = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let image = png(&uuid::Uuid::now_v7().to_string());
    let barker = home.start(homes[0].path());
    let person = json!({"email": "anna@example.com", "password": "correct horse battery", "name": "Anna"});
    barker.post("/api/v1/auth/register", &person).await;
    let file = upload(&barker, &log_in(&barker).await, &image).await;
    assert_is_shown(&barker, &path(&file), &image).await;
    assert_eq!(homes[0].path().join("objects/images").exists(), home == Home::Folder, "they are where they were told to be");
    assert!(barker.terminate().0);

    let barker = home.start(homes[0].path());
    assert_is_shown(&barker, &path(&file), &image).await;
    let backup = homes[0].path().join("backup");
    succeed(homes[0].path(), &["backup", backup.to_str().unwrap()]);
    assert!(barker.terminate().0);
    succeed(homes[1].path(), &["restore", backup.to_str().unwrap()]);
    // The bucket is the same: objects in S3 are no part of a backup.
    let barker = home.start(homes[1].path());
    assert_is_shown(&barker, &path(&file), &image).await;
    let token = log_in(&barker).await;
    let files = format!("{}/api/v1/projects/{}/files", barker.address, project_of(&barker, &token).await);
    let deleted = barker.http.delete(format!("{files}/{}", file["file_id"].as_str().unwrap())).bearer_auth(&token).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let gone = barker.http.get(format!("{}{}", barker.address, path(&file))).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert!(barker.terminate().0);
}

async fn project_of(barker: &Barker, token: &str) -> String {
    let projects = barker.http.get(format!("{}/api/v1/projects", barker.address)).bearer_auth(token).send().await.unwrap();
    let projects: Value = projects.json().await.unwrap();
    let studio = projects.as_array().unwrap().iter().find(|project| project["name"] == "Studio").unwrap();
    studio["project_id"].as_str().unwrap().to_owned()
}
