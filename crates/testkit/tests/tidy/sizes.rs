//! How large a file may be. Functions are measured by clippy (`clippy.toml`).

use crate::{Rule, tree::SourceFile};

/// Most lines of any file of code.
const MAX_LINES: usize = 800;
/// Most lines of the median Rust file that is not a test.
const MAX_MEDIAN_LINES: usize = 150;

pub(crate) const LARGEST: Rule = Rule {
    says: "a file of code has at most 800 lines",
    why: "a reader keeps one noun in mind, not several",
    remedy: "split it where the nouns part: foo.rs and foo/bar.rs, each with its tests",
};

pub(crate) const MEDIAN: Rule = Rule {
    says: "the median Rust file that is not a test has at most 150 lines",
    why: "one large file may have its reasons; a tree of large files is one where nothing can be found",
    remedy: "split the longest files, one noun each",
};

/// Every file that is too long, the longest first.
pub(crate) fn too_large(files: &[SourceFile]) -> Vec<String> {
    let mut long: Vec<_> = files.iter().filter(|file| file.is_code() && file.line_count() > MAX_LINES).collect();
    long.sort_by_key(|file| std::cmp::Reverse(file.line_count()));
    long.iter().map(|file| format!("{} has {} lines", file.path, file.line_count())).collect()
}

/// The longest files, when the median is too large.
pub(crate) fn median_faults(files: &[SourceFile]) -> Vec<String> {
    let mut code: Vec<_> = files.iter().filter(|file| file.is_code() && file.is_rust() && !file.is_test()).collect();
    code.sort_by_key(|file| std::cmp::Reverse(file.line_count()));
    let median = code.get(code.len() / 2).map_or(0, |file| file.line_count());
    if median <= MAX_MEDIAN_LINES {
        return Vec::new();
    }
    let longest = code.iter().take(10).map(|file| format!("{} has {} lines", file.path, file.line_count()));
    std::iter::once(format!("the median is {median} lines; the longest files:")).chain(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn of_lines(path: &str, lines: usize) -> SourceFile {
        file(path, &"x\n".repeat(lines))
    }

    #[test]
    fn the_limit_itself_is_fine_and_one_line_more_is_not() {
        let files = [of_lines("crates/store/src/a.rs", 800), of_lines("crates/store/tests/b.rs", 801), of_lines("console/src/c.tsx", 900)];
        assert_eq!(too_large(&files), ["console/src/c.tsx has 900 lines", "crates/store/tests/b.rs has 801 lines"]);
    }

    #[test]
    fn what_is_not_code_may_be_long() {
        assert_eq!(too_large(&[of_lines("docs/API.md", 5_000), of_lines("crates/server/tests/openapi.snap", 5_000)]), [""; 0]);
    }

    #[test]
    fn one_long_file_is_fine_and_a_tree_of_them_is_not() {
        let small = of_lines("crates/app/src/a.rs", 150);
        let large = [of_lines("crates/app/src/b.rs", 151), of_lines("crates/app/src/c.rs", 300)];
        assert_eq!(median_faults(&[small.clone(), small.clone(), large[0].clone()]), [""; 0]);
        let faults = median_faults(&[small, large[0].clone(), large[1].clone()]);
        assert_eq!(faults[..2], ["the median is 151 lines; the longest files:", "crates/app/src/c.rs has 300 lines"]);
    }

    #[test]
    fn tests_do_not_count_for_the_median() {
        assert_eq!(median_faults(&[of_lines("crates/app/src/a.rs", 20), of_lines("crates/app/tests/b.rs", 700)]), [""; 0]);
    }
}
