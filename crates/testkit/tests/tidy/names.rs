//! Names that tell nothing, under which anything would gather.

use crate::{Rule, tree::SourceFile};

pub(crate) const RULE: Rule = Rule {
    says: "no file or directory of code is called mod.rs, utils, helpers, manager, common, data or info",
    why: "such a name fits anything, so everything ends up there and nothing is found there",
    remedy: "name it after its noun (money.rs, page.rs); foo/mod.rs becomes foo.rs beside foo/",
};

/// No file or directory is called this.
const WHOLE: [&str; 2] = ["util", "helper"];
/// No file is called this: a directory of data is what it says.
const FILES: [&str; 2] = ["mod", "data"];
/// No file's or directory's name begins with this.
const BEGINNINGS: [&str; 5] = ["utils", "helpers", "manager", "common", "info"];

/// Every path with such a name in it.
pub(crate) fn faults(files: &[SourceFile]) -> Vec<String> {
    files.iter().filter(|file| file.is_code()).filter_map(|file| fault(&file.path)).collect()
}

fn fault(path: &str) -> Option<String> {
    let (directories, file_name) = path.rsplit_once('/')?;
    let stem = file_name.split('.').next().unwrap_or(file_name);
    let drawer = directories.split('/').find(|part| is_drawer(part)).or_else(|| {
        let is_bad = is_drawer(stem) || FILES.contains(&stem.to_lowercase().as_str());
        is_bad.then_some(file_name)
    })?;
    Some(format!("{path}: {drawer}"))
}

fn is_drawer(name: &str) -> bool {
    let name = name.to_lowercase();
    WHOLE.contains(&name.as_str()) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn faults_of(path: &str) -> Vec<String> {
        faults(&[file(path, "")])
    }

    #[test]
    fn nouns_are_fine() {
        for path in
            ["crates/infra/src/mail.rs", "crates/store/src/model.rs", "crates/server/data/market.rs", "crates/app/src/utilization.rs"]
        {
            assert_eq!(faults_of(path), [""; 0]);
        }
    }

    #[test]
    fn drawers_are_named_wherever_they_stand() {
        for path in [
            "crates/app/src/job/mod.rs",
            "crates/app/src/utils.rs",
            "crates/app/src/util/time.rs",
            "crates/app/tests/helpers/clock.rs",
            "crates/app/src/manager.rs",
            "crates/app/src/common_types.rs",
            "crates/app/src/data.rs",
            "crates/app/src/info.rs",
            "console/src/Utils.test.tsx",
        ] {
            assert_eq!(faults_of(path).len(), 1, "{path}");
        }
    }

    #[test]
    fn names_outside_the_code_are_free() {
        assert_eq!(faults_of("docs/common.md"), [""; 0]);
    }
}
