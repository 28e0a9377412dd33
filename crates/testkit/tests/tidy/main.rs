//! The rules of the tree that no compiler checks: who may depend on whom, how large files grow, what is explained where.
//!
//! Each rule is a pure function from what was read to the places that break it, tested beside it with input that
//! breaks it. Here the rules meet the real tree, and a failure says what the rule is, why, and what to do.

mod arrows;
mod comments;
mod externals;
mod leaks;
mod module_docs;
mod names;
mod schemas;
mod sizes;
mod tree;

use std::path::PathBuf;

use tree::SourceFile;

/// What a failing rule tells.
struct Rule {
    says: &'static str,
    why: &'static str,
    remedy: &'static str,
}

impl Rule {
    #[track_caller]
    fn holds(&self, places: &[String]) {
        let Self { says, why, remedy } = self;
        assert!(
            places.is_empty(),
            "\n\nrule: {says}\nwhy:  {why}\ndo:   {remedy}\n\n{} place(s):\n  {}\n",
            places.len(),
            places.join("\n  ")
        );
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text_of<'a>(files: &'a [SourceFile], path: &str) -> &'a str {
    files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
}

#[test]
fn arrows_between_crates_point_down() {
    arrows::RULE.holds(&arrows::faults(&arrows::read(&root()).unwrap()));
}

#[test]
fn each_outside_library_is_known_to_its_own_rooms_only() {
    externals::RULE.holds(&externals::faults(&arrows::read(&root()).unwrap()));
}

#[test]
fn no_file_outgrows_its_limit() {
    sizes::LARGEST.holds(&sizes::too_large(&tree::read(&root()).unwrap()));
}

#[test]
fn files_stay_small_as_a_rule() {
    sizes::MEDIAN.holds(&sizes::median_faults(&tree::read(&root()).unwrap()));
}

#[test]
fn no_name_is_a_drawer_for_anything() {
    names::RULE.holds(&names::faults(&tree::read(&root()).unwrap()));
}

#[test]
fn every_schema_has_a_name_of_its_own() {
    schemas::RULE.holds(&schemas::faults(&tree::read(&root()).unwrap()));
}

#[test]
fn every_module_says_what_lives_in_it() {
    module_docs::RULE.holds(&module_docs::faults(&tree::read(&root()).unwrap()));
}

#[test]
fn every_dependency_has_a_reason() {
    let files = tree::read(&root()).unwrap();
    comments::DEPENDENCIES.holds(&comments::unexplained_dependencies(text_of(&files, "Cargo.toml")));
}

#[test]
fn every_setting_is_explained() {
    let files = tree::read(&root()).unwrap();
    comments::SETTINGS.holds(&comments::unexplained_settings(text_of(&files, "config/default.toml")));
}

#[test]
fn nothing_names_this_machine_or_a_registry() {
    leaks::RULE.holds(&leaks::faults(&tree::read(&root()).unwrap()));
}

#[test]
#[should_panic(expected = "somewhere/else.rs")]
fn a_broken_rule_names_the_place() {
    let rule = Rule { says: "something holds", why: "it matters", remedy: "mend it" };
    rule.holds(&["somewhere/else.rs".into()]);
}
