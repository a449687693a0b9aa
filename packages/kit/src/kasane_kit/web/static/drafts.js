// Keeps what is typed into a form and not sent yet, so that closing the browser or losing the server loses nothing.
//
// Every form that is sent by POST and asks for text is kept. data-unguarded or data-draft="off" on a form opts out;
// data-draft="name" tells two forms with the same address apart. Passwords, files and hidden fields are never kept.
// The server keeps the words, sealed, for the account. What it has not acknowledged yet lies in the browser, sealed
// with a key that the server gives to the signed-in account only and that is never written down here.
"use strict";
(() => {
  const words = document.body.dataset;
  const home = words.drafts;
  if (!home) return;

  const PREFIX = "kasane.draft.";
  const KEPT_FOR = 14 * 24 * 60 * 60 * 1000;
  const PAUSE_HERE = 150;
  const PAUSE_SERVER = 800;
  const RETRY = 3000;
  const BEACON = 60_000; // what a browser still sends of a page that is going away
  // A version goes along, so that words taken over later do not pass for a change of what is there by then.
  const KINDS = "input[type=hidden][name=version], input[type=hidden][name=revision], input:not([type=hidden],[type=password],[type=file],[type=submit],[type=button]), select, textarea";
  const TEXT = "textarea, input[type=text], input[type=tel], input[type=email], input[type=search], input:not([type])";

  let seal = null; // the account's key, only in memory
  let owner = ""; // names the account's copies without naming the account
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const say = (text, time) => text.replace("{time}", time || "");
  const now = () => new Date().toTimeString().slice(0, 5);

  // ---- The browser's own copies ---------------------------------------------------------------
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  function letters(buffer) {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  }
  const copyName = (id) => `${PREFIX}${owner}.${id}`;
  async function writeCopy(draft) {
    if (!seal) return false;
    const mine = (draft.copying = (draft.copying || 0) + 1);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = JSON.stringify({ home, id: draft.id, body: draft.body() });
    const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, seal, new TextEncoder().encode(text));
    if (mine !== draft.copying) return true; // a later copy, or none, takes its place
    try {
      localStorage.setItem(copyName(draft.id), JSON.stringify([Date.now(), letters(iv), letters(closed)]));
      return true;
    } catch {
      return false; // the browser keeps nothing, or it is full
    }
  }
  async function readCopy(name) {
    try {
      const [, iv, closed] = JSON.parse(localStorage.getItem(name));
      const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, seal, bytes(closed));
      return JSON.parse(new TextDecoder().decode(open));
    } catch {
      return null;
    }
  }
  function copies() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    } catch {
      return [];
    }
  }
  function forget(id) {
    try {
      localStorage.removeItem(copyName(id));
    } catch {
      // There was none.
    }
  }
  function dropOldCopies() {
    for (const name of copies()) {
      let at = 0;
      try {
        [at] = JSON.parse(localStorage.getItem(name));
      } catch {
        // Not one of ours any more.
      }
      if (!(Date.now() - at < KEPT_FOR)) localStorage.removeItem(name);
    }
  }

  // ---- Speaking with the server ---------------------------------------------------------------
  const token = () => document.querySelector("input[name=csrf_token]")?.value || "";
  async function ask(method, path, body, options) {
    const answer = await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "manual", // a redirect is the sign-in page
      cache: "no-store",
      headers: { "X-CSRF-Token": token(), ...(body ? { "Content-Type": "application/json" } : {}) },
      body,
      ...options,
    });
    const status = answer.type === "opaqueredirect" ? 401 : answer.status;
    const told = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return { status, ok: answer.ok, data: told ? await answer.json() : null };
  }
  // Only what the keeper of drafts itself says ends a draft: a town that went elsewhere answers with the same number.
  const isDone = (answer) => answer.status === 410 && answer.data?.done === true;
  // Somebody signed in again, here or in another window: the forms of this page go on, for the same account only.
  async function renew() {
    const known = await ask("GET", home);
    if (!known.ok || !owner || known.data.owner !== owner || known.data.token === token()) return false;
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = known.data.token;
    return true;
  }
  const place = (base, id) => `${base}/${id}`;

  // Copies that the server has not got, from an earlier page or from before an outage.
  async function bringHome(exceptIds) {
    for (const name of copies()) {
      if (!name.startsWith(`${PREFIX}${owner}.`) || exceptIds.has(name.slice(`${PREFIX}${owner}.`.length))) continue;
      const copy = await readCopy(name);
      if (!copy || copy.home.split("?")[0] !== copy.home || !copy.home.startsWith("/")) continue;
      const answer = await ask("PUT", place(copy.home, copy.id), JSON.stringify(copy.body));
      if (answer.ok || isDone(answer)) localStorage.removeItem(name);
    }
  }

  // ---- One form -------------------------------------------------------------------------------
  function addressOf(form) {
    // Not form.action: a field may have that name.
    const action = new URL(form.getAttribute("action") || location.href, location.href);
    const about = [...form.querySelectorAll("input[type=hidden]")]
      .filter((field) => field.name.endsWith("_id"))
      .map((field) => `${field.name}=${field.value}`);
    return [action.pathname + action.search, form.dataset.draft || "", ...about].join(" ").slice(0, 1000);
  }
  const fieldsOf = (form) =>
    [...form.elements].filter((field) => field.matches(KINDS) && field.name && !field.closest("[data-repeat-template]"));
  function typedIn(form) {
    return fieldsOf(form)
      .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
      .map((field) => [field.name, field.value]);
  }

  function addRows(form, names) {
    for (const region of form.querySelectorAll("[data-repeat]")) {
      const add = region.querySelector("[data-repeat-add]");
      const row = new RegExp(`^${CSS.escape(region.dataset.repeat)}-([0-9]{1,4})-`);
      const wanted = [...new Set(names.map((name) => row.exec(name)?.[1]).filter(Boolean))].map(Number);
      let next = Number(region.dataset.repeatNext);
      for (const number of wanted.sort((one, other) => one - other)) {
        if (form.querySelector(`[name^="${region.dataset.repeat}-${number}-"]`)) continue;
        region.dataset.repeatNext = number;
        add.click();
        next = Math.max(next, number + 1);
      }
      region.dataset.repeatNext = next;
    }
  }
  function fill(form, typed) {
    addRows(form, typed.map(([name]) => name));
    const left = typed.map(([name, value]) => ({ name, value }));
    const take = (name, value) => {
      const at = left.findIndex((one) => one.name === name && (value === undefined || one.value === value));
      return at < 0 ? null : left.splice(at, 1)[0];
    };
    for (const field of fieldsOf(form)) {
      if (["checkbox", "radio"].includes(field.type)) field.checked = take(field.name, field.value) !== null;
      else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = take(field.name, option.value) !== null;
      } else field.value = take(field.name)?.value ?? "";
      field.closest("details")?.setAttribute("open", "");
    }
    for (const field of fieldsOf(form)) field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  class Draft {
    constructor(form) {
      this.form = form;
      this.id = random();
      this.address = addressOf(form);
      this.before = JSON.stringify(typedIn(form));
      this.insteadOf = "";
      this.typedAt = Date.now();
      this.line = document.createElement("p");
      this.line.className = "k-draft";
      this.line.setAttribute("role", "status");
      this.line.setAttribute("aria-live", "polite");
      const actions = form.querySelector(".k-actions, .k-actions-inline");
      if (actions) actions.append(this.line);
      else form.append(this.line);
    }
    body() {
      return { form: this.address, fields: typedIn(this.form), typed_at: this.typedAt, instead_of: this.insteadOf };
    }
    tell(text) {
      if (this.line.textContent !== text) this.line.textContent = text;
    }
    get mark() {
      return this.form.querySelector("input[name=kept_draft]");
    }
    begin() {
      if (this.mark) return;
      const mark = document.createElement("input");
      mark.type = "hidden";
      mark.name = "kept_draft";
      mark.value = this.id;
      // Where the form is, so that whoever has to sign in before it is taken comes back to it.
      const at = document.createElement("input");
      at.type = "hidden";
      at.name = "kept_at";
      at.value = words.draftAt || location.pathname + location.search;
      this.form.append(mark, at);
    }
    changed() {
      if (this.over) return;
      if (!this.mark && JSON.stringify(typedIn(this.form)) === this.before) return;
      this.begin();
      this.unsent = true;
      this.typedAt = Date.now();
      clearTimeout(this.copyTimer);
      this.copyTimer = setTimeout(() => this.copy(), PAUSE_HERE);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), PAUSE_SERVER);
    }
    async copy() {
      this.copied = await writeCopy(this);
    }
    async send(options) {
      if (this.over || !this.unsent) return;
      if (this.sending && !options) {
        this.again = true;
        return;
      }
      clearTimeout(this.timer);
      this.unsent = false;
      this.sending = new AbortController();
      let answer;
      try {
        const signal = this.sending.signal;
        answer = await ask("PUT", place(home, this.id), JSON.stringify(this.body()), { signal, ...options });
        if ([401, 403].includes(answer.status) && (await renew())) {
          answer = await ask("PUT", place(home, this.id), JSON.stringify(this.body()), { signal, ...options });
        }
      } catch {
        answer = { status: 0 };
      }
      this.sending = null;
      if (this.over) return;
      if (answer.ok) {
        this.insteadOf = "";
        if (!this.unsent) {
          clearTimeout(this.copyTimer);
          this.copying = (this.copying || 0) + 1;
          forget(this.id);
          this.form.dataset.draftKept = "true";
          this.tell(say(words.textDraftKept, answer.data.clock));
        }
      } else if (isDone(answer) && answer.data.ended) {
        // What the form was about was destroyed at the end of its time: nothing more of it is kept anywhere.
        clearTimeout(this.copyTimer);
        this.copying = (this.copying || 0) + 1;
        forget(this.id);
        this.over = true;
        this.tell(words.textDraftEnded);
      } else if (isDone(answer)) {
        // It was sent or taken over from another window; what is typed here now is a draft of its own.
        forget(this.id);
        this.id = random();
        this.mark.value = this.id;
        this.unsent = true;
        this.timer = setTimeout(() => this.send(), PAUSE_SERVER);
      } else {
        this.unsent = true;
        await this.copy();
        const refused = [409, 413, 422].includes(answer.status);
        if (refused) this.tell(words.textDraftRefused);
        else if (!this.copied) this.tell(words.textDraftUnkept);
        else if ([401, 403].includes(answer.status)) this.tell(words.textDraftSignedOut);
        else this.tell(say(words.textDraftHere, now()));
        if (!refused) this.timer = setTimeout(() => this.send(), RETRY);
      }
      if (this.again) {
        this.again = false;
        this.send();
      }
    }
    leave() {
      const small = JSON.stringify(this.body()).length < BEACON / 3;
      if (this.unsent || this.sending) {
        this.unsent = true;
        this.send(small ? { keepalive: true, signal: undefined } : {});
      }
    }

    // What was typed here before: take over, or throw away. Several when it was typed in several windows.
    offer(found) {
      if (found.length === 0) return;
      const box = document.createElement("section");
      box.className = "k-notice k-notice--info k-draft-offer";
      box.setAttribute("aria-label", words.textDraftOffer);
      const inner = document.createElement("div");
      inner.className = "k-notice__body";
      const title = document.createElement("p");
      title.textContent = words.textDraftOffer;
      const list = document.createElement("ul");
      const outcome = document.createElement("p");
      outcome.setAttribute("role", "status");
      inner.append(title, list, outcome);
      box.append(inner);
      for (const draft of found) {
        const line = document.createElement("li");
        const when = document.createElement("span");
        when.textContent = say(words.textDraftLine, draft.when);
        line.append(when, " ", this.button(words.textDraftTake, "primary", when, async () => {
          const answer = await ask("POST", `${place(home, draft.id)}/open`);
          if (!answer.ok) throw new Error();
          fill(this.form, answer.data.fields);
          this.insteadOf = draft.id;
          this.begin();
          this.unsent = true;
          this.send();
          box.remove();
          this.tell(words.textDraftTaken);
          this.form.querySelector(TEXT)?.focus();
        }, outcome), " ", this.button(words.textDraftThrow, "text", when, async () => {
          const answer = await ask("DELETE", place(home, draft.id));
          if (!answer.ok && answer.status !== 404) throw new Error();
          forget(draft.id);
          line.remove();
          outcome.textContent = words.textDraftThrown;
          if (list.children.length === 0) title.remove();
        }, outcome));
        list.append(line);
      }
      this.form.prepend(box);
    }
    button(label, tone, when, act, outcome) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `k-button k-button--${tone} k-button--small`;
      button.textContent = label;
      when.id = when.id || `draft-${random()}`;
      button.setAttribute("aria-describedby", when.id);
      button.addEventListener("click", async () => {
        button.disabled = true;
        try {
          await act();
        } catch {
          button.disabled = false;
          outcome.textContent = words.textDraftFailed;
        }
      });
      return button;
    }
  }

  // ---- All forms of the page ------------------------------------------------------------------
  const kept = (form) =>
    form.method === "post" &&
    !("unguarded" in form.dataset) &&
    form.dataset.draft !== "off" &&
    form.querySelector(TEXT) !== null;
  const drafts = new Map([...document.forms].filter(kept).map((form) => [form, new Draft(form)]));
  const touched = (event) => drafts.get(event.target.form)?.changed();
  document.addEventListener("input", touched);
  document.addEventListener("change", touched);
  document.addEventListener("click", (event) => {
    const region = event.target.closest("[data-repeat-add], [data-repeat-remove]");
    if (region) setTimeout(() => drafts.get(region.closest("form"))?.changed());
  });
  document.addEventListener("submit", (event) => {
    const draft = drafts.get(event.target);
    if (!draft || event.defaultPrevented) return;
    draft.sending?.abort();
    clearTimeout(draft.timer);
    clearTimeout(draft.copyTimer);
    if (draft.mark) draft.copy();
    draft.over = true; // the copy in the browser stays until the server says that the form was saved
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const draft of drafts.values()) draft.over = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const draft of drafts.values()) draft.leave();
  });
  window.addEventListener("pagehide", () => {
    for (const draft of drafts.values()) draft.leave();
  });
  window.addEventListener("online", () => {
    for (const draft of drafts.values()) draft.send();
  });

  // Signing out: what is unsent goes to the server first, then nothing of the account stays in this browser.
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.draftsHome) return;
    event.preventDefault();
    form.dataset.draftsHome = "true";
    for (const draft of drafts.values()) {
      draft.unsent = draft.unsent || Boolean(draft.sending);
      draft.sending?.abort();
      draft.sending = null;
      await draft.send();
    }
    let reached = true;
    try {
      if (seal) await bringHome(new Set());
    } catch {
      reached = false; // the server is away, so nobody is signed out either
    }
    for (const draft of drafts.values()) draft.over = true;
    if (reached) await tellWorkers();
    if (reached) for (const name of copies()) if (name.startsWith(`${PREFIX}${owner}.`)) localStorage.removeItem(name);
    form.requestSubmit();
  }, true);

  // Apps that live in this browser forget what they hold for the account.
  async function tellWorkers() {
    const found = (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [];
    await Promise.all(found.filter((one) => one.active).map((one) => new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      setTimeout(resolve, RETRY);
      one.active.postMessage({ kind: "signed-out" }, [channel.port2]);
    })));
  }

  async function start() {
    dropOldCopies();
    if (drafts.size === 0 && copies().length === 0) return;
    const query = new URLSearchParams([...drafts.values()].map((draft) => ["form", draft.address]));
    let known = await ask("GET", `${home}?${query}`);
    if (!known.ok) return;
    owner = known.data.owner;
    if (crypto.subtle) {
      seal = await crypto.subtle.importKey("raw", bytes(known.data.key), "AES-GCM", false, ["encrypt", "decrypt"]);
    }
    const before = seal ? copies().length : 0;
    // The page that came back with errors goes on with its draft; what it shows is what was typed last.
    const goesOn = words.draftGoesOn;
    if (before > 0) {
      await bringHome(new Set(goesOn ? [goesOn] : []));
      known = await ask("GET", `${home}?${query}`);
      if (!known.ok) return;
    }
    offerAll(known.data.drafts);
  }
  function offerAll(known) {
    for (const [index, draft] of [...drafts.values()].entries()) {
      const found = known[index];
      const mine = found.find((one) => one.id === words.draftGoesOn);
      const back = words.draftGoesOn && (drafts.size === 1 || draft.form.querySelector(".k-field--error"));
      if (!draft.mark && (mine || back)) {
        draft.id = words.draftGoesOn;
        draft.begin();
        draft.unsent = true;
        draft.send();
      }
      draft.offer(found.filter((one) => one.id !== draft.id));
    }
  }
  function open() {
    start().catch(() => setTimeout(open, RETRY)); // the server went away while the page was opening
  }
  open();
})();
