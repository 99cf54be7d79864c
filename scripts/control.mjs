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

function status() {
  const { resources } = readStdin();
  printTable([
    ["NAME", "STATE", "HEALTH", "PID", "URLS"],
    ...resources.map(({ name, state, health, pid, urls }) => [name, state ?? "-", health || "-", String(pid ?? "-"), (urls ?? []).join(" ") || "-"]),
  ]);
  const unwell = resources.filter((resource) => !isWell(resource));
  if (unwell.length > 0) console.error(`✗ not healthy: ${unwell.map(({ name }) => name).join(", ")}`);
  if (unwell.length > 0 || resources.length === 0) process.exitCode = 1;
}

function verdict() {
  const { resources } = readStdin();
  const names = (list) => list.map(({ name }) => name).join(" ");
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

const getLines = (socketPath, name) =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/resources/${encodeURIComponent(name)}/logs?tail=1000` }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("error", reject);
      response.on("end", () => (response.statusCode === 200 ? resolve(text.split("\n").slice(0, -1)) : reject(new Error(`HTTP ${response.statusCode}`))));
    });
    call.on("error", reject).end();
  });

// The API gives the tail, which slides: what was printed is the longest end of the old tail that begins the new one.
function linesAfter(old, now) {
  for (let start = Math.max(0, old.length - now.length); start < old.length; start++)
    if (old.slice(start).every((line, index) => line === now[index])) return now.slice(old.length - start);
  return now;
}

async function follow(socketPath, name) {
  let seen = [];
  for (;;) {
    const lines = await getLines(socketPath, name);
    for (const line of linesAfter(seen, lines)) console.log(line);
    seen = lines;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

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
