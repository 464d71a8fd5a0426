//! Chores of Cluster City: `cargo xtask setup | serve | test | simulate | bench | differential | dist | shots`.
//!
//! Here belongs only the reading of arguments; each chore has a file of its own name.
#![allow(clippy::print_stdout, reason = "talking to the person at the terminal is what this program is for")]

mod bench;
mod bench_door;
mod differential;
mod dist;
mod environment;
mod failure;
mod process;
mod record;
mod serve;
mod setup;
mod shots;
mod simulate;
mod table;
mod test;

use std::process::ExitCode;

use environment::Environment;
use failure::{Failure, Outcome};
use lexopt::prelude::*;

const HELP: &str = "\
Chores of Cluster City.

  cargo xtask setup               install what is missing: wasm target, trunk, wasm-bindgen, wasm-opt,
                                  Chromium and its driver, Redis
  cargo xtask serve [--port N] [-- ARGS FOR TRUNK]
                                  set up, build the page and serve it on this machine (port 8080)
  cargo xtask test [--only WORD]  set up, then every check and test; WORD picks the steps whose name has it
  cargo xtask simulate [--seeds N] [--from SEED] [--short] [--help for the others]
                                  random worlds with faults, natively, every event checked; a failure prints its
                                  seed and the shortest script that fails in the same way
  cargo xtask bench [--big | --browser | --page | --door]
                                  time the core natively (--big adds a thousand nodes), inside headless
                                  Chromium, the page's frames there, or the door beside a real redis-server
  cargo xtask differential [--programs N] [--seed N]
                                  send N random programs (1,000) to the city and to a real redis-server, and show
                                  the shortest that is answered differently; seeds count up from --seed
  cargo xtask dist [--no-build]   build the page for release into dist/ and weigh it (limit: 350 KB gzipped)
  cargo xtask shots [--no-build] [--readme]
                                  photograph the page at its moments, sizes and themes into target/shots/;
                                  --readme takes the one picture docs/screenshot.png instead
";

fn main() -> ExitCode {
    match chore() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the arguments and does the one chore they name.
fn chore() -> Outcome {
    let mut arguments = lexopt::Parser::from_env();
    let Some(argument) = arguments.next()? else {
        return Err(Failure::new("no chore was named", HELP));
    };
    match argument {
        Value(name) => match name.string()?.as_str() {
            "setup" => {
                no_more(arguments)?;
                setup::everything(&mut Environment::find()?)
            }
            "serve" => serve(arguments),
            "test" => test(arguments),
            "simulate" => simulate::run(&Environment::find()?, arguments.raw_args()?.collect()),
            "bench" => bench(arguments),
            "differential" => differential(arguments),
            "dist" => dist(arguments),
            "shots" => shots(arguments),
            other => Err(Failure::new(format!("there is no chore `{other}`"), HELP)),
        },
        Short('h') | Long("help") => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(other.unexpected().into()),
    }
}

fn serve(mut arguments: lexopt::Parser) -> Outcome {
    let mut port = 8080;
    let mut for_trunk = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('p') | Long("port") => port = arguments.value()?.parse()?,
            Value(value) => for_trunk.push(value), // what follows `--`
            other => return Err(other.unexpected().into()),
        }
    }
    serve::run(&mut Environment::find()?, port, &for_trunk)
}

fn test(mut arguments: lexopt::Parser) -> Outcome {
    let mut only = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("only") => only = Some(arguments.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    test::run(&mut Environment::find()?, only.as_deref())
}

fn bench(mut arguments: lexopt::Parser) -> Outcome {
    let (mut big, mut browser, mut page, mut door) = (false, false, false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("big") => big = true,
            Long("browser") => browser = true,
            Long("page") => page = true,
            Long("door") => door = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let mut env = Environment::find()?;
    if door {
        return bench_door::run(&env);
    }
    match (page, browser) {
        (true, _) => bench::page(&mut env),
        (_, true) => bench::browser(&mut env),
        _ => bench::run(&mut env, big),
    }
}

fn differential(mut arguments: lexopt::Parser) -> Outcome {
    let (mut programs, mut seed) = (1000, 1_000_000);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("programs") => programs = arguments.value()?.parse()?,
            Long("seed") => seed = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    differential::run(&mut Environment::find()?, programs, seed)
}

fn dist(mut arguments: lexopt::Parser) -> Outcome {
    let mut build = true;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("no-build") => build = false,
            other => return Err(other.unexpected().into()),
        }
    }
    dist::run(&mut Environment::find()?, build)
}

fn shots(mut arguments: lexopt::Parser) -> Outcome {
    let mut build = true;
    let mut readme = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("no-build") => build = false,
            Long("readme") => readme = true,
            other => return Err(other.unexpected().into()),
        }
    }
    shots::run(&mut Environment::find()?, build, readme)
}

fn no_more(mut arguments: lexopt::Parser) -> Outcome {
    match arguments.next()? {
        None => Ok(()),
        Some(extra) => Err(extra.unexpected().into()),
    }
}
