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
const [{ buildApp }, { SqsStore, SqsQueue }, { SnsStore }, { S3Store }, { validateInitConfig, applyInitConfig }, { PersistenceManager }] =
  await Promise.all(["app.js", "sqs/sqsStore.js", "sns/snsStore.js", "s3/s3Store.js", "initConfig.js", "persistence.js"].map(load));

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
app.addHook("onSend", (request, _reply, payload, done) => {
  if (!isReceive(request)) return done();
  setImmediate(() => {
    returnUnreceived(request, payload);
    done();
  });
});

// Cure 5, address: fauxqs' own server listens on every interface. Remove when its host can be set.
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
