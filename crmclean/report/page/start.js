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
