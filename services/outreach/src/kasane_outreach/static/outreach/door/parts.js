// Draws the screens of the telephone from the templates of the page; every word stands there, none here.
"use strict";
(() => {
  const templates = (name) => document.getElementById(`t-${name}`).content;
  const sayings = new Map([...templates("say").querySelectorAll("[data-say]")].map((one) => [one.dataset.say, one.textContent]));

  // A sentence with its facts filled in.
  const say = (name, facts = {}) => (sayings.get(name) ?? "").replace(/\{(\w+)\}/g, (_all, fact) => String(facts[fact] ?? ""));

  // A copy of a template. A slot takes text or nodes and becomes visible; true only shows it, null leaves it out.
  function draw(name, slots = {}) {
    const copy = templates(name).cloneNode(true);
    for (const [slot, value] of Object.entries(slots)) {
      const place = copy.querySelector(`[data-slot="${slot}"]`);
      if (value === null) {
        place.remove();
        continue;
      }
      place.hidden = false;
      if (value === true) continue;
      place.replaceChildren(...(Array.isArray(value) ? value : [value]));
    }
    return copy;
  }
  function chip(tone, text) {
    const made = document.createElement("span");
    made.className = `k-chip k-chip--${tone}`;
    made.textContent = text;
    return made;
  }
  function ruby(name, kana) {
    if (!kana) return document.createTextNode(name);
    const made = document.createElement("ruby");
    const reading = document.createElement("rt");
    reading.textContent = kana;
    made.append(name, reading);
    return made;
  }
  function link(href, text) {
    const made = document.createElement("a");
    made.href = href;
    made.textContent = text;
    return made;
  }
  function button(text, tone, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `k-button k-button--${tone} k-button--small`;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }
  function notice(tone, title, text = "", ways = []) {
    const made = draw("notice", { title, ...(text ? { text } : {}), ...(ways.length ? { ways } : {}) });
    made.firstElementChild.classList.add(`k-notice--${tone}`);
    return made;
  }
  const items = (list) => list.map((text) => {
    const line = document.createElement("li");
    line.append(text);
    return line;
  });

  // ---- Days and times as people here say them -------------------------------------------------
  const inJapan = (moment, options) => new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", ...options }).format(moment);
  const clock = (moment) => inJapan(new Date(moment), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  function day(text) {
    const [year, month, date] = text.split("-").map(Number);
    const weekday = say("weekdays")[new Date(Date.UTC(year, month - 1, date)).getUTCDay()];
    return say("month_day", { month, day: date, weekday });
  }

  // ---- Where the telephone's own map goes: a point, never a name or a house number -------------
  function mapAddress([latitude, longitude]) {
    const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
    return apple ? `maps://?daddr=${latitude},${longitude}` : `geo:${latitude},${longitude}?q=${latitude},${longitude}`;
  }

  globalThis.DoorParts = { say, draw, chip, ruby, link, button, notice, items, clock, day, mapAddress };
})();
