//! Help that the command table gives by itself: names, syntax, and what was probably meant.

use super::help_texts::TEXTS;
use super::table::{COMMANDS, Flag, Group, Handler, Keys, Spec};
use crate::cluster::PAGE;
use crate::cluster::reply::{Blob, Reply};

/// `HELP` of any command that has subcommands. Source: Redis 7.0, `networking.c`, `addReplyHelp` (its form).
pub(super) const HELP: Spec = Spec {
    name: "help",
    arity: 2,
    flags: &[Flag::Loading, Flag::Stale],
    keys: Keys::None,
    group: Group::Server,
    syntax: "",
    summary: "Show helpful text about the different subcommands",
    run: Handler::Data(|_, argv| help_reply(argv)),
};

fn help_reply(argv: &[Blob]) -> Reply {
    let container =
        COMMANDS.iter().copied().flatten().find(|spec| argv[0].eq_ignore_ascii_case(spec.name.as_bytes()));
    let (name, subcommands) = match container.map(|spec| (spec.name, spec.run)) {
        Some((name, Handler::Container(subcommands))) => (name, subcommands),
        _ => ("", &[][..]),
    };
    let first = format!("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", name.to_ascii_uppercase());
    let mut lines = vec![Reply::status(first)];
    if !PAGE && let Some((_, text)) = TEXTS.iter().find(|(known, _)| *known == name) {
        lines.extend(text.lines().map(Reply::status));
    }
    let unwritten = if lines.len() == 1 { subcommands } else { &[] };
    for sub in unwritten {
        let word = sub.name.rsplit('|').next().unwrap_or_default().to_ascii_uppercase();
        lines.push(Reply::status(format!("{word} {}", sub.syntax).trim_end().to_owned()));
        lines.push(Reply::status(format!("    {}.", sub.summary.trim_end_matches('.'))));
    }
    lines.push(Reply::status("HELP"));
    lines.push(Reply::status("    Prints this help."));
    Reply::Array(lines)
}

/// Commands that Redis 7.0 has and this city does not (yet): a person who types one has not mistyped.
const ELSEWHERE: &str = "acl bgrewriteaof bgsave eval eval_ro evalsha_ro fcall fcall_ro geoadd geodist geohash geopos \
    georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore \
    lolwut module pfadd pfcount pfdebug pfmerge pfselftest psync replconf save script \
    sync xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange \
    xsetid xtrim";

/// Commands of the core that the page leaves out, to stay small.
const LEFT_OUT: &str = "auth bitcount bitfield bitfield_ro bitop bitpos blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax \
    bzpopmin client command copy debug evalsha failover function getbit getrange hdel hello hexists hget \
    hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hrandfield hscan hset hsetnx hstrlen hvals \
    incrbyfloat latency lcs lmove lmpop lpos lrange ltrim memory monitor move object psubscribe publish pubsub \
    punsubscribe quit randomkey rename renamenx replicaof reset rpoplpush sadd scan scard sdiff sdiffstore \
    setbit setrange sinter sintercard sinterstore sismember slaveof slowlog smembers smismember smove sort \
    sort_ro spop spublish srandmember srem sscan ssubscribe subscribe substr sunion sunionstore sunsubscribe \
    swapdb unsubscribe zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount \
    zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem \
    zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan \
    zscore zunion zunionstore";

/// A sentence for a command that Redis knows and this city does not.
pub fn missing_here(argv: &[Blob]) -> Option<String> {
    let name = String::from_utf8_lossy(argv.first()?).to_ascii_lowercase();
    let among = |words: &str| words.split_ascii_whitespace().any(|word| word == name);
    if PAGE && among(LEFT_OUT) {
        return Some(format!(
            "The city has {}, but this page leaves it out, to stay small.",
            name.to_ascii_uppercase()
        ));
    }
    among(ELSEWHERE).then(|| format!("Redis has {}; this city does not have it yet.", name.to_ascii_uppercase()))
}

/// Every command and subcommand, in the table's order.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    COMMANDS.iter().copied().flatten().flat_map(|spec| {
        let (own, subcommands): (Option<&'static Spec>, &'static [Spec]) = match spec.run {
            Handler::Container(subcommands) => (None, subcommands),
            _ => (Some(spec), &[]),
        };
        own.into_iter().chain(subcommands)
    })
}

/// The name as people write it: `CLUSTER KEYSLOT`.
pub fn title(spec: &Spec) -> String {
    spec.name.replace('|', " ").to_ascii_uppercase()
}

/// What may follow a line that is being typed: the rest of the syntax of its command, if the line names one.
pub fn hint(line: &str) -> Option<&'static str> {
    let typed: Vec<&str> = line.split_ascii_whitespace().collect();
    let found = all().find(|spec| {
        let name: Vec<&str> = spec.name.split('|').collect();
        typed.len() >= name.len() && name.iter().zip(&typed).all(|(name, word)| name.eq_ignore_ascii_case(word))
    })?;
    let given = typed.len() - found.name.split('|').count();
    // A hint drops one word of the syntax for each argument already there, up to the optional part.
    let mut rest = found.syntax;
    for _ in 0..given {
        match rest.split_once(' ') {
            Some((word, tail)) if !word.starts_with('[') => rest = tail,
            None if !rest.starts_with('[') => rest = "",
            _ => break,
        }
    }
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_the_page_leaves_out_is_named() {
        let names = |rows: &[&'static [Spec]]| -> BTreeSet<&str> {
            rows.iter().copied().flatten().map(|spec| spec.name).collect()
        };
        let missing: Vec<&str> = names(COMMANDS).difference(&names(super::super::table::FEW)).copied().collect();
        assert_eq!(missing, LEFT_OUT.split_ascii_whitespace().collect::<Vec<_>>());
    }
}
