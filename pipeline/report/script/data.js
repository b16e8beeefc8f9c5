// The dataset: one entry a document in memory, its text unpacked when it is asked for.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const entries = data.documents; // one a document, without its text
const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
const codeOf = new Map(data.codes.map((code, place) => [code.id, { ...code, place }]));
const texts = []; // texts[i]: the lower-cased text of entries[i], once a search has asked for it

const NOT_STATED = "-"; // the filter value for what a document does not state
const NATIONAL = "全国"; // the region of central organs

entries.forEach((entry, index) => {
  entry.index = index;
  entry.codeCount = new Map(entry.codes.map(([place, n]) => [data.codes[place].id, n]));
  entry.repairCount = new Map(entry.repairs.map(([place, n]) => [data.repair_kinds[place].id, n]));
  entry.region = entry.province ?? (entry.level === "central" ? NATIONAL : null);
  entry.head = [entry.title, entry.number, entry.issuer, entry.id].filter(Boolean).join("\n").toLowerCase();
  entry.inside = [];
  entry.citedBy = [];
});
for (const entry of entries) {
  entryOf.get(entry.parent)?.inside.push(entry);
  for (const target of entry.targets) entryOf.get(target)?.citedBy.push(entry);
}

const parsed = new Promise((resolve) => {
  if (document.readyState === "loading")
    document.addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve();
});

/** base64 of deflated JSON → its value. */
async function unpack(packed) {
  const binary = atob(packed);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  const inflate = new DecompressionStream("deflate-raw");
  const writer = inflate.writable.getWriter();
  writer.write(bytes);
  writer.close();
  return JSON.parse(await new Response(inflate.readable).text());
}

const KEPT_CHUNKS = 6;
const chunks = new Map(); // number → promise of its documents, the last used last

async function chunk(number) {
  await parsed; // a block that the parser still reads would be cut short
  let documents = chunks.get(number);
  chunks.delete(number);
  documents ??= unpack(byId(`chunk-${number}`).textContent);
  chunks.set(number, documents);
  if (chunks.size > KEPT_CHUNKS) chunks.delete(chunks.keys().next().value);
  return documents;
}

/** Everything the reader shows of one document; each row as an object by column name. */
async function payloadOf(entry) {
  const packed = (await chunk(entry.place[0]))[entry.place[1]];
  const payload = { document: packed.document };
  for (const [table, columns] of Object.entries(data.payload_columns)) {
    payload[table] = packed[table].map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  }
  return payload;
}

const textsUnread = () => entries.some((entry) => texts[entry.index] === undefined);

/** Unpack every text for searching; `report(share)` is called now and then. */
async function loadTexts(report) {
  const numbers = [
    ...new Set(entries.filter((entry) => texts[entry.index] === undefined).map((entry) => entry.place[0])),
  ];
  for (const [done, number] of numbers.entries()) {
    const documents = await chunk(number);
    for (const entry of entries) {
      if (entry.place[0] === number)
        texts[entry.index] = documents[entry.place[1]].document.text.toLowerCase();
    }
    if (done % 16 === 15) report(done / numbers.length);
  }
}

/** A text that is cut by code points, as the dataset counts. */
function codePoints(text) {
  const points = /[\ud800-\udfff]/.test(text) ? Array.from(text) : null;
  return {
    length: points ? points.length : text.length,
    slice: (start, end) => (points ? points.slice(start, end).join("") : text.slice(start, end)),
    /** The code point at which the n-th UTF-16 unit stands. */
    fromUnits: (units) => (points ? Array.from(text.slice(0, units)).length : units),
    find(words, start, end) {
      const at = words ? this.slice(start, end).indexOf(words) : -1;
      if (at < 0) return null;
      const from = start + Array.from(this.slice(start, end).slice(0, at)).length;
      return { start: from, end: from + Array.from(words).length };
    },
  };
}
