// The address (what stands after #) and the keys.

/** `#doc_id`, `#doc_id/2.1`, `#doc_id%2312` (`%23m12` too), each with ?code= or ?at=; `#?…` are filters. */
function readHash() {
  const hash = location.hash.slice(1);
  const [place, query = ""] = hash.split("?", 2);
  const parameters = new URLSearchParams(query);
  const [, id, path, measure] = /^([^/#]*)(?:\/([^#]*))?(?:#m?(\d+))?$/.exec(decoded(place)) ?? [];
  const at = /^(\d+)-(\d+)$/.exec(parameters.get("at") ?? "");
  const code = parameters.get("code");
  return {
    id,
    path,
    measure: measure ? Number(measure) : null,
    parameters,
    whole: decoded(place),
    at: at ? { start: Number(at[1]), end: Number(at[2]) } : null,
    code: codeOf.has(code) ? code : null,
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // a stray % names nothing, and is shown so
    throw error;
  }
}

function go(hash) {
  if (location.hash === hash || (hash === "#" && !location.hash)) follow();
  else location.hash = hash;
}

let overviewScroll = 0;

/** Show what the address names. */
function follow() {
  const route = readHash();
  byId("notice").hidden = true;
  if (route.id && entryOf.has(route.id)) {
    if (!shown.entry) overviewScroll = window.scrollY;
    showDocument(route);
    return;
  }
  if (route.whole) {
    byId("notice").textContent = `No document ${route.whole} in this dataset.`;
    byId("notice").hidden = false;
  } else {
    for (const id of Object.keys(filters)) filters[id] = route.parameters.get(id) ?? "";
    if (filters.code && !codeOf.has(filters.code)) filters.code = "";
  }
  showOverview();
}

function showOverview() {
  const back = shown.entry !== null;
  opening += 1;
  Object.assign(shown, { entry: null, payload: null, drawn: null, route: null, code: null });
  hideCard();
  document.title = "gongwen 公文 – report";
  byId("reader").hidden = true;
  document.body.classList.remove("reading");
  byId("document").replaceChildren();
  byId("overview").hidden = false;
  filtersChanged();
  if (back) {
    window.scrollTo(0, overviewScroll);
    byId("main").focus({ preventScroll: true });
  }
}

function clearFilters() {
  for (const id of Object.keys(filters)) filters[id] = "";
  filtersChanged();
}

const KEYS = {
  "/": () => {
    byId("filter-text").focus();
    byId("filter-text").select();
  },
  "?": () => byId("help").showModal(),
  j: () => (shown.entry ? stepDocument(1) : moveInHeat(document.activeElement.closest("#heat") ? 1 : 0, 0)),
  k: () => (shown.entry ? stepDocument(-1) : moveInHeat(-1, 0)),
  r: () => {
    if (shown.payload) changeSetting("raw", !settings.raw);
  },
  ArrowRight: () => {
    if (shown.entry) stepTag(1);
    else return false;
    return true;
  },
  ArrowLeft: () => {
    if (shown.entry) stepTag(-1);
    else return false;
    return true;
  },
};
const HEAT_KEYS = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  PageDown: [15, 0],
  PageUp: [-15, 0],
  Home: [0, -99],
  End: [0, 99],
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const field = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (event.key === "Escape") onEscape(event, field);
  else if (field) return;
  else if (event.target.closest("#heat") && (HEAT_KEYS[event.key] || event.key === "Enter")) onHeatKey(event);
  else if (KEYS[event.key] && KEYS[event.key]() !== false) event.preventDefault();
}

function onEscape(event, field) {
  if (!card.hidden) hideCard();
  else if (field) {
    if (field.value) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else field.blur();
  } else if (shown.entry) go(filterHash());
  else clearFilters();
  event.preventDefault();
}

function onHeatKey(event) {
  if (HEAT_KEYS[event.key]) moveInHeat(...HEAT_KEYS[event.key]);
  else if (event.target.matches(".heat-cell, .heat-name")) openHeatCell(event.target);
  else return; // a row's name is a link or a button of its own
  event.preventDefault();
}
