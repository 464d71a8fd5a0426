//! The versions that set-up installs. Trunk.toml names two of them again for trunk; tests/repository holds them equal.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Outcome};

/// The last trunk that builds with the Rust this project asks for.
pub(crate) const TRUNK: &str = "0.21.14";
/// The binaryen whose wasm-opt knows every feature that today's rustc emits.
pub(crate) const BINARYEN: &str = "132";
/// The axe-core that looks for barriers in the tests.
pub(crate) const AXE: &str = "4.14.1";

/// The wasm-bindgen of Cargo.lock: its command line tool must be the very same version as the library.
pub(crate) fn wasm_bindgen(root: &Path) -> Outcome<String> {
    let file = root.join("Cargo.lock");
    let text = fs::read_to_string(&file).map_err(|error| {
        Failure::new(
            format!("{} could not be read: {error}", file.display()),
            "Restore it with `git checkout Cargo.lock`.",
        )
    })?;
    locked_version(&text, "wasm-bindgen").ok_or_else(|| {
        Failure::new("Cargo.lock names no wasm-bindgen", "Restore it with `git checkout Cargo.lock`.")
    })
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_package_with_exactly_this_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "yew"), None);
    }
}
