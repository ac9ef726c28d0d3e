//! Embeds the two font files the PDF writer needs, from their npm package.
//!
//! The package is looked for in `scripts/node_modules/@expo-google-fonts/arimo` of this repository, or in the
//! folder named by the environment variable `ARIMO_FONT_DIR`. Arimo is under the SIL Open Font License.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const IN_REPOSITORY: &str = "../../../scripts/node_modules/@expo-google-fonts/arimo";
const FILES: [(&str, &str); 2] =
    [("REGULAR", "400Regular/Arimo_400Regular.ttf"), ("BOLD", "700Bold/Arimo_700Bold.ttf")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=ARIMO_FONT_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    let package = match env::var_os("ARIMO_FONT_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(IN_REPOSITORY),
    };
    let mut code = String::new();
    for (name, file) in FILES {
        let file = package.join(file);
        let found = file.canonicalize().map_err(|_| {
            format!(
                "the font {} was not found: run `npm ci` in the folder scripts/ first, or set ARIMO_FONT_DIR \
                 to an unpacked copy of the npm package @expo-google-fonts/arimo",
                file.display()
            )
        })?;
        println!("cargo:rerun-if-changed={}", found.display());
        code += &format!("static {name}: &[u8] = include_bytes!({:?});\n", found.display().to_string());
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("fonts.rs"), code)?;
    Ok(())
}
