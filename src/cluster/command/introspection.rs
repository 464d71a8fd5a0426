//! The subcommands of CLUSTER that only look: SHARDS, LINKS, REPLICAS and their like. Source: Redis 7.0, `cluster.c`.

use super::cluster::ROW;
use super::table::{Flag, Handler, Spec};
use crate::cluster::reply::Reply;

pub(super) const SUBCOMMANDS: &[Spec] = &[
    Spec {
        name: "cluster|shards",
        run: Handler::Node(|node, context, _, _| node.shards_reply(context.book)),
        ..ROW
    },
    Spec {
        name: "cluster|links",
        flags: &[Flag::Stale],
        run: Handler::Node(|node, _, _, _| node.links_reply()),
        ..ROW
    },
    REPLICAS,
    Spec { name: "cluster|slaves", ..REPLICAS },
    Spec {
        name: "cluster|count-failure-reports",
        arity: 3,
        flags: &[Flag::Admin, Flag::Stale],
        run: Handler::Node(|node, context, _, argv| node.count_failure_reports(context.now, &argv[2])),
        ..ROW
    },
    Spec {
        name: "cluster|saveconfig",
        flags: &[Flag::Admin, Flag::Stale],
        // What a nodes.conf holds survives every crash here: there is nothing to write.
        run: Handler::Node(|_, _, _, _| Reply::ok()),
        ..ROW
    },
];

const REPLICAS: Spec = Spec {
    name: "cluster|replicas",
    arity: 3,
    flags: &[Flag::Admin, Flag::Stale],
    run: Handler::Node(|node, context, _, argv| node.replicas_reply(context.book, &argv[2])),
    ..ROW
};
