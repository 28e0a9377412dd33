//! Which room may know which outside library.

use crate::{Rule, arrows::Crate};

pub(crate) const RULE: Rule = Rule {
    says: "an outside library is used in its own rooms only (EXTERNALS in crates/testkit/tests/tidy/externals.rs)",
    why: "what only one room knows can be replaced there; rooms without IO can be tested with plain values",
    remedy: "let the room that knows the library do the work and hand over domain values",
};

/// Who may name a library in `[dependencies]`.
enum Rooms {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

/// Rooms that compute and do nothing else.
const PURE: Rooms = Rooms::AllBut(&["domain", "serving", "analytics"]);

/// Libraries (a `*` at the end stands for anything), where they belong, and why.
const EXTERNALS: &[(&str, Rooms, &str)] = &[
    ("sea-orm*", Rooms::Only(&["store"]), "only store knows SeaORM"),
    (
        "sqlx*",
        Rooms::Only(&["store", "infra", "testkit"]),
        "only store knows SQL of business data; infra tidies the queue's own tables; testkit makes and drops databases",
    ),
    ("apalis*", Rooms::Only(&["infra"]), "only infra knows where tickets of jobs wait"),
    ("lapin", Rooms::Only(&["infra"]), "only infra knows RabbitMQ"),
    ("cron", Rooms::Only(&["app"]), "only app keeps schedules"),
    ("duckdb*", Rooms::Only(&["warehouse"]), "only warehouse knows DuckDB"),
    ("clickhouse*", Rooms::Only(&["warehouse"]), "only warehouse knows ClickHouse"),
    ("lettre", Rooms::Only(&["infra"]), "only infra knows how mail leaves"),
    ("object_store", Rooms::Only(&["infra"]), "only infra knows where objects live"),
    ("redis", Rooms::Only(&["infra"]), "only infra knows where the cache and the rate limits live"),
    ("axum*", Rooms::Only(&["wire", "server"]), "only server and its wire speak HTTP to callers"),
    ("utoipa*", Rooms::Only(&["wire", "server"]), "only server and its wire document the HTTP surface"),
    ("tower-*", Rooms::Only(&["server"]), "only server has HTTP middleware"),
    ("tokio*", PURE, "domain, serving and analytics know no async"),
    ("reqwest*", PURE, "domain, serving and analytics do no IO"),
    ("hyper*", PURE, "domain, serving and analytics do no IO"),
];

/// Every crate that names a library which belongs elsewhere.
pub(crate) fn faults(crates: &[Crate]) -> Vec<String> {
    let mut faults = Vec::new();
    for one in crates {
        for library in &one.externals {
            let broken = EXTERNALS.iter().filter(|(pattern, rooms, _)| matches(pattern, library) && !rooms.admit(&one.name));
            faults.extend(broken.map(|(_, _, reason)| format!("{} must not depend on {library}: {reason}", one.name)));
        }
    }
    faults
}

impl Rooms {
    fn admit(&self, name: &str) -> bool {
        match self {
            Self::Only(rooms) => rooms.contains(&name),
            Self::AllBut(rooms) => !rooms.contains(&name),
        }
    }
}

fn matches(pattern: &str, library: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == library, |prefix| library.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming(name: &str, library: &str) -> Vec<Crate> {
        vec![Crate { name: name.into(), ours: Vec::new(), externals: vec![library.into()] }]
    }

    #[test]
    fn a_library_in_its_own_room_is_fine() {
        for (room, library) in [("store", "sea-orm-migration"), ("server", "tower-http"), ("app", "tokio"), ("domain", "jiff")] {
            assert_eq!(faults(&naming(room, library)), [""; 0], "{room} {library}");
        }
    }

    #[test]
    fn a_library_in_another_room_is_named() {
        for (room, library) in [
            ("server", "sea-orm"),
            ("app", "sea-orm-migration"),
            ("app", "sqlx"),
            ("app", "axum"),
            ("app", "utoipa-axum"),
            ("infra", "tower-http"),
            ("app", "apalis-sqlite"),
            ("store", "apalis-core"),
            ("server", "lapin"),
            ("server", "redis"),
            ("app", "lettre"),
            ("domain", "tokio"),
            ("serving", "tokio-util"),
            ("serving", "reqwest"),
            ("analytics", "duckdb"),
        ] {
            assert!(faults(&naming(room, library))[0].starts_with(&format!("{room} must not depend on {library}: ")));
        }
    }
}
