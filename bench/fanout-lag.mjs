// Fan-out lag of a running Pulse: POSTS posts of one author to FOLLOWERS warm followers, at RATE posts per second (open loop).
//
//   PULSE__RateLimits__Scale=1000 ./pulse up --detach
//   node bench/fanout-lag.mjs SOCKET [FOLLOWERS=100] [POSTS=200] [RATE=20]
//
// SOCKET is control.sock in PULSE_DATA. The lag is what the worker measures: from the commit of the post to the moment
// the last follower's timeline holds it, in milliseconds.
import { request } from "node:http";

const [socketPath, followers = 100, posts = 200, rate = 20] = process.argv.slice(2).map((value, index) => (index === 0 ? value : Number(value)));
if (!socketPath) throw new Error("usage: fanout-lag.mjs SOCKET [FOLLOWERS] [POSTS] [RATE]");

const control = (path) =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
      response.on("end", () => resolve(text));
    });
    call.on("error", reject).end();
  });
const api = JSON.parse(await control("/urls")).api;

async function call(method, path, token, body) {
  const answer = await fetch(api + path, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${json.detail}`);
  return json;
}

const run = Date.now().toString(36);
async function person(name) {
  const username = `${name}_${run}`;
  const { id } = await call("POST", "/v1/auth/signup", null, { username, email: `${username}@example.org`, password: "password123" });
  const { access_token: token } = await call("POST", "/v1/auth/login", null, { username, password: "password123" });
  return { id, token };
}

const author = await person("author");
for (let number = 0; number < followers; number++) {
  const follower = await person(`f${number}`);
  await call("PUT", `/v1/users/${author.id}/follow`, follower.token);
  await call("GET", "/v1/feed?limit=1", follower.token); // warms the timeline
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sent = [];
const started = performance.now();
for (let number = 0; number < posts; number++) {
  await pause(Math.max(0, started + (number * 1000) / rate - performance.now()));
  sent.push(call("POST", "/v1/posts", author.token, { content: `post ${number}` }));
}
const ids = new Set((await Promise.all(sent)).map(({ id }) => id));

const line = /Post (\d+): (\d+) followers, (\d+) warm timelines took it, lag ([\d.]+) ms/g;
const lags = new Map();
for (const deadline = performance.now() + 60_000; lags.size < ids.size && performance.now() < deadline; await pause(200)) {
  for (const [, id, , delivered, lag] of (await control("/resources/fanout/logs")).matchAll(line)) {
    if (ids.has(id)) lags.set(id, { lag: Number(lag), delivered: Number(delivered) });
  }
}

const sorted = [...lags.values()].map(({ lag }) => lag).sort((left, right) => left - right);
const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
const short = [...lags.values()].filter(({ delivered }) => delivered < followers).length;
console.log(`${lags.size} of ${posts} posts to ${followers} followers at ${rate}/s: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, max ${sorted.at(-1)} ms; ${short} with fewer deliveries than followers`);
process.exitCode = lags.size === posts && short === 0 ? 0 : 1;
