// What the benches share: a running Pulse (its control socket), its databases and Redis from the inside, processor time by process.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const quantile = (values, q) => [...values].sort((left, right) => left - right)[Math.max(0, Math.ceil(q * values.length) - 1)];
export const summary = (values) => `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms, max ${Math.max(...values).toFixed(1)} ms`;

// 41 bits of milliseconds since 2025, as a post made this long ago has them.
export const idOf = (millisecondsAgo) => BigInt(Date.now() - Date.UTC(2025, 0, 1) - millisecondsAgo) << 22n;

// Made-up users have small ids: none that is minted looks like them.
export const fan = (number) => 1_000_000_000 + number;

export async function connect(socketPath) {
  const control = (path) =>
    new Promise((resolve, reject) => {
      const call = request({ socketPath, path }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
        response.on("end", () => resolve(text));
      });
      call.on("error", reject).end();
    });
  const api = JSON.parse(await control("/urls")).api.replace(/\/$/, "");
  const resources = Object.fromEntries(JSON.parse(await control("/resources")).resources.map((resource) => [resource.name, resource]));
  const address = (name) => new URL(resources[name].urls[0]);
  const password = JSON.parse(readFileSync(join(dirname(socketPath), "secrets.json"), "utf8"))["postgres-password"];

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

  async function person(name) {
    const username = `${name}_${Date.now().toString(36)}_${Math.floor(Math.random() * 1e6)}`;
    const { id } = await call("POST", "/v1/auth/signup", null, { username, email: `${username}@example.org`, password: "password123" });
    const { access_token: token } = await call("POST", "/v1/auth/login", null, { username, password: "password123" });
    return { id, token };
  }

  const sql = (database, text) => {
    const { hostname, port } = address("postgres");
    const options = ["--host", hostname, "--port", port, "--username", "postgres", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"];
    return execFileSync("psql", [...options, "--command", text, database], { env: { ...process.env, PGPASSWORD: password }, encoding: "utf8" }).trim();
  };
  const redis = (...words) => execFileSync("redis-cli", ["-h", address("redis").hostname, "-p", address("redis").port, ...words.map(String)], { encoding: "utf8" }).trim();

  // Full lists for fans `from` up to but not including `to`, with the marker of a list that is warm.
  function warm(marked, from, to, length) {
    const script = `
      local marker = redis.call('LINDEX', KEYS[1], -1)
      local ids = {}
      for n = 1, tonumber(ARGV[3]) do ids[n] = struct.pack('>I4I4', 1, n) end
      ids[#ids + 1] = marker
      for user = tonumber(ARGV[1]), tonumber(ARGV[2]) - 1 do
        local key = string.format('t:home:{%d}', user)
        redis.call('DEL', key)
        redis.call('RPUSH', key, unpack(ids))
        redis.call('EXPIRE', key, 604800)
      end
      return #marker`;
    for (let first = from; first < to; first += 2_000) {
      const size = redis("EVAL", script, 1, `t:home:{${marked}}`, fan(first), fan(Math.min(to, first + 2_000)), length);
      if (size !== "24") throw new Error(`There is no warm list to copy the marker of: ${size}`);
    }
  }

  // `count` fans of `author` in the projection, made while the owner of the graph knows nothing of them.
  const follow = (author, from, count) =>
    sql("timelinedb", `INSERT INTO follow_edges (followee, follower, version, active, since) SELECT ${author}, n, 1, true, now() FROM generate_series(${fan(from)}::bigint, ${fan(from + count - 1)}) n ON CONFLICT DO NOTHING`);

  const line = /Post (\d+): (\d+) followers, (\d+) warm timelines took it, lag ([\d.]+) ms/g;
  // Collects what the worker says of `ids` (a set that may grow) into `lags` until all are there.
  async function collect(ids, lags, seconds, isDone = () => true) {
    for (const deadline = performance.now() + seconds * 1000; (lags.size < ids.size || !isDone()) && performance.now() < deadline; await pause(300)) {
      for (const [, id, followers, delivered, lag] of (await control("/resources/fanout/logs?tail=1000")).matchAll(line)) {
        if (ids.has(id)) lags.set(id, { lag: Number(lag), delivered: Number(delivered), followers: Number(followers) });
      }
    }
    return lags;
  }

  return { call, person, sql, redis, warm, follow, collect, resources };
}

// Seconds of processor time of a process and everything below it.
export function cpuOf(root) {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
    } catch {
      return []; // it has ended
    }
  });
  const below = new Set([root]);
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid);
  }
  return processes.filter(({ pid }) => below.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / 100;
}
