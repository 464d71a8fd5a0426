//! Client-side caching: several connections at a real redis-server and at the city, and all that each of them hears.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::rc::Rc;

use cluster_city::cluster::connection::{Conn, Payload};
use cluster_city::cluster::id::HostId;
use cluster_city::cluster::resp::Protocol;
use cluster_city::cluster::time::{MS, SECOND};
use cluster_city::cluster::world::{Plan, World};

use crate::answer::Answer;
use crate::program::{self, Command};
use crate::real::{Server, bytes_of};

/// A line a step: who, and what it says (`$b` is the id of `b`). `b !` hangs up; `z ~k` waits until `k` has expired. An
/// empty line, and all is new.
const STORIES: &str = include_str!("tracking.txt");
/// The connections. What `z` hears is not compared.
const NAMES: [&str; 4] = ["a", "b", "c", "z"];

#[test]
fn what_clients_cache_is_followed_alike() {
    let server = Server::start();
    let mut told = String::new();
    for story in STORIES.split("\n\n") {
        let (real, city) = (play(&mut Real::new(&server), story), play(&mut City::new(), story));
        for ((name, mut real), mut city) in NAMES[..3].iter().zip(real).zip(city) {
            if story.contains("in any order") {
                real.sort();
                city.sort();
            }
            if real != city {
                let at = real.iter().zip(&city).take_while(|(real, city)| real == city).count();
                let (real, city) = (&real[at.saturating_sub(2)..], &city[at.saturating_sub(2)..]);
                told += &format!("{story}\n{name}\nredis-server: {real:#?}\nthe city:     {city:#?}\n\n");
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

/// What both are asked.
trait Side {
    /// Says something, and listens up to the answer.
    fn say(&mut self, who: usize, command: &Command);
    fn hang_up(&mut self, who: usize);
    /// What one heard.
    fn heard(&mut self, who: usize) -> &mut Vec<Answer>;
}

/// What each has heard in the end, in order.
fn play(side: &mut impl Side, story: &str) -> Vec<Vec<String>> {
    let ask = |side: &mut dyn Side, who: usize, line: &str| {
        side.say(who, &program::read(line));
        side.heard(who).pop().expect("an answer")
    };
    ask(side, 3, "CONFIG SET maxmemory 0 tracking-table-max-keys 1000000");
    ask(side, 3, "FLUSHALL");
    let ids: Vec<i64> = (0..4)
        .map(|who| match ask(side, who, "CLIENT ID") {
            Answer::Integer(id) => id,
            other => panic!("{other:?} is no id"),
        })
        .collect();
    let mut open = [true; 4];
    for line in story.lines().filter(|line| !line.starts_with('#')) {
        let (name, words) = line.split_once(' ').expect("a name and words");
        let who = NAMES.iter().position(|known| *known == name).expect("a known name");
        if words == "!" {
            side.hang_up(who);
            open[who] = false;
            while ask(side, 3, &format!("CLIENT LIST ID {}", ids[who])) != Answer::Text(String::new()) {}
        } else if let Some(key) = words.strip_prefix('~') {
            while ask(side, 3, &format!("EXISTS {key}")) != Answer::Integer(0) {}
        } else {
            let words = (0..4).fold(words.to_owned(), |words, at| {
                words.replace(&format!("${}", NAMES[at]), &ids[at].to_string())
            });
            side.say(who, &program::read(&words));
            if words.ends_with("GETREDIR") {
                let answer = side.heard(who).pop().expect("an answer");
                side.heard(who).push(Answer::Array(vec![Answer::Text("redir".into()), answer]));
            }
        }
    }
    (0..3)
        .map(|who| {
            if open[who] {
                side.say(who, &program::read("PING end"));
            }
            let shown = side.heard(who).iter().map(|answer| shown(answer, &ids));
            shown.collect()
        })
        .collect()
}

/// An answer, with names in the place of ids, and of what CLIENT LIST says only what is about this.
fn shown(answer: &Answer, ids: &[i64]) -> String {
    let text = format!("{answer:?}");
    if let Some((_, flags)) = text.split_once("flags=") {
        let redirected = text.split_once("redir=").map_or("", |(_, rest)| rest.split(' ').next().unwrap_or(""));
        let redirected = ids.iter().position(|id| id.to_string() == redirected).map_or(redirected, |at| NAMES[at]);
        return format!("{} {redirected}", flags.split(' ').next().unwrap_or(""));
    }
    if let Some((_, count)) = text.split_once("tracking_clients:") {
        return count.split('\\').next().unwrap_or("").to_owned();
    }
    if text.contains("(\"proto\")") {
        return "HELLO".to_owned();
    }
    if !text.contains("redir") {
        return text;
    }
    (0..ids.len()).fold(text, |text, at| text.replace(&format!("Integer({})", ids[at]), NAMES[at]))
}

/// Whether it came unasked.
fn is_push(answer: &Answer) -> bool {
    let (Answer::Aggregate(b'>', words) | Answer::Array(words)) = answer else {
        return false;
    };
    let is = |word: &str| words.first() == Some(&Answer::Text(word.into()));
    is("invalidate") || is("message") || is("tracking-redir-broken")
}

struct Real {
    streams: Vec<Option<BufReader<TcpStream>>>,
    heard: Vec<Vec<Answer>>,
}

impl Real {
    fn new(server: &Server) -> Self {
        Self {
            streams: NAMES.iter().map(|_| Some(server.connect())).collect(),
            heard: vec![Vec::new(); NAMES.len()],
        }
    }
}

impl Side for Real {
    fn say(&mut self, who: usize, command: &Command) {
        let stream = self.streams[who].as_mut().expect("it has not hung up");
        stream.get_mut().write_all(&bytes_of(std::slice::from_ref(command))).expect("the server listens");
        loop {
            let answer = Answer::read(stream).expect("the server answers");
            let pushed = is_push(&answer);
            self.heard[who].push(answer);
            if !pushed {
                break;
            }
        }
    }

    fn hang_up(&mut self, who: usize) {
        self.streams[who] = None;
    }

    fn heard(&mut self, who: usize) -> &mut Vec<Answer> {
        &mut self.heard[who]
    }
}

struct City {
    world: World,
    conns: Vec<(Conn, Protocol)>,
    heard: Vec<Vec<Answer>>,
}

impl City {
    fn new() -> Self {
        let plan = Plan { masters: 1, replicas: 0, ..Plan::small() };
        let mut world = World::new(&plan, 1).expect("the plan is sound");
        world.open(30 * SECOND);
        let conns =
            NAMES.iter().map(|_| (world.dial(HostId(0)).expect("there is a node"), Protocol::Resp2)).collect();
        Self { world, conns, heard: vec![Vec::new(); NAMES.len()] }
    }
}

impl Side for City {
    fn say(&mut self, who: usize, command: &Command) {
        self.world.ask(self.conns[who].0, Rc::from_iter(command.iter().map(|word| word.as_slice().into())));
        self.world.run_until(self.world.now() + 5 * MS);
        for (conn, payload) in self.world.take_outside() {
            let Some(at) = self.conns.iter().position(|(known, _)| *known == conn) else {
                continue;
            };
            match payload {
                Payload::Reply(reply) | Payload::Push(reply) => {
                    self.heard[at].push(Answer::of(&reply, self.conns[at].1));
                }
                Payload::Speaks(protocol) => self.conns[at].1 = protocol,
                _ => {}
            }
        }
    }

    fn hang_up(&mut self, who: usize) {
        self.world.hang_up(self.conns[who].0);
    }

    fn heard(&mut self, who: usize) -> &mut Vec<Answer> {
        &mut self.heard[who]
    }
}
