// What an operator asks of a running Pulse, over the internal calls of its services.
//
//   operate.mjs SOCKET SECRETS dlq list|show|replay [QUEUE]
//   operate.mjs SOCKET SECRETS timelines rebuild
//   operate.mjs SOCKET SECRETS keys rotate
//   operate.mjs SOCKET SECRETS admin grant|withdraw NAME
//
// SOCKET is the control API, which knows where the services are; the service key in SECRETS opens their internal calls.
import { readFileSync } from "node:fs";
import { request } from "node:http";

const [socketPath, secretsPath, ...words] = process.argv.slice(2);

const resources = () =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path: "/resources" }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
      response.on("end", () => resolve(JSON.parse(text).resources));
    });
    call.on("error", reject).end();
  });

async function call(service, method, path) {
  const address = (await resources()).find(({ name }) => name === service)?.urls?.[0];
  if (!address) throw new Error(`${service} is not running; ./pulse resource ${service} start`);
  const key = JSON.parse(readFileSync(secretsPath, "utf8"))["service-key"];
  const answer = await fetch(address + path, { method, headers: { "x-pulse-service-key": key } }).catch(() => {
    throw new Error(`${service} does not answer; ./pulse status says what runs`);
  });
  if (answer.ok) return answer;

  const problem = await answer.json().catch(() => ({}));
  if (answer.status === 503) throw new Error(`${service} cannot do it now, something that it needs is away; ./pulse status says what runs`);
  throw new Error(problem.detail ?? problem.title ?? `${service} answered ${answer.status}`);
}

const ask = async (method, path) => (await call("fanout", method, `/internal/dead-letters${path}`)).json();
const messages = (count) => (count === 1 ? "1 message" : `${count} messages`);

const dlq = {
  async list() {
    const { queues } = await ask("GET", "");
    const width = Math.max(...queues.map(({ queue }) => queue.length));
    for (const { queue, count } of queues) console.log(`${queue.padEnd(width)}  ${messages(count)}`);
  },

  async show(name) {
    const page = await ask("GET", `/${encodeURIComponent(name)}`);
    for (const { id, type, occurred_at, receive_count, body } of page.messages)
      console.log(`${id}  ${type ?? "(no type)"}  ${occurred_at ?? "(no event)"}  receives: ${receive_count}\n  ${body}`);
    if (page.messages.length === 0) console.log(`${page.queue} has no dead letters`);
  },

  async replay(name) {
    const { queue, replayed, failed } = await ask("POST", `/${encodeURIComponent(name)}/replay`);
    if (failed > 0) throw new Error(`${messages(replayed)} replayed into ${queue}; ${failed} could not be sent and are dead letters still`);
    console.log(`✓ ${messages(replayed)} replayed into ${queue}`);
  },
};

const timelines = {
  // The answer grows while the service works; its last line says how it ended.
  async rebuild() {
    const answer = await call("timelines", "POST", "/internal/timelines/refill");
    let last = "";
    let rest = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      for (const line of lines) console.log((last = line));
    }
    if (!last.startsWith("✓")) throw new Error("the rebuild did not come to its end; run it again, it does no harm");
  },
};

const keys = {
  async rotate() {
    const { key_id, activates_at } = await (await call("users", "POST", "/internal/keys/rotate")).json();
    console.log(`✓ key ${key_id} is published, and signs from ${activates_at} on`);
  },
};

const admin = {
  grant: async (name) => appoint("PUT", name),
  withdraw: async (name) => appoint("DELETE", name),
};

async function appoint(method, name) {
  const answer = await (await call("users", method, `/internal/admins/${encodeURIComponent(name)}`)).json();
  console.log(answer.admin ? `✓ ${name} is an administrator, from the next login or renewal of a token on` : `✓ ${name} is no administrator; every login of the account has ended`);
}

try {
  const [group, verb, ...parameters] = words;
  await { dlq, timelines, keys, admin }[group][verb](...parameters);
} catch (error) {
  console.error(`✗ ${words.slice(0, 2).join(" ")}: ${error.message}`);
  process.exitCode = 1;
}
