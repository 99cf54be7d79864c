// A cold page: GET /v1/feed of a reader with FOLLOWEES followees whose timeline is not in Redis, READS times one after the other.
//
//   PULSE__RateLimits__Scale=100000 ./pulse up --detach
//   node bench/cold-page.mjs SOCKET [FOLLOWEES=5000] [POSTS_EACH=200] [READS=120]
//
// SOCKET is control.sock in PULSE_DATA. Needs psql and redis-cli. Milliseconds at the client, through the gateway.
import { connect, fan, idOf, summary } from "./running.mjs";

const [socket, followees = 5_000, each = 200, reads = 120] = process.argv.slice(2).map((value, index) => (index === 0 ? value : Number(value)));
if (!socket) throw new Error("usage: cold-page.mjs SOCKET [FOLLOWEES] [POSTS_EACH] [READS]");
const pulse = await connect(socket);

const reader = await pulse.person("reader");
const authors = `generate_series(${fan(0)}::bigint, ${fan(followees - 1)})`;
pulse.sql("usersdb", `
  INSERT INTO users (id, username, email, display_name, bio, graph_version, following_count, created_at)
  SELECT a, 'fan_' || a, 'fan_' || a || '@seed.invalid', 'Fan ' || a, '', 1, 0, now() FROM ${authors} a ON CONFLICT DO NOTHING;
  INSERT INTO follower_counts (user_id, followers) SELECT a, 0 FROM ${authors} a ON CONFLICT DO NOTHING;
  INSERT INTO follows (follower_id, followee_id, since) SELECT ${reader.id}, a, now() - interval '1 day' FROM ${authors} a;
  UPDATE users SET graph_version = graph_version + 1, following_count = ${followees} WHERE id = ${reader.id};`);
pulse.sql("timelinedb", `INSERT INTO follow_edges (followee, follower, version, active, since) SELECT a, ${reader.id}, 2, true, now() - interval '1 day' FROM ${authors} a`);
// A post every 10 ms up to now, of an author at random; the newest exist in postsdb, for the page.
const posts = followees * each;
const base = idOf(posts * 10);
const seed = `SELECT ${fan(0)}::bigint + (hashint8(n) & 2147483647) % ${followees} AS author, ${base} + ((n * 10) << 22) AS id, n FROM generate_series(1::bigint, ${posts}) n`;
pulse.sql("timelinedb", `INSERT INTO author_posts (author_id, post_id, mode) SELECT author, id, 0 FROM (${seed}) s ON CONFLICT DO NOTHING`);
pulse.sql("postsdb", `INSERT INTO posts (id, author_id, content, visibility, created_at) SELECT id, author, 'post ' || n, 0, now() FROM (${seed}) s WHERE n > ${posts - 5_000} ON CONFLICT DO NOTHING`);
console.log(`${pulse.sql("timelinedb", "SELECT count(*) FROM author_posts")} posts in author_posts, no ANALYZE by the bench`);

async function read(name, before) {
  const times = [];
  for (let number = 0; number < reads + 40; number++) {
    before();
    pulse.redis("DEL", `t:home:{${reader.id}}`);
    const started = performance.now();
    const page = await pulse.call("GET", "/v1/feed", reader.token);
    if (number >= 40) times.push(performance.now() - started);
    if (page.posts.length !== 50 || page.source !== "database" || page.degraded.length > 0) throw new Error(`not a cold page: ${page.posts.length} ${page.source} ${page.degraded}`);
  }
  console.log(`${name}: ${summary(times)}`);
}
const forgetGraph = (since = "since") => () => {
  pulse.sql("usersdb", `UPDATE users SET graph_version = graph_version + 1 WHERE id = ${reader.id}; UPDATE follows SET since = ${since} WHERE follower_id = ${reader.id} AND since <> ${since}`);
  pulse.redis("DEL", `u:gv:{${reader.id}}`);
};
await read("graph known", () => {});
await read("graph to be fetched", forgetGraph());
const warmTimes = [];
for (let number = 0; number < reads; number++) {
  const started = performance.now();
  await pulse.call("GET", "/v1/feed", reader.token);
  warmTimes.push(performance.now() - started);
}
console.log(`for comparison, warm: ${summary(warmTimes)}`);
await read("graph to be fetched, every edge younger than ten minutes", forgetGraph("now()"));
pulse.sql("timelinedb", "ANALYZE");
await read("graph known, after ANALYZE, edges young", () => {});
