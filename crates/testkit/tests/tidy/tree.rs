//! The text files of the repository, as a fresh clone would hold them.

use std::{fs, io, path::Path};

/// Larger files are data (a market to play, an image), not something that people write.
const MAX_TEXT_BYTES: u64 = 1024 * 1024;
/// Directories that building and running leave behind, at the root; as in `.gitignore`.
const LEFT_BEHIND_AT_ROOT: [&str; 4] = ["target", "data", "fuzz/artifacts", "fuzz/target"];
/// The same, wherever they stand.
const LEFT_BEHIND: [&str; 3] = [".git", "node_modules", "dist"];

/// Types of the console that are made from the OpenAPI document; a test of the console says when they are stale.
const MADE_BY_A_PROGRAM: &str = "console/src/shared/api/contract.d.ts";

/// A file and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// From the root of the repository, parts separated by `/`.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

impl SourceFile {
    /// Lines, as an editor counts them.
    pub(crate) fn line_count(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.has_extension(&["rs"])
    }

    /// Whether it is code that people write: of a crate, of a measurement, of a fuzz target or of the console.
    pub(crate) fn is_code(&self) -> bool {
        if self.path == MADE_BY_A_PROGRAM {
            return false;
        }
        let is_ours = ["benches/", "crates/", "fuzz/"].iter().any(|room| self.path.starts_with(room)) && self.is_rust();
        is_ours || (self.path.starts_with("console/") && self.has_extension(&["ts", "tsx"]))
    }

    /// Whether it only tests or measures: `tests.rs` beside the code, or anything in `tests/` and `benches/`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// Every text file below `root`, ordered by path.
pub(crate) fn read(root: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    visit(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn visit(directory: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() && !is_left_behind(&path, &name) {
            visit(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && entry.metadata()?.len() <= MAX_TEXT_BYTES {
            // What is not UTF-8 is not text.
            let text = String::from_utf8(fs::read(entry.path())?);
            files.extend(text.map(|text| SourceFile { path, text }));
        }
    }
    Ok(())
}

fn is_left_behind(path: &str, name: &str) -> bool {
    LEFT_BEHIND.contains(&name) || LEFT_BEHIND_AT_ROOT.contains(&path)
}

/// A file for the tests of the rules.
pub(crate) fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_file_is_found_and_build_output_is_not() {
        let files = read(&crate::root()).unwrap();
        let this = files.iter().find(|file| file.path == "crates/testkit/tests/tidy/tree.rs").unwrap();
        assert!(this.text.contains("fn this_very_file_is_found"));
        assert!(!files.iter().any(|file| file.path.starts_with(".git/") || file.path.starts_with("target/")));
    }

    #[test]
    fn data_is_skipped_at_the_root_alone() {
        assert!(is_left_behind("data", "data"));
        assert!(!is_left_behind("crates/server/data", "data"));
        assert!(is_left_behind("console/node_modules", "node_modules"));
    }

    #[test]
    fn what_a_program_makes_is_no_code_of_ours() {
        assert!(!file(MADE_BY_A_PROGRAM, "").is_code());
        assert!(file("console/src/shared/api/client.ts", "").is_code());
    }

    #[test]
    fn tests_are_told_from_code() {
        for (path, is_test) in [
            ("crates/serving/src/engine.rs", false),
            ("crates/serving/src/engine/tests.rs", true),
            ("crates/server/tests/api/clicks.rs", true),
            ("crates/serving/benches/decide.rs", true),
            ("crates/store/src/contests.rs", false),
        ] {
            assert_eq!(file(path, "").is_test(), is_test, "{path}");
        }
    }
}
