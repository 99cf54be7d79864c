// Processor time per delivery: POSTS posts of an author with FOLLOWERS followers, all of them warm with 400 entries; and Redis' memory for them.
//
//   PULSE__Fanout__PushFollowerLimit=10000000 PULSE__RateLimits__Scale=100000 ./pulse up --detach
//   node bench/delivery-cost.mjs SOCKET [FOLLOWERS=10000] [POSTS=20]
//
// SOCKET is control.sock in PULSE_DATA. Needs psql and redis-cli. Microseconds of processor time by process, over the whole run.
import { connect, cpuOf, fan, summary } from "./running.mjs";

const [socket, followers = 10_000, posts = 20] = process.argv.slice(2).map((value, index) => (index === 0 ? value : Number(value)));
if (!socket) throw new Error("usage: delivery-cost.mjs SOCKET [FOLLOWERS] [POSTS]");
const pulse = await connect(socket);
const names = ["fanout", "redis", "postgres", "bus"];

const author = await pulse.person("author");
await pulse.call("GET", "/v1/feed", author.token);
for (let first = 0; first < followers; first += 5_000) pulse.redis("EVAL", "for user = ARGV[1], ARGV[2] do redis.call('UNLINK', string.format('t:home:{%d}', user)) end", 0, fan(first), fan(first + 4_999));
const memory = () => Number(pulse.redis("INFO", "memory").match(/used_memory:(\d+)/)[1]);
const empty = memory();
pulse.warm(author.id, 0, followers, 400);
console.log(`Redis per active user at 400 entries: ${((memory() - empty) / followers).toFixed(0)} B of used_memory, MEMORY USAGE ${pulse.redis("MEMORY", "USAGE", `t:home:{${fan(0)}}`)} B`);
pulse.follow(author.id, 0, followers);

async function run(count) {
  const ids = new Set();
  for (let number = 0; number < count; number++) ids.add((await pulse.call("POST", "/v1/posts", author.token, { content: `post ${number}` })).id);
  const lags = await pulse.collect(ids, new Map(), 300);
  if (lags.size < count) throw new Error(`only ${lags.size} of ${count} posts arrived`);
  return [...lags.values()];
}

await run(3); // the worker's code is compiled now
const before = names.map((name) => cpuOf(pulse.resources[name].pid));
const started = performance.now();
const lags = await run(posts);
const seconds = (performance.now() - started) / 1000;
const used = names.map((name, index) => cpuOf(pulse.resources[name].pid) - before[index]);
const delivered = lags.reduce((sum, each) => sum + each.delivered, 0);
const cost = (value) => `${((value * 1e6) / delivered).toFixed(2)} µs`;
console.log(`${posts} posts to ${followers} warm followers: ${delivered} deliveries in ${seconds.toFixed(1)} s; per delivery ${cost(used.reduce((sum, value) => sum + value))}: ${names.map((name, index) => `${name} ${cost(used[index])}`).join(", ")}; lag ${summary(lags.map(({ lag }) => lag))}`);
