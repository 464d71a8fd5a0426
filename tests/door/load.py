# Writes 200 keys round after round through redis-py's RedisCluster, and says `round N` after each; at `stop` it reads
# them all back and says `checked` and how many do not hold the last value that was acknowledged.
# Arguments: the port of any node.
import sys
import threading
import time

from redis.cluster import RedisCluster
from redis.exceptions import RedisError

stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()


def insist(work):
    """Failovers show as errors for a while; a client that means it tries again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return work()
        except RedisError as error:
            if time.monotonic() > deadline:
                sys.exit(f"gave up: {error!r}")


client = RedisCluster(host="127.0.0.1", port=int(sys.argv[1]), socket_timeout=5, decode_responses=True)
last = {}
count = 0
while not stopped.is_set():
    count += 1
    for key in range(200):
        insist(lambda: client.set(f"key:{key}", count))
        last[key] = str(count)
    print("round", count, flush=True)
pipe = client.pipeline()
pipe.set("a", 1).set("b", 2).get("a").get("b")
assert insist(pipe.execute) == [True, True, "1", "2"]
assert insist(lambda: client.mget_nonatomic("a", "b")) == ["1", "2"]
wrong = sum(insist(lambda: client.get(f"key:{key}")) != value for key, value in last.items())
print("checked", wrong, flush=True)
