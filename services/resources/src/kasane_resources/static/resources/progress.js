// Moves the bar of an import that the worker takes in; without this script the page has a link to look again.
"use strict";
{
  const bar = document.querySelector("[data-progress]");
  const words = document.getElementById("progress-words");
  const look = async () => {
    const answer = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const said = await answer.json();
    if (said.over) {
      window.location.reload();
      return;
    }
    bar.max = said.rows;
    bar.value = said.done;
    words.textContent = said.words;
    window.setTimeout(look, 1500);
  };
  if (bar) window.setTimeout(look, 1000);
}
