//! Objects, in a folder and in S3.

use std::{ops::Range, path::Path, sync::Arc, time::Duration};

use barker_domain::{Code, Error};
use barker_infra::object_storage::{Folder, Head, Key, ObjectStorage, S3Settings, Settings};
use barker_testkit::S3_URL;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, future::join_all, stream};
use reqwest::Url;
use rstest::rstest;
use rstest_reuse::{apply, template};
use tempfile::TempDir;
use uuid::Uuid;

/// Whatever a test says, it says about both homes.
#[template]
#[rstest]
#[case::folder(Home::Folder)]
#[case::s3(Home::S3)]
fn every_storage(#[case] home: Home) {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Folder,
    S3,
}

/// A storage, and a folder in it that no other test uses.
struct Place {
    storage: ObjectStorage,
    prefix: String,
    _folder: TempDir,
}

impl Place {
    fn open(home: Home) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = match home {
            Home::Folder => Settings::Folder(folder.path().join("made/when/needed")),
            Home::S3 => Settings::S3(s3()),
        };
        Self { storage: open(&settings), prefix: Uuid::now_v7().to_string(), _folder: folder }
    }

    fn key(&self, name: &str) -> Key {
        Key::parse(&format!("{}/{name}", self.prefix)).unwrap()
    }

    fn folder(&self, name: &str) -> Folder {
        Folder::parse(format!("{}/{name}", self.prefix).trim_end_matches('/')).unwrap()
    }

    async fn put(&self, name: &str, text: &'static str) {
        self.storage.put(&self.key(name), Bytes::from_static(text.as_bytes())).await.unwrap();
    }

    async fn text(&self, name: &str) -> Option<String> {
        let object = self.storage.find(&self.key(name)).await.unwrap()?;
        Some(String::from_utf8(object.into_bytes().await.unwrap().to_vec()).unwrap())
    }

    async fn list(&self, folder: &str) -> Vec<Head> {
        let mut heads: Vec<Head> = self.storage.list(&self.folder(folder)).try_collect().await.unwrap();
        heads.sort_by(|a, b| a.key.cmp(&b.key));
        heads
    }

    async fn names(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{}/", self.prefix);
        self.list(folder).await.iter().map(|head| head.key.as_str().trim_start_matches(&prefix).to_owned()).collect()
    }
}

pub(crate) fn open(settings: &Settings) -> ObjectStorage {
    let _already = rustls::crypto::ring::default_provider().install_default();
    ObjectStorage::open(settings).unwrap()
}

/// The bucket that the tests share, from `http://key:secret@host:port/bucket`.
pub(crate) fn s3() -> S3Settings {
    let url = std::env::var(S3_URL).unwrap_or_else(|_| panic!("{S3_URL} is not set: run the tests through scripts/test"));
    let url = Url::parse(&url).unwrap();
    S3Settings {
        bucket: url.path().trim_matches('/').to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: format!("http://{}:{}", url.host_str().unwrap(), url.port().unwrap()),
        access_key_id: url.username().to_owned(),
        secret_access_key: url.password().unwrap().replace("%2B", "+").replace("%2F", "/").into(),
        timeout: Duration::from_secs(20),
    }
}

/// Bytes that tell where they stand.
fn pattern(bytes: usize) -> Bytes {
    (0..bytes).map(|place| u8::try_from((place / 7 + place / 4_099) % 251).unwrap()).collect()
}

#[apply(every_storage)]
#[tokio::test]
async fn an_object_is_there_whole_until_it_is_replaced_or_deleted(#[case] home: Home) {
    let place = Place::open(home);
    assert_eq!(place.text("a/b.txt").await, None);
    assert_eq!(place.storage.find_head(&place.key("a/b.txt")).await.unwrap(), None);
    place.put("a/b.txt", "first").await;
    place.put("a/empty.txt", "").await;
    assert_eq!(place.text("a/b.txt").await.as_deref(), Some("first"));
    assert_eq!(place.text("a/empty.txt").await.as_deref(), Some(""));
    let first = place.storage.find_head(&place.key("a/b.txt")).await.unwrap().unwrap();
    assert_eq!(first.size_bytes, 5);
    place.put("a/b.txt", "second").await;
    let second = place.storage.find(&place.key("a/b.txt")).await.unwrap().unwrap();
    assert_eq!((second.head.size_bytes, second.range.clone()), (6, 0..6));
    assert!(second.head.modified_ms >= first.modified_ms && first.modified_ms > 1_700_000_000_000);
    assert_eq!(second.into_bytes().await.unwrap(), "second");
    place.storage.delete(&place.key("a/b.txt")).await.unwrap();
    place.storage.delete(&place.key("a/b.txt")).await.unwrap();
    assert_eq!(place.text("a/b.txt").await, None);
}

#[apply(every_storage)]
#[tokio::test]
async fn an_etag_is_a_header_that_changes_with_the_bytes_alone(#[case] home: Home) {
    let place = Place::open(home);
    place.put("a.txt", "one").await;
    let etag = async || place.storage.find_head(&place.key("a.txt")).await.unwrap().unwrap().etag;
    let one = etag().await;
    assert!(one.len() > 2 && one.starts_with('"') && one.ends_with('"'), "{one}");
    assert_eq!(one, etag().await);
    let object = place.storage.find(&place.key("a.txt")).await.unwrap().unwrap();
    let listed = place.list("").await;
    assert_eq!((&object.head.etag, &listed[0].etag), (&one, &one), "it is the same wherever it is told");
    place.put("a.txt", "two").await;
    assert_ne!(one, etag().await);
}

#[apply(every_storage)]
#[tokio::test]
async fn a_range_is_what_was_asked_for_as_far_as_it_goes(#[case] home: Home) {
    let place = Place::open(home);
    let bytes = pattern(100_000);
    let key = place.key("a.bin");
    place.storage.put(&key, bytes.clone()).await.unwrap();
    for range in [0..1, 0..100_000, 5..70_000, 99_999..100_000, 99_000..1_000_000, 0..u64::MAX] {
        let object = place.storage.find_range(&key, range.clone()).await.unwrap().unwrap();
        let expected = range.start..range.end.min(100_000);
        assert_eq!((object.range.clone(), object.head.size_bytes), (expected.clone(), 100_000));
        let (start, end) = (usize::try_from(expected.start).unwrap(), usize::try_from(expected.end).unwrap());
        assert!(object.into_bytes().await.unwrap() == bytes[start..end], "{range:?}");
    }
    for range in [100_000..100_001, 5..5, Range { start: 7, end: 6 }] {
        assert_eq!(place.storage.find_range(&key, range).await.unwrap_err().code, Code::InvalidRequest);
    }
    assert!(place.storage.find_range(&place.key("none.bin"), 0..1).await.unwrap().is_none());
}

#[apply(every_storage)]
#[tokio::test]
async fn a_large_object_travels_in_parts_and_pieces_of_any_length(#[case] home: Home) {
    let place = Place::open(home);
    let key = place.key("large.bin");
    let bytes = pattern(20 * 1024 * 1024 + 123);
    let pieces: Vec<_> = bytes.chunks(777_777).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    assert_eq!(place.storage.put_stream(&key, stream::iter(pieces)).await.unwrap(), bytes.len() as u64);
    let object = place.storage.find(&key).await.unwrap().unwrap();
    assert_eq!(object.head.size_bytes, bytes.len() as u64);
    let (mut read, mut body) = (0, object.into_stream());
    while let Some(piece) = body.next().await {
        let piece = piece.unwrap();
        assert!(piece == bytes[read..read + piece.len()], "at {read}");
        read += piece.len();
    }
    assert_eq!(read, bytes.len());
    let small = stream::iter([Ok(Bytes::from_static(b"sm")), Ok(Bytes::new()), Ok(Bytes::from_static(b"all"))]);
    assert_eq!(place.storage.put_stream(&place.key("small.txt"), small).await.unwrap(), 5);
    assert_eq!(place.text("small.txt").await.as_deref(), Some("small"));
    assert_eq!(place.storage.put_stream(&place.key("empty.txt"), stream::empty()).await.unwrap(), 0);
    assert_eq!(place.text("empty.txt").await.as_deref(), Some(""));
}

#[apply(every_storage)]
#[tokio::test]
async fn a_stream_that_breaks_leaves_what_was_there_before(#[case] home: Home) {
    let place = Place::open(home);
    place.put("a.txt", "before").await;
    for whole_parts in [0, 2] {
        let pieces = (0..whole_parts).map(|_| Ok(pattern(8 * 1024 * 1024))).chain([Err(Error::of(Code::BodyTooLarge))]);
        let outcome = place.storage.put_stream(&place.key("a.txt"), stream::iter(pieces.collect::<Vec<_>>())).await;
        assert_eq!(outcome.unwrap_err().code, Code::BodyTooLarge, "the caller's own limit");
        assert_eq!(place.text("a.txt").await.as_deref(), Some("before"));
    }
    assert_eq!(place.names("").await, ["a.txt"], "nothing half-written is listed");
}

#[apply(every_storage)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_while_others_write_sees_one_version_whole(#[case] home: Home) {
    let place = Arc::new(Place::open(home));
    place.storage.put(&place.key("a.bin"), Bytes::from(vec![0; 200_000])).await.unwrap();
    let writers = (1..=4_u8).map(|writer| {
        let place = Arc::clone(&place);
        tokio::spawn(async move {
            for _ in 0..5 {
                place.storage.put(&place.key("a.bin"), Bytes::from(vec![writer; 200_000])).await.unwrap();
            }
        })
    });
    let writing = join_all(writers.collect::<Vec<_>>());
    for _ in 0..20 {
        let bytes = place.storage.find(&place.key("a.bin")).await.unwrap().unwrap().into_bytes().await.unwrap();
        assert!(bytes.len() == 200_000 && bytes.iter().all(|byte| *byte == bytes[0]));
    }
    assert!(writing.await.into_iter().all(|outcome| outcome.is_ok()));
}

#[apply(every_storage)]
#[tokio::test]
async fn a_folder_lists_what_is_below_it_and_nothing_beside_it(#[case] home: Home) {
    let place = Place::open(home);
    assert_eq!(place.names("").await, [""; 0]);
    for name in ["a/1.txt", "a/b/2.txt", "a-b/3.txt", "ab/4.txt", "5.txt"] {
        place.put(name, "x").await;
    }
    assert_eq!(place.names("a").await, ["a/1.txt", "a/b/2.txt"]);
    assert_eq!(place.names("").await, ["5.txt", "a-b/3.txt", "a/1.txt", "a/b/2.txt", "ab/4.txt"]);
    assert_eq!(place.names("nowhere").await, [""; 0]);
    let everything: Vec<Head> = place.storage.list(&Folder::root()).try_collect().await.unwrap();
    assert!(everything.iter().any(|head| head.key == place.key("a/b/2.txt") && head.size_bytes == 1));
}

#[apply(every_storage)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_more_than_a_page_is_complete(#[case] home: Home) {
    let place = Arc::new(Place::open(home));
    let count = 1_050;
    let puts = stream::iter(0..count).for_each_concurrent(16, |number| {
        let place = Arc::clone(&place);
        async move { place.put(&format!("many/{number}.txt"), "x").await }
    });
    puts.await;
    let names: std::collections::HashSet<_> = place.names("many").await.into_iter().collect();
    assert_eq!(names.len(), count);
}

#[apply(every_storage)]
#[tokio::test]
async fn doctor_is_told_where_objects_live_and_nothing_stays_behind(#[case] home: Home) {
    let place = Place::open(home);
    let found = place.storage.probe().await.unwrap();
    assert!(found.contains(if home == Home::S3 { "bucket" } else { "made/when/needed" }), "{found}");
    let left: Vec<Head> = place.storage.list(&Folder::parse("probe").unwrap()).try_collect().await.unwrap();
    assert_eq!(left, []);
}

#[tokio::test]
async fn a_folder_is_private_and_one_that_cannot_be_made_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let storage = open(&Settings::Folder(home.path().join("objects")));
    assert!(!home.path().join("objects").exists(), "nothing is made before it is needed");
    storage.probe().await.unwrap();
    assert_eq!(home.path().join("objects").metadata().unwrap().permissions().mode() & 0o077, 0);
    std::fs::write(home.path().join("file"), "").unwrap();
    let error = open(&Settings::Folder(home.path().join("file/objects"))).probe().await.unwrap_err();
    assert_eq!(error.code, Code::Misconfigured);
    assert!(error.detail.contains("file/objects"), "{error}");
}

#[tokio::test]
async fn what_others_have_put_into_the_folder_is_not_listed() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("READ ME.txt"), "x").unwrap();
    std::fs::write(home.path().join(".hidden"), "x").unwrap();
    let storage = open(&Settings::Folder(home.path().to_owned()));
    storage.put(&Key::parse("ours.txt").unwrap(), Bytes::new()).await.unwrap();
    let heads: Vec<Head> = storage.list(&Folder::root()).try_collect().await.unwrap();
    assert_eq!(heads.iter().map(|head| head.key.as_str()).collect::<Vec<_>>(), ["ours.txt"]);
    assert!(Path::new(&home.path().join("ours.txt")).exists());
}
