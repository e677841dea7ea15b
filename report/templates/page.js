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
const widths = new ResizeObserver(stops);
for (const region of all(".scroll, .picture")) for (const box of [region, ...region.children]) widths.observe(box);

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
function copier(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  copies(button, text);
  return button;
}
if (navigator.clipboard) {
  for (const block of all("pre")) block.after(copier(() => block.textContent));
  for (const mark of all(".mark")) copies(mark, () => mark.href);
}

// A number opens to its name, the command that traces it, and the cells behind it with their seeds and records.
const opened = document.createElement("div");
const folds = all("#cells > details");
function add(parent, tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}
function tell(number) {
  const { results, commit } = document.body.dataset;
  const behind = (number.dataset.cells || "").split(" ").filter(Boolean).map(position => folds[position]);
  opened.replaceChildren();
  add(add(opened, "p"), "strong", number.textContent);
  add(add(opened, "p"), "code", number.title);
  const command = `python -m repool trace ${number.title} --results ${results}`;
  add(add(opened, "pre"), "code", command);
  if (navigator.clipboard) opened.append(copier(() => command));
  if (!behind.length) add(opened, "p", /\.published[^.]*$/.test(number.title) ? "The paper\u2019s own." : "No run stands behind it.");
  for (const fold of behind) {
    const cell = add(opened, "details");
    cell.open = behind.length < 3;
    add(cell, "summary", fold.querySelector("summary").textContent);
    cell.append(...all(":scope > p", fold).map(words => words.cloneNode(true)));
    const link = add(add(cell, "p"), "a", "Specification, data and code");
    link.href = `#${fold.id}`;
    link.addEventListener("click", () => opened.hidePopover());
  }
  if (commit) add(opened, "p", `The page was made at commit ${commit}.`);
}
function open(number, byKey) {
  tell(number);
  opened.showPopover();
  const at = number.getBoundingClientRect(), own = opened.getBoundingClientRect();
  opened.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - own.width - 8))}px`;
  const below = at.bottom + 6;
  opened.style.top = `${Math.max(8, below + own.height < innerHeight ? below : at.top - own.height - 6)}px`;
  if (byKey) opened.focus();
}
const opens = target => target.closest("summary, a, button") ? null : target.closest("data");
if (opened.showPopover) {
  opened.id = "number";
  opened.popover = "auto";
  opened.tabIndex = -1;
  opened.setAttribute("role", "dialog");
  opened.setAttribute("aria-label", "Where this number comes from");
  document.body.append(opened);
  document.documentElement.classList.add("opens");
  document.addEventListener("click", event => {
    const number = opens(event.target);
    if (number && getSelection().isCollapsed) open(number, false);
  });
  document.addEventListener("keydown", event => {
    const number = event.key === "Enter" || event.key === " " ? opens(event.target) : null;
    if (!number) return;
    event.preventDefault();
    open(number, true);
  });
  // Thousands of stops would bury the links: whoever wants them asks for them.
  const stopping = document.getElementById("number-stops");
  stopping.parentElement.hidden = false;
  stopping.addEventListener("click", () => {
    const on = stopping.getAttribute("aria-pressed") === "false";
    stopping.setAttribute("aria-pressed", on);
    document.documentElement.classList.toggle("stops", on);
    for (const number of all("data").filter(opens)) {
      for (const [name, value] of [["tabindex", "0"], ["role", "button"]]) {
        if (on) number.setAttribute(name, value);
        else number.removeAttribute(name);
      }
    }
  });
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

// Rows that have all of some words: of a fold those of its summary, and a number from its first digit (10 is not in NCI109).
const has = (text, word) => /^\d/.test(word)
  ? new RegExp(`(?<![\\p{L}\\d])${word.replace(/[^\p{L}\d]/gu, "\\$&")}`, "u").test(text) : text.includes(word);
for (const input of all("input[data-filters]")) {
  input.closest("p").hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of all(input.dataset.filters)) {
      const text = (row.querySelector(":scope > summary") || row).textContent.toLowerCase();
      row.hidden = !words.every(word => has(text, word));
    }
    for (const head of all("#cells > h3")) {
      let next = head.nextElementSibling;
      while (next && next.hidden && next.tagName !== "H3") next = next.nextElementSibling;
      head.hidden = !next || next.tagName === "H3";
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
