//! What must be explained where it is written: every dependency, every setting.

use crate::Rule;

pub(crate) const DEPENDENCIES: Rule = Rule {
    says: "every line of [workspace.dependencies] in Cargo.toml ends with a comment that says why it is there",
    why: "a dependency is code that somebody else changes; without a reason nobody dares to drop it",
    remedy: "add `# the reason` on the same line, the whole entry on one line",
};

pub(crate) const SETTINGS: Rule = Rule {
    says: "every key of config/default.toml has a comment, on the line above or at its end",
    why: "this file is the reference of configuration",
    remedy: "say what the key does, its unit and when to change it",
};

/// Every outside dependency without a reason on its line. Our own crates (by `path`) are explained by the picture.
pub(crate) fn unexplained_dependencies(manifest: &str) -> Vec<String> {
    let mut lines = manifest.lines().enumerate().skip_while(|(_, line)| line.trim() != "[workspace.dependencies]").skip(1).peekable();
    if lines.peek().is_none() {
        return vec!["Cargo.toml has no [workspace.dependencies]".into()];
    }
    let section = lines.take_while(|(_, line)| !line.starts_with('['));
    let entries = section.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let outside = entries.filter(|(_, line)| !line.contains("path = "));
    let unexplained = outside.filter(|(_, line)| comment(line).is_none());
    unexplained.map(|(number, line)| format!("Cargo.toml:{}: {}", number + 1, line.trim())).collect()
}

/// Every key without a comment on its own line or on the one above.
pub(crate) fn unexplained_settings(settings: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut line_above_is_comment = false;
    let mut keys = 0;
    for (number, line) in settings.lines().enumerate() {
        if is_key(line) {
            keys += 1;
            if !line_above_is_comment && comment(line).is_none() {
                faults.push(format!("config/default.toml:{}: {}", number + 1, line.trim()));
            }
        }
        line_above_is_comment = line.trim_start().starts_with('#') && comment(line).is_some();
    }
    if keys == 0 {
        faults.push("config/default.toml is missing or has no keys".into());
    }
    faults
}

/// `key = value`; an element of an array over several lines is none.
fn is_key(line: &str) -> bool {
    let name = line.split_once('=').map(|(name, _)| name.trim());
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)))
}

/// What stands after the first `#` that is not inside quotes, if it says anything.
fn comment(line: &str) -> Option<&str> {
    let mut is_quoted = false;
    let start = line.find(|c| {
        is_quoted ^= c == '"';
        c == '#' && !is_quoted
    })?;
    Some(line[start + 1..].trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_named_with_its_line() {
        let manifest = r#"[workspace]
[workspace.dependencies]
# A heading is no reason.
barker-domain = { path = "crates/domain" }
serde = "1" # shapes of JSON
uuid = { version = "1", features = ["v7"] }
odd = "1#2"
hollow = "1" #

[profile.dev]
debug = 1
"#;
        let expected = [
            r#"Cargo.toml:6: uuid = { version = "1", features = ["v7"] }"#,
            r#"Cargo.toml:7: odd = "1#2""#,
            r#"Cargo.toml:8: hollow = "1" #"#,
        ];
        assert_eq!(unexplained_dependencies(manifest), expected);
        assert_eq!(unexplained_dependencies("[package]\n").len(), 1);
    }

    #[test]
    fn a_key_is_explained_above_or_at_its_end() {
        let settings = "[server]\n# Where it listens.\nlisten = \"127.0.0.1:8080\"\nworkers = 4 # threads\nlists = [\n  \"a=b\",\n]\n\n#\nhidden = 1\n";
        assert_eq!(unexplained_settings(settings), ["config/default.toml:5: lists = [", "config/default.toml:10: hidden = 1"]);
    }

    #[test]
    fn a_comment_two_lines_above_belongs_to_something_else() {
        assert_eq!(unexplained_settings("# About a.\na = 1\nb = 2\n"), ["config/default.toml:3: b = 2"]);
    }

    #[test]
    fn an_absent_file_is_no_reference() {
        assert_eq!(unexplained_settings(""), ["config/default.toml is missing or has no keys"]);
    }
}
