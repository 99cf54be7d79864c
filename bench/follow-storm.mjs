// Follows of one account by FANS users at once, beside follows of as many different accounts: what a celebrity's count costs.
//
//   PULSE__RateLimits__Scale=100000 ./pulse up --detach
//   node bench/follow-storm.mjs SOCKET [FANS=200] [ROUNDS=5]
//
// SOCKET is control.sock in PULSE_DATA. Each round follows and unfollows the one, then the many; the medians of the rounds are printed.
import { connect, summary } from "./running.mjs";

const [socket, fans = 200, rounds = 5] = process.argv.slice(2).map((value, index) => (index === 0 ? value : Number(value)));
if (!socket) throw new Error("usage: follow-storm.mjs SOCKET [FANS] [ROUNDS]");
const pulse = await connect(socket);

const star = await pulse.person("star");
const people = [];
while (people.length < fans) people.push(...(await Promise.all(Array.from({ length: Math.min(4, fans - people.length) }, (_, number) => pulse.person(`fan${people.length + number}`)))));
const neighbour = (index) => people[(index + 1) % fans];

async function storm(method, followee) {
  const times = [];
  const started = performance.now();
  await Promise.all(
    people.map(async (fan, index) => {
      const begun = performance.now();
      await pulse.call(method, `/v1/users/${followee(index).id}/follow`, fan.token);
      times.push(performance.now() - begun);
    }),
  );
  return { rate: (fans * 1_000) / (performance.now() - started), times };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const runs = { one: [], many: [] };
for (let round = 0; round <= rounds; round++) {
  for (const [name, followee] of [["one", () => star], ["many", neighbour]]) {
    const follow = await storm("PUT", followee);
    const shown = await pulse.call("GET", `/v1/users/${star.id}`);
    const unfollow = await storm("DELETE", followee);
    if (name === "one" && shown.followers_count !== fans) throw new Error(`${shown.followers_count} followers are shown, not ${fans}`);
    if (round > 0) runs[name].push({ follow, unfollow }); // the first one compiles
  }
}

for (const [name, all] of Object.entries(runs)) {
  for (const kind of ["follow", "unfollow"]) {
    console.log(`${kind} ${name}: ${median(all.map((run) => run[kind].rate)).toFixed(0)}/s; ${summary(all.flatMap((run) => run[kind].times))}`);
  }
}
