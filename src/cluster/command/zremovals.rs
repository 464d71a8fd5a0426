//! Removing ranges of sorted sets. Source: Redis 7.0, `t_zset.c`, `zremrangeGenericCommand`.

use super::Data;
use super::argument::{count, settle};
use super::table::{Keys, Spec, rows};
use super::zranges::{Bounds, By};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { SortedSet:
    "zremrangebyrank" 4 [Write] Keys::One(1), Data(by_rank);
    "zremrangebyscore" 4 [Write] Keys::One(1), Data(by_score);
    "zremrangebylex" 4 [Write] Keys::One(1), Data(by_lex);
};

fn by_rank(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(remove(data, argv, By::Rank))
}

fn by_score(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(remove(data, argv, By::Score))
}

fn by_lex(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(remove(data, argv, By::Lex))
}

fn remove(data: &mut Data<'_>, argv: &[Blob], by: By) -> Result<Reply, Reply> {
    let key = &argv[1];
    let bounds = Bounds::parse(by, &argv[2], &argv[3])?;
    let Some(zset) = data.zset(key)? else {
        return Ok(count(0));
    };
    let (from, to) = bounds.ranks(zset, false);
    let gone: Vec<Blob> =
        zset.from(from).take(to.saturating_sub(from)).map(|(_, member)| member.clone()).collect();
    if !gone.is_empty() {
        let zset = data.zset_mut(key)?;
        gone.iter().for_each(|member| _ = zset.take(member));
        data.changed(key);
        data.pass_on(argv);
    }
    Ok(count(gone.len()))
}
