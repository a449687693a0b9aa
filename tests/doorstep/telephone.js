// A telephone without a browser: the product's own queue and sealing in Node, a store in memory that outlives a death,
// and a line that is another program's. It speaks in lines of JSON.
"use strict";
const path = require("node:path");
const readline = require("node:readline");

const folder = process.argv[2];
globalThis.crypto ??= require("node:crypto").webcrypto;
for (const name of ["sealing", "queue"]) require(path.join(folder, `${name}.js`));

const disk = new Map(); // what outlives a death
const copies = new Map();
let life = 0;
let left = Infinity; // steps until death; a step is one use of the store or of the line
let dead = () => {};
const never = new Promise(() => {});

// Runs one step of a life: death comes before it or after it, and a dead program never hears of its end.
async function step(mine, act) {
  await null;
  if (mine !== life) return never;
  left -= 1;
  if (left === 0) return die();
  const value = await act();
  if (mine !== life) return never;
  left -= 1;
  if (left === 0) return die();
  return value;
}
function die() {
  life += 1;
  left = Infinity;
  dead();
  return never;
}
const copy = (value) => (value === undefined ? null : structuredClone(value));
const inOrder = () => [...disk.values()].sort((one, other) => one.seq - other.seq);

class MemoryStore {
  constructor(mine) {
    this.mine = mine;
  }
  all() {
    return step(this.mine, () => copy(inOrder()));
  }
  get(id) {
    return step(this.mine, () => copy(disk.get(id)));
  }
  add(item, replaces) {
    return step(this.mine, () => {
      const before = replaces ? disk.get(replaces) : null;
      if (replaces && (before?.state !== "waiting" || before.tried !== 0)) return false;
      if (before) disk.set(replaces, { ...before, state: "superseded", sealed: "", by: item.id });
      disk.set(item.id, copy({ ...item, seq: (inOrder().at(-1)?.seq ?? 0) + 1 }));
      return true;
    });
  }
  change(id, by, copied = null) {
    return step(this.mine, () => {
      if (!disk.has(id)) return null;
      const before = disk.get(id);
      const after = by(copy(before));
      disk.set(id, copy(after));
      if (copied) copies.set(id, copy({ ...copied, item: { ...after, sealed: before.sealed } }));
      return copy(after);
    });
  }
  hasCopies() {
    return step(this.mine, () => copies.size > 0);
  }
  putBack(epoch, now = 0) {
    return step(this.mine, () => {
      const lost = [...copies.values()].filter((one) => epoch && one.epoch !== epoch);
      for (const [id, one] of copies) if (one.until < now || lost.includes(one)) copies.delete(id);
      lost.sort((one, other) => one.item.made - other.item.made || one.item.seq - other.item.seq);
      const first = inOrder()[0]?.seq ?? 1;
      lost.forEach(({ item, epoch: under }, at) => {
        const here = disk.get(item.id);
        const settled = here ? here.settled : item.state === "rejected" ? "office" : undefined;
        disk.set(item.id, { ...item, settled, again: under !== "", state: "waiting", seq: first - lost.length + at });
      });
    });
  }
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
let answered = () => {};
const ask = (question) => new Promise((resolve, reject) => {
  answered = (reply) => (reply ? resolve(reply) : reject(new TypeError("nobody answers")));
  say(question);
});

let day;
let queue;
const begin = () => {
  const mine = life;
  queue = new DoorQueue({
    store: new MemoryStore(mine),
    send: (wire) => step(mine, () => ask({ send: wire })),
    ask: () => step(mine, () => ask({ asks: "epoch" })),
  });
};
const place = (id) => DoorSealing.places(day.town).item(day.device, day.day, id);
const seal = (id, body) => DoorSealing.seal(DoorSealing.bytes(day.key), place(id), body);

const acts = {
  async begin(asked) {
    day = asked.day;
    begin();
    return {};
  },
  async write({ id, kind, visit, content, replaces }) {
    try {
      const item = await queue.add({ id, account: day.account, device: day.device, day: day.day, visit, kind, made: day.now, moved: false, content, replaces }, seal);
      return { id: item.id };
    } catch (error) {
      if (error instanceof DoorAlreadyTried) return { id: "" };
      throw error;
    }
  },
  async flush({ die_after: steps }) {
    left = steps || Infinity;
    const death = new Promise((resolve) => {
      dead = () => resolve({ died: true });
    });
    const done = await Promise.race([queue.flush(), death]);
    left = Infinity;
    if (steps) {
      if (!done.died) life += 1;
      begin();
    }
    return done;
  },
  // The end of the day, with everything settled: copies stay.
  async forget() {
    disk.clear();
    return {};
  },
  async copies() {
    return [...copies.values()].map(({ item, epoch, until }) => ({ id: item.id, sealed: item.sealed, epoch, until }));
  },
  async items() {
    const found = [];
    for (const item of inOrder()) {
      let content = null;
      try {
        content = (await DoorSealing.open(DoorSealing.bytes(day.key), place(item.id), item.sealed)).content;
      } catch {
        // It was accepted or replaced, and its words went.
      }
      found.push({ ...item, content });
    }
    return found;
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const asked = JSON.parse(line);
  if ("reply" in asked) {
    answered(asked.reply);
    return;
  }
  try {
    say({ done: await acts[asked.act](asked) });
  } catch (error) {
    say({ failed: String(error.stack) });
  }
});
