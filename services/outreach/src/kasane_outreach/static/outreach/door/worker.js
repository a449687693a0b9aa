// The service worker of the door-step: shows the page without a network and sends what waits, without any key.
"use strict";
importScripts(
  "../../-/static/door/queue.js",
  "../../-/static/door/store.js",
);
const SCOPE = new URL("./", self.location.href);
const TOWN = SCOPE.pathname.split("/").at(-3);
const SHELL = [
  SCOPE.href,
  ...["sealing", "clock", "queue", "store", "photo", "parts", "houses", "screens", "app"].map((name) => new URL(`../../-/static/door/${name}.js`, SCOPE).href),
  ...["door.css", "icon.svg"].map((name) => new URL(`../../-/static/door/${name}`, SCOPE).href),
  ...["kasane.css", "vendor/digital-go-jp-design-tokens/tokens.css"].map((name) => new URL(`../../-/kit/${name}`, SCOPE).href),
  new URL("manifest.webmanifest", SCOPE).href,
];
const CACHE = `kasane-door-${TOWN}-${VERSION}`;
const ANSWER_WITHIN = 60_000;

const store = new DoorStore(`kasane-door-${TOWN}`);
const queue = new DoorQueue({ store, send, ask });

async function ask() {
  const answer = await fetch(new URL("../api/v1/door/epoch", SCOPE), { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}
async function send({ account_id, ...wire }) {
  const answer = await fetch(new URL("../api/v1/door/items", SCOPE), {
    method: "POST",
    credentials: "omit",
    cache: "no-store",
    headers: { "Content-Type": "application/json", ...(account_id ? { "X-Door-Account": account_id } : {}) },
    body: JSON.stringify(wire),
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

// Only one worker or page sends at a time; the server takes a number once in any case.
const flush = () =>
  navigator.locks.request(`kasane-door-${TOWN}`, async () => {
    // Where there is certainly no line nothing counts as tried, so it can still be rewritten.
    if (!navigator.onLine) return { left: -1, stopped: false };
    const done = await queue.flush();
    if (done.stopped) await store.wipe();
    for (const page of await self.clients.matchAll()) page.postMessage({ kind: "changed", ...done });
    return done;
  });

async function forget() {
  // The pages drop their keys first: a round without a key says nothing, a key without a round may still be of use.
  for (const page of await self.clients.matchAll()) page.postMessage({ kind: "wiped" });
  await store.wipe();
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.map((address) => new Request(address, { cache: "no-cache", credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(`kasane-door-${TOWN}-`) && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  address.search = "";
  address.hash = "";
  if (event.request.method !== "GET" || !SHELL.includes(address.href)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(address.href))
      .then((kept) => kept || fetch(event.request)),
  );
});
self.addEventListener("sync", (event) => {
  if (event.tag === "door") {
    event.waitUntil(
      flush().then(({ left }) => {
        if (left) throw new Error("not everything was sent yet"); // the browser tries again later
      }),
    );
  }
});
self.addEventListener("message", (event) => {
  const answer = (value) => event.ports[0]?.postMessage(value);
  if (event.data?.kind === "flush") event.waitUntil(flush().then(answer, () => answer({ left: -1, stopped: false })));
  if (event.data?.kind === "signed-out") event.waitUntil(forget().then(() => answer({ wiped: true }), () => answer({ wiped: false })));
});
