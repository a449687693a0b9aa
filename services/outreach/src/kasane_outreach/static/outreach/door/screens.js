// The screens of the telephone: the round, one visit, what was sent, what went to somebody else, and the telephone.
"use strict";
(() => {
  const { say, draw, chip, ruby, link, button, notice, items: lines, clock, day, mapAddress } = DoorParts;
  const screen = document.getElementById("screen");
  const notices = document.getElementById("notices");
  const TONES = { waiting: "warning", accepted: "success", rejected: "danger", superseded: "neutral" };
  let shown = "";

  const app = () => globalThis.DoorApp;
  const state = () => app().state;
  const visitOf = (id) => state().round?.visits.find((one) => one.id === id);
  const itemsOf = (id, ...kinds) => state().items.filter((one) => one.visit === id && (!kinds.length || kinds.includes(one.kind)));
  const standing = (one) => one.state === "waiting" || one.state === "accepted";
  const recordOf = (id) => itemsOf(id, "record").filter(standing).at(-1);

  function tell(tone, title, text, ways) {
    notices.replaceChildren(notice(tone, title, text, ways));
    notices.scrollIntoView({ block: "nearest" });
  }
  const couldNotKeep = (error, otherwise) => tell("danger", say(error?.name === "QuotaExceededError" ? otherwise : "locked_trouble"));

  // ---- Frame ----------------------------------------------------------------------------------
  function frame() {
    const waiting = state().items.filter(DoorQueue.stays).length;
    const count = document.getElementById("waiting");
    count.hidden = waiting === 0;
    count.textContent = waiting;
    document.getElementById("day").textContent = state().day ? day(state().day.day) : "";
    const line = document.getElementById("line");
    const name = !state().online ? "offline" : state().signedIn === false ? "signed_out" : "online";
    line.textContent = say(name);
    line.className = `k-chip k-chip--${{ offline: "warning", signed_out: "danger", online: "success" }[name]}`;
    const contacts = state().round?.contacts ?? [];
    if (contacts.length) {
      document.querySelector('[data-slot="contacts"]').replaceChildren(
        ...lines(contacts.map((one) => {
          const call = link(`tel:${one.phone}`, `${one.label} ${one.phone}`);
          call.className = "k-button k-button--danger";
          return call;
        })),
      );
    }
  }
  // Why the round is shut; "" where it is open.
  const shut = () => (state().round ? "" : state().trouble ? "trouble" : state().signedIn === false ? "signed_out" : state().locked || "offline");
  // A round that was taken away leaves the screen, whoever is writing.
  const here = () => `${location.hash}|${shut()}`;
  function show() {
    frame();
    const [name, id] = location.hash.slice(1).split("/");
    const typing = screen.querySelector("form[data-dirty]");
    if (typing && shown === here()) return; // never under the fingers of somebody who writes
    shown = here();
    if (name === "sent") sent();
    else if (!state().round) locked();
    else if (name === "visit" && visitOf(id)) visit(visitOf(id));
    else if (name === "house" && houses.find(id)) houses.show(houses.find(id));
    else if (name === "gone") gone(state().round.gone.find((one) => one.id === id));
    else if (name === "telephone") telephone();
    else round();
    if (!["visit", "house"].includes(name)) screen.prepend(...restored());
  }
  // The server was put back to an earlier state: what had arrived is sent again, with what became of it.
  function restored() {
    const again = state().items.filter((one) => one.again);
    if (!again.length) return [];
    const many = (...states) => again.filter((one) => states.includes(one.state)).length;
    const facts = { count: again.length, arrived: many("accepted", "superseded"), waiting: many("waiting"), rejected: many("rejected") };
    return [notice(facts.waiting ? "warning" : "info", say(facts.waiting ? "again" : "again_done", facts), say("again_facts", facts))];
  }
  const put = (part) => screen.replaceChildren(part);
  const houses = new DoorHouses({ put, tell, show, couldNotKeep, itemsOf, standing, itemLine });

  // ---- The round ------------------------------------------------------------------------------
  function chips(one) {
    const made = [];
    const record = recordOf(one.id);
    if (one.recorded || record?.state === "accepted") made.push(chip("success", say("recorded")));
    else if (record) made.push(chip("warning", say("waiting")));
    if (itemsOf(one.id).some((each) => each.state === "rejected" && !each.settled)) made.push(chip("danger", say("rejected")));
    if (one.two_person) made.push(chip("info", say("two_person")));
    if (one.attempts) made.push(chip("neutral", say("attempts", { count: one.attempts })));
    return made;
  }
  function round() {
    const found = state().round;
    const list = found.visits.map((one) => {
      const made = draw("line", {
        time: one.starts_at,
        name: ruby(one.name, one.kana),
        chips: chips(one),
        address: one.address_protected ? say("protected_short") : one.address,
        reason: one.reason,
      });
      made.querySelector("a").href = `#visit/${one.id}`;
      return made;
    });
    const areas = houses.areas();
    put(
      draw("round", {
        as_of: say("as_of", { time: clock(state().received) }),
        visits: list,
        ...(list.length ? {} : { none: true }),
        ...(areas.length ? { houses: areas } : {}),
      }),
    );
    const unseen = found.gone.filter((one) => !(state().seen ?? []).includes(one.id));
    if (unseen.length) {
      screen.prepend(notice("warning", say("gone_notice"), "", unseen.map((one) => link(`#gone/${one.id}`, `${one.starts_at} ${say("gone_open")}`))));
    }
  }

  // ---- One visit ------------------------------------------------------------------------------
  function visit(one) {
    const warnings = [];
    if (one.address_protected) warnings.push(notice("danger", say("protected"), "", [link(`${app().facts.office}/${one.id}`, say("open_visit"))]));
    if (one.same_day.length) {
      const visits = one.same_day.map((each) => `${each.starts_at} ${each.workers.join(say("list_separator"))}`).join(say("list_separator"));
      warnings.push(notice("warning", say("same_day", { visits })));
    }
    if (one.with.length) warnings.push(notice("info", say("with", { names: one.with.join(say("list_separator")) })));
    put(
      draw("visit", {
        name: ruby(one.name, one.kana),
        time: `${one.starts_at} ${say("minutes", { count: one.minutes })}`,
        chips: chips(one),
        warnings,
        address: one.address || null,
        call: one.phone !== "" || null,
        map: one.place !== null || null,
        map_note: one.place !== null || null,
        reason: one.reason,
        history: lines(one.history.map((past) => [day(past.on), say(`result.${past.result}`), past.note, past.next_wish].filter(Boolean).join(" "))),
        history_count: say("pieces", { count: one.history.length }),
      }),
    );
    if (one.phone) screen.querySelector('[data-slot="call"]').href = `tel:${one.phone}`;
    if (one.place) screen.querySelector('[data-slot="map"]').href = mapAddress(one.place);
    if (!one.history.length) screen.querySelector('[data-slot="history_box"]').remove();
    safety(one);
    record(one);
    photos(one);
  }

  function inside(id) {
    const begun = itemsOf(id, "check_in").filter(standing).at(-1);
    const ended = begun && itemsOf(id, "check_out").some((each) => each.check_in === begun.id && standing(each));
    return begun && !ended ? begun : null;
  }
  function safety(one) {
    const place = screen.querySelector('[data-slot="safety"]');
    const begun = inside(one.id);
    if (!begun) {
      place.replaceChildren(draw("check-in"));
      place.querySelector("[name=minutes]").value = one.minutes;
      place.querySelector("[data-act=check-in]").addEventListener("click", async () => {
        const minutes = Number(place.querySelector("[name=minutes]").value);
        if (!(minutes >= 5 && minutes <= 480)) return;
        await attempt(() => app().write("check_in", one.id, { minutes }, { plain: { minutes } }));
        show();
      });
      return;
    }
    const until = begun.made + ((begun.minutes ?? one.minutes) + (state().round.grace_minutes ?? 0)) * 60_000;
    place.replaceChildren(draw("inside", { until: say(app().time.now() > until ? "late" : "until", { time: clock(until) }) }));
    if (app().time.now() > until) place.prepend(notice("danger", say("late", { time: clock(until) })));
    if (begun.state === "waiting") place.append(notice("warning", say("until_unsent")));
    place.querySelector("[data-act=check-out]").addEventListener("click", async () => {
      await attempt(() => app().write("check_out", one.id, { check_in: begun.id }, { plain: { check_in: begun.id } }));
      show();
    });
  }

  // ---- The record -----------------------------------------------------------------------------
  function record(one) {
    const place = screen.querySelector('[data-slot="record"]');
    const mine = recordOf(one.id);
    if (mine || one.recorded) {
      place.replaceChildren(...(mine ? [list([mine])] : [document.createTextNode(say("recorded_by", { name: one.recorded_by }))]), words(one.id));
      return;
    }
    form(one, place, "");
  }
  function list(found) {
    const made = document.createElement("ul");
    made.className = "d-sent";
    made.append(...found.map(itemLine));
    return made;
  }
  async function form(one, place, replaces) {
    place.replaceChildren(draw("form"));
    const made = place.querySelector("form");
    let timer;
    let touched = false;
    dirtyWhenTyped(made);
    if (replaces) made.dataset.dirty = "true"; // stays open although nothing is typed yet
    made.addEventListener("input", () => {
      touched = true;
      clearTimeout(timer);
      timer = setTimeout(() => app().keepDraft(one.id, typed(made)).catch((error) => couldNotKeep(error, "full")), 400);
    });
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const content = typed(made);
      const missing = !content.result;
      made.querySelector('[data-slot="result_error"]').hidden = !missing;
      if (missing) {
        made.querySelector("[name=result]").focus();
        return;
      }
      made.querySelector("button[type=submit]").disabled = true;
      clearTimeout(timer);
      try {
        await app().write("record", one.id, content, { replaces });
        delete made.dataset.dirty;
        await app().keepDraft(one.id, null);
        tell("success", say(state().online ? "kept" : "kept_offline"));
        show();
      } catch (error) {
        made.querySelector("button[type=submit]").disabled = false;
        if (error instanceof DoorAlreadyTried) tell("warning", say("tried"));
        else couldNotKeep(error, "full");
      }
    });
    // What was kept comes after the listeners: who types at once loses nothing, and is not overwritten.
    const kept = replaces ? await app().contentOf(state().items.find((each) => each.id === replaces)) : await app().draftOf(one.id);
    if (kept && !touched) fill(made, kept);
  }
  function dirtyWhenTyped(made) {
    made.addEventListener("input", () => {
      made.dataset.dirty = "true";
    });
  }
  function typed(made) {
    const values = Object.fromEntries(new FormData(made));
    const consent = values.said?.trim() ? { said: values.said, said_by: values.said_by } : null;
    return { result: values.result ?? "", note: values.note, next_wish: values.next_wish, accompanied_to: values.accompanied_to, consent };
  }
  function fill(made, kept) {
    for (const name of ["note", "next_wish", "accompanied_to"]) made.elements[name].value = kept[name] ?? "";
    for (const choice of made.querySelectorAll("[name=result]")) choice.checked = choice.value === kept.result;
    if (kept.consent) {
      made.elements.said.value = kept.consent.said;
      made.elements.said_by.value = kept.consent.said_by;
    }
    for (const field of made.querySelectorAll("details")) if ([...field.querySelectorAll("input, textarea")].some((each) => each.value)) field.open = true;
  }
  function words(visit, settles = "", begin = "") {
    const part = draw("words");
    const made = part.querySelector("form");
    made.elements.text.value = begin;
    dirtyWhenTyped(made);
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = made.elements.text.value;
      if (!text.trim()) return;
      if (!(await attempt(() => app().write("addendum", visit, { text }, { settles })))) return;
      delete made.dataset.dirty;
      tell("success", say(state().online ? "kept" : "kept_offline"));
      show();
    });
    return part;
  }
  async function attempt(act) {
    try {
      await act();
      return true;
    } catch (error) {
      couldNotKeep(error, "full");
      return false;
    }
  }
  function photos(one) {
    screen.querySelector('[data-slot="photos"]').replaceChildren(...itemsOf(one.id, "photo").map(itemLine));
    screen.querySelector("[data-act=photo]").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      event.target.value = "";
      if (!file) return;
      let picture;
      try {
        picture = await DoorPhoto.shrink(file);
      } catch {
        tell("danger", say("photo_unreadable"));
        return;
      }
      try {
        await app().write("photo", one.id, picture);
        show();
      } catch (error) {
        couldNotKeep(error, "full_photo");
      }
    });
  }

  // ---- What was written, and what became of it ------------------------------------------------
  function itemLine(item) {
    const settled = item.settled ? { added: "settled_added", office: "settled_office" }[item.settled] : "";
    const answer = item.answer ?? {};
    const made = draw("item", {
      what: [say(item.kind), ` ${visitOf(item.visit)?.name ?? houses.find(item.visit)?.label ?? ""}`].join(""),
      state: say(settled || item.state),
      when: clock(item.made),
      ...(answer.why ? { why: answer.why } : {}),
      ...(answer.next && item.state === "rejected" && !item.settled ? { next: answer.next } : {}),
      ways: ways(item),
    });
    made.querySelector('[data-slot="state"]').classList.add(`k-chip--${item.settled ? "neutral" : TONES[item.state]}`);
    if (item.kind !== "photo") show_content(item, made.querySelector('[data-slot="content"]'));
    return made;
  }
  async function show_content(item, place) {
    const content = await app().contentOf(item);
    if (!content || !place) return;
    const parts = [content.result && say(`result.${content.result}`), content.note, content.text, content.consent?.said, content.next_wish];
    place.textContent = parts.filter(Boolean).join("\n");
    place.hidden = !place.textContent;
  }
  function ways(item) {
    if (item.state === "waiting" && item.tried === 0 && item.kind === "record" && visitOf(item.visit)) {
      return [button(say("edit"), "text", () => edit(item))];
    }
    if (item.state === "waiting" && item.tried === 0 && item.kind === "survey" && houses.find(item.visit)) {
      return [button(say("edit"), "text", () => editHouse(item))];
    }
    if (item.state !== "rejected" || item.settled) return [];
    const made = [];
    if (["record", "addendum"].includes(item.kind)) made.push(button(say("add_words"), "secondary", () => add(item)));
    if (item.answer?.at_server !== false) {
      made.push(button(say("to_office"), "text", async () => {
        await app().queue.settled(item.id, "office");
        state().items = await app().store.all();
        show();
      }));
    }
    return made;
  }
  async function edit(item) {
    location.hash = `#visit/${item.visit}`;
    shown = here();
    visit(visitOf(item.visit));
    await form(visitOf(item.visit), screen.querySelector('[data-slot="record"]'), item.id);
    screen.querySelector("#record").scrollIntoView();
  }
  function editHouse(item) {
    location.hash = `#house/${item.visit}`;
    shown = here();
    houses.show(houses.find(item.visit), item.id);
  }
  async function add(item) {
    const content = (await app().contentOf(item)) ?? {};
    const begin = [content.result && say(`result.${content.result}`), content.note, content.text, content.consent?.said].filter(Boolean).join("\n");
    put(words(item.visit, item.id, begin));
    screen.querySelector("textarea").focus();
  }
  function sent() {
    const all = [...state().items].reverse();
    put(draw("sent", { items: all.map(itemLine), none: all.length ? null : true }));
  }

  // ---- The visit that is somebody else's now --------------------------------------------------
  function gone(one) {
    if (!one) {
      round();
      return;
    }
    const told = { on: day(one.on), time: one.starts_at, workers: one.workers.join(say("list_separator")), reason: one.reason };
    const mine = itemsOf(one.id);
    put(draw("gone", { title: say(`${one.why}_title`), text: say(`${one.why}_text`, told), items: mine.map(itemLine), words: words(one.id), none: mine.length ? null : true }));
    if (inside(one.id)) safety({ id: one.id, minutes: one.minutes });
    else screen.querySelector('[data-slot="safety"]').remove();
    screen.querySelector("[data-act=seen]").addEventListener("click", async () => {
      state().seen = [...(state().seen ?? []), one.id];
      await app().store.write("seen", state().seen);
      location.hash = "#round";
    });
  }

  // ---- The telephone --------------------------------------------------------------------------
  function telephone() {
    put(draw("telephone"));
    screen.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const code = event.target.elements.pass.value;
      if (code.length < 8) {
        tell("warning", say("pass_short"));
        return;
      }
      await app().setPass(code);
      event.target.reset();
      screen.querySelector('[data-slot="done"]').hidden = false;
    });
    screen.querySelector("[data-act=finish]").addEventListener("click", () => app().finish());
  }
  async function locked() {
    const why = shut();
    const waits = state().items.filter(DoorQueue.stays).length;
    put(draw("locked", { title: say("locked_title"), text: say(`locked_${why}`), ...(waits ? { waits: say("still_waiting", { count: waits }) } : {}) }));
    if (state().signedIn === false) {
      const way = screen.querySelector('[data-slot="sign_in"]');
      way.hidden = false;
      way.href = app().facts.signIn;
    }
    const form = screen.querySelector("form");
    dirtyWhenTyped(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const wrong = await app().unlock(form.elements.pass.value);
      if (wrong) tell("danger", say(wrong));
      delete form.dataset.dirty;
      show();
    });
    form.hidden = !(state().day && why === "offline" && (await app().store.read("pass").catch(() => null)));
  }

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "refresh" || act === "again") app().refresh();
    if (act === "send") app().send();
  });
  document.getElementById("emergency").addEventListener("click", () => document.getElementById("emergency-sheet").showModal());
  addEventListener("hashchange", () => {
    notices.replaceChildren();
    show();
    document.getElementById("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  });

  // Every little while: times on the screen, and the worker's own alarm.
  function pulse() {
    const [name, id] = location.hash.slice(1).split("/");
    const typing = screen.querySelector('form[data-dirty], [data-slot="safety"] input:focus');
    if (name === "visit" && visitOf(id) && !typing) safety(visitOf(id));
    frame();
  }

  globalThis.DoorScreens = { show, pulse };
})();
