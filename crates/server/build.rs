//! Lets the programs of this package find DuckDB's library beside themselves, so that the pair can be moved.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => println!("cargo:rustc-link-arg=-Wl,-rpath,@executable_path"),
        Ok("windows") => (),
        _ => println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN"),
    }
}
