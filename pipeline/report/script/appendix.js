// What stands below the text: the same facts as tables.

function appendix(entry, payload) {
  const text = codePoints(payload.document.text);
  const raw = codePoints(payload.document.raw_text);
  return make(
    "div",
    { class: "appendix" },
    block("Measures 举措", payload.measures, measuresTable(entry, payload, text)),
    block("References 引用文件", payload.references, referencesTable(payload)),
    block("Repairs 文本修复", payload.repairs, repairsTable(payload, text, raw), "repairs-table"),
  );
}

function block(name, rows, table, className = "") {
  if (!rows.length) return null;
  const [english, chinese] = name.split(" ");
  return make(
    "details",
    { class: className },
    make("summary", {}, english, " ", zh(chinese), ` (${number(rows.length)})`),
    make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": english }, table),
  );
}

const table = (heads, rows) =>
  make(
    "table",
    {},
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        heads.map((head) => make("th", { scope: "col" }, head)),
      ),
    ),
    make("tbody", {}, rows),
  );
const list = (values) => values.map((value, i) => [i ? "、" : null, zh(value)]);

function measuresTable(entry, payload, text) {
  return table(
    ["No.", "Directive", "Sentence", "Modality", "Codes", "Actors", "Deadline"],
    payload.measures.map((measure) =>
      make(
        "tr",
        {},
        make("td", {}, make("a", { href: measureHash(entry, measure.ordinal) }, String(measure.ordinal))),
        make("td", {}, pathOf(measure.directive_id) ?? "–"),
        make("td", { class: "sentence", lang: "zh-Hans" }, text.slice(measure.start, measure.end)),
        make(
          "td",
          {},
          term("modality", measure.modality),
          measure.modality_cue ? [" ", zh(`“${measure.modality_cue}”`)] : null,
        ),
        make(
          "td",
          {},
          measure.codes.map((code) =>
            make("span", { class: `code-line ${groupClass(code)}` }, codeName(code)),
          ),
        ),
        make(
          "td",
          {},
          list(measure.actors),
          measure.inherited_actors.length
            ? make("small", {}, " (inherited: ", list(measure.inherited_actors), ")")
            : null,
        ),
        make(
          "td",
          {},
          zh(measure.deadline),
          measure.deadline_date ? [" ", make("time", {}, measure.deadline_date)] : null,
        ),
      ),
    ),
  );
}

function referencesTable(payload) {
  return table(
    ["Relation", "Title", "Number", "Issuer", "In the dataset"],
    payload.references.map((reference) => {
      const target = entryOf.get(reference.target_doc_id);
      return make(
        "tr",
        {},
        make("td", {}, term("relation", reference.relation)),
        make("td", {}, zh(reference.title)),
        make("td", {}, zh(reference.doc_number)),
        make("td", {}, zh(reference.issuer)),
        make("td", {}, target ? documentLink(target) : "–"),
      );
    }),
  );
}

const REPAIRS_SHOWN = 500;

function repairsTable(payload, text, raw) {
  return table(
    ["No.", "Kind", "Before → after", "Confidence"],
    payload.repairs
      .slice(0, REPAIRS_SHOWN)
      .map((repair, i) =>
        make(
          "tr",
          {},
          make("td", {}, String(i + 1)),
          make("td", {}, repairName(repair.kind)),
          make(
            "td",
            { lang: "zh" },
            change(raw.slice(repair.raw_start, repair.raw_end), text.slice(repair.start, repair.end)),
          ),
          make("td", {}, repair.confidence.toFixed(2)),
        ),
      ),
  );
}
