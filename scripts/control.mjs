// Reads what the AppHost's control API answers, for the shell.
//
//   control.mjs status           stdin: GET /resources   a table; 1 when something is not well
//   control.mjs verdict          stdin: GET /resources   one line: "well", "starting NAMES" or "broken NAMES"
//   control.mjs urls             stdin: GET /urls        the table that ends `up`
//   control.mjs detail           stdin: problem+json     its detail
//   control.mjs message          stdin: {"message"?}     what a command says of its success
//   control.mjs follow SOCKET NAME                       the log of a resource, until the AppHost ends
import { readFileSync } from "node:fs";
import { request } from "node:http";

const finished = ["finished"]; // migrations end, and that is their success
const broken = ["exited", "failedtostart", "runtimeunhealthy"];

const is = (states, resource) => states.includes((resource.state ?? "").toLowerCase());
const isWell = (resource) =>
  is(finished, resource) || (is(["running", "active"], resource) && ["", "healthy"].includes((resource.health ?? "").toLowerCase()));

function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
}

const readStdin = () => JSON.parse(readFileSync(0, "utf8"));

// Replicas share the name of their resource: each is called by its own id.
const callNames = (resources) => {
  const shared = (name) => resources.filter((resource) => resource.name === name).length > 1;
  return (resource) => (shared(resource.name) ? resource.id : resource.name);
};

function status() {
  const { resources } = readStdin();
  const nameOf = callNames(resources);
  const stateOf = ({ state, exit_code: code }) => (state ?? "-") + (is(broken, { state }) && code !== null && code !== undefined ? ` (${code})` : "");
  printTable([
    ["NAME", "STATE", "HEALTH", "PID", "URLS"],
    ...resources.map((one) => [nameOf(one), stateOf(one), one.health || "-", String(one.pid ?? "-"), (one.urls ?? []).join(" ") || "-"]),
  ]);
  for (const crashed of resources.filter(({ last_lines: lines }) => lines?.length > 0)) {
    const how = crashed.exit_code === null ? "did not start" : `exited with code ${crashed.exit_code}`;
    console.log(`\n${nameOf(crashed)} ${how}; ./pulse resource ${nameOf(crashed)} start starts it again. Its last lines:`);
    for (const line of crashed.last_lines) console.log(`  ${line}`);
  }
  const unwell = resources.filter((resource) => !isWell(resource));
  if (unwell.length > 0) console.error(`✗ not healthy: ${unwell.map(nameOf).join(", ")}`);
  if (unwell.length > 0 || resources.length === 0) process.exitCode = 1;
}

function verdict() {
  const { resources } = readStdin();
  const nameOf = callNames(resources);
  const names = (list) => list.map(nameOf).join(" ");
  const fallen = resources.filter((resource) => is(broken, resource));
  const unwell = resources.filter((resource) => !isWell(resource));
  if (fallen.length > 0) console.log(`broken ${names(fallen)}`);
  else if (unwell.length > 0 || resources.length === 0) console.log(`starting ${names(unwell)}`);
  else console.log("well");
}

function urls() {
  const { api, dashboard, dashboard_login: login } = readStdin();
  printTable([
    ["  API", api],
    ["  API docs", `${api.replace(/\/$/, "")}/docs`],
    ["  Dashboard", login ?? dashboard],
  ]);
}

// Ends with the AppHost. A terminal that is paused holds up this stream alone; the AppHost says how many lines it missed.
const follow = (socketPath, name) =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/resources/${encodeURIComponent(name)}/logs?tail=1000&follow=true` }, (response) => {
      if (response.statusCode === 200) return response.on("end", resolve).on("error", resolve).pipe(process.stdout);
      let problem = "";
      response.setEncoding("utf8").on("data", (chunk) => (problem += chunk));
      response.on("end", () => reject(new Error(JSON.parse(problem).detail ?? `HTTP ${response.statusCode}`)));
    });
    call.on("error", reject).end();
  });

const detail = () => {
  const problem = readStdin();
  console.log(problem.detail ?? problem.title);
};

const message = () => console.log(readStdin().message ?? "");

const [command, ...parameters] = process.argv.slice(2);
try {
  await { status, verdict, urls, detail, message, follow }[command](...parameters);
} catch (error) {
  console.error(`✗ ${command}: ${error.message}`);
  process.exitCode = 1;
}
