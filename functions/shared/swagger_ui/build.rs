//! Compresses the files of Swagger UI that a reader's browser needs, for embedding.
//!
//! The npm package is looked for in `scripts/node_modules/swagger-ui-dist` of this repository, or in the folder
//! named by the environment variable `SWAGGER_UI_DIR`.

use flate2::{Compression, GzBuilder};
use std::env;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const IN_REPOSITORY: &str = "../../../scripts/node_modules/swagger-ui-dist";
const FILES: [&str; 3] = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

fn main() -> Result<(), Box<dyn Error>> {
    let package = package_dir()?;
    println!("cargo:rerun-if-env-changed=SWAGGER_UI_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", package.join("package.json").display());
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(package.join("package.json"))?)?;
    let version = manifest["version"].as_str().ok_or("package.json of swagger-ui-dist has no version")?;
    println!("cargo:rustc-env=SWAGGER_UI_VERSION={version}");

    let out = PathBuf::from(env::var("OUT_DIR")?);
    for name in FILES {
        // Without a time in it, two builds of one package are equal.
        let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        encoder.write_all(&without_source_map(fs::read(package.join(name))?))?;
        fs::write(out.join(format!("{name}.gz")), encoder.finish()?)?;
    }
    Ok(())
}

/// The package's folder, or an error that says how to get it.
fn package_dir() -> Result<PathBuf, Box<dyn Error>> {
    let dir = match env::var_os("SWAGGER_UI_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(IN_REPOSITORY),
    };
    let missing = format!(
        "the npm package swagger-ui-dist was not found in {}: run scripts/install first, or set SWAGGER_UI_DIR \
         to an unpacked copy of the package",
        dir.display()
    );
    let dir = dir.canonicalize().map_err(|_| missing.clone())?;
    if dir.join(FILES[0]).is_file() { Ok(dir) } else { Err(missing.into()) }
}

/// The maps are not shipped, so a browser's developer tools should not ask for them.
fn without_source_map(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&bytes) else { return bytes };
    let comment = ["//# sourceMappingURL=", "/*# sourceMappingURL="].iter().find_map(|mark| text.rfind(mark));
    text.as_bytes()[..comment.unwrap_or(text.len())].to_vec()
}
