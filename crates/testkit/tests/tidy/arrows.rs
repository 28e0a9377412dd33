//! Arrows between our own crates point down only.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::Rule;

pub(crate) const RULE: Rule = Rule {
    says: "a crate depends only on crates below it (docs/ARCHITECTURE.md, the picture)",
    why: "rules stay testable without a database, and each outside system stays replaceable in one place",
    remedy: "move the code to the lowest crate that may know both sides, or hand the value in from app; \
             a new crate gets a line in ARROWS in crates/testkit/tests/tidy/arrows.rs and a place in the picture",
};

/// What every crate may use of ours, itself and tests aside.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("serving", &["domain"]),
    ("analytics", &["domain"]),
    ("store", &["domain"]),
    ("warehouse", &["domain"]),
    ("connectors", &["domain"]),
    ("infra", &["domain"]),
    ("wire", &["domain"]),
    ("app", &["domain", "serving", "analytics", "store", "warehouse", "connectors", "infra"]),
    ("server", &["domain", "serving", "analytics", "store", "warehouse", "connectors", "infra", "wire", "app"]),
    // Measures the program from outside: knows nothing of what is inside.
    ("benches", &[]),
    // Used by tests alone: nobody may depend on it, it may depend on everybody.
    ("testkit", &["domain", "serving", "analytics", "store", "warehouse", "connectors", "infra", "wire", "app", "server"]),
];

/// A crate of the workspace with what its manifest asks for; dev-dependencies are free and left out.
#[derive(Debug, Clone)]
pub(crate) struct Crate {
    /// Without the `barker-` of our own crates.
    pub(crate) name: String,
    /// Ours without the `barker-`.
    pub(crate) ours: Vec<String>,
    /// From outside.
    pub(crate) externals: Vec<String>,
}

/// The crates of the workspace as cargo sees them.
pub(crate) fn read(root: &Path) -> cargo_metadata::Result<Vec<Crate>> {
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let crates = metadata.packages.into_iter().map(|package| {
        let uses = package.dependencies.into_iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        let (ours, externals): (Vec<_>, Vec<_>) = uses.partition(|dependency| dependency.path.is_some());
        let names = |uses: Vec<cargo_metadata::Dependency>| uses.into_iter().map(|one| short(&one.name)).collect();
        Crate { name: short(&package.name), ours: names(ours), externals: names(externals) }
    });
    Ok(crates.collect())
}

/// Every arrow that points up or sideways, and every crate without a place.
pub(crate) fn faults(crates: &[Crate]) -> Vec<String> {
    crates.iter().flat_map(faults_of).collect()
}

fn faults_of(one: &Crate) -> Vec<String> {
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == one.name) else {
        return vec![format!("{} has no arrow: add its line to ARROWS in crates/testkit/tests/tidy/arrows.rs", one.name)];
    };
    let strays = one.ours.iter().filter(|used| !allowed.contains(&used.as_str()));
    strays.map(|used| format!("{} must not depend on {used}", one.name)).collect()
}

fn short(name: &str) -> String {
    name.strip_prefix("barker-").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn using(name: &str, ours: &[&str]) -> Crate {
        Crate { name: name.into(), ours: ours.iter().map(|&used| used.into()).collect(), externals: Vec::new() }
    }

    #[test]
    fn arrows_down_are_fine() {
        let fine = [using("domain", &[]), using("app", &["store", "serving", "domain"]), using("server", &["app", "domain"])];
        assert_eq!(faults(&fine), [""; 0]);
    }

    #[test]
    fn arrows_up_and_sideways_are_named() {
        let strays = [using("domain", &["serving"]), using("store", &["domain", "warehouse"]), using("serving", &["app"])];
        let expected = ["domain must not depend on serving", "store must not depend on warehouse", "serving must not depend on app"];
        assert_eq!(faults(&strays), expected);
    }

    #[test]
    fn nobody_but_tests_uses_the_testkit() {
        for name in ["domain", "store", "app", "server"] {
            assert_eq!(faults(&[using(name, &["testkit"])]), [format!("{name} must not depend on testkit")]);
        }
    }

    #[test]
    fn an_unknown_crate_is_told_where_to_add_its_arrow() {
        assert!(faults(&[using("billing", &[])])[0].contains("ARROWS in crates/testkit/tests/tidy/arrows.rs"));
    }

    #[test]
    fn arrows_have_no_cycle() {
        for (place, (name, used)) in ARROWS.iter().enumerate() {
            for one in *used {
                assert!(ARROWS[..place].iter().any(|(lower, _)| lower == one), "{name} -> {one} does not point down");
            }
        }
    }

    #[test]
    fn cargo_tells_our_crates_from_outside_ones() {
        let crates = read(&crate::root()).unwrap();
        let app = crates.iter().find(|one| one.name == "app").unwrap();
        assert!(app.ours.contains(&"domain".into()));
        assert!(app.externals.contains(&"tokio".into()));
        let testkit = crates.iter().find(|one| one.name == "testkit").unwrap();
        assert!(!testkit.externals.contains(&"cargo_metadata".into()), "dev-dependencies are free");
    }
}
