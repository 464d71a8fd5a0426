//! The commands that programs are made of, and the words that stand for their arguments.
//!
//! `S L H E Z` are keys that mostly hold a string, list, hash, set or sorted set; `X` a sorted set of equal scores; `K` is
//! any key. `v` is a value, `m` a member or field, `n` a number, `c` a small one, `f` a fraction, `o` an offset in bits,
//! `p` a span of time.
//! `[a|b_c]` may be left out, `<a|b>` is one of them, `*` repeats what stands before it, `_` joins words.

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
    RESTORE K <0|p> v [REPLACE|ABSTTL|IDLETIME_c|FREQ_c|WHAT|FREQ_c_IDLETIME_c|IDLETIME_c_FREQ_c|REPLACE_FREQ]
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
    BLMPOP <-1|y|0.001> <1_L|y_L|0_L> <LEFT|UP> [COUNT_c|COUNT_0]
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
    BZMPOP <-1|y|0.001> <1_Z|y_Z|0_Z> <MIN|UP> [COUNT_c|COUNT_0]
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
    MIGRATE 127.0.0.1 1 {t}nothing 0 1000 <AUTH|AUTH2_a|AUTH_a|AUTH2_a_b|COPY_AUTH_a|AUTH_a_WHAT>
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
    ACL <WHOAMI|LIST|USERS|GETUSER_default|GETUSER_x|GETUSER|CAT|CAT_nosuch|CAT_read_x|WHOAMI_x|NOSUCH>
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
