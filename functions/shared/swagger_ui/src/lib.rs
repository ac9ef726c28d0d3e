//! Swagger UI's style sheet, script and icon, from inside the executable.

use flate2::read::GzDecoder;
use std::io::Read;

/// The version of the `swagger-ui-dist` package that is embedded.
pub const VERSION: &str = env!("SWAGGER_UI_VERSION");

/// A file of Swagger UI, kept compressed.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name in the package.
    pub name: &'static str,
    /// The media type it is served with.
    pub media_type: &'static str,
    /// Its bytes, compressed with gzip.
    pub gzip: &'static [u8],
}

macro_rules! file {
    ($name:literal, $media_type:literal) => {
        File {
            name: $name,
            media_type: $media_type,
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")),
        }
    };
}

/// Every file a page with Swagger UI needs.
pub const FILES: [File; 3] = [
    file!("swagger-ui.css", "text/css; charset=utf-8"),
    file!("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    file!("favicon-32x32.png", "image/png"),
];

impl File {
    /// Its bytes as they are in the package.
    ///
    /// # Errors
    /// None in practice: the build compressed them.
    pub fn plain(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_whole_and_asks_for_no_map() {
        for file in FILES {
            let bytes = file.plain().expect("what the build compressed");
            assert!(bytes.len() > 500, "{}", file.name);
            assert!(!String::from_utf8_lossy(&bytes).contains("sourceMappingURL"), "{}", file.name);
        }
        assert!(VERSION.starts_with("5."));
    }
}
