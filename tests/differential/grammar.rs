//! The commands that programs are made of, and the words that stand for their arguments.
//!
//! `S L H E Z` are keys that mostly hold a string, list, hash, set or sorted set; `X` a sorted set of equal scores; `K` is
//! any key. `v` is a value, `m` a member or field, `n` a number, `c` a small one, `f` a fraction, `o` an offset in bits,
//! `p` a span of time.
//! `[a|b_c]` may be left out, `<a|b>` is one of them, `*` repeats what stands before it, `_` joins words.

use cluster_city::cluster::rng::Rng;

/// One command a line.
pub(crate) const GRAMMAR: &str = "
    SET S v
    SET S n
    SET S v [NX|XX] [GET] [EX_1000|PX_100000|EXAT_9999999999|PXAT_9999999999999|KEEPTTL|EX_p|PX_p]
    SET K v
    SETNX S v
    SETEX S <1000|p> v
    PSETEX S <100000|p> v
    GET S
    GETSET S v
    GETDEL S
    GETEX S [EX_1000|PX_100000|EXAT_9999999999|EXAT_1|PXAT_9999999999999|PERSIST|EX_p]
    APPEND S v
    STRLEN S
    MGET K*
    MSET S_v*
    MSETNX S_v*
    INCR S
    DECR S
    INCRBY S n
    DECRBY S n
    INCRBYFLOAT S f
    SET S f
    GETRANGE S n n
    SUBSTR S c c
    SETRANGE S c v
    SETRANGE S n v
    LCS S S [LEN|IDX|IDX_WITHMATCHLEN|IDX_MINMATCHLEN_c|IDX_MINMATCHLEN_2_WITHMATCHLEN|LEN_IDX]
    SETBIT S o <0|1|c>
    GETBIT S o
    BITCOUNT S
    BITCOUNT S n n [BYTE|BIT]
    BITPOS S <0|1|c>
    BITPOS S <0|1> c
    BITPOS S <0|1> c c [BYTE|BIT]
    BITOP <AND|OR|XOR> S S*
    BITOP NOT S S
    BITOP <AND|NOT> K K K
    BITFIELD S [OVERFLOW_<WRAP|SAT|FAIL>] GET <u8|i8|i64|u63|u1|u64|i0> <#c|o>
    BITFIELD S [OVERFLOW_<WRAP|SAT|FAIL>] SET <u8|i8|i64|u63|u2|i5> <#1|o> n
    BITFIELD S OVERFLOW <WRAP|SAT|FAIL|NONE> INCRBY <u8|i8|i64|u63|u2|i5> <0|3|#1|o> n GET u8 0
    BITFIELD S OVERFLOW <WRAP|SAT|FAIL> SET u4 0 c INCRBY u4 2 c INCRBY i4 1 c GET i7 3
    BITFIELD_RO S GET <u8|i13> c
    BITFIELD_RO S SET u8 0 1
    DEL K*
    UNLINK K*
    EXISTS K*
    TOUCH K*
    TYPE K
    RENAME K K
    RENAMENX K K
    COPY K K [REPLACE] [DB_0|DB_1|DB_99|DB_x]
    MOVE K 1
    EXPIRE K <1000|p|5000> [NX|XX|NX_XX|GT_LT|ZZ]
    PEXPIRE K <1000000|p> [NX|XX]
    EXPIREAT K <9999999999|n|1> [NX|XX|GT|LT]
    PEXPIREAT K <9999999999999|n> [NX|XX|GT|LT]
    TTL K
    PTTL K
    EXPIRETIME K
    PEXPIRETIME K
    PERSIST K
    KEYS <{t}*|*|{t}?0|{t}[a-m]?|nothing>
    DBSIZE
    RANDOMKEY
    SCAN 0 COUNT 1000 [MATCH_{t}s*|TYPE_list|TYPE_zset|TYPE_nothing]
    SCAN <x|0> [COUNT_c|COUNT_x|MATCH]
    OBJECT ENCODING K
    OBJECT REFCOUNT K
    OBJECT IDLETIME K
    OBJECT FREQ K
    OBJECT <NOTHING|ENCODING>
    MEMORY USAGE K [SAMPLES_5|SAMPLES_-1|WHAT]
    DUMP K
    RESTORE K <0|p> v [REPLACE|ABSTTL|IDLETIME_c|FREQ_c|WHAT]
    SORT <L|E|Z> [ALPHA] [ASC|DESC] [LIMIT_c_c]
    SORT <L|E|Z> [BY_nosort] [DESC] [LIMIT_c_c] STORE L
    SORT L [BY_w*|GET_#|GET_x*]
    SORT_RO <L|E|Z> [ALPHA] [DESC] [LIMIT_c_c] [STORE_L]
    SORT <K|L> ALPHA STORE K
    LPUSH L v*
    RPUSH L n*
    RPUSH L m*
    LPUSHX L v*
    RPUSHX L m*
    LPOP L [c]
    RPOP L [c]
    LLEN L
    LRANGE L c c
    LRANGE L n n
    LINDEX L c
    LSET L c v
    LINSERT L <BEFORE|AFTER|OVER> m v
    LREM L c m
    LREM L n m
    LTRIM L c c
    LPOS L m [RANK_c] [COUNT_c] [MAXLEN_c]
    LMOVE L L <LEFT|RIGHT> <LEFT|RIGHT|UP>
    RPOPLPUSH L L
    LMPOP <1_L|2_L_L|c_L> <LEFT|RIGHT> [COUNT_c]
    BLPOP L <0.001|-1|x>
    BLPOP L L L 0.001
    BRPOP L L 0.001
    BLMOVE L L <LEFT|RIGHT> <LEFT|RIGHT> 0.001
    BRPOPLPUSH L L <0.001|1e400|inf>
    BLMPOP 0.001 <1_L|2_L_L|c_L> <LEFT|RIGHT> [COUNT_c]
    HSET H m_v*
    HSET H m v
    HMSET H m_n*
    HSETNX H m v
    HGET H m
    HMGET H m*
    HDEL H m*
    HLEN H
    HSTRLEN H m
    HEXISTS H m
    HKEYS H
    HVALS H
    HGETALL H
    HINCRBY H m n
    HINCRBYFLOAT H m f
    HRANDFIELD H [c] [WITHVALUES]
    HSCAN H 0 COUNT 1000 [MATCH_a*|MATCH_[0-9]*|NOVALUES]
    SADD E m*
    SADD E n*
    SADD E c*
    SREM E m*
    SMOVE E E m
    SISMEMBER E m
    SMISMEMBER E m*
    SCARD E
    SMEMBERS E
    SPOP E <1000|0|-1|x>
    SRANDMEMBER E [c]
    SINTER E*
    SUNION E*
    SDIFF E*
    SINTERSTORE E E*
    SUNIONSTORE E E*
    SDIFFSTORE E E*
    SUNIONSTORE K E E
    SINTERCARD <1_E|2_E_E|c_E> [LIMIT_c]
    SSCAN E 0 COUNT 1000 [MATCH_a*|MATCH_1*]
    ZADD Z f_m*
    ZADD Z c_m*
    ZADD Z [NX|XX] [GT|LT] [CH] [INCR] c_m*
    ZADD Z [NX|XX|GT|LT] [CH] INCR f m
    ZADD X 0_m*
    ZINCRBY Z f m
    ZREM Z m*
    ZCARD Z
    ZSCORE Z m
    ZMSCORE Z m*
    ZRANK Z m
    ZREVRANK Z m
    ZCOUNT Z <-inf|(1|c> <+inf|inf|(c|f>
    ZLEXCOUNT X <-|[a|(b|m> <+|[c|(m|->
    ZRANGE Z c c [WITHSCORES] [REV] [LIMIT_c_c]
    ZRANGE Z n n [REV]
    ZRANGE Z <-inf|(1|c> <+inf|(c|f> BYSCORE [REV] [LIMIT_c_c] [WITHSCORES]
    ZRANGE Z <+inf|c> <-inf|(c|f> BYSCORE REV [LIMIT_c_c] [WITHSCORES]
    ZRANGE X <-|[a|(b> <+|[c|(m> BYLEX [LIMIT_c_c] [WITHSCORES]
    ZRANGE X <+|[c> <-|[a> BYLEX REV [LIMIT_c_c]
    ZRANGESTORE Z Z <c|-inf> <c|+inf> [BYSCORE] [REV] [LIMIT_c_c]
    ZRANGESTORE K Z 0 -1 [WITHSCORES]
    ZREVRANGE Z c c [WITHSCORES]
    ZRANGEBYSCORE Z <-inf|(1|c|> <+inf|(c|f> [WITHSCORES] [LIMIT_c_c]
    ZREVRANGEBYSCORE Z <+inf|c> <-inf|(c> [WITHSCORES] [LIMIT_c_c]
    ZRANGEBYLEX X <-|[a|(b|m> <+|[c|(m> [LIMIT_c_c]
    ZREVRANGEBYLEX X <+|[c|(m> <-|[a|(b> [LIMIT_c_c]
    ZREMRANGEBYRANK Z c c
    ZREMRANGEBYSCORE Z <-inf|c> <(c|f>
    ZREMRANGEBYLEX X <-|[a|(b> <[c|(m|+>
    ZUNION <1_Z|2_Z_Z|2_Z_E|3_Z_Z_Z|c_Z> [WEIGHTS_f_f|WEIGHTS_c] [AGGREGATE_<SUM|MIN|MAX|AVG>] [WITHSCORES]
    ZINTER <1_Z|2_Z_Z|2_Z_E> [WEIGHTS_f_c] [AGGREGATE_<SUM|MIN|MAX>] [WITHSCORES]
    ZDIFF <1_Z|2_Z_Z|2_Z_E|c_Z> [WITHSCORES]
    ZUNIONSTORE Z <1_Z|2_Z_Z|2_Z_E|c_Z|2_Z> [WEIGHTS_c_f] [AGGREGATE_<SUM|MIN|MAX>]
    ZINTERSTORE Z <2_Z_Z|2_Z_E|2_E_E> [WEIGHTS_c_c] [AGGREGATE_<SUM|MIN|MAX>]
    ZDIFFSTORE Z <2_Z_Z|1_Z|0_Z>
    ZINTERCARD <2_Z_Z|2_Z_E|c_Z> [LIMIT_c]
    ZRANDMEMBER Z [c] [WITHSCORES]
    ZPOPMIN Z [c]
    ZPOPMAX Z [c]
    ZMPOP <1_Z|2_Z_Z|c_Z> <MIN|MAX> [COUNT_c]
    BZPOPMIN Z Z 0.001
    BZPOPMAX Z 0.001
    BZMPOP 0.001 <1_Z|2_Z_Z> <MIN|MAX> [COUNT_c]
    ZSCAN Z 0 COUNT 1000 [MATCH_a*]
    MULTI
    EXEC
    DISCARD
    WATCH K*
    ECHO v
    SELECT <0|1|x>
    SWAPDB 0 1
    MGET a b
    MIGRATE
    COMMAND GETKEYS SET S v [GET]
    COMMAND GETKEYSANDFLAGS <SET_S_v|SET_S_v_GET|MSET_S_v_S_v|COPY_K_K|SMOVE_E_E_m|ZUNIONSTORE_Z_2_Z_Z|LMPOP_1_L_LEFT>
    COMMAND GETKEYSANDFLAGS <BITFIELD_S_GET_u8_1|BITFIELD_S_SET_u8_1_2|SORT_L_STORE_L|EVALSHA_x_1_S|EVALSHA_x_0>
    COMMAND GETKEYSANDFLAGS <PING_x_y|GET_S_S|NOSUCH_x|BITOP_AND_S_S_S|OBJECT_ENCODING_K|MIGRATE_h_1_S_0_1|ZINTER_c_Z>
    COMMAND LIST FILTERBY <ACLCAT_nosuch|MODULE_x|PATTERN_get|PATTERN|NOTHING_x>
    COMMAND INFO <nosuch|get|set|zunion>
    COMMAND <NOSUCH|HELP|DOCS_nosuch>
    CLIENT <HELP|TRACKINGINFO|CACHING_yes|TRACKING_OFF|TRACKING_x|GETREDIR|NOSUCH|SETNAME_v|GETNAME|NO-EVICT_x>
    CONFIG <HELP|REWRITE|RESETSTAT|NOSUCH|GET_maxmemory|GET_hz|GET_nosuch|GET_save|SET_nosuch_1|SET_hz|SET_hz_1_hz_2>
    CONFIG SET <maxmemory-samples|cluster-node-timeout|repl-backlog-size|min-replicas-to-write> <abc|-1|1x>
    CONFIG SET <lfu-log-factor|lfu-decay-time|repl-timeout|cluster-migration-barrier|zset-max-listpack-entries> <abc|-1|1x>
    CONFIG SET <maxmemory|maxmemory-policy|cluster-require-full-coverage|loglevel|appendfsync|timeout> <abc|-1|1x>
    CONFIG SET <databases|cluster-enabled|slowlog-max-len|lazyfree-lazy-expire|maxclients|replica-priority> <abc|-1|1x>
    OBJECT HELP
    PUBSUB HELP
    SHUTDOWN ABORT
    SHUTDOWN <NOSAVE_SAVE_x|NOW_ABORT>
    DISCARD
    UNWATCH
    WAIT 0 <0|c|x>
    RESET x
    READONLY
    READWRITE
    ASKING
";

const KINDS: &str = "SLHEZX";

/// All keys.
pub(crate) fn keys() -> Vec<String> {
    let of_kind = |kind: char| (0..2).map(move |number| format!("{{t}}{}{number}", kind.to_ascii_lowercase()));
    KINDS.chars().flat_map(of_kind).collect()
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len() as u32) as usize]
}

/// Something that seldom fits.
pub(crate) fn odd(rng: &mut Rng) -> Vec<u8> {
    pick(
        rng,
        &["", "x", "-1", "9223372036854775808", "nan", "NX", "(1", "*", " 1", "1 ", "+1", "0x10", "1e3", "-0"],
    )
    .into()
}

/// One command of a row.
pub(crate) fn expand(row: &str, rng: &mut Rng) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut parts = row.split(' ');
    words.extend(parts.next().map(|name| name.as_bytes().to_vec()));
    for part in parts {
        piece(part, rng, &mut words);
    }
    words
}

fn piece(part: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    if let Some(choices) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
        if rng.below(5) < 2 {
            one_of(choices, rng, words);
        }
    } else if let Some(choices) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
        one_of(choices, rng, words);
    } else if let Some(repeated) =
        part.strip_suffix('*').filter(|repeated| repeated.len() < 4 && !repeated.is_empty())
    {
        for _ in 0..1 + rng.below(4) {
            joined(repeated, rng, words);
        }
    } else {
        joined(part, rng, words);
    }
}

/// Splits at bars that stand in no inner brackets.
fn one_of(choices: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    let mut depth = 0;
    let inner = |c: char| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        c == '|' && depth == 0
    };
    let all: Vec<&str> = choices.split(inner).collect();
    joined(pick(rng, &all), rng, words);
}

fn joined(part: &str, rng: &mut Rng, words: &mut Vec<Vec<u8>>) {
    if let Some((first, rest)) = part.split_once('_').filter(|_| !part.starts_with('<')) {
        words.push(word(first, rng));
        return piece(rest, rng, words);
    }
    if part.starts_with('<') {
        return piece(part, rng, words);
    }
    words.push(word(part, rng));
}

fn word(token: &str, rng: &mut Rng) -> Vec<u8> {
    let numbers = [
        "0",
        "1",
        "-1",
        "2",
        "10",
        "-10",
        "127",
        "255",
        "256",
        "-128",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806",
        "1000000",
        "01",
        "3.0",
        "abc",
        "-0",
    ];
    let text: &str = match token {
        "S" | "L" | "H" | "E" | "Z" | "X" | "K" => return key(token, rng),
        "v" => pick(
            rng,
            &[
                "hello",
                "world wide",
                "",
                "12",
                "-7",
                "3.5",
                "abcabcabc",
                "\u{e4}\u{f6}",
                "a\r\nb",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "foobar",
                "ohmytext",
            ],
        ),
        "m" => pick(
            rng,
            &[
                "a",
                "b",
                "c",
                "d",
                "ab",
                "1",
                "2",
                "33",
                "-5",
                "one",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "",
            ],
        ),
        "p" => pick(
            rng,
            &["0", "-1", "abc", "9223372036854775807", "9223372036854775806", "100000000", "-9223372036854775808"],
        ),
        "n" => pick(rng, &numbers),
        "c" => pick(rng, &["0", "1", "2", "3", "-1", "-2", "-3", "5", "100", "1", "2", "4"]),
        "#c" => pick(rng, &["#0", "#1", "#2", "#-1", "#x"]),
        "o" => pick(rng, &["0", "1", "7", "8", "9", "31", "100", "-1", "x", "9223372036854775807", "5", "12"]),
        "f" => pick(
            rng,
            &[
                "0.1",
                "1.5",
                "-2.25",
                "3",
                "1e10",
                "0.2",
                "-0.1",
                "1e-7",
                "inf",
                "-inf",
                "nan",
                "1e308",
                "100000.00000001",
                "3.14159265358979",
                "1e17",
                "123456789.123456789",
                "x",
                "-0",
                "0x1A",
                "1e400",
                " 1",
                "5.0e3",
                ".5",
                "5.",
            ],
        ),
        "(c" => pick(rng, &["(0", "(1", "(2", "(-1", "(x", "("]),
        "(m" => pick(rng, &["(a", "(b", "(c", "("]),
        other => other,
    };
    text.into()
}

fn key(kind: &str, rng: &mut Rng) -> Vec<u8> {
    let stray = kind == "K" || rng.below(20) == 0;
    let kind = if stray { pick(rng, &["S", "L", "H", "E", "Z", "X"]) } else { kind };
    format!("{{t}}{}{}", kind.to_ascii_lowercase(), rng.below(2)).into_bytes()
}
