// Small helps at the form of intake: the reading of a name from what the keyboard's kana input composed,
// the age beside a birth date, and the part about letters and surveys opened for the channels that need it.
// Every page works without this file; nothing is kept in the browser.
"use strict";
(() => {
  const KANA = /^[\u3041-\u3096\u30a1-\u30faー]+$/;
  const hiragana = (text) =>
    text.normalize("NFKC").replace(/[\u30a1-\u30f6]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60));

  // ---- The reading of a name, as it was typed before it became kanji --------------------------
  const partner = (input) => {
    const name = input.name || "";
    if (!/(^|[-_])name$/.test(name)) return null;
    return input.form?.elements.namedItem(name.replace(/name$/, "kana"));
  };
  const composing = new WeakMap();
  document.addEventListener("compositionstart", (event) => {
    if (partner(event.target)) composing.set(event.target, "");
  });
  document.addEventListener("compositionupdate", (event) => {
    if (composing.has(event.target) && KANA.test(event.data)) composing.set(event.target, hiragana(event.data));
  });
  document.addEventListener("compositionend", (event) => {
    const kana = composing.get(event.target);
    const field = kana && partner(event.target);
    composing.delete(event.target);
    if (!field || field.dataset.ownWords) return;
    const before = event.target.value.slice(0, event.target.value.length - event.data.length);
    field.value = before.trim() === "" ? kana : `${field.value}${/\s$/.test(before) ? " " : ""}${kana}`;
  });
  // What a person wrote into the reading by hand stays as it is; an emptied name takes its reading along.
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (/kana$/.test(input.name || "")) input.dataset.ownWords = input.value ? "1" : "";
    const field = partner(input);
    if (field && input.value === "" && !field.dataset.ownWords) field.value = "";
  });

  // ---- The age beside a birth date: the kit's script has just written the day in both calendars ---
  const yearsOld = document.currentScript?.dataset.yearsOld;
  const sayAge = (event) => {
    const input = event.target;
    const hint = /birth_date$/.test(input.name || "") && document.getElementById(`${input.id}-era`);
    const day = hint && hint.textContent.match(/(\d+)月(\d+)日/);
    const year = hint && hint.textContent.match(/(\d{4})年/);
    if (!yearsOld || !day || !year) return;
    const now = new Date();
    const [month, date] = [Number(day[1]), Number(day[2])];
    const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < date);
    const age = now.getFullYear() - Number(year[1]) - (before ? 1 : 0);
    if (age >= 0) hint.textContent += ` ${yearsOld.replace("#", age)}`;
  };
  document.addEventListener("input", sayAge);
  document.addEventListener("change", sayAge);

  // ---- The rarely needed part opens for the channels that need it -----------------------------
  const NEEDED = { letter: "written_on", email: "written_on", agency: "agency", survey: "campaign" };
  const channel = document.getElementById("field-channel");
  channel?.addEventListener("change", () => {
    const field = document.getElementById(`field-${NEEDED[channel.value]}`);
    const part = field?.closest("details");
    if (part) part.open = true;
  });
})();
