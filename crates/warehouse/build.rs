//! Puts DuckDB's library where programs of this build find it: beside them, and where cargo lets tests look.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_FEATURE_BUNDLED").is_some() {
        return;
    }
    let directory = PathBuf::from(env::var_os("DUCKDB_LIB_DIR").unwrap_or_default());
    let name = if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "macos") { "libduckdb.dylib" } else { "libduckdb.so" };
    let library = directory.join(name);
    println!("cargo:rerun-if-changed={}", library.display());
    assert!(library.exists(), "there is no {}: run scripts/setup, or build with --features barker-warehouse/bundled", library.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    place(&library, &out.join(name));
    // Cargo tells test runners about directories of its own that a build script names, and about no others.
    println!("cargo:rustc-link-search=native={}", out.display());
    // OUT_DIR is PROFILE/build/PACKAGE/out: three up is where programs land, and `deps` there is where tests do.
    if let Some(profile) = out.ancestors().nth(3) {
        place(&library, &profile.join(name));
        place(&library, &profile.join("deps").join(name));
    }
}

/// A copy, unless the same file is there already: some program may be running from it.
fn place(library: &Path, copy: &Path) {
    let size = |path: &Path| fs::metadata(path).map(|it| (it.len(), it.modified().ok())).ok();
    if size(copy).is_some() && size(copy) == size(library) {
        return;
    }
    let new = copy.with_extension("new");
    // A hard link costs no space; between file systems there is none.
    let _left_behind = fs::remove_file(&new);
    let placed = fs::hard_link(library, &new).is_ok() || fs::copy(library, &new).is_ok();
    assert!(placed && fs::rename(&new, copy).is_ok(), "cannot write {}", copy.display());
}
