//! The database fails under load and comes back: answered impressions stay, callers are told to come again, and the
//! server recovers by itself.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use barker_testkit::{
    Backend, TestDatabase, execute,
    server::{Durability, Kind, Server},
};
use rstest::rstest;

use crate::{
    barker::{Barker, run},
    visitors::Visitors,
};

const CLIENTS: u32 = 4_000;
const LIMIT: u32 = 3_000;
/// How long the database is away when nothing else is said.
const OUTAGE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_secs(10);
/// Long enough that whoever tries again after pauses that only grow is in the middle of a long one when the database is back.
const DEATH: Duration = Duration::from_secs(11);
/// How long a server may take to serve again once its database does, however long that was away.
const RECOVERY: Duration = Duration::from_secs(6);
/// What an outage may leave behind in memory.
const MAX_GROWTH_KB: u64 = 64_000;

#[derive(Debug, Clone, Copy)]
enum Fault {
    KilledAndRestarted,
    Paused,
    TurnedAway,
    FullDisk,
}

/// A small file system in memory that disappears with the value.
struct SmallDisk {
    mount: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` where we may not mount anything.
    fn mount(megabytes: u32) -> Option<Self> {
        let mount = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(mount.path()).output().unwrap();
        mounted.status.success().then_some(Self { mount })
    }

    fn path(&self) -> &Path {
        self.mount.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut filler = fs::File::create(&path).unwrap();
        for block in [1 << 20, 1 << 12] {
            let block = vec![0; block];
            while filler.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open there is ending.
        let _outcome = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

impl Fault {
    /// Breaks the database, waits, and mends it.
    async fn happen(self, server: &mut Server, disk: Option<&SmallDisk>) {
        match self {
            Self::KilledAndRestarted => {
                server.kill();
                tokio::time::sleep(DEATH).await;
                server.restart().await;
            }
            Self::Paused => {
                server.process().pause();
                tokio::time::sleep(PAUSE).await;
                server.process().resume();
            }
            Self::TurnedAway => turn_away_for_a_while(server).await,
            Self::FullDisk => fill_for_a_while(server, disk.unwrap()).await,
        }
    }
}

async fn fill_for_a_while(server: &mut Server, disk: &SmallDisk) {
    let filler = disk.fill();
    tokio::time::sleep(OUTAGE).await;
    fs::remove_file(filler).unwrap();
    // A server that gave up on a full disk is started again by whoever runs it.
    if execute(&server.url(), "SELECT 1".to_owned()).await.is_err() {
        server.restart().await;
    }
}

/// Ends Barker's connections and lets it make no new ones for a while, while others may.
async fn turn_away_for_a_while(server: &Server) {
    let (refuse, admit) = if is_postgres(server) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'barker'";
        (["ALTER DATABASE barker ALLOW_CONNECTIONS false", end], "ALTER DATABASE barker ALLOW_CONNECTIONS true")
    } else {
        (["ALTER USER app ACCOUNT LOCK", "KILL USER app"], "ALTER USER app ACCOUNT UNLOCK")
    };
    for statement in refuse {
        execute(&server.url(), statement.to_owned()).await.unwrap();
    }
    tokio::time::sleep(OUTAGE).await;
    execute(&server.url(), admit.to_owned()).await.unwrap();
}

fn is_postgres(server: &Server) -> bool {
    server.url().starts_with("postgres")
}

/// A database for Barker, with a user of its own where turning away needs one.
async fn database_of(server: &Server) -> String {
    let url = server.create_database("barker").await;
    if is_postgres(server) {
        return url;
    }
    execute(&server.url(), "CREATE USER app IDENTIFIED BY 'app'".to_owned()).await.unwrap();
    execute(&server.url(), "GRANT ALL ON barker.* TO app".to_owned()).await.unwrap();
    url.replace("barker:barker@", "app:app@")
}

#[expect(clippy::print_stderr, reason = "the test runner shows it to whoever looks")]
fn leave_out() {
    eprintln!("left out: this user may not mount a small disk");
}

#[rstest]
#[case::postgres_killed_and_restarted(Kind::Postgres, Fault::KilledAndRestarted)]
#[case::postgres_paused(Kind::Postgres, Fault::Paused)]
#[case::postgres_turning_away(Kind::Postgres, Fault::TurnedAway)]
#[case::postgres_on_a_full_disk(Kind::Postgres, Fault::FullDisk)]
#[case::mariadb_killed_and_restarted(Kind::MariaDb, Fault::KilledAndRestarted)]
#[case::mariadb_paused(Kind::MariaDb, Fault::Paused)]
#[case::mariadb_turning_away(Kind::MariaDb, Fault::TurnedAway)]
#[case::mariadb_on_a_full_disk(Kind::MariaDb, Fault::FullDisk)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_and_returns_costs_patience_and_nothing_else(#[case] kind: Kind, #[case] fault: Fault) {
    let disk = if matches!(fault, Fault::FullDisk) { SmallDisk::mount(400) } else { None };
    if matches!(fault, Fault::FullDisk) && disk.is_none() {
        return leave_out();
    }
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = disk.as_ref().map_or(elsewhere.path(), SmallDisk::path);
    let mut server = Server::start(kind, home, Durability::Full).await;
    let url = database_of(&server).await;
    let barker = Barker::start(directory.path(), &["--database-url", &url]);
    survive(&barker, async || fault.happen(&mut server, disk.as_ref()).await).await;
    let audit = run(directory.path(), &["audit", "--database-url", &url]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    assert!(barker.terminate().0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_on_a_full_disk_costs_patience_and_nothing_else() {
    let Some(disk) = SmallDisk::mount(24) else { return leave_out() };
    let directory = disk.path().join("data");
    fs::create_dir(&directory).unwrap();
    let barker = Barker::start(&directory, &[]);
    survive(&barker, async || {
        let filler = disk.fill();
        tokio::time::sleep(OUTAGE).await;
        fs::remove_file(filler).unwrap();
    })
    .await;
    let audit = run(&directory, &["audit"]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    assert!(barker.terminate().0);
}

/// A file has no server that could be paused or refuse: whoever else writes to it can keep everybody waiting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_held_by_somebody_else_costs_patience_and_nothing_else() {
    let (home, database) = (tempfile::tempdir().unwrap(), TestDatabase::create(Backend::Sqlite).await);
    let url = database.url();
    let barker = Barker::start(home.path(), &["--database-url", &url]);
    let somebody = database.connect().await.unwrap();
    survive(&barker, async || {
        let hold = somebody.write((), |_, ()| Box::pin(std::future::pending::<barker_domain::Result<()>>()));
        tokio::time::timeout(PAUSE, hold).await.unwrap_err();
    })
    .await;
    let audit = run(home.path(), &["audit", "--database-url", &url]);
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    somebody.close().await.unwrap();
    assert!(barker.terminate().0);
}

/// Lets visitors in, lets the fault happen, and checks what everyone was told against what is stored.
async fn survive(barker: &Barker, fault: impl AsyncFnOnce()) {
    let campaign = barker.campaign(LIMIT).await;
    let clients = barker.clients(CLIENTS).await;
    let memory_before = barker.resident_kb();
    let visitors = Visitors::send(&barker.http, &barker.address, &clients);
    while visitors.shown() < 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fault().await;
    wait_for_recovery(&visitors).await;
    let diary = visitors.leave().await;
    diary.assert_only_advice();
    let stats = barker.get(&format!("/stats/campaigns/{campaign}")).await;
    diary.assert_kept(&stats, LIMIT);
    let growth = barker.resident_kb().saturating_sub(memory_before);
    assert!(growth < MAX_GROWTH_KB, "{growth} KB more than before");
}

async fn wait_for_recovery(visitors: &Visitors) {
    let (mended, before) = (Instant::now(), visitors.shown());
    while visitors.shown() <= before && visitors.shown() < LIMIT as usize {
        assert!(mended.elapsed() < RECOVERY, "the server did not recover: {:?}", visitors.diary.lock().unwrap().unexpected);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Long enough for more to happen than the first answer.
    tokio::time::sleep(Duration::from_millis(500)).await;
}
