// Draws the places of a list on a map. The list says everything; without this script, Leaflet or tiles it stays as it is.
"use strict";
{
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const box = document.getElementById("map");
  const places = [...document.querySelectorAll("[data-latitude]")].map((row) => ({
    at: [Number(row.dataset.latitude), Number(row.dataset.longitude)],
    name: row.dataset.name,
    href: row.dataset.href,
    stale: "stale" in row.dataset,
  }));
  if (box && window.L && places.length) {
    box.hidden = false;
    const said = box.dataset;
    const map = window.L.map(box, { zoomControl: false, maxZoom: 18, attributionControl: Boolean(said.tiles) });
    window.L.control.zoom({ zoomInTitle: said.textIn, zoomOutTitle: said.textOut }).addTo(map);
    window.L.control.scale({ imperial: false }).addTo(map);
    if (said.tiles) {
      map.attributionControl.setPrefix(false);
      const credit = document.createElement("span");
      credit.textContent = said.attribution;
      window.L.tileLayer(said.tiles, { attribution: credit.innerHTML, maxZoom: 18 }).addTo(map);
    }
    const named = !said.tiles && places.length <= 30;
    for (const place of places) {
      const link = document.createElement("a");
      link.href = place.href;
      link.textContent = place.name;
      const words = document.createElement("span");
      words.textContent = place.name;
      const marker = window.L.marker(place.at, { alt: place.name, title: place.name, opacity: place.stale ? 0.5 : 1 });
      marker.bindPopup(link).addTo(map);
      if (named) marker.bindTooltip(words, { permanent: true, direction: "right", offset: [12, 0] });
    }
    map.fitBounds(window.L.latLngBounds(places.map((place) => place.at)).pad(0.1), { maxZoom: 15 });
  }
}
