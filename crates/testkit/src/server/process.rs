//! A server's process with its children: paused, resumed and killed together.

use std::{
    fs,
    process::{Child, Command},
};

/// A process that ends with this value, children and all.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    pub(super) fn spawn(mut command: Command) -> Self {
        Self { child: command.spawn().expect("a program that Debian's packages bring; scripts/setup installs them") }
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Stops the whole family in the middle of whatever it does.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.signal("-KILL");
        // Reaped already when it was killed before.
        let _ended = self.child.wait();
    }

    fn signal(&self, signal: &str) {
        let mut family = vec![self.id()];
        // Children of children come after their parents in the list, so one pass from front to back finds them all.
        let mut next = 0;
        while next < family.len() {
            family.extend(children_of(family[next]));
            next += 1;
        }
        // Someone who has ended meanwhile needs no signal.
        let _outcome =
            Command::new("kill").arg(signal).args(family.iter().map(u32::to_string)).stderr(std::process::Stdio::null()).status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// The fourth field of `stat`, counted after the command's name, which may hold blanks.
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
