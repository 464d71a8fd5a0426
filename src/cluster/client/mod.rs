//! A client of the cluster: a smart one that keeps its own copy of the slot map, and, on connections of its
//! own, a plain one that talks to a chosen node. Like a node it takes inputs and gives outputs.

mod binding;
mod line;
mod map;
mod replies;
mod retry;
mod speech;

use litemap::LiteMap;
use std::collections::VecDeque;
use std::rc::Rc;

use super::command::{Flag, Spec, find};
use super::connection::{Conn, Payload, Port};
use super::context::Context;
use super::digest::Cached;
use super::fact::{FactId, FactKind};
use super::id::{ClientId, CommandId, HostId};
use super::order::SmallSet;
use super::reply::Blob;
use super::resp::Protocol;
use super::slot::{Slot, key_slot};
use super::time::{Micros, SECOND};
use binding::Binding;
use line::Line;
pub use map::SlotMap;
use speech::{Spoken, hello};

/// How long a node may take to answer before the client tries another.
pub const ANSWER_TIMEOUT: Micros = 2 * SECOND;
/// After so many nodes that did not answer, a command is given up.
pub const MOST_UNANSWERED: u16 = 3;
/// After so many redirections, a command is given up.
pub const MOST_REDIRECTS: u16 = 16;
/// Commands that may wait for their answer at once.
pub const MOST_WAITING: usize = 1_000;

/// A client.
#[derive(Clone, Debug, Hash)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its copy of the slot map.
    pub map: SlotMap,
    /// Commands answered, with anything but an error.
    pub served: u64,
    /// Redirections: followed, or told to somebody who does not follow them.
    pub sent_on: u64,
    /// Commands given up, or refused for the state of the cluster: no errors in what was typed.
    pub turned_away: u64,
    /// Nodes that it asked, and that have not answered since.
    pub silent: SmallSet<HostId>,
    /// The node that answered the last command with keys: commands without keys go there too.
    last: Option<HostId>,
    /// The node that a transaction belongs to.
    binding: Option<Binding>,
    /// Every node it has heard of.
    known: SmallSet<HostId>,
    links: LiteMap<Door, Link>,
    /// What the smart client speaks on each of its connections, once HELLO was answered on one.
    speaks: Spoken,
    waiting: Line,
    /// Whether the map is being fetched, and a number for that try.
    refreshing: bool,
    refreshes: u64,
}

/// A node's door, and who goes through it: the smart client, or the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Door {
    host: HostId,
    plain: bool,
    /// A command that may wait has a connection of its own: others need not wait behind it. So has MONITOR, and all that
    /// the smart client subscribes to together ([`EARS`]): on a connection that has subscribed little else is allowed.
    own: Option<CommandId>,
}

impl Door {
    fn smart(host: HostId) -> Self {
        Self { host, plain: false, own: None }
    }
}

/// Whether a command begins or ends a subscription.
fn hears(argv: &[Blob]) -> bool {
    // All of them have long names, which most commands have not.
    argv.first().is_some_and(|name| name.len() >= 9) && (is_one_of(argv, &LISTEN[1..]) || is_one_of(argv, &HUSH))
}

/// A connection to a node.
#[derive(Clone, Debug, Hash)]
struct Link {
    conn: Conn,
    open: bool,
    /// What is to be sent once it is open.
    queue: VecDeque<Rc<[Blob]>>,
    /// What answers will be for, in order.
    expects: VecDeque<Expect>,
    /// MULTI was sent, and not yet what ends it.
    in_multi: bool,
    /// The command that asked last to be told more than one answer.
    listens: Option<CommandId>,
    /// How answers are meant: the node knows, and this only repeats it for whoever reads them.
    protocol: Cached<Protocol>,
}

impl Link {
    fn on(conn: Conn) -> Self {
        Self {
            conn,
            open: false,
            queue: VecDeque::new(),
            expects: VecDeque::new(),
            in_multi: false,
            listens: None,
            protocol: Cached::default(),
        }
    }

    /// Sends a request now, or once the connection is open.
    fn say(&mut self, context: &mut Context<'_>, argv: Rc<[Blob]>) {
        if self.open {
            context.send(self.conn, Payload::Request(argv));
        } else {
            self.queue.push_back(argv);
        }
    }

    fn protocol(&self) -> Protocol {
        self.protocol.0.unwrap_or_default()
    }
}

/// The connection to a node that listens.
const EARS: Option<CommandId> = Some(CommandId(u64::MAX));
/// Commands after which a server speaks unasked, and those that end it.
const LISTEN: [&[u8]; 4] = [b"monitor", b"subscribe", b"psubscribe", b"ssubscribe"];
const HUSH: [&[u8]; 3] = [b"unsubscribe", b"punsubscribe", b"sunsubscribe"];

fn is_one_of(argv: &[Blob], names: &[&[u8]]) -> bool {
    argv.first().is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Whether a server speaks unasked after this command.
pub fn listens(argv: &[Blob]) -> bool {
    is_one_of(argv, &LISTEN)
}

/// Whether this command ends what [`listens`], if the server says that it was all.
pub fn hushes(argv: &[Blob]) -> bool {
    is_one_of(argv, &HUSH)
}

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Expect {
    Command(CommandId),
    Ignored,
    Map,
}

/// A command that waits for its answer.
#[derive(Clone, Debug, Hash)]
struct Waiting {
    argv: Rc<[Blob]>,
    target: Option<HostId>,
    slot: Option<Slot>,
    /// The node asked last.
    at: HostId,
    /// Counts the times it was sent.
    tries: u64,
    unanswered: u16,
    redirects: u16,
    /// It belongs to this node and goes nowhere else.
    bound: bool,
    /// It may wait at the node, for as long as it takes.
    blocking: bool,
    cause: Option<FactId>,
}

/// Timer words from here on are for fetching the map.
const MAP_WORDS: u64 = 1 << 63;
/// Timer words of commands: id × this + try.
const TRIES: u64 = 64;

impl Client {
    /// A client that knows these nodes to begin with.
    pub fn new(id: ClientId, seeds: impl IntoIterator<Item = HostId>) -> Self {
        Self {
            id,
            map: SlotMap::default(),
            served: 0,
            sent_on: 0,
            turned_away: 0,
            silent: SmallSet::default(),
            last: None,
            binding: None,
            known: seeds.into_iter().collect(),
            links: LiteMap::new(),
            speaks: Spoken::default(),
            waiting: Line::default(),
            refreshing: false,
            refreshes: 0,
        }
    }

    /// How many commands wait.
    pub fn waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// Fetches the slot map for the first time.
    pub fn start(&mut self, context: &mut Context<'_>) {
        if let Some(&first) = self.known.as_slice().first() {
            self.refresh_map(context, first);
        }
    }

    /// Carries out a command: by slot, or at `target` as a plain client. `cause` is the fact that it was typed.
    pub fn submit(
        &mut self,
        context: &mut Context<'_>,
        command: CommandId,
        argv: Rc<[Blob]>,
        target: Option<HostId>,
        cause: FactId,
    ) {
        let spec = find(&argv).ok();
        let slot = spec.and_then(|spec| spec.keys.first(&argv).map(|key| key_slot(key)));
        let blocking = spec.is_some_and(Spec::may_wait);
        let chosen = match target {
            Some(host) => Some((host, false)),
            None => self.choose_bound(context, &argv, slot),
        };
        let Some((mut at, bound)) = chosen else {
            return;
        };
        // What was subscribed to at one node is left there.
        let ears = self.links.keys().find(|door| door.own == EARS).map(|door| door.host);
        if let Some(ears) = ears.filter(|_| target.is_none() && slot.is_none() && hears(&argv)) {
            at = ears;
        }
        let waiting = Waiting {
            argv,
            target,
            slot,
            at,
            tries: 0,
            unanswered: 0,
            redirects: 0,
            bound,
            blocking,
            cause: Some(cause),
        };
        self.waiting.insert(command, waiting);
        self.send_command(context, command, at, false);
    }

    /// The owner of the slot by the client's own map; for a command without keys, whoever answered last.
    fn choose(&self, slot: Option<Slot>) -> Option<HostId> {
        let owner = slot.and_then(|slot| self.map.owner(slot));
        let open = || self.links.iter().find(|(door, link)| link.open && !door.plain).map(|(door, _)| door.host);
        owner.or(self.last).or_else(open).or_else(|| self.known.as_slice().first().copied())
    }

    /// Sends a command to a node, with ASKING before it where the node only imports the slot.
    fn send_command(&mut self, context: &mut Context<'_>, command: CommandId, to: HostId, asking: bool) {
        let Some(waiting) = self.waiting.get_mut(&command) else {
            return;
        };
        waiting.at = to;
        waiting.tries += 1;
        let (argv, slot, plain) = (waiting.argv.clone(), waiting.slot, waiting.target.is_some());
        let word = command.0 * TRIES + waiting.tries % TRIES;
        let (may_wait, bound) = (waiting.blocking, waiting.bound);
        // WAIT means what was written on the connection on which it comes.
        let apart = may_wait && find(&argv).is_ok_and(|spec| spec.is(Flag::Blocking));
        let cause = waiting.cause;
        let kind = FactKind::Routed { client: self.id, command, slot, to };
        let fact = context.because(cause, |context| context.fact(kind));
        if let Some(waiting) = self.waiting.get_mut(&command) {
            waiting.cause = Some(fact);
        }
        let shared = Door { host: to, plain, own: None };
        let in_multi = bound || self.links.get(&shared).is_some_and(|link| link.in_multi);
        let (waits, apart) = (may_wait && !in_multi, apart && !in_multi);
        let free = !in_multi && !plain;
        let monitors = free && is_one_of(&argv, &LISTEN[..1]);
        let listens = free && !monitors && hears(&argv);
        if !waits {
            context.wake(context.now + ANSWER_TIMEOUT, word);
        }
        context.because(Some(fact), |context| {
            let own = if listens { EARS } else { (apart || monitors).then_some(command) };
            let door = Door { own, ..shared };
            if asking {
                self.send(context, door, [b"ASKING"[..].into()].into(), Expect::Ignored);
            }
            self.send(context, door, argv, Expect::Command(command));
        });
    }

    /// Sends on the connection to a node, which is opened if it is not there.
    fn send(&mut self, context: &mut Context<'_>, door: Door, argv: Rc<[Blob]>, expect: Expect) {
        let said = self.speaks.0.filter(|_| !door.plain).map(|_| argv.clone());
        let link = self.link(context, door);
        link.expects.push_back(expect);
        if let Expect::Command(command) = expect
            && self::listens(&argv)
        {
            link.listens = Some(command);
        }
        match argv.first().filter(|name| name.len() <= 7) {
            Some(name) if name.eq_ignore_ascii_case(b"multi") => link.in_multi = true,
            Some(name) if name.eq_ignore_ascii_case(b"exec") || name.eq_ignore_ascii_case(b"discard") => {
                link.in_multi = false;
            }
            _ => {}
        }
        link.say(context, argv);
        if let Some(said) = said {
            self.speak_alike(context, door, &said);
        }
    }

    /// Opens a connection ahead of need.
    fn open_ahead(&mut self, context: &mut Context<'_>, host: HostId) {
        self.link(context, Door::smart(host));
    }

    /// The connection to a node. It is opened if it is not there, and then speaks as the others do: real clients choose the
    /// protocol for all of their connections.
    fn link(&mut self, context: &mut Context<'_>, door: Door) -> &mut Link {
        let speaks = self.speaks.0.filter(|protocol| !door.plain && *protocol != Protocol::default());
        self.links.entry(door).or_insert_with(|| {
            let mut link = Link::on(context.open(door.host, Port::Client));
            if let Some(protocol) = speaks {
                link.queue.push_back(hello(protocol));
                link.expects.push_back(Expect::Ignored);
            }
            link
        })
    }

    /// Something arrived.
    pub fn receive(&mut self, context: &mut Context<'_>, conn: Conn, payload: Payload) {
        let Some(door) = self.links.iter().find(|(_, link)| link.conn == conn).map(|(&door, _)| door) else {
            if !matches!(payload, Payload::Closed { .. }) {
                context.close(conn);
            }
            return;
        };
        match payload {
            Payload::Accepted => self.opened(context, door),
            Payload::Closed { refused } => self.lost(context, door, refused),
            Payload::Reply(reply) => self.answered(context, door, reply),
            Payload::Push(reply) => {
                if let Some(link) = self.links.get(&door)
                    && let Some(command) = link.listens
                {
                    let protocol = link.protocol();
                    context.fact(FactKind::Heard { client: self.id, command, from: door.host, reply, protocol });
                }
            }
            Payload::Speaks(protocol) => self.speaks(context, door, protocol),
            Payload::Open(_) | Payload::Bus(_) | Payload::Repl(_) | Payload::Request(_) => {}
        }
    }

    fn opened(&mut self, context: &mut Context<'_>, door: Door) {
        if let Some(link) = self.links.get_mut(&door) {
            link.open = true;
            for argv in link.queue.drain(..) {
                context.send(link.conn, Payload::Request(argv));
            }
        }
    }
}
