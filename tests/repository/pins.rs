//! Versions that are written twice are the same in both places.

use std::fs;
use std::path::Path;

#[track_caller]
fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} could not be read: {error}", path.display()))
}

/// What stands in quotes after this in the text.
fn quoted_after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_once(key)?.1.split('"').nth(1)
}

#[test]
fn trunk_uses_the_wasm_bindgen_of_the_lock_file() {
    let locked = read("Cargo.lock");
    let locked = quoted_after(&locked, "name = \"wasm-bindgen\"\n");
    let trunk = read("Trunk.toml");
    let trunk = quoted_after(&trunk, "\nwasm_bindgen =");
    assert!(locked.is_some(), "Cargo.lock names no wasm-bindgen");
    assert_eq!(
        trunk, locked,
        "Trunk.toml, [tools] wasm_bindgen: write the version of wasm-bindgen in Cargo.lock there, or trunk fetches another tool"
    );
}

#[test]
fn trunk_asks_for_the_tools_that_set_up_installs() {
    let trunk = read("Trunk.toml");
    let pins = read("xtask/src/setup/pins.rs");
    let binaryen = quoted_after(&pins, "const BINARYEN: &str =").map(|version| format!("version_{version}"));
    assert_eq!(
        quoted_after(&trunk, "\nwasm_opt ="),
        binaryen.as_deref(),
        "Trunk.toml, [tools] wasm_opt: write the version of xtask/src/setup/pins.rs there"
    );
    assert_eq!(
        quoted_after(&trunk, "\ntrunk-version ="),
        quoted_after(&pins, "const TRUNK: &str ="),
        "Trunk.toml, trunk-version: write the version of xtask/src/setup/pins.rs there"
    );
}
