//! `MariaDB` as Debian packages it.

use std::{fs, fs::File, path::Path};

use super::{Durability, Process, unprivileged};

const USER: &str = "mysql";
/// Run at every start.
const INIT: &str = "CREATE USER IF NOT EXISTS 'barker'@'%' IDENTIFIED BY 'barker';\nGRANT ALL ON *.* TO 'barker'@'%' WITH GRANT OPTION;\n";

pub(super) fn initialise(home: &Path) {
    let mut install = unprivileged("mariadb-install-db", USER, home);
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    install.arg(format!("--datadir={}", home.join("my").display())).arg(temporary(home));
    let made = install.output().expect("mariadb-install-db, which Debian's mariadb-server brings; scripts/setup installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::write(home.join("init.sql"), INIT).expect("a file in the server's directory");
}

/// A server that starts deletes every temporary table in its directory: also its neighbour's, were it shared.
fn temporary(home: &Path) -> String {
    format!("--tmpdir={}", home.display())
}

pub(super) fn spawn(home: &Path, port: u16, durability: Durability) -> Process {
    let log = File::options().create(true).append(true).open(home.join("log")).expect("a log");
    let mut command = unprivileged("mariadbd", USER, home);
    let place = |option: &str, name: &str| format!("--{option}={}", home.join(name).display());
    command.arg("--no-defaults").arg(temporary(home)).args([
        place("datadir", "my"),
        place("socket", "s"),
        place("pid-file", "pid"),
        place("init-file", "init.sql"),
    ]);
    command.args(["--bind-address=127.0.0.1", &format!("--port={port}"), "--skip-name-resolve", "--max-connections=300"]);
    if durability == Durability::None {
        command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-flush-method=nosync"]);
    }
    command.stdout(log.try_clone().expect("a log")).stderr(log);
    Process::spawn(command)
}
