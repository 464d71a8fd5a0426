//! Publish and subscribe, of the whole cluster and of a shard. Source: Redis 7.0, `pubsub.c`.

use super::argument::subcommand_syntax;
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec};
use crate::cluster::node::Kind;
use crate::cluster::reply::Reply;

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "subscribe",
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Channel, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "unsubscribe",
        arity: -1,
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Channel, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "psubscribe",
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Pattern, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "punsubscribe",
        arity: -1,
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Pattern, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "ssubscribe",
        keys: Keys::From(1),
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Shard, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "sunsubscribe",
        arity: -1,
        keys: Keys::From(1),
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Shard, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "publish",
        arity: 3,
        flags: &[Flag::PubSub, Flag::Loading, Flag::Stale, Flag::Fast],
        run: Handler::Node(|node, context, _, argv| node.publish(context, false, &argv[1], &argv[2])),
        ..ROW
    },
    Spec {
        name: "spublish",
        arity: 3,
        flags: &[Flag::PubSub, Flag::Loading, Flag::Stale, Flag::Fast],
        keys: Keys::One(1),
        run: Handler::Node(|node, context, _, argv| node.publish(context, true, &argv[1], &argv[2])),
        ..ROW
    },
    Spec { name: "pubsub", run: Handler::Container(SUBCOMMANDS), ..ROW },
];

const SUBCOMMANDS: &[Spec] = &[
    Spec {
        name: "pubsub|channels",
        run: Handler::Node(|node, _, _, argv| match argv.len() {
            2 | 3 => node.active_channels(Kind::Channel, argv.get(2)),
            _ => subcommand_syntax(argv),
        }),
        ..LOOK
    },
    Spec {
        name: "pubsub|numpat",
        arity: 2,
        run: Handler::Node(|node, _, _, _| Reply::Integer(node.count_names(Kind::Pattern) as i64)),
        ..LOOK
    },
    Spec {
        name: "pubsub|numsub",
        run: Handler::Node(|node, _, _, argv| node.count_listeners(Kind::Channel, &argv[2..])),
        ..LOOK
    },
    Spec {
        name: "pubsub|shardchannels",
        run: Handler::Node(|node, _, _, argv| match argv.len() {
            2 | 3 => node.active_channels(Kind::Shard, argv.get(2)),
            _ => subcommand_syntax(argv),
        }),
        ..LOOK
    },
    Spec {
        name: "pubsub|shardnumsub",
        run: Handler::Node(|node, _, _, argv| node.count_listeners(Kind::Shard, &argv[2..])),
        ..LOOK
    },
];

const LOOK: Spec = Spec { ..ROW };

const ROW: Spec =
    Spec { arity: -2, flags: &[Flag::PubSub, Flag::Loading, Flag::Stale], group: Group::PubSub, ..BLANK };
