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
  return JSON.parse(await new Response(stream).text());
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

/* ── decisions ────────────────────────────────────────────────────────────────────────────── */
/* Kept in this browser under the batch of the report, saved as one file for `crmclean apply`. */
class Decisions {
  constructor() {
    this.box = $("#basket");
    this.key = `crmclean.decisions.${this.box ? this.box.dataset.batch : ""}`;
    try { this.made = new Map(JSON.parse(remembered.get(this.key) || "[]")); } catch { this.made = new Map(); }
    if (!this.box) return;
    $("#basket-save").addEventListener("click", () => this.save());
    $("#basket-clear").addEventListener("click", () => { if (confirm(word("clear_sure"))) { this.made.clear(); this.changed(); for (const draw of redraw) draw(); } });
    redraw.push(() => this.count());
    this.count();
  }

  get(subject) { return this.made.get(subject)?.choice; }

  /* The same choice again takes the decision back. */
  choose(subject, choice, entries) {
    if (this.get(subject) === choice || choice === "") this.made.delete(subject);
    else this.made.set(subject, { choice, entries });
    this.changed();
  }

  changed() {
    remembered.set(this.key, JSON.stringify([...this.made]));
    this.count();
  }

  count() {
    this.box.hidden = this.made.size === 0;
    $("#basket-count").textContent = word("decided", { n: this.made.size });
  }

  save() {
    const entries = [...this.made.values()].flatMap((decision) => decision.entries);
    const rejected = [...this.made].filter(([, decision]) => !decision.entries.length).map(([subject, decision]) => [subject, decision.choice]);
    const file = { version: 1, batch: this.box.dataset.batch, decisions: entries, left_open: rejected };
    save("decisions.json", JSON.stringify(file, null, 1), "application/json");
  }
}

/* Buttons of which one can be pressed. `choices`: [choice, words, entries]. */
function choiceButtons(subject, choices) {
  const group = element("span", { class: "decide", role: "group" });
  const show = () => { for (const button of $$("button", group)) button.setAttribute("aria-pressed", String(decisions.get(subject) === button.dataset.choice)); };
  for (const [choice, text, entries] of choices)
    group.append(element("button", { type: "button", "data-choice": choice, on: { click: () => { decisions.choose(subject, choice, entries); show(); } } }, text));
  show();
  return group;
}

/* ── issues ───────────────────────────────────────────────────────────────────────────────── */
class Issues {
  constructor(table) {
    this.table = table;
    this.columns = table.columns;
    this.columns.r = summed(table.columns.r);
    this.accept = new Map(table.accept.at.map((row, at) => [row, at]));
    this.rank = table.codes.map((code) => SEVERITIES.indexOf(code.severity));
    this.chosen = {};
    this.severities = new Set(SEVERITIES);
    this.text = "";
    this.order = null;
    this.at = 0;
    this.fillFilters();
    this.listen();
    this.find();
    redraw.push(() => { this.fillFilters(); this.draw(); });
  }

  get size() { return this.columns.c.length; }

  label(name, number) {
    if (name === "c") return this.table.codes[number][language()];
    if (name === "f") return this.table.fields[number][language()] || "–";
    if (name === "s") return number < 0 ? "–" : this.table.sources[number];
    return number < 0 ? "–" : this.table.words[name][number];
  }

  /* How often each value of a column occurs, most frequent first; counted once. */
  counted(name) {
    this.counts ??= {};
    if (!this.counts[name]) {
      const counts = new Array(this.columns[name].reduce((most, number) => Math.max(most, number), -1) + 2).fill(0);
      for (const number of this.columns[name]) counts[number + 1]++;
      this.counts[name] = [...counts.keys()].filter((at) => counts[at]).map((at) => [at - 1, counts[at]]).sort((a, b) => b[1] - a[1]);
    }
    return this.counts[name];
  }

  fillFilters() {
    for (const select of $$("#issue-filters select")) {
      const name = select.dataset.filter;
      const options = this.counted(name).map(([number, count]) =>
        element("option", { value: number }, `${plain(this.label(name, number))} (${count.toLocaleString("en")})`));
      select.replaceChildren(element("option", { value: "" }, word("all")), ...options);
      select.value = this.chosen[name] ?? "";
    }
  }

  listen() {
    for (const select of $$("#issue-filters select"))
      select.addEventListener("change", () => { this.choose(select.dataset.filter, select.value); });
    for (const chip of $$("#issue-filters [data-severity]"))
      chip.addEventListener("click", () => {
        const on = chip.getAttribute("aria-pressed") !== "true";
        chip.setAttribute("aria-pressed", String(on));
        this.severities[on ? "add" : "delete"](chip.dataset.severity);
        this.find();
      });
    $("#issue-search").addEventListener("input", (event) => { this.text = event.target.value.trim().toLowerCase(); this.find(); });
    $("#issue-filters").addEventListener("submit", (event) => event.preventDefault());
    $("#issue-download").addEventListener("click", () => this.download());
    for (const button of $$("#issue-table th button")) button.addEventListener("click", () => this.sort(button));
    for (const link of $$("a.code"))
      link.addEventListener("click", () => this.choose("c", String(this.table.codes.findIndex((c) => c.code === link.dataset.code))));
  }

  choose(name, value) {
    if (value === "" || value === "-1" && name === "c") delete this.chosen[name]; else this.chosen[name] = value;
    $(`#issue-filters [data-filter="${name}"]`).value = this.chosen[name] ?? "";
    this.find();
  }

  find() {
    const { columns, rank } = this;
    const wanted = Object.entries(this.chosen).map(([name, value]) => [columns[name], Number(value)]);
    const allowed = SEVERITIES.map((name) => this.severities.has(name));
    const hit = this.text ? this.searched() : null;
    this.found = [];
    for (let at = 0; at < this.size; at++) {
      if (!allowed[rank[columns.c[at]]] || wanted.some(([column, value]) => column[at] !== value)) continue;
      if (hit && !hit(at)) continue;
      this.found.push(at);
    }
    if (this.order) this.arrange();
    this.at = 0;
    this.draw();
  }

  searched() {
    const { columns, table } = this;
    const sets = Object.entries({ v: table.words.v, g: table.words.g, h: table.words.h, o: table.words.o,
      c: table.codes.map((code) => `${code.code} ${code.zh} ${code.en}`), s: table.sources,
      f: table.fields.map((field) => `${field.zh} ${field.en}`) })
      .map(([name, words]) => [columns[name], new Set(words.flatMap((text, at) => ((text || "").toLowerCase().includes(this.text) ? [at] : [])))])
      .filter(([, numbers]) => numbers.size);
    return (at) => sets.some(([column, numbers]) => numbers.has(column[at])) || String(columns.r[at]) === this.text;
  }

  sort(button) {
    const head = button.closest("th");
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of $$("#issue-table th")) other.setAttribute("aria-sort", other === head ? (up ? "ascending" : "descending") : "none");
    this.order = [button.dataset.sort, up ? 1 : -1];
    this.arrange();
    this.at = 0;
    this.draw();
  }

  arrange() {
    const [name, sign] = this.order;
    const { columns } = this;
    if (name === "place") { this.found.sort((a, b) => sign * (columns.s[a] - columns.s[b] || columns.r[a] - columns.r[b])); return; }
    if (name === "severity") { this.found.sort((a, b) => sign * (this.rank[columns.c[a]] - this.rank[columns.c[b]])); return; }
    const key = { field: "f", problem: "c", value: "v", suggestion: "g", owner: "o" }[name];
    const words = [...new Set(columns[key])].sort((a, b) => this.label(key, a).localeCompare(this.label(key, b), root.lang));
    const place = new Map(words.map((number, at) => [number, at]));
    this.found.sort((a, b) => sign * (place.get(columns[key][a]) - place.get(columns[key][b])));
  }

  row(at) {
    const { columns, table } = this;
    const code = table.codes[columns.c[at]];
    const value = columns.v[at] < 0 ? "" : table.words.v[columns.v[at]];
    const suggestion = columns.g[at] < 0 ? "" : table.words.g[columns.g[at]];
    const heading = columns.h[at] < 0 ? "" : table.words.h[columns.h[at]];
    const facts = { value, suggestion, column: heading, field: this.label("f", columns.f[at]), row: columns.r[at] };
    const said = code[language()].replace(/\{(\w+)\}/g, (hit, name) => (name in facts ? facts[name] : "…"));
    const file = columns.s[at] < 0 ? "" : table.sources[columns.s[at]];
    return { code, value, suggestion, said, owner: this.label("o", columns.o[at]), field: facts.field,
      place: columns.r[at] ? `${file}!${columns.r[at]}` : file, heading };
  }

  acceptance(at, row) {
    const place = this.accept.get(at);
    if (place === undefined) return null;
    const { golden, seen } = this.table.accept;
    const [object, field] = this.table.fields[this.columns.f[at]].path.split(".");
    const entry = { kind: "values", object, field, golden: golden[place], seen: seen[place], value: row.suggestion };
    if (row.value) entry.instead_of = row.value;
    const subject = `value ${object} ${golden[place]} ${field}`;
    return choiceButtons(subject, [["accept", word("accept"), [entry]], ["reject", word("reject"), []]]);
  }

  draw() {
    const rows = this.found.slice(this.at * PAGE, (this.at + 1) * PAGE).map((at) => {
      const row = this.row(at);
      return element("tr", {},
        element("td", {}, element("span", { class: `severity ${row.code.severity}` }, word(`severity.${row.code.severity}`))),
        element("td", {}, row.place), element("td", {}, row.field),
        element("td", {}, row.said), element("td", {}, row.value ? element("code", {}, row.value) : ""),
        element("td", {}, row.suggestion, this.acceptance(at, row)), element("td", {}, row.owner));
    });
    $("#issue-table tbody").replaceChildren(...rows);
    $("#issue-found").textContent = this.found.length ? word("found", { n: this.found.length.toLocaleString("en") }) : word("none_found");
    pager($("#issue-pager"), this.at, Math.ceil(this.found.length / PAGE), (to) => { this.at = to; this.draw(); $("#issue-list").scrollIntoView(); });
  }

  download() {
    const head = ["severity", "code", "file", "row", "column", "field", "issue", "value", "suggestion", "owner"];
    const lines = this.found.map((at) => {
      const row = this.row(at);
      const file = this.columns.s[at] < 0 ? "" : this.table.sources[this.columns.s[at]];
      return [row.code.severity, row.code.code, file, this.columns.r[at] || "", row.heading, row.field, row.said, row.value, row.suggestion, row.owner];
    });
    save("issues.csv", "\ufeff" + [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n", "text/csv");
  }
}

/* A cell of a CSV for people: quoted, and never a formula for the spreadsheet that opens it. */
function cell(value) {
  let text = String(value);
  if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d\s.*-]+$/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function save(name, text, type) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function plain(text) { return text.replace(/[：:,，\s]*[“"‘']?\{\w+\}[”"’']?$/, "").replace(/\{\w+\}/g, "…"); }

/* ── duplicates ───────────────────────────────────────────────────────────────────────────── */
class Duplicates {
  constructor(tables) {
    this.tables = Object.fromEntries(tables.map((table) => [table.object, new Clusters(table)]));
    this.kinds = new Set($$("#cluster-filters [data-kind][aria-pressed='true']").map((chip) => chip.dataset.kind));
    this.text = "";
    this.at = 0;
    this.select = $("#cluster-object");
    this.select.addEventListener("change", () => this.find());
    $("#cluster-search").addEventListener("input", (event) => { this.text = event.target.value.trim().toLowerCase(); this.find(); });
    for (const chip of $$("#cluster-filters [data-kind]"))
      chip.addEventListener("click", () => {
        const on = chip.getAttribute("aria-pressed") !== "true";
        chip.setAttribute("aria-pressed", String(on));
        this.kinds[on ? "add" : "delete"](chip.dataset.kind);
        this.find();
      });
    this.showWhatIsThere();
    redraw.push(() => this.draw());
  }

  showWhatIsThere() {
    const any = this.tables[this.select.value];
    if (any && !any.search(this.kinds, "").length) {
      this.kinds.add("merged");
      $("#cluster-filters [data-kind='merged']").setAttribute("aria-pressed", "true");
    }
    this.find();
  }

  find() {
    const table = this.tables[this.select.value];
    this.found = table ? table.search(this.kinds, this.text) : [];
    this.at = 0;
    this.draw();
  }

  draw() {
    const table = this.tables[this.select.value];
    const shown = this.found.slice(this.at * CLUSTERS, (this.at + 1) * CLUSTERS);
    $("#clusters").replaceChildren(...shown.map((cluster) => table.draw(cluster)));
    $("#cluster-found").textContent = this.found.length ? word("found", { n: this.found.length.toLocaleString("en") }) : word("none_found");
    pager($("#cluster-pager"), this.at, Math.ceil(this.found.length / CLUSTERS), (to) => { this.at = to; this.draw(); $("#duplicates").scrollIntoView(); });
  }
}

const KINDS = ["review", "held", "merged", "apart"];

class Clusters {
  constructor(table) {
    this.table = table;
    for (const field of table.fields) field.at = summed(field.at);
    for (const name of ["left", "right", "cluster"]) table.pairs[name] = summed(table.pairs[name]);
    this.of = summed(table.cluster);
    this.members = table.kind.map(() => []);
    this.of.forEach((cluster, member) => this.members[cluster].push(member));
    this.pairs = table.kind.map(() => []);
    table.pairs.cluster.forEach((cluster, pair) => this.pairs[cluster].push(pair));
    this.parts = summed([0, ...table.pairs.parts]);
    this.claimed = new Set(table.claimed);
  }

  /* Merge, keep apart, or not sure: an entry of `pairs` (decisions.py). */
  verdict([left, right]) {
    const { print, seen, object } = this.table;
    const entry = (verdict) => [{ kind: "pairs", object, left: print[left], right: print[right], seen: `${seen[left]} ${seen[right]}`, verdict }];
    return choiceButtons(`pair ${object} ${print[left]} ${print[right]}`, [
      ["same", word("decide.same"), entry("same")],
      ["different", word("decide.different"), entry("different")],
      ["unsure", word("decide.unsure"), []],
    ]);
  }

  /* Who keeps a customer that several people claim: an entry of `owners`. */
  keeper(members) {
    const field = this.table.fields.find((entry) => entry.name === "owner");
    const owners = field ? [...new Set(members.map((member) => this.value(field, member)).filter(Boolean))] : [];
    const record = this.table.print[members[0]];
    const choices = owners.map((owner) => [owner, owner, [{ kind: "owners", object: this.table.object, record, owner }]]);
    const group = choiceButtons(`owner ${record}`, choices);
    group.prepend(element("span", { class: "muted" }, word("keep_owner")));
    return group;
  }

  search(kinds, text) {
    const wanted = KINDS.map((kind) => kinds.has(kind));
    const found = [];
    const hits = text ? this.hits(text) : null;
    this.table.kind.forEach((kind, cluster) => { if (wanted[kind] && (!hits || hits.has(cluster))) found.push(cluster); });
    return found;
  }

  hits(text) {
    const clusters = new Set();
    for (const field of this.table.fields) {
      const words = new Set(field.words.flatMap((value, at) => (value.toLowerCase().includes(text) ? [at] : [])));
      if (words.size) field.at.forEach((number, member) => { if (words.has(number)) clusters.add(this.of[member]); });
    }
    this.table.r.forEach((row, member) => { if (String(row) === text) clusters.add(this.of[member]); });
    return clusters;
  }

  place(member) { return `${sources[this.table.s[member]] || ""}!${this.table.r[member]}`; }

  value(field, member) {
    const number = field.at[member];
    return number < 0 ? null : field.words[number];
  }

  draw(cluster) {
    const members = this.members[cluster];
    const kind = KINDS[this.table.kind[cluster]];
    const merged = kind === "merged" || kind === "held";
    const head = element("header", {}, element("strong", {}, word(`kind.${kind}`)), element("span", { class: "muted" }, word("members", { n: members.length })));
    if (kind === "review") head.append(this.verdict(members));
    if (kind === "held" && members.some((member) => this.claimed.has(member))) head.append(this.keeper(members));
    const columns = members.map((member) => element("th", { scope: "col" }, this.place(member)));
    if (merged) columns.push(element("th", { scope: "col", class: "golden" }, word("golden")));
    const rows = this.table.fields.filter((field) => members.some((member) => field.at[member] >= 0)).map((field) =>
      element("tr", {}, element("th", { scope: "row" }, field[language()]),
        ...members.map((member) => element("td", {}, ...this.cell(field, member, members[0]))),
        merged ? this.survivor(field, cluster, members) : null));
    const table = element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, word("field")), ...columns)), element("tbody", {}, ...rows));
    const body = element("div", { class: "cluster-body" }, element("div", { class: "scroll", tabindex: "0" }, table), this.why(cluster, members));
    return element("article", { class: columns.length > 2 ? "cluster many" : "cluster" }, head, body);
  }

  cell(field, member, first) {
    const value = this.value(field, member);
    if (value === null) return [element("span", { class: "nothing" }, word("missing"))];
    if (member === first) return [value];
    if (field.differs) {
      const n = field.differs[member];
      if (n === -2) return [value];
      const text = n === 0 ? word("same") : n > 0 ? word("differs", { n }) : word("differs_otherwise");
      return [value, element("span", { class: n === 0 ? "tag" : "tag differs" }, text)];
    }
    const other = this.value(field, first);
    return other === null || other === value ? [value] : marked(other, value);
  }

  survivor(field, cluster, members) {
    const golden = this.table.golden[field.name];
    const from = golden && golden.from[cluster] >= 0 ? members[0] + golden.from[cluster] : -1;
    const filled = members.find((member) => field.at[member] >= 0);
    const member = from >= 0 ? from : filled;
    const value = member === undefined ? null : this.value(field, member);
    const why = from >= 0 ? `${word("from")} ${members.indexOf(from) + 1} · ${strategyWords(golden.names[golden.how[cluster]])}` : "";
    return element("td", { class: "golden" }, value ?? element("span", { class: "nothing" }, word("missing")), why ? element("span", { class: "tag" }, why) : null);
  }

  why(cluster, members) {
    const box = element("div", { class: "why" });
    for (const pair of this.pairs[cluster].slice(0, 6)) {
      const { left, right, weight, reason, reasons } = this.table.pairs;
      const bits = (weight[pair] / 10).toFixed(1);
      const title = `${members.indexOf(left[pair]) + 1} – ${members.indexOf(right[pair]) + 1} · ${word("total")} ${bits} ${word("bits")}`;
      const because = reason[pair] >= 0 && reasons[reason[pair]] ? element("p", {}, `${word("apart_because")}: ${reasonWords(reasons[reason[pair]])}`) : null;
      box.append(element("figure", {}, element("figcaption", {}, title), this.waterfall(pair, title), because));
    }
    return box.childNodes.length ? box : null;
  }

  waterfall(pair, title) {
    const { name, names, bits } = this.table.pairs;
    const steps = [];
    for (let at = this.parts[pair]; at < this.parts[pair + 1]; at++) if (bits[at]) steps.push([names[name[at]], bits[at] / 10]);
    let low = 0, high = 0, sum = 0;
    for (const [, step] of steps) { sum += step; low = Math.min(low, sum); high = Math.max(high, sum); }
    const x = (bit) => 158 + ((bit - low) / (high - low || 1)) * 190;
    const svg = drawn("svg", { class: "waterfall", viewBox: `0 0 400 ${steps.length * 19 + 6}`, role: "img", "aria-label": `${title}: ${steps.map(([n, b]) => `${n} ${b}`).join(", ")}` });
    svg.append(drawn("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: steps.length * 19 + 4 }));
    let at = 0;
    steps.forEach(([label, step], row) => {
      const from = x(Math.min(at, at + step)), to = x(Math.max(at, at + step));
      at += step;
      svg.append(
        drawn("text", { x: 150, y: row * 19 + 14, "text-anchor": "end" }, shortened(fieldLabel(this.table, label))),
        drawn("rect", { class: step > 0 ? "plus" : "minus", x: from, y: row * 19 + 4, width: Math.max(to - from, 1), height: 12 }),
        drawn("text", { x: to + 6, y: row * 19 + 14 }, `${step > 0 ? "+" : "−"}${Math.abs(step).toFixed(1)}`));
    });
    return svg;
  }
}

function shortened(text) { return text.length > 22 ? `${text.slice(0, 21)}…` : text; }

function strategyWords(name) { return name ? wordOr(`strategy.${name}`, name) : ""; }

/* A comparison is named after its field, or after what it takes out of one (the region of a name). */
function fieldLabel(table, name) {
  const field = table.fields.find((entry) => entry.name === name);
  return field ? field[language()] : wordOr(`compare.${name}`, name);
}

function reasonWords(code) {
  const known = $(`#reasons [data-reason="${CSS.escape(code)}"]`);
  const inner = known && ($(`[lang="${root.lang}"]`, known) || known);
  return inner ? inner.textContent : code;
}

/* The characters of `text` that are not in the longest common subsequence with `other` are marked. */
function marked(other, text) {
  const a = [...other].slice(0, 80), b = [...text].slice(0, 80);
  const longest = Array.from({ length: a.length + 1 }, () => new Uint8Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
  const nodes = [];
  let i = 0, run = "";
  const close = () => { if (run) nodes.push(element("mark", {}, run)); run = ""; };
  for (let j = 0; j < b.length; j++) {
    while (i < a.length && a[i] !== b[j] && longest[i + 1][j] >= longest[i][j + 1]) i++;
    if (i < a.length && a[i] === b[j]) { close(); nodes.push(b[j]); i++; } else run += b[j];
  }
  close();
  return nodes.length ? nodes : [text];
}

/* ── start ────────────────────────────────────────────────────────────────────────────────── */
let sources = [];
let decisions;

function followReading() {
  const links = new Map($$(".contents a").map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of $$("main > section")) watch.observe(section);
}

function openTarget() {
  const card = location.hash.startsWith("#field-") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (card) card.open = true;
}

async function start() {
  startLanguage();
  if ($("#basket")) decisions = new Decisions();
  startSorting();
  followReading();
  addEventListener("hashchange", openTarget);
  openTarget();
  addEventListener("beforeprint", () => { for (const card of $$("details")) card.dataset.was = card.open; });
  if (typeof DecompressionStream === "undefined") {
    for (const node of $$("#issue-found, #cluster-found")) node.textContent = word("broken");
    return;
  }
  const issues = $("#issues-table");
  const packed = Promise.all($$(".duplicates-table").map(unpacked));
  if (issues) {
    const table = await unpacked(issues);
    sources = table.sources;
    if ($("#issue-table")) new Issues(table);
  }
  const clusters = await packed;
  if (clusters.length && $("#cluster-object")) new Duplicates(clusters);
  root.dataset.readyAfter = String(Math.round(performance.now()));
  root.dataset.ready = "true";
}

start();
