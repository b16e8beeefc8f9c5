// The words that a filter means, in their context.

const PASSAGES_STEP = 40;
const PASSAGES_PER_DOCUMENT = 20;
const CONTEXT = 26; // code points on either side
let passagesWanted = PASSAGES_STEP;
let passagesFor = "";
let passagesRun = 0;

/** The words that the text or code filter means, in their context, over all documents that match. */
async function renderPassages() {
  const asked = `${filterHash()} ${order}`;
  if (asked !== passagesFor) passagesWanted = PASSAGES_STEP;
  passagesFor = asked;
  passagesRun += 1;
  const mine = passagesRun;
  byId("passages-panel").hidden = !(filters.text || filters.code);
  if (byId("passages-panel").hidden) return;
  if (filters.text && textsUnread()) {
    byId("passages-hint").textContent = "searching…";
    byId("passages").replaceChildren();
    return; // called again when they are read
  }
  const found = [];
  for (const entry of current) {
    if (found.length > passagesWanted) break;
    found.push(...passagesIn(entry, await payloadOf(entry)));
    if (mine !== passagesRun) return;
  }
  const lines = found.slice(0, passagesWanted);
  byId("passages-more").hidden = found.length <= passagesWanted;
  byId("passages-hint").textContent = lines.length
    ? `${found.length > passagesWanted ? "first " : ""}${plural(lines.length, "passage")} with ${filters.text ? "the words" : "the words that carry the code"}`
    : "no words found in the texts";
  byId("passages").replaceChildren(...lines.map(passageLine));
}

function passagesIn(entry, payload) {
  const points = codePoints(payload.document.text);
  const spans = filters.text
    ? textHits(payload.document.text, points, searchTerms(filters.text).slice(0, 1))
    : payload.tags.filter((tag) => tag.code === filters.code);
  return spans.slice(0, PASSAGES_PER_DOCUMENT).map(({ start, end }) => ({
    entry,
    start,
    end,
    before: points
      .slice(Math.max(0, start - CONTEXT), start)
      .split("\n")
      .pop(),
    words: points.slice(start, end),
    after: points.slice(end, end + CONTEXT).split("\n")[0],
    path: payload.directives.findLast((directive) => directive.start <= start && start < directive.end)?.path,
  }));
}

function passageLine({ entry, start, end, before, words: hit, after, path }) {
  const family = filters.text ? "hit" : `tag ${groupClass(filters.code)}`;
  return make(
    "li",
    {},
    make(
      "a",
      { class: "kwic", lang: "zh-Hans", href: `#${entry.id}?at=${start}-${end}` },
      make("span", { class: "kwic-before" }, make("bdi", {}, before)),
      make("mark", { class: family }, hit),
      make("span", { class: "kwic-after" }, after),
    ),
    make(
      "span",
      { class: "kwic-from" },
      path ? make("b", {}, path) : null,
      " ",
      zh(entry.title ?? entry.source),
    ),
  );
}

/** Where words stand in a text, as spans in code points; case does not matter. */
function textHits(text, points, terms) {
  const lower = text.toLowerCase();
  if (lower.length !== text.length) return []; // lower case of another length would shift every offset
  const hits = [];
  for (const word of terms) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      hits.push({ start: points.fromUnits(at), end: points.fromUnits(at + word.length) });
    }
  }
  return hits.sort((a, b) => a.start - b.start);
}
