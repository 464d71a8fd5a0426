//! How the door's parts are put together. One thread does everything, so that the world needs no lock.

mod asked;
mod city;
mod clock;
mod link;
mod orders;
mod ports;

use std::process::ExitCode;
use std::rc::Rc;

use tokio::runtime::Builder;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::LocalSet;

use self::asked::Asked;
use self::city::City;
use self::orders::Order;
use self::ports::Ports;

/// Does what the words ask for, until `quit` is said.
pub(crate) fn run(words: impl Iterator<Item = String>) -> ExitCode {
    let asked = match Asked::read(words) {
        Ok(asked) => asked,
        Err(what) => {
            println!("serve: {what}\n\n{}", asked::HELP);
            return ExitCode::FAILURE;
        }
    };
    if asked.help {
        println!("{}", asked::HELP);
        return ExitCode::SUCCESS;
    }
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            println!("serve: no event loop could be made: {error}");
            return ExitCode::FAILURE;
        }
    };
    match LocalSet::new().block_on(&runtime, serve(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            println!("serve: {what}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(asked: &Asked) -> Result<(), String> {
    let city = Rc::new(City::open(asked)?);
    let mut ports = Ports::new(city.clone());
    ports.keep().await?;
    tokio::task::spawn_local(clock::keep(city.clone()));
    println!("ready");
    let (send, mut lines) = unbounded_channel();
    // Reading a terminal cannot be given up half-way, so it has a thread of its own, which ends with the process.
    std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).all(|line| send.send(line).is_ok()));
    loop {
        tokio::select! {
            Some(line) = lines.recv() => match Order::read(&line, &city) {
                Ok(Some(Order::Quit)) => return Ok(()),
                Ok(Some(order)) => {
                    let done = order.carry_out(&city);
                    ports.keep().await?;
                    println!("{}", done.err().unwrap_or_else(|| "ok".to_owned()));
                }
                Ok(None) => {}
                Err(what) => println!("{what}"),
            },
            () = city.processes_changed() => ports.keep().await?,
        }
    }
}
