//! What a process does: `serve --roles`.

use std::{fmt, str::FromStr};

/// The roles of a process. One with the role `api` owns the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// It answers requests.
    pub api: bool,
    /// It runs jobs.
    pub worker: bool,
    /// It begins what is scheduled, and says which jobs are due.
    pub scheduler: bool,
}

const NAMES: [&str; 3] = ["api", "worker", "scheduler"];

impl Roles {
    /// Everything: what a process does when nobody says otherwise.
    pub const ALL: Self = Self { api: true, worker: true, scheduler: true };

    /// What a command needs that does its work by itself, because no server runs.
    pub const COMMAND: Self = Self { api: true, worker: false, scheduler: false };

    /// Whether jobs are asked for, dispatched and run without any other process.
    #[must_use]
    pub fn are_complete(self) -> bool {
        self.api && self.worker && self.scheduler
    }
}

impl Default for Roles {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromStr for Roles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut roles = Self { api: false, worker: false, scheduler: false };
        for name in text.split(',').map(str::trim) {
            match name {
                "api" => roles.api = true,
                "worker" => roles.worker = true,
                "scheduler" => roles.scheduler = true,
                unknown => return Err(format!("there is no role {unknown:?}; there are {}", NAMES.join(", "))),
            }
        }
        Ok(roles)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = [self.api, self.worker, self.scheduler];
        let names: Vec<_> = NAMES.iter().zip(has).filter(|(_, has)| *has).map(|(name, _)| *name).collect();
        formatter.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_and_an_unknown_one_is_told_which_there_are() {
        assert_eq!("api,worker,scheduler".parse(), Ok(Roles::ALL));
        assert_eq!("worker".parse(), Ok(Roles { api: false, worker: true, scheduler: false }));
        assert_eq!(Roles::ALL.to_string().parse(), Ok(Roles::ALL));
        for unknown in ["", "api,", "bot", "Worker"] {
            let told = unknown.parse::<Roles>().unwrap_err();
            assert!(told.ends_with("there are api, worker, scheduler"), "{told}");
        }
    }
}
