//! Virtual time after the wall clock: how far it should be, and waking the world when something is due.

use std::rc::Rc;
use std::time::{Duration, Instant};

use cluster_city::cluster::time::Micros;

use super::city::City;

/// The most that time leaps at once. A process that was stopped for an hour goes on where it was, and no node takes
/// that hour for another's silence.
const LONGEST_LEAP: Duration = Duration::from_millis(250);

/// Virtual time that follows the wall clock.
#[derive(Debug)]
pub(crate) struct Clock {
    speed: u32,
    read: Instant,
    /// Virtual nanoseconds.
    virtual_ns: u128,
}

impl Clock {
    /// A clock that stands at 0.
    pub(crate) fn new(speed: u32) -> Self {
        Self { speed, read: Instant::now(), virtual_ns: 0 }
    }

    /// Virtual time now.
    pub(crate) fn now(&mut self) -> Micros {
        let read = Instant::now();
        let leap = read.duration_since(self.read).min(LONGEST_LEAP);
        self.read = read;
        self.virtual_ns += leap.as_nanos() * u128::from(self.speed);
        self.last()
    }

    /// The last reading.
    pub(crate) fn last(&self) -> Micros {
        (self.virtual_ns / 1_000) as Micros
    }

    /// How long it takes from the last reading until virtual time is `due`.
    pub(crate) fn until(&self, due: Micros) -> Duration {
        let missing = (u128::from(due) * 1_000).saturating_sub(self.virtual_ns) / u128::from(self.speed);
        Duration::from_nanos(u64::try_from(missing).unwrap_or(u64::MAX))
    }
}

/// Runs the world whenever something is due in it, for ever.
pub(crate) async fn keep(city: Rc<City>) {
    loop {
        let pause = city.run();
        tokio::select! {
            // It counts in milliseconds and may come a little later than asked: the world then runs up to then.
            () = tokio::time::sleep(pause) => {}
            () = city.sooner() => {}
        }
    }
}
