// One document: its head, its codes, and what of it is shown.

const shown = {
  entry: null,
  payload: null,
  drawn: null, // what is on the page: document, place and search
  route: null,
  code: null,
  highlighted: "",
  stops: [],
  info: new WeakMap(),
};
const settings = { raw: window.innerWidth >= 1100, tags: true, modality: true, actors: true, repairs: false };
const SETTINGS = {
  raw: "raw text",
  tags: "codes",
  modality: "modality",
  actors: "actors, deadlines",
  repairs: "repairs",
};

const measureHash = (entry, ordinal) => `#${encodeURIComponent(`${entry.id}#${ordinal}`)}`;
const directiveHash = (entry, path) => `#${entry.id}/${path}`;
const ordinalOf = (measureId) => (measureId ? Number(measureId.slice(measureId.lastIndexOf("#") + 1)) : null);
const pathOf = (directiveId) => (directiveId ? directiveId.slice(directiveId.lastIndexOf("/") + 1) : null);

let opening = 0;

async function showDocument(route) {
  const entry = entryOf.get(route.id);
  opening += 1;
  const mine = opening;
  const wanted = [entry.id, route.parameters.get("at"), filters.text].join("\n");
  const moved = shown.entry !== entry;
  Object.assign(shown, { entry, route, code: route.code, highlighted: filters.text, at: route.at });
  document.title = `${entry.title ?? entry.id} – gongwen`;
  byId("overview").hidden = true;
  byId("reader").hidden = false;
  document.body.classList.add("reading");
  renderShelf();
  if (shown.drawn !== wanted) {
    const payload = await payloadOf(entry);
    if (mine !== opening) return;
    Object.assign(shown, { payload, drawn: wanted });
    byId("document").replaceChildren(...documentView(entry, payload));
  }
  hideCard();
  emphasise(route.code);
  if (!findTarget(route) && moved) {
    window.scrollTo(0, 0);
    byId("document").querySelector("h1")?.focus({ preventScroll: true });
  }
}

function documentView(entry, payload) {
  return [
    documentHead(entry, payload),
    codeStrip(entry),
    settingsBar(),
    sheetView(entry, payload),
    appendix(entry, payload),
  ];
}

/** The document line by line: structure in the margin, its text, and the raw text it was made from. */
function sheetView(entry, payload) {
  shown.stops = [];
  shown.info = new WeakMap();
  const text = codePoints(payload.document.text);
  const raw = codePoints(payload.document.raw_text);
  const sheet = make(
    "div",
    { class: "sheet", id: "sheet" },
    sheetHead(payload),
    lines(payload).map((line) => lineView(entry, payload, line, text, raw)),
  );
  shown.stops[0]?.setAttribute("tabindex", "0");
  applySettings(sheet);
  return sheet;
}

/** One fact about a document, or nothing when the document does not state it. */
function fact(name, chinese, value, note) {
  if (value === null || value === undefined || value.length === 0) return null;
  return make(
    "div",
    {},
    make("dt", {}, words(name), " ", zh(chinese)),
    make("dd", {}, value, note ? make("small", {}, " ", note) : null),
  );
}

function issuerView({ name, canonical_name, level, organ, adcode, method }) {
  const known = [level && words(level), organ && words(organ), adcode].filter(Boolean).join(" · ");
  const from = method ? ["; from the ", term("method", method)] : null;
  return make(
    "span",
    { class: "organ" },
    zh(name ?? canonical_name ?? "—"),
    make("small", {}, " ", known, from),
  );
}

const addresseesOf = (addressees, role) =>
  addressees.filter((one) => one.role === role).map((one) => make("span", { class: "organ" }, zh(one.name)));

function factsView(entry, { document: row, issuers, addressees }) {
  const stated = (name, value, note) => fact(name, data.terms[name], value, note);
  const origin = ` ${number(row.source_bytes)} bytes, ${row.source_encoding}, `;
  return make(
    "dl",
    { class: "facts" },
    stated("doc_number", zh(row.doc_number)),
    stated("issuer", issuers.map(issuerView)),
    stated(
      "date_issued",
      row.date_issued,
      row.date_method ? ["from the ", term("method", row.date_method)] : null,
    ),
    stated("doc_type", row.doc_type ? term("doc_type", row.doc_type) : null),
    stated("urgency", zh(row.urgency)),
    stated("secrecy", zh(row.secrecy)),
    stated("signer", zh(row.signer)),
    fact("addressed to", "主送机关", addresseesOf(addressees, "main")),
    fact("copies to", "抄送机关", addresseesOf(addressees, "cc")),
    stated("printed_by", zh(row.printed_by), row.printed_on),
    stated("source", [
      make("span", { class: "path" }, row.source),
      make("small", {}, origin, term("script", row.source_script)),
    ]),
    fact("contains", "", entry.inside.map(documentLink)),
    fact("cited by", "", entry.citedBy.map(documentLink)),
  );
}

function documentHead(entry, payload) {
  const parent = entryOf.get(entry.parent);
  return make(
    "header",
    { class: "document-head" },
    parent ? make("p", { class: "crumb" }, "Inside ", documentLink(parent)) : null,
    make(
      "h1",
      { tabindex: "-1", lang: entry.title ? "zh-Hans" : null },
      entry.title ?? `Untitled: ${entry.source}`,
    ),
    payload.document.is_official_document
      ? null
      : make("p", { class: "notice" }, "Not an official document, as far as the text shows."),
    factsView(entry, payload),
  );
}

const documentLink = (entry) =>
  make("a", { class: "organ", href: `#${entry.id}` }, zh(entry.title ?? entry.source));

/** The codes of the document; each leads to its first words. */
function codeStrip(entry) {
  const chips = data.codes
    .filter((code) => entry.codeCount.has(code.id))
    .map((code) =>
      make(
        "li",
        {},
        make(
          "a",
          {
            class: `code-chip ${groupClass(code.id)}`,
            href: `#${entry.id}?code=${code.id}`,
            "data-code": code.id,
            title: code.definition,
            onclick: (event) => {
              if (shown.code === code.id) {
                event.preventDefault();
                go(`#${entry.id}`);
              }
            },
          },
          zh(code.zh || words(code.id)),
          make("span", { class: "unseen" }, ` ${words(code.id)}`),
          make("small", {}, ` ${entry.codeCount.get(code.id)}`),
        ),
      ),
    );
  return chips.length
    ? make("nav", { "aria-label": "Codes of this document" }, make("ul", { class: "code-strip" }, chips))
    : make("p", { class: "hint" }, "No code on this document.");
}

function settingsBar() {
  const boxes = Object.entries(SETTINGS).map(([id, name]) =>
    make(
      "label",
      {},
      make("input", {
        type: "checkbox",
        checked: settings[id],
        "data-setting": id,
        "data-key": `setting-${id}`,
        onchange: (event) => changeSetting(id, event.target.checked),
      }),
      name,
    ),
  );
  return make("fieldset", { class: "settings" }, make("legend", {}, "Show"), boxes);
}

function changeSetting(id, on) {
  settings[id] = on;
  if (id === "repairs") byId("sheet").replaceWith(sheetView(shown.entry, shown.payload)); // marks cut the text anew
  applySettings(byId("sheet"));
  emphasise(shown.code);
}

function applySettings(sheet) {
  for (const [id, on] of Object.entries(settings)) sheet.classList.toggle(`no-${id}`, !on);
  for (const box of document.querySelectorAll("[data-setting]")) box.checked = settings[box.dataset.setting];
}
