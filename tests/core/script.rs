//! Stories as scripts: acts go in, a transcript of facts and answers comes out, and is kept beside the script.
//!
//! In a command `$ID2` stands for the node id of machine 2, and `$AT2` for its address and port.
//!
//! A script is a file of lines: `city …`, `> COMMAND`, `@HOST COMMAND` (as a plain client), `kill N`, `restart N`,
//! `freeze N`, `thaw N`, `add rack R`, `move N to R`, `reshard SLOTS N M`,
//! `rebalance`, `fix`, `join N`, `join N as replica of M`, `leave N`, `stop operator`, `power off R`, `power on R`, `cut 0 you | 1 2`, `cut 0 > 1`, `mend …`, `slow 50ms 0 | 1`,
//! `weather JITTER LOSS-OF-1000 [TWICE-OF-1000]`,
//! `slow machine N by 500ms`, `power off region R`, `power on region R`, `isolate region R`, `heal region R`,
//! `streets RACK RACKS REGIONS CLIENT`, `isolate rack R`, `lose vote`, `delay request 80ms`, `heal`, `run 3s`, `run until WORD within 30s`, `show nodes`, `show racks`.
//! `UPDATE_EXPECT=1 cargo test --test core stories` rewrites the transcripts.

use std::fmt::Write as _;

use cluster_city::cluster::fact::{FactId, FactKind};
use cluster_city::cluster::id::{ClientId, HostId, Place, RackId};
use cluster_city::cluster::network::{Streets, Weather};
use cluster_city::cluster::operator::Task;
use cluster_city::cluster::time::{MS, Micros, SECOND};
use cluster_city::cluster::world::Plan;
use cluster_city::narrate::{Cast, Voice, Weight, mark, sentence, weight};
use cluster_city::sim::{Action, Scenario, Session, Step};

/// Tells the story of a script.
pub(crate) fn tell(script: &str) -> String {
    told(script).text
}

/// What came of a script.
pub(crate) fn perform(script: &str) -> Session {
    told(script).session
}

fn told(script: &str) -> Teller {
    let mut lines = script.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let city = lines.next().expect("a script begins with its city");
    let session = open(city);
    let cast = Cast::new(&session.snapshot());
    let mut teller = Teller { session, cast, told: FactId(0), text: format!("{city}\n") };
    for line in lines {
        writeln!(teller.text, "\n{line}").expect("strings take everything");
        teller.act(line);
        teller.catch_up();
    }
    teller
}

fn open(city: &str) -> Session {
    let mut plan = Plan::small();
    let mut seed = 1;
    for word in city.strip_prefix("city").expect("the first line says: city …").split_whitespace() {
        let (name, value) = word.split_once('=').expect("name=value");
        match name {
            "seed" => seed = value.parse().expect("a seed"),
            "masters" => plan.masters = value.parse().expect("a number"),
            "replicas" => plan.replicas = value.parse().expect("a number"),
            "blank" => plan.blank = value.parse().expect("a number"),
            "racks" => plan.racks = value.parse().expect("a number"),
            "timeout" => plan.node_timeout = time(value),
            "regions" => plan.regions = value.parse().expect("a number"),
            "streets" if value == "slow" => plan = Scenario::first_city().plan,
            other => panic!("a city has no {other}"),
        }
    }
    Session::new(&Scenario { plan }, seed).expect("the city can be built")
}

fn time(text: &str) -> Micros {
    let (number, unit) = text.split_at(text.find(|sign: char| !sign.is_ascii_digit()).expect("a unit"));
    let number: Micros = number.parse().expect("a number");
    match unit {
        "ms" => number * MS,
        "s" => number * SECOND,
        other => panic!("{other} is no unit of time"),
    }
}

/// `0 3 you | 1 2` is a cut both ways, `0 > 1` one way.
fn sides(words: &[&str]) -> (Vec<Place>, Vec<Place>) {
    let middle = words.iter().position(|word| ["|", ">"].contains(word)).expect("two sides");
    let place = |word: &&str| match *word {
        "you" => Place::Client(ClientId(0)),
        number => Place::Node(HostId(number.parse().expect("a machine's number"))),
    };
    (words[..middle].iter().map(place).collect(), words[middle + 1..].iter().map(place).collect())
}

struct Teller {
    session: Session,
    cast: Cast,
    told: FactId,
    text: String,
}

impl Teller {
    fn act(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let host = |word: &str| HostId(word.parse().expect("a machine's number"));
        match words.as_slice() {
            [">", ..] => self.type_in(None, &line[1..]),
            [first, ..] if first.starts_with('@') => {
                let (target, rest) = line[1..].split_once(' ').expect("a command");
                self.type_in(Some(host(target)), rest);
            }
            ["kill", n] => self.doing(Action::Kill(host(n))),
            ["restart", n] => self.doing(Action::Restart(host(n))),
            ["freeze", n] => self.doing(Action::Freeze(host(n))),
            ["thaw", n] => self.doing(Action::Thaw(host(n))),
            ["add", "rack", r] => self.doing(Action::AddMachine(RackId(r.parse().expect("a rack")))),
            ["reshard", slots, from, to] => {
                let slots = slots.parse().expect("a number of slots");
                self.doing(Action::Operate(Task::Reshard { from: host(from), to: host(to), slots }));
            }
            ["rebalance"] => self.doing(Action::Operate(Task::Rebalance)),
            ["fix"] => self.doing(Action::Operate(Task::Fix)),
            ["join", n] => self.doing(Action::Operate(Task::Join { host: host(n), replica_of: None })),
            ["join", n, "as", "replica", "of", m] => {
                self.doing(Action::Operate(Task::Join { host: host(n), replica_of: Some(host(m)) }));
            }
            ["leave", n] => self.doing(Action::Operate(Task::Leave { host: host(n) })),
            ["stop", "operator"] => self.doing(Action::StopOperator),
            ["move", n, "to", r] => {
                self.doing(Action::MoveMachine { host: host(n), rack: RackId(r.parse().expect("a rack")) });
            }
            ["power", on @ ("on" | "off"), "region", r] => {
                self.doing(Action::RegionPower { region: r.parse().expect("a region"), on: *on == "on" });
            }
            [act @ ("isolate" | "heal"), "region", r] => {
                self.doing(Action::RegionRoads { region: r.parse().expect("a region"), open: *act == "heal" });
            }
            ["power", "off", r] => self.doing(Action::PowerOff(RackId(r.parse().expect("a rack")))),
            ["power", "on", r] => self.doing(Action::PowerOn(RackId(r.parse().expect("a rack")))),
            ["cut", rest @ ..] => {
                let both_ways = !rest.contains(&">");
                let (one, other) = sides(rest);
                self.doing(Action::Cut { one, other, both_ways });
            }
            ["mend", rest @ ..] => {
                let (one, other) = sides(rest);
                self.doing(Action::Mend { one, other });
            }
            ["slow", "machine", n, "by", by] => self.doing(Action::SlowMachine { host: host(n), by: time(by) }),
            ["slow", by, rest @ ..] => {
                let (one, other) = sides(rest);
                self.doing(Action::Slow { one, other, by: time(by) });
            }
            ["heal"] => self.doing(Action::Heal),
            ["weather", jitter, loss] => {
                let loss_per_mille = loss.parse().expect("a number of 1,000");
                self.doing(Action::Weather(Weather {
                    jitter: time(jitter),
                    loss_per_mille,
                    ..Weather::default()
                }));
            }
            ["weather", jitter, loss, twice] => {
                let loss_per_mille = loss.parse().expect("a number of 1,000");
                let duplicate_per_mille = twice.parse().expect("a number of 1,000");
                self.doing(Action::Weather(Weather { jitter: time(jitter), loss_per_mille, duplicate_per_mille }));
            }
            ["streets", within, racks, regions, client] => self.doing(Action::Streets(Streets {
                same_rack: time(within),
                other_rack: time(racks),
                other_region: time(regions),
                to_client: time(client),
            })),
            ["lose", kind] => self.doing(Action::LoseMessage(self.flight(kind))),
            ["delay", kind, by] => {
                self.doing(Action::DelayMessage { message: self.flight(kind), by: time(by) });
            }
            ["isolate", "rack", r] => self.doing(Action::CutOff(RackId(r.parse().expect("a rack")))),
            ["run", span] => self.session.advance_to(self.session.now() + time(span)),
            ["run", "until", word, "within", limit] => {
                let step = self.session.step(time(limit), |fact| mark(fact) == Some(word));
                if step == Step::Quiet {
                    self.catch_up();
                    panic!("no {word} within {limit}:\n{}", self.text);
                }
            }
            ["show", "nodes"] => self.show_nodes(),
            ["show", "racks"] => self.show_racks(),
            _ => panic!("no such act: {line}"),
        }
    }

    /// The first message of a kind that is on its way.
    fn flight(&self, kind: &str) -> u64 {
        let flights = self.session.snapshot().flights;
        let found = flights.iter().find(|flight| format!("{:?}", flight.kind).eq_ignore_ascii_case(kind));
        found.unwrap_or_else(|| panic!("no {kind} is on its way")).id
    }

    fn type_in(&mut self, target: Option<HostId>, line: &str) {
        let mut line = line.trim().to_owned();
        for node in self.session.snapshot().nodes {
            line = line.replace(&format!("$ID{}", node.host.0), &node.id.to_string());
            line = line.replace(&format!("$AT{}", node.host.0), &node.address.replace(':', " "));
        }
        self.doing(Action::Command { client: ClientId(0), target, line: line.into() });
    }

    fn doing(&mut self, action: Action) {
        if let Err(refused) = self.session.act(action) {
            writeln!(self.text, "  refused: {refused}").expect("strings take everything");
        }
    }

    /// Appends what happened since: events and milestones as sentences, answers in full.
    fn catch_up(&mut self) {
        for fact in self.session.facts().iter().filter(|fact| fact.id > self.told) {
            if weight(fact) >= Weight::Event {
                let at = format!("{}.{:03}", fact.at / SECOND, fact.at % SECOND / MS);
                writeln!(self.text, "{at:>9}  {}", sentence(fact, &self.cast, Voice::Story))
                    .expect("strings take everything");
            }
            self.cast.note(fact);
            if let FactKind::Answered { reply, protocol, .. } = &fact.kind {
                for line in reply.lines(*protocol) {
                    writeln!(self.text, "           | {line}").expect("strings take everything");
                }
            }
        }
        self.told = self.session.facts().back().map_or(self.told, |fact| fact.id);
    }

    /// Who stands where, which replicas share their master's rack, and where another would do most good.
    fn show_racks(&mut self) {
        let now = self.session.snapshot();
        for rack in &now.racks {
            let here: Vec<u16> =
                now.nodes.iter().filter(|node| node.rack == rack.id).map(|node| node.host.0).collect();
            writeln!(self.text, "  rack {} has {here:?}", rack.id.0).expect("strings take everything");
        }
        for both in now.crowded() {
            writeln!(
                self.text,
                "  {} and its replica {} share rack {}",
                both.master.0, both.replica.0, both.rack.0
            )
            .expect("strings take everything");
        }
        let best = now.best_rack(Some(HostId(0))).map(|rack| rack.0);
        writeln!(self.text, "  a replica of 0 would do most good in {best:?}").expect("strings take everything");
    }

    fn show_nodes(&mut self) {
        for node in self.session.snapshot().nodes {
            let slots: Vec<String> = node.slots.iter().map(ToString::to_string).collect();
            writeln!(
                self.text,
                "  {} {} {:?} shard {} {:?} epoch {} keys {} {:?} [{}]",
                node.host.0,
                node.address,
                node.role,
                node.shard,
                node.state,
                node.config_epoch,
                node.keys,
                node.sync,
                slots.join(" ")
            )
            .expect("strings take everything");
        }
    }
}
