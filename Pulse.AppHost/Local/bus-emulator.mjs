// SNS, SQS and S3 for a development machine: fauxqs 2.4.1 on 127.0.0.1.
//
//   FAUXQS_PORT      port to listen on (default 4566)
//   FAUXQS_ADDRESS   address to listen on (default 127.0.0.1; a container needs 0.0.0.0)
//   FAUXQS_DIST      folder of fauxqs' code (default: node_modules next to this file; its container image has it elsewhere)
//   FAUXQS_INIT      JSON file of queues, topics, subscriptions and buckets to create
//   FAUXQS_DATA_DIR  folder of the SQLite file; without it everything lives in memory
//   AWS_REGION       region of the created resources (default us-east-1)
//
// Prints one line when it is ready, leaves with 0 on SIGTERM or SIGINT, and with 1 and one line when it can't start.
// Each cure below names the defect of fauxqs 2.4.1 it is for. Remove a cure when a release has its fix, and the whole
// launcher in favour of fauxqs' own when none is left.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";

const name = "bus-emulator";

function fail(message) {
  console.error(`${name}: ${message}`);
  process.exit(1);
}

function readPort(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`FAUXQS_PORT is "${text}", expected 1 to 65535`);
  return port;
}

function readInit(path, validate) {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    fail(`cannot read FAUXQS_INIT ${path}: ${error.message}`);
  }
  try {
    return validate(JSON.parse(text));
  } catch (error) {
    const where = error.issues?.[0]?.path?.map((step) => step.key).join(".");
    fail(`FAUXQS_INIT ${path} is not valid: ${where ? `${where}: ` : ""}${error.message}`);
  }
}

const [nodeMajor, nodeMinor] = process.versions.node.split(".").map(Number);
if (nodeMajor < 22 || (nodeMajor === 22 && nodeMinor < 5)) fail(`needs Node 22.5 or newer for node:sqlite, this is ${process.versions.node}`);

const port = readPort(process.env.FAUXQS_PORT || "4566");
const address = process.env.FAUXQS_ADDRESS || "127.0.0.1";
const region = process.env.AWS_REGION || "us-east-1";

// node:sqlite announces itself as experimental on every start; other warnings stay.
process.removeAllListeners("warning");
process.on("warning", (warning) => warning.name === "ExperimentalWarning" || console.error(`${name}: ${warning}`));

// The package exports its entry alone; the stores are reached by file.
const dist = new URL(process.env.FAUXQS_DIST || "./node_modules/fauxqs/dist/", import.meta.url);
const load = (file) =>
  import(new URL(file, dist)).catch((error) => fail(`fauxqs is not installed next to this file (${error.message}); run ./pulse setup`));
const [{ buildApp }, { SqsStore, SqsQueue }, { SnsStore }, { S3Store }, { S3Error }, { validateInitConfig, applyInitConfig }, { PersistenceManager }] =
  await Promise.all(["app.js", "sqs/sqsStore.js", "sns/snsStore.js", "s3/s3Store.js", "common/errors.js", "initConfig.js", "persistence.js"].map(load));

// Cure 1, counters: expired messages and due delays are moved only by a receive, so GetQueueAttributes reports what was
// true then. Remove when it moves them first.
const getAllAttributes = SqsQueue.prototype.getAllAttributes;
SqsQueue.prototype.getAllAttributes = function (requested) {
  this.processTimers();
  return getAllAttributes.call(this, requested);
};

// Cure 2, SQLite: ChangeMessageVisibility 0 writes NULL into approximate_receive_count, which is NOT NULL: the caller
// gets a 500 and the message is lost until a restart. Remove when updateMessageReady leaves the count alone.
PersistenceManager.prototype.updateMessageReady = function (messageId) {
  this.db.prepare("UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?").run(messageId);
};

// Cure 3, dead long polls: a poll whose caller has gone still takes messages and answers into a closed socket; they stay
// hidden for the visibility timeout and count one receive of the few before the dead-letter queue. They go back at once
// and the receive is not counted. A socket ends before it is destroyed, and its end may still be waiting to be read: hence
// one turn of the event loop before the answer. Remove when fauxqs drops the waiter as its connection closes.
function handBack(queue, receiptHandle) {
  const entry = queue.inflightMessages.get(receiptHandle);
  if (!entry) return;
  const { message } = entry;
  message.approximateReceiveCount--;
  if (message.approximateReceiveCount === 0) message.approximateFirstReceiveTimestamp = undefined;
  queue.persistence?.updateMessageInflight(
    message.messageId, receiptHandle, entry.visibilityDeadline, message.approximateReceiveCount, message.approximateFirstReceiveTimestamp);
  queue.changeVisibility(receiptHandle, 0);
}

const hasGone = ({ socket }) => !socket || socket.destroyed || socket.readableEnded || socket.writableEnded;
const isReceive = (request) => request.headers["x-amz-target"] === "AmazonSQS.ReceiveMessage";

function returnUnreceived(request, payload) {
  if (!hasGone(request.raw) || typeof payload !== "string") return;
  const queue = stores.sqsStore.getQueue(request.body.QueueUrl);
  for (const { ReceiptHandle } of JSON.parse(payload).Messages ?? []) if (queue) handBack(queue, ReceiptHandle);
}

const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };

// Cure 4, queue URLs: the default host makes http://sqs.<region>.localhost, which a resolver without systemd does not
// know. Without a host the address of the request is used. Remove when the host can be set to an address.
stores.sqsStore.host = "";

// Cure 5, S3 access: fauxqs takes every request as it comes. As in AWS, a signature (version 4, in the query or in a header) is checked with all that it
// covers: method, key, query, time and the signed headers, among them a size. Without one an object may be read, as through a CDN, and nothing else be done.
// Remove when fauxqs checks signatures.
const secrets = { local: "local" }; // by access key id: what the AppHost and the tests give to those who call
const skewMs = 15 * 60_000;
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const refuse = (code, message) => {
  throw new S3Error(code, message, 403);
};

function readSignature(url, headers) {
  const query = url.searchParams;
  if (query.has("X-Amz-Signature"))
    return {
      credential: query.get("X-Amz-Credential") ?? "", date: query.get("X-Amz-Date") ?? "", lifetimeMs: Number(query.get("X-Amz-Expires")) * 1000,
      signed: (query.get("X-Amz-SignedHeaders") ?? "").split(";"), given: query.get("X-Amz-Signature"), payload: "UNSIGNED-PAYLOAD",
    };
  const [, credential, signed, given] = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(headers.authorization ?? "") ?? [];
  return given && { credential, date: headers["x-amz-date"] ?? "", signed: signed.split(";"), given, payload: headers["x-amz-content-sha256"] };
}

function signatureOf({ credential, date, signed, payload }, method, url, headers) {
  const [accessKey, ...scope] = credential.split("/");
  if (!Object.hasOwn(secrets, accessKey)) refuse("InvalidAccessKeyId", "The access key id is not known here.");
  const path = url.pathname.split("/").map((part) => encode(decodeURIComponent(part))).join("/");
  const query = [...url.searchParams].filter(([key]) => key !== "X-Amz-Signature").map(([key, value]) => `${encode(key)}=${encode(value)}`).sort().join("&");
  const canonicalHeaders = signed.map((header) => `${header}:${(headers[header] ?? "").trim().replace(/ +/g, " ")}\n`).join("");
  const request = [method, path, query, canonicalHeaders, signed.join(";"), payload].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope.join("/"), createHash("sha256").update(request).digest("hex")].join("\n");
  return hmac(scope.reduce(hmac, `AWS4${secrets[accessKey]}`), toSign).toString("hex");
}

function checkAccess({ method, headers, originalUrl, params }) {
  const url = new URL(originalUrl, "http://bucket");
  const signature = readSignature(url, headers);
  if (!signature) {
    if (["GET", "HEAD"].includes(method) && params["*"] && !url.search) return;
    refuse("AccessDenied", "Without a signature objects may be read and nothing else.");
  }
  const unsigned = ["host", ...Object.keys(headers).filter((header) => header.startsWith("x-amz-"))].filter((header) => !signature.signed.includes(header));
  if (unsigned.length > 0) refuse("AccessDenied", `Not signed: ${unsigned.join(", ")}.`);
  const right = Buffer.from(signatureOf(signature, method, url, headers));
  const given = Buffer.from(signature.given);
  if (given.length !== right.length || !timingSafeEqual(given, right)) refuse("SignatureDoesNotMatch", "The request is not what was signed.");
  const age = Date.now() - Date.parse(signature.date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5"));
  if (!(age > -skewMs && age < (signature.lifetimeMs ?? skewMs))) refuse("AccessDenied", "Request has expired.");
}

// Cure 6, S3 conditional writes: fauxqs ignores If-None-Match: * on a PUT and writes over the object. Remove when it answers 412.
function checkCondition({ method, headers, params }) {
  if (method !== "PUT" || headers["if-none-match"] !== "*" || !stores.s3Store.buckets.get(params.bucket)?.has(params["*"])) return;
  throw new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}

const isS3 = (request) => request.routeOptions.url?.startsWith("/:bucket");
const guard = (check) => (request, reply, done) => {
  if (!isS3(request)) return done();
  try {
    check(request);
  } catch (error) {
    if (!(error instanceof S3Error)) return done(error);
    reply.status(error.statusCode).header("content-type", "application/xml").send(request.method === "HEAD" ? "" : error.toXml());
    return;
  }
  done();
};

function openPersistence(directory) {
  const persistence = new PersistenceManager(directory);
  // WAL with NORMAL keeps every committed message through a killed process; only a power cut may lose the last ones.
  persistence.db.exec("PRAGMA synchronous = NORMAL");
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  for (const store of Object.values(stores)) store.persistence = persistence;
  const queues = [...stores.sqsStore.allQueues()];
  stores.sqsStore.queues.clear();
  for (const queue of queues) {
    queue.persistence = persistence;
    queue.url = stores.sqsStore.buildQueueUrl(queue.name, String(port), `127.0.0.1:${port}`, region); // the port may be another one now
    stores.sqsStore.queues.set(queue.url, queue);
  }
  return persistence;
}

// The init file is the truth: what was loaded keeps its messages, takes the attributes of the file, and the topics of the
// file have exactly its subscriptions (fauxqs refuses a subscription whose filter has changed since).
function applyInit(init) {
  const { sqsStore, snsStore, s3Store } = stores;
  const topics = new Set((init.topics ?? []).map((topic) => topic.name));
  for (const topic of [...snsStore.topics.values()].filter((known) => topics.has(known.name)))
    for (const subscription of [...topic.subscriptionArns]) snsStore.unsubscribe(subscription);
  applyInitConfig(init, sqsStore, snsStore, s3Store, { port, region });
  for (const { name: queue, attributes } of init.queues ?? []) if (attributes) sqsStore.getQueueByName(queue).setAttributes(attributes);
}

const init = process.env.FAUXQS_INIT ? readInit(process.env.FAUXQS_INIT, validateInitConfig) : undefined;
let persistence;
try {
  if (process.env.FAUXQS_DATA_DIR) persistence = openPersistence(process.env.FAUXQS_DATA_DIR);
  if (init) applyInit(init);
} catch (error) {
  fail(`cannot set up queues and topics: ${error.message}`);
}

const app = buildApp({ logger: false, defaultRegion: region, stores });
app.addHook("onRequest", guard(checkAccess));
app.addHook("preHandler", guard(checkCondition)); // with the body at hand: nothing comes between the look and the write
app.addHook("onSend", (request, _reply, payload, done) => {
  if (!isReceive(request)) return done();
  setImmediate(() => {
    returnUnreceived(request, payload);
    done();
  });
});

// Cure 7, address: fauxqs' own server listens on every interface. Remove when its host can be set.
try {
  await app.listen({ port, host: address });
} catch (error) {
  fail(error.code === "EADDRINUSE" ? `port ${port} is in use` : `cannot listen on port ${port}: ${error.message}`);
}
console.log(`${name}: SNS, SQS and S3 on http://${address}:${port}`);

async function stop() {
  await app.close();
  persistence?.close();
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, stop);
