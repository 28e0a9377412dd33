//! Every module opens with what lives in it.

use std::ops::RangeInclusive;

use crate::{Rule, tree::SourceFile};

pub(crate) const RULE: Rule = Rule {
    says: "a Rust file begins with //! and 1 to 8 lines of it, empty ones not counted",
    why: "a stranger learns from the first lines whether this is the file they look for",
    remedy: "say what lives here and what must not; longer explanations go to docs/",
};

const LINES: RangeInclusive<usize> = 1..=8;

/// Every file whose module doc is missing, too short or too long.
pub(crate) fn faults(files: &[SourceFile]) -> Vec<String> {
    files.iter().filter(|file| file.is_code() && file.is_rust()).filter_map(fault).collect()
}

fn fault(file: &SourceFile) -> Option<String> {
    let lines = doc_lines(&file.text);
    (!LINES.contains(&lines)).then(|| format!("{} has {lines}, not {} to {}", file.path, LINES.start(), LINES.end()))
}

fn doc_lines(text: &str) -> usize {
    let doc = text.lines().map_while(|line| line.strip_prefix("//!"));
    doc.filter(|line| !line.trim().is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn faults_of(path: &str, text: &str) -> Vec<String> {
        faults(&[file(path, text)])
    }

    #[test]
    fn one_line_is_enough() {
        assert_eq!(faults_of("crates/app/src/a.rs", "//! One.\nuse x;\n"), [""; 0]);
    }

    #[test]
    fn a_missing_or_endless_doc_is_named_with_its_file() {
        assert_eq!(faults_of("crates/app/src/a.rs", "use x;\n//! Late.\n"), ["crates/app/src/a.rs has 0, not 1 to 8"]);
        assert_eq!(faults_of("crates/app/src/a.rs", "//!\n//!\n"), ["crates/app/src/a.rs has 0, not 1 to 8"]);
        assert_eq!(faults_of("crates/app/src/a.rs", &"//! Line.\n".repeat(9)), ["crates/app/src/a.rs has 9, not 1 to 8"]);
    }
}
