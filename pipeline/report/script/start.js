// Start: controls, listeners, the first view.

const PRINTED_ROWS = 200;

function listen() {
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", onKey);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("filters").addEventListener("submit", (event) => {
    event.preventDefault();
    if (shown.entry) go(filterHash());
  });
  let waiting = 0;
  byId("filters").addEventListener("input", (event) => {
    if (!(event.target.name in filters)) return;
    filters[event.target.name] = event.target.value.trim();
    clearTimeout(waiting);
    waiting = setTimeout(filtersChanged, event.target.type === "search" ? 160 : 0);
  });
  byId("passages-more").addEventListener("click", () => {
    passagesWanted += PASSAGES_STEP;
    renderPassages();
  });
  listenToHeat();
  byId("shelf-scroll").addEventListener("scroll", () => requestAnimationFrame(drawShelf), { passive: true });
  window.addEventListener("resize", () => {
    drawHeatRows();
    if (shown.entry) drawShelf();
  });
  window.addEventListener("beforeprint", () => {
    drawHeatRows(PRINTED_ROWS);
    for (const details of document.querySelectorAll(".appendix details:not(.repairs-table)"))
      details.open = true;
  });
  window.addEventListener("afterprint", () => {
    heat.drawn = null;
    drawHeatRows();
  });
  listenForCards();
}

/** What stays below the filters when the page scrolls must know how high they are: they wrap on narrow screens. */
function measureFilters() {
  const bar = byId("filters");
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--filters", `${bar.offsetHeight}px`);
  }).observe(bar);
}

function listenToHeat() {
  byId("heat-rows").addEventListener("change", (event) => {
    heat.by = event.target.value;
    renderHeat();
  });
  byId("heat-order").addEventListener("change", (event) => {
    order = event.target.value;
    render();
  });
  byId("heat-scroll").addEventListener("scroll", () => requestAnimationFrame(() => drawHeatRows()), {
    passive: true,
  });
  byId("heat").addEventListener("click", (event) => {
    const cell = event.target.closest("[data-column]");
    if (!cell) return;
    heat.active = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    if (cell.matches(".heat-cell, .heat-name")) openHeatCell(cell);
  });
}

function fillControls() {
  for (const instrument of data.instruments) {
    byId("filter-code").append(
      make(
        "optgroup",
        { label: `${instrument} ${data.labels.instrument[instrument] ?? ""}` },
        data.codes
          .filter((code) => code.instrument === instrument)
          .map((code) => make("option", { value: code.id }, plainCodeName(code.id))),
      ),
    );
  }
  const names = [...tally(entries, (entry) => entry.issuers)].sort((a, b) => b[1] - a[1]).slice(0, 1000);
  byId("issuers").append(...names.map(([name]) => make("option", { value: name })));
  byId("heat-rows").append(
    ...Object.entries(HEAT_ROWS).map(([id, { name }]) => make("option", { value: id }, name)),
  );
  byId("heat-order").append(
    ...Object.entries(ORDERS).map(([id, { name }]) => make("option", { value: id }, name)),
  );
  const total = (name) => sum(entries.map((entry) => entry.counts[name]));
  const figures = [
    [entries.length, "document"],
    [total("directives"), "directive"],
    [total("measures"), "measure"],
    [total("tags"), "tag"],
    [sum(entries.map((entry) => entry.n_repairs)), "repair"],
  ];
  const version = Object.entries(data.versions)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  byId("figures").append(
    ...figures.map(([n, name]) =>
      make("span", {}, make("b", {}, number(n)), ` ${n === 1 ? name : `${name}s`}`),
    ),
    make("small", {}, version),
  );
}

function fillLegend() {
  const item = (sample, meaning) =>
    make("div", {}, make("dt", { lang: "zh-Hans" }, sample), make("dd", {}, meaning));
  byId("legend").append(
    make(
      "dl",
      { class: "legend" },
      data.instruments.map((instrument) =>
        item(
          make("span", { class: `a-tag g-${instrument}` }, data.labels.instrument[instrument] ?? instrument),
          `words that carry a code of ${instrument}`,
        ),
      ),
      item(
        make("span", { class: "measure m-obligation", "data-modality": "要求" }, "…"),
        "a measure begins, with its modality",
      ),
      item(make("span", { class: "a-actor" }, "各级党委"), "actor"),
      item(make("span", { class: "a-deadline" }, "9月15日前"), "deadline"),
      item(make("span", { class: "a-cue" }, "不得"), "word that shows the modality"),
      item(
        make("span", { class: "reference" }, "《通知》"),
        "cited document; a link when it is in the dataset",
      ),
      item(
        make("span", { class: "repair" }, make("del", {}, "␣␣"), make("ins", {}, "。")),
        "repair: struck out, put in",
      ),
      item(make("span", { class: "swapped" }, "徹"), "repair: another character stands for it"),
    ),
  );
}

fillControls();
fillLegend();
renderRejects();
listen();
measureFilters();
applyFilters();
follow();
if (typeof DecompressionStream === "undefined") {
  byId("notice").textContent = "This browser cannot unpack the documents; one of 2023 or later can.";
  byId("notice").hidden = false;
}
