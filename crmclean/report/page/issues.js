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
    const named = this.label("f", columns.f[at]);
    const facts = { value, suggestion, column: heading, field: named === "–" && heading ? heading : named, row: columns.r[at] };
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
    const rejected = { ...entry, value: null };
    return choiceButtons(subject, [["accept", word("accept"), [entry]], ["reject", word("reject"), [rejected]]]);
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
