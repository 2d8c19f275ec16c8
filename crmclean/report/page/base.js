"use strict";
/* What the page does by itself: language, sorting, the list of issues, the duplicates.
   Text from the tables reaches the page as text nodes only. No network, no inline handlers. */

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const PAGE = 25;
const CLUSTERS = 8;
const SEVERITIES = ["error", "warn", "info"];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    else if (value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/* ── language ─────────────────────────────────────────────────────────────────────────────── */
const root = document.documentElement;
const remembered = (() => {
  try { return { get: (key) => localStorage.getItem(key), set: (key, value) => localStorage.setItem(key, value) }; }
  catch { return { get: () => null, set: () => {} }; }
})();
const redraw = [];

function language() { return root.lang === "en" ? "en" : "zh"; }

function word(code, facts = {}) {
  const span = $(`#words [data-word="${code}"]`);
  if (!span) return code;
  const inner = $(`[lang="${root.lang}"]`, span) || span;
  return inner.textContent.replace(/\{(\w+)\}/g, (hit, name) => (name in facts ? facts[name] : hit));
}

/* The words of a code that may not be in the page's list. */
function wordOr(code, other) {
  const said = word(code);
  return said === code ? other : said;
}

function speak(code) {
  root.lang = code;
  for (const button of $$("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === code));
  for (const name of ["aria-label", "placeholder"])
    for (const node of $$(`[data-${name}-zh]`)) node.setAttribute(name, node.getAttribute(`data-${name}-${language()}`));
  for (const option of $$("option[data-zh]")) option.textContent = option.dataset[language()];
  for (const draw of redraw) draw();
}

function startLanguage() {
  for (const button of $$("[data-language]"))
    button.addEventListener("click", () => { remembered.set("crmclean.language", button.dataset.language); speak(button.dataset.language); });
  speak(remembered.get("crmclean.language") || root.lang);
}

/* ── packed tables ────────────────────────────────────────────────────────────────────────── */
async function unpacked(node) {
  const text = atob(node.textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const whole = await new Response(stream).arrayBuffer();
  const end = new Uint8Array(whole).indexOf(0);
  return placed(JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 0, end))), whole.slice(end + 1));
}

/* Arrays of numbers stand behind the JSON: page.py says how. */
function placed(part, numbers) {
  if (part === null || typeof part !== "object" || Array.isArray(part) && typeof part[0] !== "object") return part;
  if (part.numbers) {
    const [bytes, from, length] = part.numbers;
    const Kind = { 1: Int8Array, 2: Int16Array, 4: Int32Array }[bytes];
    return new Kind(numbers, from, length);
  }
  for (const [name, inner] of Object.entries(part)) part[name] = placed(inner, numbers);
  return part;
}

/* Numbers that were packed as differences. */
function summed(steps) {
  const numbers = new Int32Array(steps.length);
  for (let at = 0, sum = 0; at < steps.length; at++) numbers[at] = sum += steps[at];
  return numbers;
}

/* ── static tables that sort ──────────────────────────────────────────────────────────────── */
function startSorting() {
  for (const table of $$("table.sortable"))
    $$("thead th", table).forEach((head, column) => {
      const button = element("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sortRows(table, head, column));
    });
}

function sortRows(table, head, column) {
  const order = head.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
  for (const other of $$("thead th", table)) other.setAttribute("aria-sort", other === head ? order : "none");
  const body = $("tbody", table);
  const key = (row) => { const cell = row.cells[column]; return cell.dataset.sort !== undefined ? Number(cell.dataset.sort) : cell.innerText; };
  const sign = order === "ascending" ? 1 : -1;
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, root.lang));
  body.append(...[...body.rows].sort((a, b) => sign * compare(key(a), key(b))));
}

/* ── pages ────────────────────────────────────────────────────────────────────────────────── */
function pager(node, at, pages, go) {
  node.replaceChildren();
  if (pages < 2) return;
  const button = (code, to, off) => {
    const made = element("button", { type: "button", on: { click: () => go(to) } }, word(code));
    made.disabled = off;
    return made;
  };
  node.append(
    button("previous_page", at - 1, at === 0),
    element("span", {}, word("page_of", { page: at + 1, pages })),
    button("next_page", at + 1, at >= pages - 1),
  );
}
