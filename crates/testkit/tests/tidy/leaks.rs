//! Nothing that is true on one machine only: its directories, the registry it happens to use.

use crate::{Rule, tree::SourceFile};

pub(crate) const RULE: Rule = Rule {
    says: "no committed text names a home directory or a package registry's host (Cargo.lock aside)",
    why: "the tree is built on machines with other directories, mirrors and rules",
    remedy: "use a relative path, $HOME or a variable; leave registries to cargo's and npm's settings (npm: omit-lockfile-registry-resolved=true)",
};

// Put together here, so that this file does not break its own rule.
const FORBIDDEN: [&str; 6] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
];

/// Cargo writes it, and names the public registry whatever was used.
const LOCK_FILE: &str = "Cargo.lock";

/// Every line with such a name.
pub(crate) fn faults(files: &[SourceFile]) -> Vec<String> {
    files.iter().filter(|file| file.path != LOCK_FILE).flat_map(faults_of).collect()
}

fn faults_of(file: &SourceFile) -> Vec<String> {
    let numbered = file.text.lines().enumerate();
    let found = numbered.filter_map(|(number, line)| {
        let name = FORBIDDEN.iter().find(|name| line.contains(**name))?;
        Some(format!("{}:{}: {name}", file.path, number + 1))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    #[test]
    fn directories_and_registries_are_named_with_their_line() {
        for name in FORBIDDEN {
            assert_eq!(faults(&[file("docs/x.md", &format!("fine\nsee {name}x\n"))]), [format!("docs/x.md:2: {name}")]);
        }
    }

    #[test]
    fn the_lock_file_and_ordinary_paths_are_fine() {
        assert_eq!(faults(&[file("Cargo.lock", FORBIDDEN[2]), file("docs/x.md", "/etc/barker, https://crates.io")]), [""; 0]);
    }
}
