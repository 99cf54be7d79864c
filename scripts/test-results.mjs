// Sums up the .trx files of a test run: test-results.mjs FOLDER LOG
//
// Prints what each drill reports, every failure with its message and where it happened, every skip with its reason, and as last line
// "N passed, N failed, N skipped". Ends with 1 when a test failed, none ran, one was skipped without a reason, or the run
// itself broke; the last two count as failed.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, log] = process.argv.slice(2);
const maxLines = 25;

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const unescape = (text) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : (entities[name] ?? whole));
const attribute = (tag, name) => unescape(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
const element = (xml, name) => unescape(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1] ?? "").trim();

// <UnitTestResult testName="…" outcome="Passed" duration="00:00:00.001" … /> or with <Output><ErrorInfo><Message>…
function* readResults(xml) {
  for (const [, tag, , body] of xml.matchAll(/<UnitTestResult( [^>]*?)(\/>|>([\s\S]*?)<\/UnitTestResult>)/g))
    yield {
      name: attribute(tag, "testName"),
      outcome: attribute(tag, "outcome"),
      message: element(body ?? "", "Message"),
      stack: element(body ?? "", "StackTrace"),
      output: element(body ?? "", "StdOut"),
    };
}

const indent = (text) => {
  const lines = text.split("\n");
  return [...lines.slice(0, maxLines), ...(lines.length > maxLines ? ["…"] : [])].map((line) => `    ${line.trimEnd()}`).join("\n");
};

const results = readdirSync(folder, { recursive: true })
  .filter((file) => file.endsWith(".trx"))
  .flatMap((file) => [...readResults(readFileSync(join(folder, file), "utf8"))]);

const passed = results.filter(({ outcome }) => outcome === "Passed");
const notRun = results.filter(({ outcome }) => outcome === "NotExecuted");
const skipped = notRun.filter(({ message, output }) => message || output);
const unexplained = notRun.filter((result) => !skipped.includes(result));
const failures = results.filter((result) => !passed.includes(result) && !notRun.includes(result));
let failed = failures.length + unexplained.length;

for (const { output } of results) for (const line of output.split("\n")) if (line.startsWith("drill: ")) console.log(line.trimEnd());
for (const { name, message, output } of skipped) console.log(`- skipped ${name}: ${(message || output).split("\n")[0]}`);
for (const { name } of unexplained) console.log(`\n✗ ${name}\n    skipped without a reason`);
for (const { name, message, stack, output } of failures)
  console.log([`\n✗ ${name}`, ...[message, stack, output].filter(Boolean).map(indent)].join("\n"));

const exitCode = readFileSync(join(folder, "exit-code"), "utf8").trim();
if (exitCode !== "0" && failures.length === 0) {
  failed++;
  console.log(`\n✗ dotnet test ended with ${exitCode} although no test failed; the end of ${log}:`);
  console.log(indent(readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n")));
}
if (passed.length + failed === 0) console.log("\n✗ no test ran");

console.log(`${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed > 0 || passed.length === 0 ? 1 : 0;
