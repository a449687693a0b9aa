// The small comforts of Kasane's pages. Every page works without this file.
// It keeps nothing in the browser: desks are shared, and personal data must not stay behind. drafts.js keeps what
// is typed at the server, and only while that is away in the browser, sealed.
// The words it shows come from data-text-* on <body> (kasane/base.html).
"use strict";
(() => {
  const words = document.body.dataset;

  // ---- The error summary takes the focus, so that it is the first thing read ------------------
  document.querySelector("[data-error-summary]")?.focus();

  // ---- Leaving with unsent words: ask first ---------------------------------------------------
  // A form that came back with errors is not saved either. data-unguarded on a form opts out.
  const dirty = new Set();
  const guarded = (form) => form && form.method === "post" && !("unguarded" in form.dataset);
  for (const form of document.forms) {
    if (guarded(form) && form.querySelector(".k-field--error")) dirty.add(form);
  }
  const touch = (event) => {
    const form = event.target.form;
    if (!guarded(form)) return;
    delete form.dataset.draftKept;
    dirty.add(form);
  };
  document.addEventListener("input", touch);
  document.addEventListener("change", touch);
  window.addEventListener("beforeunload", (event) => {
    for (const form of dirty) if (!form.isConnected || form.dataset.draftKept) dirty.delete(form);
    if (dirty.size === 0) return;
    event.preventDefault();
    event.returnValue = ""; // older browsers ask only if this is set
    setTimeout(release, 1000); // the person stayed: give the buttons back
  });

  // ---- One press, one submission --------------------------------------------------------------
  // A form that answers with a file (data-download) leaves the page standing, so it is let be.
  const held = new Map();
  function release() {
    for (const [form, button] of held) {
      delete form.dataset.sending;
      if (button) {
        button.element.disabled = false;
        button.element.replaceChildren(...button.content);
      }
    }
    held.clear();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || "download" in form.dataset) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    dirty.delete(form);
    if (form.method !== "post") return;
    form.dataset.sending = "true";
    const element = event.submitter;
    held.set(form, element && { element, content: [...element.childNodes] });
    // After the browser has read the form, or the button's own name and value would be missing.
    setTimeout(() => {
      if (!element || !held.has(form)) return;
      element.disabled = true;
      element.textContent = words.textSending;
    }, 0);
  });
  window.addEventListener("pageshow", release);

  // ---- 和暦 beside a date ---------------------------------------------------------------------
  // Only a hint: the server reads the typed text, by the rules of kasane_kit.web.dates, and has the last word.
  // Before 明治6 the calendar was another one, so no 和暦 is shown.
  const ERAS = [
    ["令和", "R", 2019, 5, 1],
    ["平成", "H", 1989, 1, 8],
    ["昭和", "S", 1926, 12, 25],
    ["大正", "T", 1912, 7, 30],
    ["明治", "M", 1868, 1, 25],
  ];
  const FIRST_DAY = 18730101;
  const DAYS = "日月火水木金土";
  const number = (year, month, day) => year * 10000 + month * 100 + day;

  // Two eras began on the last day of the one before.
  function withinEra(era, day) {
    const following = ERAS[ERAS.indexOf(era) - 1];
    if (day < number(...era.slice(2))) return false;
    if (!following) return true;
    const end = number(...following.slice(2));
    return day < end || (day === end && ["大正", "昭和"].includes(following[0]));
  }

  function readDate(typed) {
    const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/T\d\d:\d\d.*$/, "");
    let found = text.match(/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/);
    let era = null;
    if (!found) {
      found = text.match(/^(明治|大正|昭和|平成|令和|[MTSHR])(\d{1,3}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/i);
      if (!found) return null;
      era = ERAS.find(([name, letter]) => name === found[1] || letter === found[1].toUpperCase());
      found = found.slice(1);
    }
    const inEra = found[1] === "元" ? 1 : Number(found[1]);
    if (era && inEra === 0) return null;
    const year = era ? era[2] + inEra - 1 : inEra;
    const [month, day] = [Number(found[2]), Number(found[3])];
    const date = new Date(Date.UTC(year, month - 1, day));
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
    if (era && !withinEra(era, number(year, month, day))) return null;
    return { year, month, day, weekday: DAYS[date.getUTCDay()] };
  }

  function sayDate({ year, month, day, weekday }) {
    if (number(year, month, day) < FIRST_DAY) return `${year}年${month}月${day}日（${weekday}）`;
    const [name, , start] = ERAS.find(([, , y, m, d]) => number(year, month, day) >= number(y, m, d));
    const inEra = year - start + 1;
    return `${name}${inEra === 1 ? "元" : inEra}年${month}月${day}日（${weekday}） ${year}年`;
  }

  function hintDate(input, finished) {
    let hint = document.getElementById(`${input.id}-era`);
    if (!hint) {
      hint = document.createElement("output");
      hint.className = "k-era";
      hint.id = `${input.id}-era`;
      input.after(hint);
    }
    const date = readDate(input.value);
    const wrong = !date && finished && input.value.trim() !== "";
    hint.textContent = date ? sayDate(date) : wrong ? words.textEraInvalid : "";
    hint.classList.toggle("k-era--wrong", wrong);
  }
  const isDate = (element) => element instanceof HTMLInputElement && "era" in element.dataset;
  document.addEventListener("input", (event) => isDate(event.target) && hintDate(event.target, false));
  document.addEventListener("change", (event) => isDate(event.target) && hintDate(event.target, true));
  const hintAll = () => document.querySelectorAll("input[data-era]").forEach((input) => hintDate(input, false));
  hintAll();
  window.addEventListener("pageshow", hintAll); // going back fills the fields after the load

  // ---- Rows that can be added and removed -----------------------------------------------------
  const FIELD = "input:not([type=hidden]), select, textarea";
  function countRows(region) {
    const rows = region.querySelectorAll("[data-repeat-row]");
    rows.forEach((row, index) => {
      row.querySelectorAll("[data-repeat-number]").forEach((place) => (place.textContent = index + 1));
      row.querySelector("[data-repeat-remove]").hidden = false;
    });
    const add = region.querySelector("[data-repeat-add]");
    add.hidden = false;
    add.disabled = rows.length >= Number(region.dataset.repeatMax || 30);
    return rows;
  }
  document.querySelectorAll("[data-repeat]").forEach(countRows);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-repeat-add], [data-repeat-remove]");
    const region = button?.closest("[data-repeat]");
    if (!region) return;
    const status = region.querySelector("[data-repeat-status]");
    if ("repeatAdd" in button.dataset) {
      const next = Number(region.dataset.repeatNext);
      region.dataset.repeatNext = next + 1;
      const copy = document.createElement("template");
      copy.innerHTML = region.querySelector("[data-repeat-template]").innerHTML.replaceAll("__i__", next);
      region.querySelector("[data-repeat-rows]").append(copy.content);
      [...countRows(region)].at(-1).querySelector(FIELD)?.focus();
      if (status) status.textContent = words.textRowAdded;
    } else {
      const rows = [...region.querySelectorAll("[data-repeat-row]")];
      const row = button.closest("[data-repeat-row]");
      const neighbour = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
      row.remove();
      countRows(region);
      (neighbour?.querySelector(FIELD) || region.querySelector("[data-repeat-add]")).focus();
      if (status) status.textContent = words.textRowRemoved;
    }
    const form = region.closest("form");
    if (guarded(form)) dirty.add(form);
  });

  // ---- Parts that arrive later ----------------------------------------------------------------
  const EVERY = 2000;
  const AT_MOST = 30;
  function poll(region) {
    const address = new URL(region.dataset.poll, location.href);
    const until = region.dataset.pollUntil || "[data-done]";
    const body = region.querySelector("[data-poll-body]") || region;
    const state = region.querySelector("[data-poll-state]");
    const say = (text) => {
      if (!state) return;
      state.textContent = text;
      state.hidden = text === "";
    };
    let asked = 0;
    let last = null;
    const later = () => setTimeout(ask, EVERY);
    const arrived = () => body.querySelector(until) !== null;

    async function ask() {
      // Not while nobody looks, and not under the hands of someone who works in it.
      if (document.hidden || body.contains(document.activeElement)) return later();
      asked += 1;
      try {
        const answer = await fetch(address, {
          credentials: "same-origin",
          redirect: "manual", // a redirect is the sign-in page, not the fragment: stop
          cache: "no-store",
          headers: { Accept: "text/html", "X-Requested-With": "kasane" },
        });
        if (!answer.ok) return say(words.textPollStopped);
        const html = await answer.text();
        if (html !== last && !body.contains(document.activeElement)) {
          last = html;
          const parsed = new DOMParser().parseFromString(html, "text/html");
          body.replaceChildren(...parsed.body.childNodes);
        }
      } catch {
        // The line broke for a moment; the next turn tries again.
      }
      if (arrived()) return say("");
      if (asked >= AT_MOST) return say(words.textPollStopped);
      return later();
    }

    if (address.origin !== location.origin || arrived()) return;
    say(words.textPollWaiting);
    later();
  }
  document.querySelectorAll("[data-poll]").forEach(poll);
})();
