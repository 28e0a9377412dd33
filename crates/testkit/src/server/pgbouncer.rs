//! pgbouncer in session mode, as Debian packages it.

use std::{fs, path::Path, process::Stdio};

use super::{Process, unprivileged};

const USER: &str = "postgres";

pub(super) fn spawn(home: &Path, port: u16, server_port: u16) -> Process {
    let users = home.join("users");
    fs::write(&users, "\"barker\" \"\"\n").expect("a file in pgbouncer's directory");
    let settings = format!(
        "[databases]\n* = host=127.0.0.1 port={server_port}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = trust\nauth_file = {}\npool_mode = session\nignore_startup_parameters = extra_float_digits\n\
         max_client_conn = 1000\ndefault_pool_size = 50\nserver_idle_timeout = 2\n",
        users.display()
    );
    let file = home.join("pgbouncer.ini");
    fs::write(&file, settings).expect("a file in pgbouncer's directory");
    let mut command = unprivileged("pgbouncer", USER, home);
    command.arg("--quiet").arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Process::spawn(command)
}
