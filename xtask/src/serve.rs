//! `cargo xtask serve`: the page on this machine, rebuilt whenever a source is saved.

use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener};

use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::{process, setup};

/// Sets up, then hands over to `trunk serve` until it is stopped.
pub(crate) fn run(env: &mut Environment, port: u16, for_trunk: &[OsString]) -> Outcome {
    // Asked before the minutes that a first set-up takes.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure::new(
            format!("port {port} of this machine is not free ({error})"),
            "Stop what uses it, or choose another with `cargo xtask serve --port N`.",
        )
    })?;
    setup::page(env)?;
    println!(
        "\n  Cluster City will be at  http://127.0.0.1:{port}/  once trunk says `success`; Ctrl-C ends it.\n"
    );
    let mut trunk = env.command("trunk");
    trunk.args(["serve", "--address", "127.0.0.1", "--port", &port.to_string()]).args(for_trunk);
    process::show(&mut trunk, "See trunk's own lines above.")
}
