// The page of a worker at a door: today's round from the telephone itself, and everything written there kept until it
// has arrived.
"use strict";
(() => {
  const { say, notice, clock } = DoorParts;
  const facts = document.body.dataset;
  const TOWN = facts.town;
  const HERE = new URL("./", location.href);
  const API = new URL("../api/v1/door/", HERE);
  const places = DoorSealing.places(TOWN);
  const store = new DoorStore(`kasane-door-${TOWN}`);
  const time = new DoorClock(() => Date.now(), () => performance.now());
  const MOST_WRONG = 5;
  const WORKER_ANSWERS_WITHIN = 70_000;

  const state = { day: null, raw: null, round: null, items: [], locked: "", online: navigator.onLine, signedIn: null, received: 0 };
  let csrf = "";

  // ---- The key of the day: in memory and in this tab's session, nowhere else ------------------
  const keyName = (day) => `kasane.door.${TOWN}.${day.device_id}.${day.day}`;
  function rememberKey(raw) {
    state.raw = raw;
    sessionStorage.setItem(keyName(state.day), DoorSealing.letters(raw));
  }
  function forgetKeys() {
    state.raw = null;
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(`kasane.door.${TOWN}.`)) sessionStorage.removeItem(name);
    }
  }

  // ---- Speaking with the server ---------------------------------------------------------------
  async function ask(method, path, body) {
    const answer = await fetch(new URL(path, API), {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "X-CSRF-Token": csrf, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }
  async function deviceNumber() {
    const known = await store.read("device");
    if (known) return known;
    const made = crypto.randomUUID();
    await store.write("device", made);
    return made;
  }

  // Gets key and round of today. Raises where nobody answers; what is on the telephone stays.
  async function receive() {
    const token = await ask("GET", "token");
    state.signedIn = token.status === 200;
    if (token.status === 401) return;
    if (token.status !== 200) throw new Error(`token ${token.status}`);
    csrf = token.body.csrf_token;
    const begun = await ask("POST", "devices", { device_id: await deviceNumber(), label: label() });
    if (begun.status === 410 || begun.status === 404) {
      // Stopped, or another person's: this browser becomes a new telephone, with nothing of the old one.
      const number = await store.read("device");
      await wipe(begun.status === 410 ? "stopped" : "");
      // A stopped telephone keeps its number until somebody signs in anew.
      if (begun.status === 410) await store.write("device", number);
      else await receive();
      return;
    }
    if (begun.status !== 200) throw new Error(`devices ${begun.status}`);
    const day = begun.body;
    const before = await store.read("day");
    if (before && (before.account_id !== day.account_id || before.day !== day.day)) await wipe("");
    await store.write("device", day.device_id);
    state.day = { device_id: day.device_id, day: day.day, account_id: day.account_id };
    await store.write("day", state.day);
    await store.write("clock", time.anchor(day.now, day.ends));
    rememberKey(DoorSealing.bytes(day.key));
    const round = await ask("POST", `devices/${day.device_id}/round`);
    if (round.status !== 200) throw new Error(`round ${round.status}`);
    await store.write("round", { sealed: round.body.sealed, at: time.now() });
    state.locked = "";
    await openRound();
  }
  function label() {
    const known = /(iPhone|iPad|Android|Windows|Macintosh|Linux)/.exec(navigator.userAgent)?.[1] ?? "";
    return known.slice(0, 60);
  }
  async function openRound() {
    const kept = await store.read("round");
    if (!kept || !state.raw) return;
    state.round = await DoorSealing.open(state.raw, places.round(state.day.device_id, state.day.day), kept.sealed);
    state.received = kept.at;
  }

  // What is for today goes; what has not arrived stays, sealed, and the server alone can open it.
  async function wipe(why) {
    forgetKeys();
    await store.wipe();
    Object.assign(state, { day: null, round: null, locked: why });
    time.resume(null);
  }

  // ---- Writing and sending --------------------------------------------------------------------
  const sealHere = (id, body) => DoorSealing.seal(state.raw, places.item(state.day.device_id, state.day.day, id), body);
  const queue = new DoorQueue({ store, send: sendHere, ask: askHere });
  async function askHere() {
    const answer = await fetch(new URL("epoch", API), { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(60_000) });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }
  async function sendHere({ account_id, ...wire }) {
    const answer = await fetch(new URL("items", API), {
      method: "POST",
      credentials: "omit",
      cache: "no-store",
      headers: { "Content-Type": "application/json", ...(account_id ? { "X-Door-Account": account_id } : {}) },
      body: JSON.stringify(wire),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }
  async function write(kind, visit, content, more = {}) {
    await keepTime();
    const item = await queue.add(
      { account: state.day.account_id, device: state.day.device_id, day: state.day.day, visit, kind, made: time.now(), moved: time.setBack, content, ...more },
      sealHere,
    );
    state.items = await store.all();
    send();
    return item;
  }
  // The service worker sends, also when this page is closed; without one this page does.
  async function send() {
    const registration = await navigator.serviceWorker?.ready.catch(() => null);
    registration?.sync?.register("door").catch(() => {});
    const worker = navigator.onLine ? registration?.active : null;
    const done = worker
      ? await new Promise((resolve) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = (event) => resolve(event.data);
          // A worker that the telephone ended in the middle never answers; what waits is sent the next time.
          setTimeout(() => resolve({ left: -1, stopped: false }), WORKER_ANSWERS_WITHIN);
          worker.postMessage({ kind: "flush" }, [channel.port2]);
        })
      : navigator.onLine
        ? await queue.flush()
        : { left: -1, stopped: false };
    if (done.stopped) await wipe("stopped");
    state.items = await store.all();
    DoorScreens.show();
    return done;
  }
  async function contentOf(item) {
    if (!item.sealed || !state.raw || item.day !== state.day?.day) return null;
    try {
      return (await DoorSealing.open(state.raw, places.item(item.device, item.day, item.id), item.sealed)).content;
    } catch {
      return null; // of another key: the server alone can open it
    }
  }

  // ---- What is being typed survives the end of the app ----------------------------------------
  const draftPlace = (visit) => places.draft(state.day.device_id, state.day.day, visit);
  const keepDraft = async (visit, typed) => store.write(`draft:${visit}`, typed && (await DoorSealing.seal(state.raw, draftPlace(visit), typed)));
  async function draftOf(visit) {
    const kept = await store.read(`draft:${visit}`);
    return kept ? DoorSealing.open(state.raw, draftPlace(visit), kept).catch(() => null) : null;
  }

  // ---- The pass-code of today -----------------------------------------------------------------
  async function setPass(code) {
    const place = places.pass(state.day.device_id, state.day.day);
    await store.write("pass", { ...(await DoorSealing.wrap(state.raw, code, place)), wrong: 0 });
  }
  // "" when it is open, else what to say.
  async function unlock(code) {
    const kept = await store.read("pass");
    if (!kept) return "pass_gone";
    // Counted before it is tried, so that ending the app gives no further try.
    const wrong = kept.wrong + 1;
    await store.write("pass", { ...kept, wrong });
    const raw = await DoorSealing.unwrap(kept, code, places.pass(state.day.device_id, state.day.day));
    if (raw) {
      await store.write("pass", { ...kept, wrong: 0 });
      rememberKey(raw);
      state.locked = "";
      await openRound();
      return "";
    }
    if (wrong < MOST_WRONG) return "wrong_pass";
    await store.write("pass", null);
    return "pass_gone";
  }

  // ---- The day's course -----------------------------------------------------------------------
  const keepTime = async () => time.kept && store.write("clock", time.look());
  async function wake() {
    state.day = await store.read("day");
    time.resume(await store.read("clock"));
    state.items = await store.all();
    if (!state.day) return;
    if (time.state === "over") {
      await wipe("over");
      return;
    }
    if (time.state === "behind") {
      state.locked = "behind";
      return;
    }
    const kept = sessionStorage.getItem(keyName(state.day));
    if (kept) {
      state.raw = DoorSealing.bytes(kept);
      await openRound();
    } else state.locked = "offline";
  }
  async function refresh() {
    try {
      await receive();
      state.online = true;
      state.trouble = false;
    } catch (error) {
      state.trouble = !(error instanceof TypeError || error.name === "TimeoutError") && !state.round;
      state.online = state.trouble || (navigator.onLine && !(error instanceof TypeError));
    }
    state.items = await store.all();
    DoorScreens.show();
    if (state.online) await send();
  }
  async function finish() {
    await send().catch(() => {});
    await wipe("");
    const form = document.createElement("form");
    form.method = "post";
    form.action = facts.signOut;
    const field = document.createElement("input");
    field.name = "csrf_token";
    field.value = csrf;
    form.append(field);
    document.body.append(form);
    form.submit();
  }
  async function tick() {
    if (!state.day) return;
    await keepTime();
    if (time.state === "over") {
      await wipe("over");
      DoorScreens.show();
    } else DoorScreens.pulse();
  }

  async function start() {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) {
      state.locked = "unsupported";
      DoorScreens.show();
      return;
    }
    try {
      await wake();
    } catch {
      state.locked = "trouble";
      document.getElementById("notices").append(notice("warning", say("unstored")));
    }
    DoorScreens.show();
    performance.mark("door-shown");
    navigator.storage?.persist?.();
    navigator.serviceWorker?.register(new URL("worker.js", HERE), { scope: HERE.pathname }).catch(() => {});
    navigator.serviceWorker?.addEventListener("message", async (event) => {
      if (event.data?.kind === "wiped" || event.data?.stopped) await wipe(event.data.stopped ? "stopped" : "signed_out");
      state.items = await store.all();
      DoorScreens.show();
    });
    addEventListener("online", refresh);
    addEventListener("offline", () => {
      state.online = false;
      DoorScreens.show();
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tick());
    setInterval(tick, 20_000);
    await refresh();
    globalThis.DoorApp.started = true;
  }

  globalThis.DoorApp = { started: false, state, wipe, store, time, write, send, contentOf, keepDraft, draftOf, setPass, unlock, refresh, finish, queue, facts, clock };
  addEventListener("DOMContentLoaded", start);
})();
