// Everything here is a comfort: the page says the same without it.
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// A region is a stop of the keyboard only where it scrolls.
function stops() {
  for (const region of all(".scroll, .picture")) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }
}
stops();
addEventListener("resize", stops);
document.addEventListener("toggle", stops, true);

// What a link leads to is open.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}
unfold();
addEventListener("hashchange", unfold);

// A command, or the address of a heading, is copied by one press.
function copies(button, text) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    const said = button.textContent;
    button.textContent = "copied";
    setTimeout(() => { button.textContent = said; }, 1500);
  });
}
if (navigator.clipboard) {
  for (const block of all("pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    copies(button, () => block.textContent);
    block.after(button);
  }
  for (const mark of all(".mark")) copies(mark, () => mark.href);
}

// The contents say where the reader is.
const places = new Map(all("nav a").map(link => [link.hash.slice(1), link]));
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of places.values()) link.removeAttribute("aria-current");
    places.get(entry.target.id).setAttribute("aria-current", "true");
  }
}, { rootMargin: "0px 0px -80% 0px" });
for (const id of places.keys()) if (document.getElementById(id)) seen.observe(document.getElementById(id));

// Rows that have all of some words.
for (const input of all("input[data-filters]")) {
  input.closest("p").hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of all(input.dataset.filters)) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
    }
  });
}

// A press on a head sorts by its column, a second one the other way.
const value = (row, column) => row.cells[column].textContent.trim().replace("\u2212", "-");
function order(one, two) {
  const numbers = [parseFloat(one), parseFloat(two)];
  return numbers.some(Number.isNaN) ? one.localeCompare(two, "en", { numeric: true }) : numbers[0] - numbers[1];
}
for (const table of all("table.sorts")) {
  all("thead th", table).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
      const rows = all("tbody tr:not(.of-data)", table);
      rows.sort((one, two) => down * order(value(one, column), value(two, column)));
      rows.forEach(row => row.parentElement.append(row));
    });
  });
}
