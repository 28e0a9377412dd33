//! Schemas of the OpenAPI document: two of one name hide each other there, and nobody notices.

use std::collections::BTreeMap;

use crate::{Rule, tree::SourceFile};

pub(crate) const RULE: Rule = Rule {
    says: "no two types that derive ToSchema have the same name in the OpenAPI document",
    why: "the document keeps one of them without a word, and callers read the wrong shape for the other",
    remedy: "give one of them a name of its own: #[schema(as = InstallationSettings)]",
};

/// Every name that several types have, with their files.
pub(crate) fn faults(files: &[SourceFile]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_code() && file.is_rust()) {
        for name in names(&file.text) {
            places.entry(name).or_default().push(&file.path);
        }
    }
    places.into_iter().filter(|(_, paths)| paths.len() > 1).map(|(name, paths)| format!("{name}: {}", paths.join(", "))).collect()
}

/// The name of each type that has a schema: its own, or what `schema(as = ...)` says.
fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut has_schema, mut given) = (false, None);
    for line in text.lines() {
        has_schema |= line.starts_with("#[derive(") && line.contains("ToSchema");
        given = line.strip_prefix("#[schema(").and_then(|it| it.split_once("as = ")).map(|(_, name)| word(name)).or(given);
        let Some(own) = line.split_once("struct ").or_else(|| line.split_once("enum ")).filter(|_| is_item(line)) else { continue };
        if has_schema {
            names.push(given.unwrap_or_else(|| word(own.1)));
        }
        (has_schema, given) = (false, None);
    }
    names
}

fn is_item(line: &str) -> bool {
    ["pub", "struct ", "enum "].iter().any(|beginning| line.starts_with(beginning))
}

fn word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    const PLAIN: &str = "#[derive(Debug, ToSchema)]\npub(crate) struct Settings {\n    a: u8,\n}\n";
    const RENAMED: &str = "#[derive(ToSchema)]\n#[schema(as = ProjectSettings, example = json!({}))]\npub struct Settings;\n";
    const WITHOUT: &str = "#[derive(Debug)]\nenum Settings {}\n";

    #[test]
    fn names_of_their_own_are_fine() {
        let files = [file("crates/a/src/a.rs", PLAIN), file("crates/a/src/b.rs", RENAMED), file("crates/a/src/c.rs", WITHOUT)];
        assert_eq!(faults(&files), [""; 0]);
    }

    #[test]
    fn one_name_for_two_shapes_is_told_with_both_files() {
        let files = [file("crates/a/src/a.rs", PLAIN), file("crates/a/src/b.rs", PLAIN)];
        assert_eq!(faults(&files), ["Settings: crates/a/src/a.rs, crates/a/src/b.rs"]);
    }
}
