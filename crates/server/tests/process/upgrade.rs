//! Data of every earlier schema, brought up to date and served. `tests/fixtures` has a file for each schema, named by its
//! last migration; a new one is a copy of the last with the tables as they are since.

use std::{fs, path::PathBuf};

use barker_store::copy::{CopiedColumn, CopiedTable, Loader};
use barker_testkit::{Backend, TestDatabase};
use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;

use crate::barker::{Barker, run};

const ADVERTISER: &str = "019aa000-0000-7000-8000-0000000000a1";
const CAMPAIGN: &str = "019aa000-0000-7000-8000-0000000000c1";
const CLIENTS: [&str; 3] =
    ["019aa000-0000-7000-8000-0000000000e1", "019aa000-0000-7000-8000-0000000000e2", "019aa000-0000-7000-8000-0000000000e3"];
const IMAGE: &str = "019aa000-0000-7000-8000-000000000401";

/// Data as they were: the migrations that made their schema, and their tables.
#[derive(Deserialize)]
struct Fixture {
    migrations: Vec<String>,
    tables: Vec<Filled>,
}

#[derive(Deserialize)]
struct Filled {
    name: String,
    columns: Vec<CopiedColumn>,
    rows: Vec<Vec<Value>>,
}

fn fixtures() -> Vec<Fixture> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

async fn load(fixture: &Fixture, url: &str) {
    let loader = Loader::begin(url, None, &fixture.migrations).await.unwrap();
    for Filled { name, columns, rows } in &fixture.tables {
        let table = CopiedTable { name: name.clone(), rows: rows.len() as u64, columns: columns.clone() };
        loader.load(&table, rows).await.unwrap();
    }
    loader.finish().await.unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[case::mysql(Backend::MySql)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_every_earlier_schema_are_brought_up_to_date(#[case] on: Backend) {
    for fixture in fixtures() {
        let (home, database) = (tempfile::tempdir().unwrap(), TestDatabase::create(on).await);
        let url = database.url();
        load(&fixture, &url).await;
        let barker = Barker::start(home.path(), &["--database-url", &url]);
        let stats = barker.get(&format!("/stats/campaigns/{CAMPAIGN}")).await;
        assert_eq!((&stats["impressions_count"], &stats["clicks_count"], &stats["spent_total"]), (&2.into(), &1.into(), &13.0.into()));
        let campaign = barker.get(&format!("/advertisers/{ADVERTISER}/campaigns/{CAMPAIGN}")).await;
        assert_eq!((&campaign["ad_title"], &campaign["ad_text"]), (&"Plush bears".into(), &"Softer than yesterday's".into()));
        assert_eq!(barker.get("/time").await["current_date"], 3);
        assert_eq!(barker.get(&format!("/clients/{}", CLIENTS[0])).await["location"], "Москва");
        // Who has seen the ad is not counted again; who has not, is.
        for client in CLIENTS {
            barker.http.get(format!("{}/ads?client_id={client}", barker.address)).send().await.unwrap();
        }
        assert_eq!(barker.get(&format!("/stats/campaigns/{CAMPAIGN}")).await["impressions_count"], 3);
        if fixture.tables.iter().any(|table| table.name == "files") {
            let ad = barker.get(&format!("/ads?client_id={}", CLIENTS[1])).await;
            let shown = ad["image_url"].as_str().unwrap();
            assert!(shown.ends_with(&format!("/files/{IMAGE}.png")) && ad["click_url"].is_string(), "{ad}");
        }
        if fixture.tables.iter().any(|table| table.name == "api_keys") {
            let key = format!("barker_{}", "A".repeat(43));
            let read = barker.http.get(format!("{}/clients/{}", barker.address, CLIENTS[1])).bearer_auth(key).send().await.unwrap();
            assert_eq!(read.status(), 200, "keys work");
            let listed = run(home.path(), &["keys", "list", "--database-url", &url]);
            let listed = String::from_utf8(listed.stdout).unwrap();
            assert!(listed.contains("seals") && !listed.contains("┆ 0 "), "what was not sealed is: {listed}");
        }
        assert!(barker.terminate().0);
        let audit = run(home.path(), &["audit", "--database-url", &url]);
        assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    }
}
