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
