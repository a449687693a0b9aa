// The houses of an area that is visited door to door: the list below the round, one house, and its record.
"use strict";
(() => {
  const { say, draw, chip } = DoorParts;

  class DoorHouses {
    // `screens` lends what all screens share: put, tell, itemLine, itemsOf, standing, show, couldNotKeep.
    constructor(screens) {
      this.screens = screens;
    }
    get all() {
      return globalThis.DoorApp.state.round?.houses ?? [];
    }
    find(id) {
      return this.all.find((one) => one.id === id);
    }
    recordOf(id) {
      return this.screens.itemsOf(id, "survey").filter(this.screens.standing).at(-1);
    }
    chips(one) {
      const made = [];
      const record = this.recordOf(one.id);
      if (record) made.push(record.state === "accepted" ? chip("success", say("recorded")) : chip("warning", say("waiting")));
      if (this.screens.itemsOf(one.id, "survey").some((each) => each.state === "rejected" && !each.settled)) made.push(chip("danger", say("rejected")));
      if (one.visits) made.push(chip("neutral", say("attempts", { count: one.visits })));
      return made;
    }

    // One part for each area, with the houses whose turn is not over.
    areas() {
      const names = [...new Set(this.all.map((one) => one.area))];
      return names.map((area) => {
        const mine = this.all.filter((one) => one.area === area);
        const lines = mine.map((one) => {
          const line = draw("house-line", { label: one.label, chips: this.chips(one) });
          line.querySelector("a").href = `#house/${one.id}`;
          return line;
        });
        const left = mine.filter((one) => !this.recordOf(one.id)).length;
        return draw("area", { area: `${mine[0].run} ${area}`, count: say("houses_left", { count: left }), lines });
      });
    }

    show(one, replaces = "") {
      const { put, itemLine } = this.screens;
      put(draw("house", { label: one.label, area: one.area, chips: this.chips(one) }));
      const place = document.querySelector('#screen [data-slot="record"]');
      const record = this.recordOf(one.id);
      if (record && !replaces) {
        const list = document.createElement("ul");
        list.className = "d-sent";
        list.append(itemLine(record));
        place.replaceChildren(list);
      } else this.form(one, place, replaces);
    }

    async form(one, place, replaces) {
      const app = globalThis.DoorApp;
      const { tell, show, couldNotKeep } = this.screens;
      place.replaceChildren(draw("house-form"));
      const made = place.querySelector("form");
      const typed = () => ({ result: new FormData(made).get("result") ?? "", note: made.elements.note.value });
      let timer;
      let touched = false;
      if (replaces) made.dataset.dirty = "true"; // stays open although nothing is typed yet
      made.addEventListener("input", () => {
        touched = true;
        made.dataset.dirty = "true";
        clearTimeout(timer);
        timer = setTimeout(() => app.keepDraft(one.id, typed()).catch((error) => couldNotKeep(error, "full")), 400);
      });
      made.addEventListener("submit", async (event) => {
        event.preventDefault();
        const content = typed();
        made.querySelector('[data-slot="result_error"]').hidden = content.result !== "";
        if (!content.result) {
          made.querySelector("[name=result]").focus();
          return;
        }
        made.querySelector("button[type=submit]").disabled = true;
        clearTimeout(timer);
        try {
          await app.write("survey", one.id, content, { replaces });
          delete made.dataset.dirty;
          await app.keepDraft(one.id, null);
          tell("success", say(app.state.online ? "kept" : "kept_offline"));
          show();
        } catch (error) {
          made.querySelector("button[type=submit]").disabled = false;
          if (error instanceof DoorAlreadyTried) tell("warning", say("tried"));
          else couldNotKeep(error, "full");
        }
      });
      const kept = replaces ? await app.contentOf(app.state.items.find((each) => each.id === replaces)) : await app.draftOf(one.id);
      if (!kept || touched) return;
      made.elements.note.value = kept.note ?? "";
      for (const choice of made.querySelectorAll("[name=result]")) choice.checked = choice.value === kept.result;
    }
  }

  globalThis.DoorHouses = DoorHouses;
})();
