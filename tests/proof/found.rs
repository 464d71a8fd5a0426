//! Scripts that once failed, as short as the simulator could make them: each was a mistake in the core. The first line of a
//! file is the scenario and the seed, every other one an act and the time after it (`cargo xtask simulate` prints them so).

use std::path::Path;

use cluster_city::sim::proof::{Beat, Script, replay};

pub(crate) fn read(path: &Path) -> Script {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let mut lines = text.lines();
    let first = lines.next().expect("the first line is the scenario");
    let (scenario, seed) = serde_json::from_str(first).expect("a scenario and a seed");
    let beats: Vec<Beat> = lines.map(|line| serde_json::from_str(line).expect("an act and a time")).collect();
    Script { scenario, seed, beats }
}

#[test]
fn what_once_failed_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof/found");
    let files = folder.read_dir().expect("the folder is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let outcome = replay(&read(&path), None).expect("its plan can be");
        if let Err(violation) = outcome {
            panic!("{}: {violation}", path.display());
        }
    }
}
