// A mail server for a development machine that delivers nothing: it keeps what it takes in memory and shows it.
//
//   MAIL_SMTP_PORT  port for SMTP (default 1025)
//   MAIL_HTTP_PORT  port for people and tests (default 8025)
//   MAIL_KEEP       mails kept, the newest (default 500)
//
//   GET /           the mails as a page
//   GET /mails?to=  the mails as JSON, oldest first: id, from, to, subject, text, received_at
//   DELETE /mails   forgets them
//   GET /health     200 once both ports are open
//
// Both listen on 127.0.0.1 alone: mails hold tokens. Prints one line when it is ready, leaves with 0 on SIGTERM or SIGINT,
// and with 1 and one line when it can't start.
import { createServer } from "node:http";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const name = "mail-sink";
const address = "127.0.0.1";
const MaxBytes = 1024 * 1024;

function fail(message) {
  console.error(`${name}: ${message}`);
  process.exit(1);
}

function readNumber(variable, fallback, max) {
  const text = process.env[variable] || fallback;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > max) fail(`${variable} is "${text}", expected 1 to ${max}`);
  return number;
}

const smtpPort = readNumber("MAIL_SMTP_PORT", "1025", 65535);
const httpPort = readNumber("MAIL_HTTP_PORT", "8025", 65535);
const keep = readNumber("MAIL_KEEP", "500", 100000);

const mails = [];
let taken = 0;

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk);
  if (stream.sizeExceeded) throw Object.assign(new Error("message too large"), { responseCode: 552 });
  return Buffer.concat(chunks);
}

async function take(stream, { envelope }) {
  const mail = await PostalMime.parse(await read(stream));
  mails.push({
    id: String(++taken),
    message_id: mail.messageId ?? null,
    from: envelope.mailFrom.address,
    to: envelope.rcptTo.map((recipient) => recipient.address),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    received_at: new Date().toISOString(),
  });
  if (mails.length > keep) mails.shift();
}

const smtp = new SMTPServer({
  name: "localhost",
  banner: "Pulse mail sink",
  authOptional: true,
  disabledCommands: ["AUTH", "STARTTLS"],
  disableReverseLookup: true,
  size: MaxBytes,
  logger: false,
  onData: (stream, session, done) => {
    take(stream, session).then(() => done(), done);
  },
});
// A client that went away in the middle is no concern of the others.
smtp.on("error", (error) => console.error(`${name}: ${error.code ?? error.message}`));

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text) => text.replace(/[&<>"']/g, (character) => escapes[character]);
const link = (text) => escape(text).replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}" rel="noreferrer">${url}</a>`);

const page = () => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Mails of Pulse</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  article { border-top: 1px solid #ccc; padding: 1rem 0 } h2 { font-size: 1rem; margin: 0 } p { margin: 0; color: #666 } pre { white-space: pre-wrap; overflow-wrap: anywhere }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #111 } article { border-color: #444 } p { color: #999 } a { color: #8bf } }
</style>
<h1>Mails</h1><p>Nothing leaves this machine; the newest ${keep} are kept until Pulse stops.</p>
${[...mails].reverse().map((mail) => `<article><h2>${escape(mail.subject)}</h2><p>to ${escape(mail.to.join(", "))}, ${escape(mail.received_at)}</p><pre>${link(mail.text)}</pre></article>`).join("\n")}
</html>
`;

function answer(response, status, type, body) {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

// A page of the web that has its own name lead here is not let in: no browser sends it a loopback name.
const isLocal = (host) => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? "");

const http = createServer((request, response) => {
  if (!isLocal(request.headers.host)) return answer(response, 403, "text/plain", "only from this machine\n");
  const { pathname, searchParams } = new URL(request.url, `http://${address}`);
  const call = `${request.method} ${pathname}`;
  if (call === "GET /health") return answer(response, 200, "text/plain", "ok\n");
  if (call === "GET /") return answer(response, 200, "text/html", page());
  if (call === "GET /mails") {
    const to = searchParams.get("to")?.toLowerCase();
    return answer(response, 200, "application/json", JSON.stringify(to ? mails.filter((mail) => mail.to.some((one) => one.toLowerCase() === to)) : mails));
  }
  if (call === "DELETE /mails") {
    mails.length = 0;
    return answer(response, 200, "application/json", "[]");
  }
  return answer(response, 404, "text/plain", "GET / or GET /mails?to=\n");
});

const listen = (server, port) =>
  new Promise((resolve) => {
    const refuse = (error) => fail(error.code === "EADDRINUSE" ? `port ${port} is in use` : `cannot listen on port ${port}: ${error.message}`);
    server.once("error", refuse);
    server.listen(port, address, () => {
      server.off("error", refuse);
      resolve();
    });
  });

await listen(smtp.server, smtpPort);
await listen(http, httpPort);
console.log(`${name}: SMTP on ${address}:${smtpPort}, mails on http://${address}:${httpPort}`);

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
