//! `barker doctor`: every part looked at, with what to do about what is not in order.

mod services;

use std::net::SocketAddr;

use barker_domain::{Error, Result};
use barker_store::Store;

use super::{Common, table::print};
use crate::{
    config::Config,
    control::{self, Status},
    data_dir::OwnedDataDir,
};

/// One thing that was looked at.
struct Finding {
    part: &'static str,
    is_in_order: bool,
    what: String,
    advice: &'static str,
}

impl Finding {
    fn good(part: &'static str, what: impl Into<String>) -> Self {
        Self { part, is_in_order: true, what: what.into(), advice: "" }
    }

    fn bad(part: &'static str, what: impl Into<String>, advice: &'static str) -> Self {
        Self { part, is_in_order: false, what: what.into(), advice }
    }
}

/// `true` when everything is in order.
pub(super) async fn run(common: &Common) -> bool {
    let findings = match common.config() {
        Ok(config) => examine(common, &config).await,
        Err(error) => {
            vec![Finding::bad("configuration", error.detail, "mend the key that is named; config/default.toml explains every key")]
        }
    };
    let is_in_order = findings.iter().all(|finding| finding.is_in_order);
    let rows = findings.into_iter().map(|finding| {
        let mark = if finding.is_in_order { "ok" } else { "!!" };
        [mark.to_owned(), finding.part.to_owned(), finding.what, finding.advice.to_owned()]
    });
    print(&["", "part", "found", "what to do"], rows);
    is_in_order
}

async fn examine(common: &Common, config: &Config) -> Vec<Finding> {
    let source = common.config.as_ref().map_or_else(|| "defaults".to_owned(), |file| file.display().to_string());
    let mut findings = vec![Finding::good("configuration", format!("{source} and the environment"))];
    match control::find_status(&config.storage.data_dir).await {
        Ok(Some(server)) => findings.extend(describe(&server)),
        Ok(None) => {
            findings.extend(examine_files(config).await);
            findings.push(ad_api(&config.serving.open_project, &config.server.listen.to_string()));
        }
        Err(error) => findings.push(Finding::bad("server", error.detail, "look into its log; restart it if it hangs")),
    }
    findings.extend(services::examine(config).await);
    findings
}

fn describe(server: &Status) -> Vec<Finding> {
    vec![
        Finding::good("server", format!("{} runs as process {} on {}", server.version, server.process_id, server.listening_on)),
        Finding::good("database", format!("{}, in use by the server", server.database)),
        ad_api(&server.open_project, server.listening_on.trim_start_matches("http://").trim_start_matches("https://")),
    ]
}

async fn examine_files(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding::good("server", "none runs in this data directory"), listen_address(config).await, tls(config)];
    let advice = "make the directory writable for this user, or name another with --data-dir";
    match OwnedDataDir::acquire(&config.storage.data_dir) {
        Ok(Some(owned)) => {
            findings.push(match owned.probe_writable() {
                Ok(()) => Finding::good("data directory", owned.path().display().to_string()),
                Err(error) => Finding::bad("data directory", format!("{}: {error}", owned.path().display()), advice),
            });
            findings.push(database(config).await);
        }
        Ok(None) => findings.push(Finding::bad("data directory", "another process holds its lock", "wait until it has ended, or end it")),
        Err(error) => findings.push(Finding::bad("data directory", error.detail, advice)),
    }
    findings
}

async fn listen_address(config: &Config) -> Finding {
    match tokio::net::TcpListener::bind(config.server.listen).await {
        Ok(_) => Finding::good("listen address", format!("{} is free", config.server.listen)),
        Err(error) => {
            let what = format!("{}: {error}", config.server.listen);
            Finding::bad("listen address", what, "free the port, or choose another with --listen")
        }
    }
}

fn tls(config: &Config) -> Finding {
    match config.listener_settings() {
        Ok(settings) if settings.certificates.is_some() => {
            Finding::good("TLS", format!("the certificate {}", config.server.tls.certificate_file.display()))
        }
        Ok(_) => Finding::good("TLS", "none; the work of a gateway"),
        Err(error) => Finding::bad("TLS", error.detail, "put the right files there, readable for this user"),
    }
}

async fn database(config: &Config) -> Finding {
    match schema(config).await {
        Ok((backend, 0)) => Finding::good("database", format!("{backend}, schema up to date")),
        Ok((backend, pending)) => {
            Finding::good("database", format!("{backend}, {pending} migrations are applied at the next start or by `barker migrate`"))
        }
        Err(error) => Finding::bad("database", error.detail, "check database.url, and whether the database runs and lets this user in"),
    }
}

async fn schema(config: &Config) -> Result<(&'static str, usize), Error> {
    let store = Store::connect(&config.store_settings()).await?;
    let pending = store.schema_state().await?.pending.len();
    let backend = store.backend_name();
    store.close().await.map(|()| (backend, pending))
}

/// Who may use the ad API without a key.
fn ad_api(open_project: &str, address: &str) -> Finding {
    if open_project.is_empty() {
        return Finding::good("ad API", "closed to requests without a key; `barker serve --sandbox` opens a sandbox to them");
    }
    let what = format!("project {open_project:?} is open to requests without a key on {address}");
    if address.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback()) {
        return Finding::good("ad API", what);
    }
    Finding::bad("ad API", what, "anyone who reaches this address may use it; listen on loopback, or put a gateway in front")
}
