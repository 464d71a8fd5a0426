//! Lists: ranges, searching, and elements that go from list to list. Source: Redis 7.0, `t_list.c`.

use super::Data;
use super::argument::{bulks, count, err, is_word, need_integer, need_within, range, settle, syntax};
use super::table::{Keys, Spec, rows};
use super::wish::{self, Wish};
use crate::cluster::reply::{Blob, Reply};

pub(super) const COMMANDS: &[Spec] = rows! { List:
    "lrange" 4 [Read] Keys::One(1), Data(lrange);
    "ltrim" 4 [Write] Keys::One(1), Data(ltrim);
    "lpos" -3 [Read] Keys::One(1), Data(lpos);
    "lmove" 5 [Write DenyOom] Keys::Two(1), Data(lmove);
    "rpoplpush" 3 [Write DenyOom] Keys::Two(1), Data(rpoplpush);
    "lmpop" -4 [Write] Keys::Counted(1), Data(lmpop);
};

fn lrange(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lrange(data, argv))
}

fn try_lrange(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (start, stop) = (need_integer(&argv[2])?, need_integer(&argv[3])?);
    let list = data.list(&argv[1])?;
    let found = list.and_then(|list| range(start, stop, list.len()).map(|(start, stop)| list.range(start..=stop)));
    Ok(found.map_or(Reply::Array(Vec::new()), bulks))
}

fn ltrim(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_ltrim(data, argv))
}

fn try_ltrim(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let key = &argv[1];
    let (start, stop) = (need_integer(&argv[2])?, need_integer(&argv[3])?);
    let Some(list) = data.list(key)? else {
        return Ok(Reply::ok());
    };
    let kept = range(start, stop, list.len());
    data.list_mut(key)?.rebuild(|items| match kept {
        Some((start, stop)) => {
            items.truncate(stop + 1);
            items.drain(..start);
        }
        None => items.clear(),
    });
    data.changed(key);
    data.pass_on(argv);
    Ok(Reply::ok())
}

fn lpos(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(try_lpos(data, argv))
}

fn try_lpos(data: &mut Data<'_>, argv: &[Blob]) -> Result<Reply, Reply> {
    let (mut rank, mut wanted, mut most) = (1, None, 0);
    let mut words = argv[3..].iter();
    while let Some(word) = words.next() {
        let Some(value) = words.next() else {
            return Err(syntax());
        };
        match () {
            () if is_word(word, "RANK") => {
                rank = need_integer(value)?;
                if rank == 0 {
                    return Err(err(
                        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use \
                         negative to start from the end of the list",
                    ));
                }
            }
            () if is_word(word, "COUNT") => {
                wanted = Some(need_within(value, 0, i64::MAX, "ERR COUNT can't be negative")?);
            }
            () if is_word(word, "MAXLEN") => {
                most = need_within(value, 0, i64::MAX, "ERR MAXLEN can't be negative")?
            }
            () => return Err(syntax()),
        }
    }
    let none = if wanted.is_some() { Reply::Array(Vec::new()) } else { Reply::Null };
    let Some(list) = data.list(&argv[1])? else {
        return Ok(none);
    };
    let most = if most == 0 { list.len() } else { list.len().min(most as usize) };
    let hit = |at: &usize| list.get(*at).is_some_and(|item| *item == argv[2]);
    // The lowest number of all has no opposite: in Redis it skips nothing, and COUNT bounds nothing.
    let lowest = rank == i64::MIN;
    let skipped = if lowest { 0 } else { rank.unsigned_abs() as usize - 1 };
    let take = wanted.map_or(1, |wanted| if wanted == 0 || lowest { usize::MAX } else { wanted as usize });
    let length = list.len();
    let places: Vec<Reply> = (0..most)
        .map(|at| if rank < 0 { length - 1 - at } else { at })
        .filter(hit)
        .skip(skipped)
        .take(take)
        .map(count)
        .collect();
    Ok(match wanted {
        Some(_) => Reply::Array(places),
        None => places.into_iter().next().unwrap_or(none),
    })
}

fn lmove(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(wish::sides(argv).map(|(from_left, to_left)| {
        let wish = Wish::Move { to: argv[2].clone(), from_left, to_left };
        wish::grant(data, &argv[1..2], &wish, true).unwrap_or(Reply::Null)
    }))
}

fn rpoplpush(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    let wish = Wish::Move { to: argv[2].clone(), from_left: false, to_left: true };
    wish::grant(data, &argv[1..2], &wish, true).unwrap_or(Reply::Null)
}

fn lmpop(data: &mut Data<'_>, argv: &[Blob]) -> Reply {
    settle(wish::several(&argv[1..], "LEFT", "RIGHT").map(|(keys, left, most)| {
        wish::grant(data, keys, &Wish::PopSome { left, most }, true).unwrap_or(Reply::NullArray)
    }))
}
