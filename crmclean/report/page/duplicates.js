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
    this.members = Array.from(table.kind, () => []);
    this.of.forEach((cluster, member) => this.members[cluster].push(member));
    this.pairs = Array.from(table.kind, () => []);
    table.pairs.cluster.forEach((cluster, pair) => this.pairs[cluster].push(pair));
    this.parts = summed([0, ...table.pairs.parts]);
    this.claimed = new Set(table.claimed);
    this.match = Number($("#cluster-filters").dataset.match);
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
    if (kind === "held") head.append(members.some((member) => this.claimed.has(member)) ? this.keeper(members) : element("span", { class: "muted" }, word("held_by_pair")));
    const columns = members.map((member) => element("th", { scope: "col" }, this.place(member)));
    if (merged) columns.push(element("th", { scope: "col", class: "golden" }, word("golden")));
    const rows = this.table.fields.filter((field) => members.some((member) => field.at[member] >= 0)).map((field) =>
      element("tr", {}, element("th", { scope: "row" }, field[language()]),
        ...members.map((member) => element("td", {}, ...this.cell(field, member, members[0]))),
        merged ? this.survivor(field, cluster, members) : null));
    const table = element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, word("field")), ...columns)), element("tbody", {}, ...rows));
    table.style.setProperty("--columns", columns.length);
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
      const heavy = this.table.kind[cluster] === 0 && weight[pair] / 10 >= this.match ? element("p", {}, word("heavy")) : null;
      box.append(element("figure", {}, element("figcaption", {}, title), this.waterfall(pair, title), because, heavy));
    }
    return box.childNodes.length ? box : null;
  }

  waterfall(pair, title) {
    const { name, names, bits } = this.table.pairs;
    const steps = [];
    for (let at = this.parts[pair]; at < this.parts[pair + 1]; at++) if (bits[at]) steps.push([names[name[at]], bits[at] / 10]);
    /* What is left of the total stood before anything was compared: two records are mostly strangers. */
    const before = this.table.pairs.weight[pair] / 10 - steps.reduce((sum, [, step]) => sum + step, 0);
    if (Math.abs(before) >= 0.5) steps.unshift(["before", Math.round(before * 10) / 10]);
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
