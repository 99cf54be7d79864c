// Fairness: the lag of ordinary authors (100 followers, RATE posts per second, open loop) alone, and beside a push to GIANT followers.
//
//   PULSE__Fanout__PushFollowerLimit=10000000 PULSE__RateLimits__Scale=100000 ./pulse up --detach
//   node bench/fairness.mjs SOCKET [GIANT=1000000] [WARM=100000] [RATE=20] [SECONDS=15]
//
// SOCKET is control.sock in PULSE_DATA. Needs psql and redis-cli. Milliseconds from commit to the last follower, as the worker measures them.
import { connect, pause, quantile, summary } from "./running.mjs";

const [socket, giant = 1_000_000, warm = 100_000, rate = 20, seconds = 15] = process.argv.slice(2).map((value, index) => (index === 0 ? value : Number(value)));
if (!socket) throw new Error("usage: fairness.mjs SOCKET [GIANT] [WARM] [RATE] [SECONDS]");
const pulse = await connect(socket);

const star = await pulse.person("star");
await pulse.call("GET", "/v1/feed", star.token);
pulse.warm(star.id, 0, warm, 400);
pulse.follow(star.id, 0, giant);
const authors = [];
for (let number = 0; number < 20; number++) {
  authors.push(await pulse.person("ordinary"));
  pulse.follow(authors[number].id, number * 100, 100);
}

async function load(beside) {
  const [ids, lags, sent] = [new Set(), new Map(), []];
  let done = false;
  const collecting = pulse.collect(ids, lags, seconds + 120, () => done);
  const started = performance.now();
  for (let number = 0; performance.now() - started < seconds * 1000; number++) {
    sent.push(pulse.call("POST", "/v1/posts", authors[number % authors.length].token, { content: "ordinary" }).then(({ id }) => ids.add(id)));
    await pause(Math.max(0, started + ((number + 1) * 1000) / rate - performance.now()));
    if (number === rate && beside) beside();
  }
  await Promise.all(sent);
  done = true;
  await collecting;
  if (lags.size < ids.size) throw new Error(`${lags.size} of ${ids.size} posts arrived`);
  return [...lags.values()].map(({ lag }) => lag);
}

await load(); // the worker's code is compiled now
const alone = await load();
console.log(`alone: ${alone.length} posts, ${summary(alone)}`);
let push;
const beside = await load(() => {
  push = (async () => {
    const pushes = [];
    // Again as soon as one is through: the window lies beside a push.
    for (const until = performance.now() + (seconds - 2) * 1000; performance.now() < until; ) {
      const { id } = await pulse.call("POST", "/v1/posts", star.token, { content: "to everybody" });
      pushes.push([...(await pulse.collect(new Set([id]), new Map(), 120)).values()][0]);
    }
    return pushes;
  })();
});
const pushes = await push;
console.log(`beside ${pushes.length} pushes to ${giant} followers (${pushes[0].delivered} warm, ${pushes.map(({ lag }) => (lag / 1000).toFixed(1)).join(", ")} s): ${beside.length} posts, ${summary(beside)}`);
console.log(`p99 grows ${(quantile(beside, 0.99) / quantile(alone, 0.99)).toFixed(2)} times`);
