// The charts of the overview.

const FACETS = [
  {
    id: "level",
    title: "Level",
    zh: "层级",
    of: (entry) => [entry.level],
    show: (value) => term("level", value),
    rank: (value) => levels.indexOf(value),
  },
  {
    id: "region",
    title: "Region",
    zh: "省份",
    of: (entry) => [entry.region],
    show: (value) => (value === NATIONAL ? ["national ", zh(value)] : zh(value)),
  },
  {
    id: "genre",
    title: "Genre",
    zh: "文种",
    of: (entry) => [entry.doc_type],
    show: (value) => term("doc_type", value),
  },
  {
    id: "modality",
    title: "Modality",
    zh: "语气",
    of: (entry) => data.modalities.filter((_, i) => entry.modality[i] > 0),
    show: (value) => term("modality", value),
  },
];

function renderOverview() {
  renderFacets();
  renderHeat();
  renderCodes();
  renderCoverage();
  renderRepairs();
  renderPassages();
}

/** value → number of documents; null is what is not stated. */
function tally(documents, valuesOf) {
  const counts = new Map();
  for (const entry of documents)
    for (const value of valuesOf(entry)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function facetPanel(facet, ...body) {
  return make(
    "section",
    { class: "panel facet", "aria-labelledby": `facet-${facet.id}` },
    make("h2", { id: `facet-${facet.id}` }, facet.title, " ", zh(facet.zh)),
    body,
  );
}

function renderFacets() {
  const panels = FACETS.map((facet) => {
    const documents = matching(facet.id);
    const counts = [...tally(documents, facet.of)];
    counts.sort(
      ([a, n], [b, m]) =>
        (a === null) - (b === null) ||
        (facet.rank ? facet.rank(a) - facet.rank(b) : 0) ||
        m - n ||
        String(a).localeCompare(String(b), "zh"),
    );
    const most = Math.max(1, ...counts.map(([, n]) => n));
    return facetPanel(
      facet,
      make(
        "ul",
        { class: "bars" },
        counts.map(([value, n]) => {
          const chosen = value ?? NOT_STATED;
          return bar({
            label: value === null ? term("", null) : facet.show(value),
            share: n / most,
            figure: number(n),
            key: `${facet.id}-${chosen}`,
            pressed: filters[facet.id] === chosen,
            toggle: () => setFilter(facet.id, chosen),
          });
        }),
      ),
    );
  });
  panels.splice(3, 0, yearPanel());
  byId("facets").replaceChildren(...panels);
}

const LONGEST_YEARS = 40; // a longer run of years shows only those that occur

/** The years to show: every one of a short run, only those that occur of a long one. */
function yearRun(counts) {
  const years = [...counts.keys()].sort((a, b) => a - b);
  const span = years.length ? years[years.length - 1] - years[0] + 1 : 0;
  return span <= LONGEST_YEARS ? Array.from({ length: span }, (_, i) => years[0] + i) : years;
}

function yearColumn(year, n, share, named) {
  const says = `${year}: ${plural(n, "document")}`;
  const column = make(
    "button",
    {
      type: "button",
      class: "year",
      "data-key": `year-${year}`,
      "aria-pressed": String(filters.year === String(year)),
      "aria-label": says,
      disabled: n === 0,
      title: says,
      onclick: () => setFilter("year", String(year)),
    },
    make("span", { class: "year-bar" }),
    make("span", { class: "year-name", "aria-hidden": "true" }, named ? String(year) : ""),
  );
  column.firstChild.style.setProperty("--share", `${share * 100}%`);
  return column;
}

function yearPanel() {
  const counts = tally(matching("year"), (entry) => [entry.year]);
  const none = counts.get(null);
  counts.delete(null);
  const years = yearRun(counts);
  const gaps = years.length > 0 && years[years.length - 1] - years[0] >= years.length;
  const most = Math.max(1, ...counts.values());
  const step = Math.ceil(years.length / 5);
  const columns = years.map((year, i) => {
    const n = counts.get(year) ?? 0;
    return yearColumn(year, n, n / most, i % step === 0);
  });
  const undated = {
    label: term("", null),
    share: none / Math.max(most, none),
    figure: number(none ?? 0),
    key: "year--",
    pressed: filters.year === NOT_STATED,
    toggle: () => setFilter("year", NOT_STATED),
  };
  return facetPanel(
    { id: "year", title: "Year", zh: "年份" },
    make("div", { class: "years" }, columns),
    none ? make("ul", { class: "bars" }, bar(undated)) : null,
    make("p", { class: "hint" }, `Date of issue, or the year of the number${gaps ? "; years without documents left out" : ""}`),
  );
}

function renderCodes() {
  const most = Math.max(
    1,
    ...data.codes.map((code) => current.filter((entry) => entry.codeCount.has(code.id)).length),
  );
  const sections = data.instruments.map((instrument) =>
    make(
      "section",
      { class: `family g-${instrument}` },
      make("h3", {}, instrument, " ", zh(data.labels.instrument[instrument])),
      make(
        "ul",
        { class: "bars" },
        data.codes
          .filter((code) => code.instrument === instrument)
          .map((code) => {
            const carriers = current.filter((entry) => entry.codeCount.has(code.id));
            const n = sum(carriers.map((entry) => entry.codeCount.get(code.id)));
            return bar({
              label: codeName(code.id),
              share: carriers.length / most,
              family: `g-${instrument}`,
              key: `code-${code.id}`,
              figure: [number(carriers.length), make("small", {}, number(n))],
              pressed: filters.code === code.id,
              toggle: () => setFilter("code", code.id),
            });
          }),
      ),
    ),
  );
  byId("codes").replaceChildren(...sections);
}

function renderCoverage() {
  const fields = data.fields.map((field, place) => {
    const n = sum(current.map((entry) => entry.present[place]));
    return bar({
      label: fieldName(field.id),
      share: n / Math.max(1, current.length),
      figure: `${percent(n, current.length)} %`,
      key: `without-${field.id}`,
      pressed: filters.without === field.id,
      toggle: () => setFilter("without", field.id),
    });
  });
  const shares = data.shares.map((share) => {
    const part = sum(current.map((entry) => entry.counts[share.part]));
    const whole = sum(current.map((entry) => entry.counts[share.whole]));
    return bar({
      label: [share.label, " ", zh(share.zh)],
      share: whole ? part / whole : 0,
      figure: whole ? `${percent(part, whole)} %` : "–",
    });
  });
  byId("coverage").replaceChildren(
    make("ul", { class: "bars" }, fields),
    make("h3", {}, "Below the document"),
    make("ul", { class: "bars" }, shares),
  );
}

const REPAIR_KINDS_OPEN = 8; // rarer kinds, mostly two steps that met, stand folded below

function renderRepairs() {
  const kinds = data.repair_kinds
    .map((kind) => ({ ...kind, n: sum(current.map((entry) => entry.repairCount.get(kind.id) ?? 0)) }))
    .filter((kind) => kind.n);
  const total = sum(kinds.map((kind) => kind.n));
  const rate = (1000 * total) / Math.max(1, sum(current.map((entry) => entry.characters)));
  byId("repairs-hint").textContent = total
    ? `${plural(total, "repair")}, ${rate.toFixed(1)} a thousand characters; with the commonest examples of the dataset`
    : "No repairs in these documents.";
  const most = Math.max(1, ...kinds.map((kind) => kind.n));
  const lines = kinds.map((kind) => repairLine(kind, most));
  const folded = lines.splice(REPAIR_KINDS_OPEN);
  const open = byId("repairs").querySelector("details")?.open;
  byId("repairs").replaceChildren(
    make("ul", { class: "bars" }, lines),
    folded.length
      ? make(
          "details",
          { open },
          make("summary", {}, plural(folded.length, "more kind")),
          make("ul", { class: "bars" }, folded),
        )
      : "",
  );
}

function repairLine(kind, most) {
  const examples = kind.examples.map(([before, after, n]) =>
    make("span", { class: "example" }, change(before, after), make("small", {}, ` ${number(n)}×`)),
  );
  return bar({
    label: repairName(kind.id),
    share: kind.n / most,
    figure: number(kind.n),
    key: `repair-${kind.id}`,
    note: examples,
    pressed: filters.repair === kind.id,
    toggle: () => setFilter("repair", kind.id),
  });
}

const REJECTS_SHOWN = 200;

function renderRejects() {
  byId("rejects-panel").hidden = data.rejects.length === 0;
  const head = make(
    "thead",
    {},
    make(
      "tr",
      {},
      ["Source", "Stage", "Error", "Detail"].map((name) => make("th", { scope: "col" }, name)),
    ),
  );
  const rows = data.rejects
    .slice(0, REJECTS_SHOWN)
    .map((reject) =>
      make(
        "tr",
        {},
        make("td", { lang: "zh" }, reject.source),
        make("td", {}, reject.stage),
        make("td", {}, reject.error),
        make("td", {}, reject.detail),
      ),
    );
  const more = data.rejects.length - rows.length;
  byId("rejects").replaceChildren(
    make(
      "details",
      {},
      make("summary", {}, plural(data.rejects.length, "input")),
      make("table", {}, head, make("tbody", {}, rows)),
    ),
    more > 0 ? make("p", { class: "hint" }, `and ${number(more)} more in the table rejects`) : "",
  );
}

/** A repair as words: what was there, and what it became. */
function change(before, after) {
  if (before === after) return make("span", { class: "kept" }, visible(before));
  return [
    before ? make("del", {}, visible(before)) : null,
    before && after ? " → " : null,
    after ? make("ins", {}, visible(after)) : null,
  ];
}

const SIGNS = { " ": "␣", "\n": "↵", "\t": "⇥", "\u3000": "□" };

/** Text whose blanks and controls can be seen. */
function visible(text) {
  return text
    .replace(/[ \n\t\u3000]/g, (blank) => SIGNS[blank])
    .replace(
      /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]/g,
      (sign) => `⟨${codePoint(sign)}⟩`,
    );
}
const codePoint = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
