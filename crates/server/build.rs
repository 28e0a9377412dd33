//! Puts the console into the program: lists what `console/dist` holds as Rust, for `src/http/console.rs` to include. And
//! lets the programs of this package find DuckDB's library beside themselves, so that the pair can be moved.

use std::{
    env,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    look_for_libraries_beside();
    embed_console()
}

fn look_for_libraries_beside() {
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => println!("cargo:rustc-link-arg=-Wl,-rpath,@executable_path"),
        Ok("windows") => (),
        _ => println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN"),
    }
}

fn embed_console() -> io::Result<()> {
    // Asked for when the script runs: several clones may share a target directory, and with it the compiled script.
    let package = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("cargo sets CARGO_MANIFEST_DIR"))?;
    let dist = Path::new(&package).join("../../console/dist");
    // Without the directory cargo would build the crate again each time; empty, the program has no console.
    fs::create_dir_all(&dist)?;
    println!("cargo:rerun-if-changed={}", dist.display());
    let dist = dist.canonicalize()?;
    let mut paths = Vec::new();
    visit(&dist, &mut paths)?;
    let named = paths.iter().map(|path| (path.strip_prefix(&dist).unwrap_or(path).to_string_lossy(), path.to_string_lossy()));
    let mut named: Vec<_> = named.collect();
    // As texts, which is how they are looked up.
    named.sort();
    let mut list = String::from("&[\n");
    for (name, path) in named {
        let mut digest = DefaultHasher::new();
        fs::read(&*path)?.hash(&mut digest);
        let digest = digest.finish();
        writeln!(list, "    File {{ path: {name:?}, digest: \"{digest:016x}\", content: include_bytes!({path:?}) }},")
            .map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("console.rs"), list)
}

fn visit(directory: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            visit(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}
