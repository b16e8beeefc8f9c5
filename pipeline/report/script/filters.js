// Which documents are meant: filters, order, and what is drawn again when they change.

const FILTERS = {
  text: {
    name: "text",
    test: (entry, value) =>
      searchTerms(value).every(
        (word) => entry.head.includes(word) || (texts[entry.index] ?? "").includes(word),
      ),
  },
  code: { name: "code", show: codeName, test: (entry, value) => entry.codeCount.has(value) },
  issuer: { name: "issuer", test: (entry, value) => entry.issuers.some((name) => name.includes(value)) },
  level: {
    name: "level",
    show: (value) => term("level", value),
    test: (entry, value) => (entry.level ?? NOT_STATED) === value,
  },
  region: {
    name: "region",
    show: (value) => (value === NOT_STATED ? term("", value) : zh(value)),
    test: (entry, value) => (entry.region ?? NOT_STATED) === value,
  },
  genre: {
    name: "genre",
    show: (value) => term("doc_type", value),
    test: (entry, value) => (entry.doc_type ?? NOT_STATED) === value,
  },
  year: {
    name: "year",
    show: (value) => term("", value),
    test: (entry, value) => String(entry.year ?? NOT_STATED) === value,
  },
  modality: {
    name: "modality",
    show: (value) => term("modality", value),
    test: (entry, value) => entry.modality[data.modalities.indexOf(value)] > 0,
  },
  without: {
    name: "without",
    show: fieldName,
    test: (entry, value) => !entry.present[data.fields.findIndex((field) => field.id === value)],
  },
  repair: {
    name: "repair",
    show: repairName,
    test: (entry, value) => entry.repairCount.has(value),
  },
};
const filters = Object.fromEntries(Object.keys(FILTERS).map((id) => [id, ""]));

const searchTerms = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

function fieldName(id) {
  const field = data.fields.find((one) => one.id === id);
  return [words(id), " ", zh(field?.zh)];
}

/** The documents that pass every filter, or every one but `except` (for the counts beside that filter). */
function matching(except = null) {
  const active = Object.keys(FILTERS).filter((id) => filters[id] && id !== except);
  return entries.filter((entry) => active.every((id) => FILTERS[id].test(entry, filters[id])));
}

const byDate = (a, b) =>
  (b.date ?? String(b.year ?? "")).localeCompare(a.date ?? String(a.year ?? "")) || a.index - b.index;
const levels = Object.keys(data.labels.level);
const ORDERS = {
  date: { name: "newest first", compare: byDate },
  level: {
    name: "level",
    compare: (a, b) =>
      (levels.indexOf(a.level) + 1 || 99) - (levels.indexOf(b.level) + 1 || 99) || byDate(a, b),
  },
  region: {
    name: "region",
    compare: (a, b) => (a.region ?? "\uffff").localeCompare(b.region ?? "\uffff", "zh") || byDate(a, b),
  },
  measures: {
    name: "most measures",
    compare: (a, b) => b.counts.measures - a.counts.measures || a.index - b.index,
  },
  repairs: { name: "most repairs", compare: (a, b) => b.n_repairs - a.n_repairs || a.index - b.index },
  code: {
    name: "the chosen code",
    compare: (a, b) =>
      (b.codeCount.get(filters.code) ?? 0) - (a.codeCount.get(filters.code) ?? 0) || byDate(a, b),
  },
};
let order = "date";
let current = []; // the documents that match, in order: what the heat map, the shelf and j/k walk

function filterHash() {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
  return String(query) ? `#?${query}` : "#";
}

function setFilter(id, value) {
  filters[id] = filters[id] === value ? "" : value;
  filtersChanged();
}

let searching = 0;

/** Show what the filters leave; texts are unpacked first where words are looked for. */
async function filtersChanged() {
  searching += 1;
  const mine = searching;
  if (!shown.entry) history.replaceState(null, "", filterHash());
  render();
  if (!filters.text) return;
  if (!textsUnread()) return;
  byId("count").textContent = "searching the texts…";
  await loadTexts((share) => {
    if (mine === searching) byId("count").textContent = `searching the texts… ${Math.round(share * 100)} %`;
  });
  if (mine === searching) render();
}

function applyFilters() {
  current = matching().sort(ORDERS[order].compare);
  renderFilterBar();
}

/** Draw whatever is visible from `filters`, and keep the keyboard where it was. */
function render() {
  const key = document.activeElement?.dataset?.key;
  applyFilters();
  if (shown.entry) {
    renderShelf();
    if (shown.highlighted !== filters.text) showDocument(shown.route);
  } else {
    renderOverview();
  }
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function renderFilterBar() {
  byId("count").textContent =
    current.length === entries.length
      ? plural(entries.length, "document")
      : `${number(current.length)} of ${plural(entries.length, "document")}`;
  for (const [id, element] of [
    ["text", "filter-text"],
    ["code", "filter-code"],
    ["issuer", "filter-issuer"],
  ]) {
    if (document.activeElement !== byId(element) || !filters[id]) byId(element).value = filters[id];
  }
  const chips = Object.keys(FILTERS)
    .filter((id) => filters[id])
    .map((id) => {
      const { name, show } = FILTERS[id];
      const label = show ? show(filters[id]) : `“${filters[id]}”`;
      return make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            class: "chip",
            "data-key": `chip-${id}`,
            onclick: () => setFilter(id, filters[id]),
          },
          make("span", { class: "unseen" }, "Remove the filter "),
          make("b", {}, name),
          " ",
          label,
          make("span", { "aria-hidden": "true" }, " ×"),
        ),
      );
    });
  byId("active").replaceChildren(...chips);
}
