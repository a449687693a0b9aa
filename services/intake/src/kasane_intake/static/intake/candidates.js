// The candidates beside the form follow what is typed about a person, a moment after the typing stops.
// Without this file the button under the form shows the same; nothing is kept in the browser.
"use strict";
(() => {
  const place = document.querySelector("[data-candidates]");
  const form = place?.closest("form");
  if (!place || !form) return;
  const REST = 500;
  let timer = 0;
  let asked = 0;
  let last = "";

  const typed = () => {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (name === "csrf_token" || name === "submission" || /^persons-\d+-(name|kana|birth_date|address|phone)$/.test(name)) body.append(name, value);
    }
    return body;
  };
  const look = async () => {
    const body = typed();
    const said = new URLSearchParams(body).toString();
    if (said === last) return;
    last = said;
    const mine = ++asked;
    try {
      const answer = await fetch(place.dataset.candidates, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...part.body.childNodes);
    } catch {
      last = ""; // Offline: the next sign that is typed asks again.
    }
  };
  form.addEventListener("input", (event) => {
    if (!/^persons-/.test(event.target.name || "")) return;
    clearTimeout(timer);
    timer = setTimeout(look, REST);
  });
})();
