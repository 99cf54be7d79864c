// The story of a post, told against a running Pulse over its public API.
//
//   demo.mjs SOCKET SECRETS LIMIT limit    "lowered" when an author with LIMIT followers is a celebrity here
//   demo.mjs SOCKET SECRETS LIMIT story    the transcript; 1 when a chapter does not come true
//
// The service key in SECRETS opens the one call that is not public: seeding followers (Development only).
import { readFileSync } from "node:fs";
import { request } from "node:http";

const [socketPath, secretsPath, limitText, command] = process.argv.slice(2);
const followers = Number(limitText) + 10;
const password = "password123";
const patienceMs = 20_000;

// The control API of the AppHost, on its Unix socket.
const control = (method, path) =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
      response.on("end", () => (response.statusCode < 300 ? resolve(text) : reject(new Error(`${method} ${path}: ${text}`))));
    });
    call.on("error", reject).end();
  });

const api = JSON.parse(await control("GET", "/urls")).api;

async function call(method, path, { token, body, base = api, key } = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { "x-pulse-service-key": key }),
      ...(body && { "content-type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  const pause = Number(answer.headers.get("retry-after") ?? Infinity);
  if (answer.status === 429 && pause <= 60) {
    say(`   (${JSON.parse(text).detail})`);
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    return call(method, path, { token, body, base, key });
  }
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

async function must(method, path, options) {
  const { status, body } = await call(method, path, options);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${body?.detail ?? body?.title ?? ""}`);
  return body;
}

async function until(what, probe) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// Logs in before it signs up: the demo is told many times, and there are few signups an hour.
async function person(username) {
  const login = () => call("POST", "/v1/auth/login", { body: { username, password } });
  let answer = await login();
  if (answer.status === 401) {
    await must("POST", "/v1/auth/signup", { body: { username, email: `${username}@example.org`, password } });
    answer = await login();
  }
  if (answer.status !== 200) throw new Error(`login of ${username}: ${answer.status} ${answer.body?.detail}`);
  const token = answer.body.access_token;
  const { id } = await must("GET", "/v1/users/me", { token });
  return { username, id, token };
}

async function seedFollowers(user) {
  const { resources } = JSON.parse(await control("GET", "/resources"));
  const users = resources.find(({ name }) => name === "users").urls[0];
  const key = JSON.parse(readFileSync(secretsPath, "utf8"))["service-key"];
  return must("POST", "/internal/seed/followers", { base: users, key, body: { user_id: user.id, count: followers } });
}

const say = (line = "") => console.log(line);
const chapter = (title) => say(`\n── ${title}`);
const post = (author, content) => must("POST", "/v1/posts", { token: author.token, body: { content } });
const feed = (reader) => must("GET", "/v1/feed?limit=5", { token: reader.token });
const has = (page, ...posts) => posts.every(({ id }) => page.posts.some((shown) => shown.id === id));
const describe = (page) => `source: ${page.source}, degraded: [${page.degraded.join(", ")}]`;
const show = (page, count = 2) => page.posts.slice(0, count).forEach((shown) => say(`     ${shown.author.username}: ${shown.content}`));

const logLine = (text) =>
  until(`a line about post ${text} in the log of fanout`, async () =>
    (await control("GET", "/resources/fanout/logs?tail=200")).split("\n").find((line) => line.includes(`Post ${text}:`)));

const withoutTime = (line) => line.replace(/^\S+Z?\s+/, "").trim();

async function tellStory() {
  chapter(`The cast (Fanout:PushFollowerLimit is lowered for this demo: from ${limitText} followers on an author is pulled)`);
  const alice = await person("alice");
  const bob = await person("bob");
  const celebrity = await person("celebrity_user");
  const seeded = await seedFollowers(celebrity);
  for (const author of [alice, celebrity]) await must("PUT", `/v1/users/${author.id}/follow`, { token: bob.token });
  say(`   alice, bob, celebrity_user (password ${password}); celebrity_user has ${seeded.followers_count} made-up followers or more; bob follows both`);
  const warm = await until("bob's timeline is warm", async () => {
    const page = await feed(bob);
    return page.posts.length === 0 || page.source === "cache" ? page : undefined;
  });
  say(`   bob reads once, which warms his timeline: ${describe(warm)}`);

  const stamp = new Date().toISOString().slice(11, 19);
  chapter("alice posts: pushed to her followers");
  const pushed = await post(alice, `Good morning from alice, ${stamp}`);
  say(`   ${withoutTime(await logLine(pushed.id))}`);
  const afterPush = await until("bob sees alice's post", async () => { const page = await feed(bob); return has(page, pushed) && page; });
  say(`   bob sees it: ${describe(afterPush)}`);
  show(afterPush, 1);
  if (afterPush.source !== "cache") throw new Error(`expected the cache, the page came from ${afterPush.source}`);

  chapter("celebrity_user posts: no delivery, readers pull");
  const pulled = await post(celebrity, `Hello, all of you, ${stamp}`);
  const line = withoutTime(await logLine(pulled.id));
  say(`   ${line}`);
  if (!line.includes("0 deliveries")) throw new Error("the post was pushed; is the limit lowered?");
  const afterPull = await until("bob sees the celebrity's post", async () => { const page = await feed(bob); return has(page, pulled) && page; });
  say(`   bob sees it: ${describe(afterPull)}`);
  show(afterPull);

  chapter("Redis is stopped: everything from Postgres");
  await control("POST", "/resources/redis/stop");
  try {
    const without = await feed(bob);
    say(`   bob reads: ${describe(without)}`);
    show(without);
    if (!has(without, pushed, pulled)) throw new Error("bob lost a post");
    if (without.source !== "database" || !without.degraded.includes("cache")) throw new Error("the page does not say that the cache is away");
  } finally {
    await control("POST", "/resources/redis/start");
  }

  chapter("Redis is back, empty: the cache heals by itself");
  const healed = await until("the cache has healed", async () => {
    const page = await feed(bob);
    if (!has(page, pushed, pulled)) throw new Error("bob lost a post");
    return page.source === "cache" && page.degraded.length === 0 && page;
  });
  say(`   bob reads: ${describe(healed)}`);
  show(healed);
  say("\nThe end. Its traces are in the dashboard, under Resource: gateway (./pulse up shows the address).");
  say(`Pulse goes on with Fanout:PushFollowerLimit at ${limitText}; ./pulse down and ./pulse up set it back.`);
}

async function tellLimit() {
  const celebrity = await person("celebrity_user");
  await seedFollowers(celebrity);
  const { is_celebrity: large } = await must("GET", `/v1/users/${celebrity.id}`);
  say(large ? "lowered" : "default");
}

try {
  await { limit: tellLimit, story: tellStory }[command]();
} catch (error) {
  console.error(`✗ demo: ${error.message}`);
  process.exitCode = 1;
}
