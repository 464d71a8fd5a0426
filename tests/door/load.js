// Writes 200 keys round after round through ioredis's Cluster, and says `round N` after each; at `stop` it reads them
// all back and says `checked` and how many do not hold the last value that was acknowledged.
// Arguments: the folder of ioredis, the port of any node.
const Redis = require(process.argv[2]);

async function insist(work) {
  const deadline = Date.now() + 60000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) {
        console.error("gave up:", error);
        process.exit(1);
      }
    }
  }
}

async function main() {
  let stopped = false;
  process.stdin.once("data", () => (stopped = true));
  const client = new Redis.Cluster([{ host: "127.0.0.1", port: Number(process.argv[3]) }], {
    clusterRetryStrategy: () => 50,
    slotsRefreshTimeout: 5000,
  });
  client.on("error", () => {});
  const last = new Map();
  for (let count = 1; !stopped; count++) {
    const writes = [];
    for (let key = 0; key < 200; key++) {
      const write = insist(() => client.set(`key:${key}`, count));
      writes.push(write.then(() => last.set(key, String(count))));
    }
    await Promise.all(writes);
    console.log(`round ${count}`);
  }
  let wrong = 0;
  for (const [key, value] of last) {
    if ((await insist(() => client.get(`key:${key}`))) !== value) wrong++;
  }
  console.log(`checked ${wrong}`);
  client.disconnect();
  process.exit(0);
}

main();
