// The heat map: documents (or groups of them) × codes, drawn as far as it is in sight.

const ROW_HEIGHT = 28;
const SPARE_ROWS = 6; // drawn above and below what is seen
const HEAT_ROWS = {
  document: { name: "documents" },
  region: { name: "regions 省份", of: (entry) => entry.region, show: (value) => zh(value) },
  level: { name: "levels 层级", of: (entry) => entry.level, show: (value) => term("level", value) },
  genre: { name: "genres 文种", of: (entry) => entry.doc_type, show: (value) => term("doc_type", value) },
  year: { name: "years 年份", of: (entry) => entry.year, show: (value) => String(value) },
};
const heat = { by: "document", rows: [], active: { row: 0, column: 0 }, drawn: null };

/** A count of measures, or a share of documents, as one of five steps of colour. */
const countStep = (n) => (n >= 8 ? 5 : n >= 5 ? 4 : n >= 3 ? 3 : n);
const shareStep = (share) => Math.min(5, Math.ceil(share * 5));

function documentRow(entry) {
  return {
    label: [
      make("time", {}, entry.date ?? (entry.year ? String(entry.year) : "–")),
      " ",
      zh(entry.title ?? entry.source),
    ],
    name: entry.title ?? entry.source,
    href: `#${entry.id}`,
    cell(code) {
      const n = entry.codeCount.get(code.id) ?? 0;
      return {
        text: n ? String(n) : "",
        step: countStep(n),
        say: n ? plural(n, "measure") : "none",
        open: n ? () => go(`#${entry.id}?code=${code.id}`) : null,
      };
    },
  };
}

function groupRow(value, members) {
  const { show } = HEAT_ROWS[heat.by];
  const chosen = String(value ?? NOT_STATED);
  const enter = (code) => {
    filters[heat.by] = chosen;
    filters.code = code ?? filters.code;
    heat.by = "document";
    byId("heat-rows").value = heat.by;
    filtersChanged();
  };
  return {
    label: [value === null ? term("", null) : show(value), make("small", {}, ` ${number(members.length)}`)],
    name: value === null ? "not stated" : String(value),
    open: () => enter(null),
    cell(code) {
      const n = members.filter((entry) => entry.codeCount.has(code.id)).length;
      return {
        text: n ? String(percent(n, members.length)) : "",
        step: shareStep(n / members.length),
        say: n ? `${n} of ${plural(members.length, "document")}` : "none",
        open: n ? () => enter(code.id) : null,
      };
    },
  };
}

function heatRows() {
  const { of } = HEAT_ROWS[heat.by];
  if (!of) return current.map(documentRow);
  const groups = new Map();
  for (const entry of current) {
    if (!groups.has(of(entry))) groups.set(of(entry), []);
    groups.get(of(entry)).push(entry);
  }
  const rows = [...groups];
  if (heat.by === "year") rows.sort(([a], [b]) => (a === null) - (b === null) || b - a);
  else if (heat.by === "level")
    rows.sort(([a], [b]) => (a === null) - (b === null) || levels.indexOf(a) - levels.indexOf(b));
  else
    rows.sort(
      ([a, x], [b, y]) =>
        (a === null) - (b === null) || y.length - x.length || String(a).localeCompare(String(b), "zh"),
    );
  return rows.map(([value, members]) => groupRow(value, members));
}

function renderHeat() {
  heat.rows = heatRows();
  heat.active.row = Math.min(heat.active.row, Math.max(0, heat.rows.length - 1));
  heat.drawn = null;
  const grouped = heat.by !== "document";
  byId("heat-order-label").hidden = grouped;
  byId("heat-hint").textContent = grouped
    ? "Per cent of the documents that carry the code. A cell leads to these documents and the words."
    : "Measures and headings that carry the code. A cell leads to the words; a column’s name shows them all in context.";
  const grid = byId("heat");
  grid.setAttribute("aria-rowcount", heat.rows.length + 1);
  grid.setAttribute("aria-colcount", data.codes.length + 1);
  const body = make("div", { class: "heat-body", role: "rowgroup", id: "heat-body" });
  body.style.setProperty("height", `${Math.max(1, heat.rows.length) * ROW_HEIGHT}px`);
  grid.replaceChildren(
    heatFamilies(),
    make("div", { role: "rowgroup", class: "heat-head" }, heatHead()),
    body,
  );
  drawHeatRows();
}

function heatFamilies() {
  const spans = data.instruments.map((instrument) => {
    const size = data.codes.filter((code) => code.instrument === instrument).length;
    const name = make(
      "span",
      { class: `heat-family g-${instrument}` },
      instrument,
      " ",
      zh(data.labels.instrument[instrument]),
    );
    name.style.setProperty("--size", size);
    return name;
  });
  return make("div", { class: "heat-families", "aria-hidden": "true" }, make("span", {}), spans);
}

function heatHead() {
  const columns = data.codes.map((code, place) => {
    const n = current.filter((entry) => entry.codeCount.has(code.id)).length;
    return make(
      "div",
      {
        role: "columnheader",
        class: `heat-name ${groupClass(code.id)}${filters.code === code.id ? " chosen" : ""}`,
        tabindex: "-1",
        "data-row": -1,
        "data-column": place + 1,
        "aria-colindex": place + 2,
        "aria-label": `${plainCodeName(code.id)}, ${plural(n, "document")}${filters.code === code.id ? ", filtered" : ""}`,
      },
      make(
        "span",
        { class: "heat-vertical" },
        make("span", { class: "heat-english" }, words(code.id)),
        zh(code.zh),
      ),
    );
  });
  const corner = make(
    "div",
    { role: "columnheader", class: "heat-corner", "aria-colindex": 1 },
    heat.by === "document" ? plural(current.length, "document") : plural(heat.rows.length, heat.by),
  );
  return make("div", { class: "heat-row", role: "row", "aria-rowindex": 1 }, corner, columns);
}

/** Draw the rows in sight, and a few more; scrolling calls it again. `all` draws every row, for paper. */
function drawHeatRows(all = 0) {
  const scroll = byId("heat-scroll");
  const body = byId("heat-body");
  if (!body) return;
  const first = all
    ? 0
    : Math.max(0, Math.floor((scroll.scrollTop - body.offsetTop) / ROW_HEIGHT) - SPARE_ROWS);
  const last = all
    ? Math.min(heat.rows.length, all)
    : Math.min(
        heat.rows.length,
        Math.ceil((scroll.scrollTop + scroll.clientHeight) / ROW_HEIGHT) + SPARE_ROWS,
      );
  if (heat.drawn && heat.drawn.first === first && heat.drawn.last === last) return;
  heat.drawn = { first, last };
  const focused = body.contains(document.activeElement);
  const rows = [];
  for (let i = first; i < last; i += 1) rows.push(heatRow(heat.rows[i], i));
  if (!heat.rows.length) rows.push(make("p", { class: "hint empty" }, "No document passes the filters."));
  body.replaceChildren(...rows);
  markActiveCell(focused);
}

function heatRow(row, i) {
  const label = row.href
    ? make("a", { href: row.href, title: row.name }, row.label)
    : make("button", { type: "button", class: "plain", onclick: row.open }, row.label);
  const head = make("div", { role: "rowheader", class: "heat-label", "aria-colindex": 1 }, label);
  label.tabIndex = -1;
  label.dataset.row = i;
  label.dataset.column = 0;
  const cells = data.codes.map((code, place) => {
    const { text, step, say } = row.cell(code);
    return make(
      "div",
      {
        role: "gridcell",
        class: `heat-cell ${groupClass(code.id)} s${step}`,
        tabindex: "-1",
        "data-row": i,
        "data-column": place + 1,
        "aria-colindex": place + 2,
        "aria-label": `${plainCodeName(code.id)}: ${say}`,
      },
      text,
    );
  });
  const element = make("div", { class: "heat-row", role: "row", "aria-rowindex": i + 2 }, head, cells);
  element.style.setProperty("top", `${i * ROW_HEIGHT}px`);
  return element;
}

const heatCell = (row, column) => byId("heat").querySelector(`[data-row="${row}"][data-column="${column}"]`);

function markActiveCell(focus) {
  byId("heat").querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
  const cell = heatCell(heat.active.row, heat.active.column) ?? heatCell(heat.drawn?.first ?? 0, 0);
  cell?.setAttribute("tabindex", "0");
  if (focus) cell?.focus({ preventScroll: true });
}

function moveInHeat(rows, columns) {
  const row = Math.max(-1, Math.min(heat.rows.length - 1, heat.active.row + rows));
  const column = Math.max(row < 0 ? 1 : 0, Math.min(data.codes.length, heat.active.column + columns));
  heat.active = { row, column };
  const scroll = byId("heat-scroll");
  const top = byId("heat-body").offsetTop;
  if (row >= 0) {
    const at = row * ROW_HEIGHT;
    if (at < scroll.scrollTop) scroll.scrollTop = at;
    const room = scroll.clientHeight - top - ROW_HEIGHT;
    if (at > scroll.scrollTop + room) scroll.scrollTop = at - room;
  }
  drawHeatRows();
  markActiveCell(true);
  const cell = heatCell(row, column);
  if (cell && column > 0) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** What a click or Enter on a cell does. */
function openHeatCell(cell) {
  const row = Number(cell.dataset.row);
  const code = data.codes[Number(cell.dataset.column) - 1];
  if (row < 0) {
    setFilter("code", code.id);
    if (filters.code) byId("passages-panel").scrollIntoView({ block: "start" });
  } else if (code) heat.rows[row].cell(code).open?.();
}

function heatCellCard(cell) {
  const code = data.codes[Number(cell.dataset.column) - 1];
  const row = heat.rows[Number(cell.dataset.row)];
  if (!code) return null;
  return [
    codeHead(code.id),
    row ? make("p", {}, make("b", {}, row.cell(code).say), " · ", zh(row.name)) : null,
    code.definition ? make("p", {}, code.definition) : null,
  ];
}
