//! Cuts the page's program in two: what opens the city, and what is fetched when it is asked for.
use std::{env, fs};

mod cut;
mod program;
mod write;

fn main() -> Result<(), String> {
    let args: Vec<String> = env::args().skip(1).collect();
    let bytes = fs::read(&args[0]).unwrap();
    let program = program::Program::read(&bytes)?;
    let modules: Vec<String> =
        args[1].split(',').map(|m| format!("cluster_city::cluster::command::{m}::")).collect();
    let mut entries: Vec<&str> = modules.iter().map(|m| &**m).collect();
    let others: Vec<String> = modules.iter().map(|m| format!("<{m}")).collect();
    entries.extend(others.iter().map(|m| &**m));
    let doors: Vec<&str> = args[2].split(',').filter(|d| !d.is_empty()).collect();
    let ways = cut::Ways { entries: &entries, doors: &doors, marks: [b"\x01rest\x02", b"\x03"] };
    let cut = cut::decide(&program, &ways)?;
    let (first, second) = write::parts(&program, &cut)?;
    wasmparser::Validator::new().validate_all(&first).map_err(program::unreadable)?;
    wasmparser::Validator::new().validate_all(&second).map_err(program::unreadable)?;
    fs::write("/tmp/first.wasm", &first).unwrap();
    fs::write("/tmp/second.wasm", &second).unwrap();
    for f in 0..program.functions.len() as u32 {
        println!(
            "{}\t{}\t{}",
            if cut.functions.contains(&f) { "S" } else { "P" },
            program.size_of(f),
            program.plain_name(f).unwrap_or_default()
        );
    }
    Ok(())
}
