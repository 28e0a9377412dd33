//! ClickHouse's HTTP interface: questions with bound values, rows that come once however often they are sent, and an end in time.

use std::{io, path::Path, sync::Arc, time::Duration};

use barker_domain::{Code, Error, Result};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use tokio::{fs::File, io::AsyncWriteExt};
use uuid::Uuid;

use super::ClickHouseSettings;
use crate::{cell::Cell, fault};

/// Longest that connecting takes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How much longer than the server's own limit an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// A commit or a change of the schema may take this long.
const WRITE_TIMEOUT: Duration = Duration::from_mins(5);
/// Settings of a question that have no part in one whose answer goes into a file: it may take long, and comes as it is made.
const OF_ANSWERS: [&str; 2] = ["max_execution_time", "wait_end_of_query"];
/// As the other engine writes its files: rows of a group are in the server's memory.
const PARQUET: [(&str, &str); 3] = [
    ("default_format", "Parquet"),
    ("output_format_parquet_compression_method", "zstd"),
    ("output_format_parquet_row_group_size", "122880"),
];
/// Most bytes of an answer: a million rows of some keys and sums.
const MAX_ANSWER_BYTES: usize = 512 << 20;
/// Bytes of what the server says about an error that are kept.
const MAX_ERROR_BYTES: usize = 2_000;
/// Rows of an answer come as arrays of texts, one a line.
const ANSWER_FORMAT: &str = "JSONCompactStringsEachRow";

const MEMORY_LIMIT_EXCEEDED: u32 = 241;
const TIMEOUT_EXCEEDED: u32 = 159;
const QUERY_WAS_CANCELLED: u32 = 394;
const TOO_MUCH_TEMPORARY_DATA: u32 = 243;
const AUTHENTICATION_FAILED: u32 = 516;

/// Where it is and how it may be used.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: Client,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    url: String,
    database: String,
    user: Option<(String, SecretString)>,
    settings: Vec<(&'static str, String)>,
    timeout: Duration,
}

/// Asks the server to end a question when it is dropped before the answer has come.
struct Killing {
    http: Http,
    query_id: String,
    is_over: bool,
}

impl Http {
    pub(super) fn new(settings: &ClickHouseSettings) -> Result<Self> {
        let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).build();
        let client = client.map_err(|error| Error::new(Code::Misconfigured, "no client for ClickHouse").caused_by(error))?;
        let memory = u64::from(settings.memory_megabytes) << 20;
        let seconds = settings.timeout.as_secs_f64().max(0.001);
        let shared = Shared {
            url: settings.url.clone(),
            database: settings.database.clone(),
            user: settings.user.clone().zip(Some(settings.password.clone())),
            settings: vec![
                ("max_memory_usage", memory.to_string()),
                ("max_bytes_before_external_group_by", (memory / 2).to_string()),
                ("max_bytes_before_external_sort", (memory / 2).to_string()),
                ("max_temporary_data_on_disk_size_for_query", (u64::from(settings.spill_megabytes) << 20).to_string()),
                ("max_threads", settings.threads.to_string()),
                ("max_execution_time", seconds.to_string()),
                ("timeout_before_checking_execution_speed", "0".to_owned()),
                ("cancel_http_readonly_queries_on_client_close", "1".to_owned()),
                // An absent row of an outer join is null, as elsewhere.
                ("join_use_nulls", "1".to_owned()),
                // What is asked next sees what was answered before, from whichever table.
                ("wait_end_of_query", "1".to_owned()),
            ],
            timeout: settings.timeout,
        };
        Ok(Self { client, shared: Arc::new(shared) })
    }

    /// A question: rows of texts. It ends soon after this future is dropped.
    pub(super) async fn ask(&self, text: &str, cells: &[Cell<'_>]) -> Result<Vec<Vec<String>>> {
        let query_id = Uuid::now_v7().to_string();
        let mut killing = Killing { http: self.clone(), query_id: query_id.clone(), is_over: false };
        let asked = self.request(&self.shared.settings).query(&[("default_format", ANSWER_FORMAT), ("query_id", &query_id)]);
        let asked = asked.query(&parameters(cells)).body(text.to_owned());
        let answered = tokio::time::timeout(self.shared.timeout + PATIENCE, answer_of(asked)).await;
        let answer = answered.map_err(|_| fault::too_slow())?;
        killing.is_over = true;
        rows_of(&answer?)
    }

    /// Writes the answer to a question into a Parquet file as it comes. Whether it came whole the end of the file says.
    pub(super) async fn save(&self, text: &str, path: &Path) -> Result<()> {
        let query_id = Uuid::now_v7().to_string();
        let mut killing = Killing { http: self.clone(), query_id: query_id.clone(), is_over: false };
        let settings: Vec<_> = self.shared.settings.iter().filter(|(name, _)| !OF_ANSWERS.contains(name)).cloned().collect();
        let asked = self.request(&settings).query(&PARQUET).query(&[("query_id", &query_id)]).body(text.to_owned());
        let mut response = asked.send().await.map_err(lost)?;
        if !response.status().is_success() {
            killing.is_over = true;
            return Err(refusal(response).await);
        }
        let mut file = File::create(path).await.map_err(unwritable)?;
        while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
            file.write_all(&chunk).await.map_err(unwritable)?;
        }
        killing.is_over = true;
        file.flush().await.map_err(unwritable)
    }

    /// Anything else than a question.
    pub(super) async fn run(&self, text: &str, cells: &[Cell<'_>]) -> Result<()> {
        let asked = self.request(&[]).query(&[("mutations_sync", "1"), ("lightweight_deletes_sync", "1")]);
        let asked = asked.query(&parameters(cells)).body(text.to_owned());
        self.finish(asked).await
    }

    /// Keeps rows. Sent again with the same token they are kept once.
    pub(super) async fn insert(&self, table: &str, rows: Vec<u8>, token: &str) -> Result<()> {
        let text = format!("INSERT INTO {table} FORMAT RowBinary");
        let asked = self.request(&[]).query(&[("query", text.as_str()), ("insert_deduplication_token", token), ("async_insert", "0")]);
        self.finish(asked.body(rows)).await
    }

    async fn finish(&self, asked: RequestBuilder) -> Result<()> {
        let answered = tokio::time::timeout(WRITE_TIMEOUT, answer_of(asked)).await;
        answered.map_err(|_| Error::new(Code::StorageUnavailable, "ClickHouse takes too long to write"))?.map(|_| ())
    }

    fn request(&self, settings: &[(&'static str, String)]) -> RequestBuilder {
        let shared = &self.shared;
        let request = self.client.post(&shared.url).query(&[("database", shared.database.as_str())]).query(settings);
        match &shared.user {
            Some((user, password)) => request.header("X-ClickHouse-User", user).header("X-ClickHouse-Key", password.expose_secret()),
            None => request,
        }
    }
}

impl Drop for Killing {
    fn drop(&mut self) {
        let (http, query_id) = (self.http.clone(), std::mem::take(&mut self.query_id));
        // Outside of a runtime the process is ending, and its connections with it.
        let runtime = tokio::runtime::Handle::try_current();
        if let (false, Ok(runtime)) = (self.is_over, runtime) {
            runtime.spawn(async move {
                if let Err(error) = http.run("KILL QUERY WHERE query_id = {p1:String} ASYNC", &[Cell::Text(query_id.into())]).await {
                    tracing::warn!(%error, "a question that nobody waits for was not ended; its time limit will");
                }
            });
        }
    }
}

fn lost(error: reqwest::Error) -> Error {
    Error::new(Code::StorageUnavailable, "ClickHouse does not answer").caused_by(error.without_url())
}

fn broken_off(error: reqwest::Error) -> Error {
    Error::new(Code::StorageUnavailable, "ClickHouse broke off in the middle of an answer").caused_by(error.without_url())
}

fn unwritable(error: io::Error) -> Error {
    Error::new(Code::StorageUnavailable, "the export cannot be written").caused_by(error)
}

async fn answer_of(asked: RequestBuilder) -> Result<Vec<u8>> {
    let mut response = asked.send().await.map_err(lost)?;
    if !response.status().is_success() {
        return Err(refusal(response).await);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(fault::too_many_rows());
        }
        bytes.extend(chunk);
    }
    Ok(bytes)
}

/// What the server says instead of an answer.
async fn refusal(mut response: Response) -> Error {
    let header = response.headers().get("X-ClickHouse-Exception-Code").and_then(|code| code.to_str().ok()?.parse().ok());
    let status = response.status();
    let mut said = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        said.extend(chunk);
        if said.len() > MAX_ERROR_BYTES {
            said.truncate(MAX_ERROR_BYTES);
            break;
        }
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    let code = header.or_else(|| said.strip_prefix("Code: ")?.split('.').next()?.parse().ok()).unwrap_or(0);
    let error = match code {
        MEMORY_LIMIT_EXCEEDED | TOO_MUCH_TEMPORARY_DATA => fault::too_much_memory(),
        TIMEOUT_EXCEEDED | QUERY_WAS_CANCELLED => fault::too_slow(),
        AUTHENTICATION_FAILED => Error::new(Code::Misconfigured, "ClickHouse does not take the warehouse's user and password"),
        0 => Error::new(Code::StorageUnavailable, format!("instead of ClickHouse somebody else answers {status}")),
        _ => Error::new(Code::Internal, "the warehouse refused a statement"),
    };
    error.caused_by(std::io::Error::other(said))
}

fn rows_of(answer: &[u8]) -> Result<Vec<Vec<String>>> {
    let lines = answer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let rows = lines.map(serde_json::from_slice::<Vec<String>>).collect::<serde_json::Result<_>>();
    rows.map_err(|error| Error::new(Code::Internal, "ClickHouse answers something else than rows").caused_by(error))
}

/// Bound values, written as ClickHouse's `Escaped` format has them.
fn parameters(cells: &[Cell<'_>]) -> Vec<(String, String)> {
    let written = |cell: &Cell<'_>| match cell {
        Cell::Uuid(uuid) => uuid.to_string(),
        Cell::Text(text) => escape(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Big(number) => number.to_string(),
        Cell::Boolean(is) => is.to_string(),
    };
    cells.iter().enumerate().map(|(place, cell)| (format!("param_p{}", place + 1), written(cell))).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\0' => escaped.push_str("\\0"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
pub(super) use tests::pretended;

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    /// Hours of work.
    const ENDLESS: &str = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))";

    fn http(timeout: Duration, memory_megabytes: u32) -> Http {
        let variable = "BARKER_TEST_CLICKHOUSE_URL";
        let url = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run the tests through scripts/test"));
        at(url, timeout, memory_megabytes)
    }

    /// A server that answers everything with this, and hangs up.
    pub(in crate::click) async fn pretended(answer: &'static str) -> Http {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                let mut asked = vec![0; 64 << 10];
                let _read = caller.read(&mut asked).await;
                let _gone = caller.write_all(answer.as_bytes()).await;
            }
        });
        at(url, Duration::from_secs(5), 64)
    }

    fn at(url: String, timeout: Duration, memory_megabytes: u32) -> Http {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let settings = ClickHouseSettings {
            url,
            database: "default".to_owned(),
            user: Some("barker".to_owned()),
            password: "barker".into(),
            memory_megabytes,
            spill_megabytes: 1_024,
            threads: 2,
            readers: 1,
            timeout,
            queued_rows: 1,
            known_events: 1,
            exports: std::env::temp_dir(),
        };
        Http::new(&settings).unwrap()
    }

    #[tokio::test]
    async fn a_question_ends_when_its_time_is_over() {
        let error = http(Duration::from_millis(300), 1_024).ask(ENDLESS, &[]).await.unwrap_err();
        assert_eq!(error.code, Code::Busy, "{error:?}");
    }

    #[tokio::test]
    async fn a_question_that_nobody_waits_for_is_ended() {
        let http = http(Duration::from_mins(10), 1_024);
        let mark = Uuid::now_v7();
        let text = format!("{ENDLESS} AND '{mark}' <> ''");
        let asked = tokio::time::timeout(Duration::from_millis(500), http.ask(&text, &[])).await;
        assert!(asked.is_err(), "the caller leaves");
        let running =
            "SELECT count() FROM system.processes WHERE position(query, {p1:String}) > 0 AND position(query, 'system.processes') = 0";
        for _ in 0..200 {
            if http.ask(running, &[Cell::Text(mark.to_string().into())]).await.unwrap() == [["0"]] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it still runs");
    }

    #[tokio::test]
    async fn a_question_that_needs_too_much_memory_is_refused() {
        let wide = "SELECT count() FROM (SELECT groupArray(toString(number)) AS every FROM numbers(20000000))";
        let error = http(Duration::from_mins(1), 64).ask(wide, &[]).await.unwrap_err();
        assert_eq!(error.code, Code::Busy, "{error:?}");
    }

    #[tokio::test]
    async fn values_arrive_as_they_were_bound_and_an_insert_that_is_sent_again_is_there_once() {
        let http = http(Duration::from_mins(1), 1_024);
        let odd = "it's\t\\N {p1:String} \n\0\u{8}\u{c}\r'); DROP TABLE x; --";
        assert_eq!(http.ask("SELECT {p1:String}", &[Cell::Text(odd.into())]).await.unwrap(), [[odd]]);
        let table = format!("sent_{}", Uuid::now_v7().simple());
        let create = format!(
            "CREATE TABLE {table} (number Int64) ENGINE = MergeTree ORDER BY number SETTINGS non_replicated_deduplication_window = 10"
        );
        http.run(&create, &[]).await.unwrap();
        for token in ["one", "one", "two"] {
            http.insert(&table, 7_i64.to_le_bytes().to_vec(), token).await.unwrap();
        }
        assert_eq!(http.ask(&format!("SELECT count() FROM {table}"), &[]).await.unwrap(), [["2"]]);
        http.run(&format!("DROP TABLE {table}"), &[]).await.unwrap();
    }

    #[tokio::test]
    async fn nobody_gets_in_with_a_wrong_password() {
        let mut http = http(Duration::from_mins(1), 1_024);
        let shared = Arc::get_mut(&mut http.shared).unwrap();
        shared.user = Some(("barker".to_owned(), "wrong".into()));
        assert!(http.ask("SELECT 1", &[]).await.is_err());
    }
}
