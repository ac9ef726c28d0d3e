//! Embeds GOV.UK Frontend (templates, precompiled CSS and JavaScript, fonts, images) from its npm package.
//!
//! The package is looked for in `scripts/node_modules/govuk-frontend` of this repository, or in the folder
//! named by the environment variable `GOVUK_FRONTEND_DIR`.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const IN_REPOSITORY: &str = "../../../scripts/node_modules/govuk-frontend";

fn main() -> Result<(), Box<dyn Error>> {
    let package = package_dir()?;
    println!("cargo:rerun-if-env-changed=GOVUK_FRONTEND_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", package.join("package.json").display());
    println!("cargo:rustc-env=GOVUK_FRONTEND_DIR={}", package.display());

    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut code = String::new();
    writeln!(code, "/// The version of the `govuk-frontend` package that is embedded.")?;
    writeln!(code, "pub const VERSION: &str = {:?};", version(&package)?)?;
    write_templates(&mut code, &package.join("dist/govuk"))?;
    write_assets(&mut code, &package.join("dist/govuk"), &out)?;
    fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

/// The package's folder, or an error that says how to get it.
fn package_dir() -> Result<PathBuf, Box<dyn Error>> {
    let dir = match env::var_os("GOVUK_FRONTEND_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(IN_REPOSITORY),
    };
    let missing = format!(
        "the npm package govuk-frontend was not found in {}: run `npm ci` in the folder scripts/ first, \
         or set GOVUK_FRONTEND_DIR to an unpacked copy of the package",
        dir.display()
    );
    let dir = dir.canonicalize().map_err(|_| missing.clone())?;
    if dir.join("dist/govuk/template.njk").is_file() { Ok(dir) } else { Err(missing.into()) }
}

fn version(package: &Path) -> Result<String, Box<dyn Error>> {
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(package.join("package.json"))?)?;
    let version = manifest["version"].as_str().ok_or("package.json of govuk-frontend has no version")?;
    Ok(version.to_owned())
}

/// Templates are embedded as they are; `src/translate` makes Jinja of them at start.
fn write_templates(code: &mut String, root: &Path) -> Result<(), Box<dyn Error>> {
    writeln!(code, "pub(crate) const TEMPLATES: &[(&str, &str)] = &[")?;
    for file in files_under(root)? {
        if file.extension().is_some_and(|e| e == "njk") {
            let name = format!("govuk/{}", relative(&file, root)?);
            writeln!(code, "    ({name:?}, include_str!({:?})),", file.display().to_string())?;
        }
    }
    writeln!(code, "];")?;
    Ok(())
}

fn write_assets(code: &mut String, root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut assets: Vec<(String, PathBuf)> = Vec::new();
    for name in ["govuk-frontend.min.css", "govuk-frontend.min.js"] {
        let copy = out.join(name);
        fs::write(&copy, without_source_map(&fs::read_to_string(root.join(name))?))?;
        assets.push((name.to_owned(), copy));
    }
    let folder = root.join("assets");
    for file in files_under(&folder)? {
        assets.push((relative(&file, &folder)?, file));
    }
    assets.sort();
    writeln!(code, "pub(crate) static ASSETS: &[Asset] = &[")?;
    for (path, file) in assets {
        let hash = hash(&fs::read(&file)?);
        writeln!(
            code,
            "    Asset {{ path: {path:?}, bytes: include_bytes!({:?}), content_type: {:?}, hash: {hash:?} }},",
            file.display().to_string(),
            content_type(&path)?,
        )?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// The maps are not shipped, so a browser's developer tools should not ask for them.
fn without_source_map(source: &str) -> String {
    let comment =
        ["//# sourceMappingURL=", "/*# sourceMappingURL="].iter().find_map(|mark| source.rfind(mark));
    source[..comment.unwrap_or(source.len())].trim_end().to_owned() + "\n"
}

/// The first 64 bits of SHA-256: enough to tell two releases of one file apart.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn content_type(path: &str) -> Result<&'static str, String> {
    Ok(match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/manifest+json",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ico" => "image/x-icon",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => return Err(format!("no content type is known for the asset {path}: add it to build.rs")),
    })
}

/// All files below `dir`, sorted, so that two builds of one package are equal.
fn files_under(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn relative(file: &Path, root: &Path) -> Result<String, Box<dyn Error>> {
    Ok(file.strip_prefix(root)?.to_str().ok_or("a file name is not UTF-8")?.replace('\\', "/"))
}
