//! Publish and subscribe, of the whole cluster and of a shard. Source: Redis 7.0, `pubsub.c`.

use super::argument::subcommand_syntax;
use super::table::{BLANK, Flag, Group, Handler, Keys, Spec};
use crate::cluster::node::Kind;
use crate::cluster::reply::Reply;

pub(super) const COMMANDS: &[Spec] = &[
    Spec {
        name: "subscribe",
        syntax: "channel [channel ...]",
        summary: "Listen for messages published to the given channels",
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Channel, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "unsubscribe",
        arity: -1,
        syntax: "[channel [channel ...]]",
        summary: "Stop listening for messages posted to the given channels",
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Channel, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "psubscribe",
        syntax: "pattern [pattern ...]",
        summary: "Listen for messages published to channels matching the given patterns",
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Pattern, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "punsubscribe",
        arity: -1,
        syntax: "[pattern [pattern ...]]",
        summary: "Stop listening for messages posted to channels matching the given patterns",
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Pattern, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "ssubscribe",
        keys: Keys::From(1),
        syntax: "shardchannel [shardchannel ...]",
        summary: "Listen for messages published to the given shard channels",
        run: Handler::Node(|node, _, conn, argv| node.subscribe(conn, Kind::Shard, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "sunsubscribe",
        arity: -1,
        keys: Keys::From(1),
        syntax: "[shardchannel [shardchannel ...]]",
        summary: "Stop listening for messages posted to the given shard channels",
        run: Handler::Node(|node, _, conn, argv| node.unsubscribe(conn, Kind::Shard, &argv[1..])),
        ..ROW
    },
    Spec {
        name: "publish",
        arity: 3,
        flags: &[Flag::PubSub, Flag::Loading, Flag::Stale, Flag::Fast],
        syntax: "channel message",
        summary: "Post a message to a channel",
        run: Handler::Node(|node, context, _, argv| node.publish(context, false, &argv[1], &argv[2])),
        ..ROW
    },
    Spec {
        name: "spublish",
        arity: 3,
        flags: &[Flag::PubSub, Flag::Loading, Flag::Stale, Flag::Fast],
        keys: Keys::One(1),
        syntax: "shardchannel message",
        summary: "Post a message to a shard channel",
        run: Handler::Node(|node, context, _, argv| node.publish(context, true, &argv[1], &argv[2])),
        ..ROW
    },
    Spec {
        name: "pubsub",
        summary: "A container for Pub/Sub commands",
        run: Handler::Container(SUBCOMMANDS),
        ..ROW
    },
];

const SUBCOMMANDS: &[Spec] = &[
    Spec {
        name: "pubsub|channels",
        syntax: "[pattern]",
        summary: "List active channels",
        run: Handler::Node(|node, _, _, argv| match argv.len() {
            2 | 3 => node.active_channels(Kind::Channel, argv.get(2)),
            _ => subcommand_syntax(argv),
        }),
        ..LOOK
    },
    Spec {
        name: "pubsub|numpat",
        arity: 2,
        summary: "Get the count of unique patterns pattern subscriptions",
        run: Handler::Node(|node, _, _, _| Reply::Integer(node.count_names(Kind::Pattern) as i64)),
        ..LOOK
    },
    Spec {
        name: "pubsub|numsub",
        syntax: "[channel [channel ...]]",
        summary: "Get the count of subscribers for channels",
        run: Handler::Node(|node, _, _, argv| node.count_listeners(Kind::Channel, &argv[2..])),
        ..LOOK
    },
    Spec {
        name: "pubsub|shardchannels",
        syntax: "[pattern]",
        summary: "List active shard channels",
        run: Handler::Node(|node, _, _, argv| match argv.len() {
            2 | 3 => node.active_channels(Kind::Shard, argv.get(2)),
            _ => subcommand_syntax(argv),
        }),
        ..LOOK
    },
    Spec {
        name: "pubsub|shardnumsub",
        syntax: "[shardchannel [shardchannel ...]]",
        summary: "Get the count of subscribers for shard channels",
        run: Handler::Node(|node, _, _, argv| node.count_listeners(Kind::Shard, &argv[2..])),
        ..LOOK
    },
];

const LOOK: Spec = Spec { ..ROW };

const ROW: Spec =
    Spec { arity: -2, flags: &[Flag::PubSub, Flag::Loading, Flag::Stale], group: Group::PubSub, ..BLANK };
