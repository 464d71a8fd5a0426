//! The listening sockets: one for each node that runs, none for one that does not.

use std::rc::Rc;

use cluster_city::cluster::id::HostId;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::city::City;
use super::link;

/// The ports of all nodes.
#[derive(Debug)]
pub(crate) struct Ports {
    city: Rc<City>,
    /// The task that accepts, for each node that runs.
    doors: Vec<Option<JoinHandle<()>>>,
}

impl Ports {
    pub(crate) fn new(city: Rc<City>) -> Self {
        let count = city.look(|world| world.hosts().count());
        Self { city, doors: (0..count).map(|_| None).collect() }
    }

    /// Opens the ports of nodes that run, and closes those of nodes that do not.
    pub(crate) async fn keep(&mut self) -> Result<(), String> {
        for host in self.city.look(|world| world.hosts().collect::<Vec<_>>()) {
            let runs = self.city.look(|world| world.node(host).is_some());
            let door = &mut self.doors[usize::from(host.0)];
            match door.take() {
                Some(open) if runs => *door = Some(open),
                None if runs => *door = Some(open(&self.city, host).await?),
                None => {}
                Some(open) => {
                    open.abort();
                    // The port is closed once the task is gone, which is what it ends with.
                    let _ = open.await;
                    self.city.break_lines(host);
                }
            }
        }
        Ok(())
    }
}

async fn open(city: &Rc<City>, host: HostId) -> Result<JoinHandle<()>, String> {
    let port = city.look(|world| world.address(host).port);
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| format!("port {port} cannot be listened on: {error}"))?;
    let city = city.clone();
    Ok(tokio::task::spawn_local(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::task::spawn_local(link::serve(city.clone(), stream, host))),
                // Too many open files, mostly: those that are connected go on, and leave room in time.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            }
        }
    }))
}
