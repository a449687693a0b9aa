// Points at a place among the town's blocks. Nothing is asked of any map service: the points lie in the page.
"use strict";
(() => {
  const WIDTH = 640;
  const MARGIN = 16;
  const SVG = "http://www.w3.org/2000/svg";
  const node = (name, facts, words = "") => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
    made.textContent = words;
    return made;
  };
  const blocks = [...document.querySelectorAll("#blocks li")].map((one) => ({
    name: one.textContent,
    latitude: Number(one.dataset.latitude),
    longitude: Number(one.dataset.longitude),
  }));
  if (!blocks.length) return;
  const range = (key) => [Math.min(...blocks.map((one) => one[key])), Math.max(...blocks.map((one) => one[key]))];
  const [south, north] = range("latitude");
  const [west, east] = range("longitude");
  // A degree of longitude is shorter than one of latitude.
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = (WIDTH - 2 * MARGIN) / Math.max((east - west) * narrow, 1e-6);
  const height = Math.round((north - south) * scale) + 2 * MARGIN;
  const across = (longitude) => MARGIN + (longitude - west) * narrow * scale;
  const down = (latitude) => MARGIN + (north - latitude) * scale;

  const whole = { x: 0, y: 0, width: WIDTH, height };
  // Around the likeliest block about a kilometre each way; the whole town where none is likely.
  function around(name) {
    const one = blocks.find((block) => block.name === name);
    if (!one) return whole;
    const reach = 0.01 * scale;
    return { x: across(one.longitude) - reach, y: down(one.latitude) - reach, width: 2 * reach, height: 2 * reach };
  }

  function open(box) {
    const form = box.closest("form");
    const likely = box.dataset.near.split("|");
    const map = node("svg", { "aria-hidden": "true", class: "o-place__svg" });
    const mark = node("circle", { class: "o-place__mark", visibility: "hidden" });
    function draw(view) {
      // What one dot of the screen is in the drawing, so that names can be read on a telephone, too.
      const unit = view.width / Math.min(WIDTH, box.clientWidth || WIDTH);
      map.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
      map.replaceChildren();
      for (const [number, one] of blocks.entries()) {
        const near = likely.includes(one.name);
        const [x, y] = [across(one.longitude), down(one.latitude)];
        map.append(node("circle", { cx: x, cy: y, r: (near ? 8 : 5) * unit, class: near ? "o-place__near" : "o-place__dot" }));
        if (near || view !== whole) {
          // Every other name stands below its point, so that neighbours can be read.
          map.append(node("text", { x: x + 11 * unit, y: y + (number % 2 ? 16 : -4) * unit, "font-size": 14 * unit, class: near ? "o-place__name" : "" }, one.name));
        }
      }
      mark.setAttribute("r", 8 * unit);
      mark.setAttribute("stroke-width", 4 * unit);
      map.append(mark);
    }
    const close = around(likely[0]);
    const other = box.querySelector("button");
    let view = close;
    other.hidden = close === whole;
    other.addEventListener("click", () => {
      view = view === whole ? close : whole;
      draw(view);
      other.setAttribute("aria-pressed", String(view === whole));
    });
    draw(view);
    map.addEventListener("click", (event) => {
      const shown = map.getBoundingClientRect();
      // The drawing keeps its shape, with room left over on two sides.
      const size = Math.min(shown.width / view.width, shown.height / view.height);
      const x = view.x + (event.clientX - shown.left - (shown.width - view.width * size) / 2) / size;
      const y = view.y + (event.clientY - shown.top - (shown.height - view.height * size) / 2) / size;
      const longitude = west + (x - MARGIN) / (narrow * scale);
      const latitude = north - (y - MARGIN) / scale;
      const far = (one) => ((one.longitude - longitude) * narrow) ** 2 + (one.latitude - latitude) ** 2;
      const nearest = blocks.reduce((best, one) => (far(one) < far(best) ? one : best));
      form.elements.town_block.value = "";
      form.elements.coordinates.value = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
      for (const [key, value] of Object.entries({ cx: x, cy: y, visibility: "visible" })) mark.setAttribute(key, value);
      box.querySelector("[role=status]").textContent = box.dataset.said.replace("{block}", nearest.name);
    });
    box.querySelector(".o-place__map").replaceChildren(map);
  }
  for (const box of document.querySelectorAll(".o-place")) {
    box.addEventListener("toggle", () => box.open && !box.querySelector("svg") && open(box));
  }
})();
