//! PostgreSQL as Debian packages it.

use std::{fs::File, path::Path};

use super::{Durability, Process, newest, unprivileged};

const PROGRAMS: &str = "/usr/lib/postgresql";
const USER: &str = "postgres";

pub(super) fn initialise(home: &Path) {
    let mut initdb = unprivileged(newest(PROGRAMS, "initdb"), USER, home);
    initdb.args(["--username=barker", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"]).arg(home.join("pg"));
    let made = initdb.output().expect("initdb, which Debian's postgresql brings; scripts/setup installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

pub(super) fn spawn(home: &Path, port: u16, durability: Durability) -> Process {
    let log = File::options().create(true).append(true).open(home.join("log")).expect("a log");
    let mut command = unprivileged(newest(PROGRAMS, "postgres"), USER, home);
    command.arg("-D").arg(home.join("pg")).args(["-p", &port.to_string()]);
    command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300"]);
    // What its processes share goes with its directory, also after it was killed.
    command.args(["-c", "dynamic_shared_memory_type=mmap"]);
    match durability {
        Durability::None => command.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]),
        // Where speed is measured it has the memory that docs/OPERATIONS.md tells an operator to give it.
        Durability::Full => command.args(["-c", "shared_buffers=2GB", "-c", "max_wal_size=4GB"]),
    };
    command.stdout(log.try_clone().expect("a log")).stderr(log);
    Process::spawn(command)
}
