// The card that opens at a word or a cell.

const card = byId("card");
let hiding = 0;

const codeHead = (id) =>
  make(
    "p",
    { class: `card-code ${groupClass(id)}` },
    make("span", { class: "swatch" }),
    zh(codeOf.get(id)?.zh),
    " ",
    make("code", {}, id),
    make("small", {}, ` ${codeOf.get(id)?.instrument ?? ""}`),
  );

function cardFor(element) {
  if (element.matches(".heat-cell, .heat-name")) return heatCellCard(element);
  const parts = [];
  for (let node = element; node && node.id !== "sheet"; node = node.parentElement) {
    const info = shown.info.get(node);
    if (!info) continue;
    for (const tag of info.tags ?? []) parts.push(tagCard(tag));
    if (info.reference) parts.push(referenceCard(info.reference));
    if (info.repair && (settings.repairs || node.classList.contains("repair")))
      parts.push(repairCard(info.repair));
    if (info.measure) parts.push(measureCard(info.measure));
  }
  return parts.length ? parts : null;
}

function tagCard(tag) {
  const cue = codePoints(shown.payload.document.text).slice(tag.start, tag.end);
  return [
    codeHead(tag.code),
    make(
      "p",
      {},
      "cue ",
      zh(`“${cue}”`),
      " · ",
      term("method", tag.method),
      ` · score ${tag.score.toFixed(2)}`,
      tag.measure_id ? null : " · on the heading",
    ),
    codeOf.get(tag.code)?.definition
      ? make("p", { class: "definition" }, codeOf.get(tag.code).definition)
      : null,
  ];
}

function measureCard(measure) {
  const row = (name, value) =>
    value && value.length ? make("div", {}, make("dt", {}, name), make("dd", {}, value)) : null;
  return make(
    "dl",
    { class: "card-facts" },
    row("measure", [
      String(measure.ordinal),
      measure.directive_id ? ` in ${pathOf(measure.directive_id)}` : "",
    ]),
    row("modality", [
      term("modality", measure.modality),
      measure.modality_cue ? [" ", zh(`“${measure.modality_cue}”`)] : null,
    ]),
    row("actors", list(measure.actors)),
    row("inherited", list(measure.inherited_actors)),
    row(
      "deadline",
      measure.deadline
        ? [
            zh(measure.deadline),
            measure.deadline_date ? [" → ", make("time", {}, measure.deadline_date)] : null,
          ]
        : null,
    ),
    row(
      "codes",
      measure.codes.map((code, i) => [i ? ", " : null, codeName(code)]),
    ),
  );
}

function referenceCard(reference) {
  const target = entryOf.get(reference.target_doc_id);
  return make(
    "p",
    { class: "card-reference" },
    make("b", {}, term("relation", reference.relation)),
    " ",
    zh(reference.title),
    " ",
    zh(reference.doc_number),
    make("small", {}, target ? " – in this dataset: Enter or click opens it" : " – not in this dataset"),
  );
}

function repairCard(repair) {
  const before = codePoints(shown.payload.document.raw_text).slice(repair.raw_start, repair.raw_end);
  const after = codePoints(shown.payload.document.text).slice(repair.start, repair.end);
  const spelled = Array.from(before).slice(0, 6).map(codePoint).join(" ");
  return make(
    "p",
    { class: "card-repair" },
    make("b", {}, repairName(repair.kind)),
    " ",
    change(before, after),
    make(
      "small",
      {},
      ` ${spelled ? `was ${spelled}, ` : ""}${before === after ? "seen and left alone, " : ""}confidence ${repair.confidence.toFixed(2)}`,
    ),
  );
}

function showCard(element) {
  const content = cardFor(element);
  clearTimeout(hiding);
  if (!content) return hideCard();
  card.replaceChildren(...content.flat(Infinity).filter(Boolean));
  card.hidden = false;
  const place = element.getClientRects()[0] ?? element.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const below = place.bottom + 8 + height < window.innerHeight || place.top < height + 8;
  card.style.setProperty("left", `${Math.max(8, Math.min(place.left, window.innerWidth - width - 8))}px`);
  card.style.setProperty("top", `${Math.max(8, below ? place.bottom + 8 : place.top - height - 8)}px`);
  card.anchor?.removeAttribute("aria-describedby");
  card.anchor = element;
  element.setAttribute("aria-describedby", "card");
  return undefined;
}

function hideCard() {
  card.hidden = true;
  card.anchor?.removeAttribute("aria-describedby");
  card.anchor = null;
}

const CARDED = ".a-tag, .measure, .reference, .repair, .a-repaired, .heat-cell:not(.s0), .heat-name";

function listenForCards() {
  document.addEventListener("mouseover", (event) => {
    if (card.contains(event.target)) return clearTimeout(hiding);
    const moved = event.movementX || event.movementY; // or the page moved under a resting mouse
    if (!moved && card.anchor?.matches(":focus")) return undefined;
    const element = event.target.closest?.(CARDED);
    clearTimeout(hiding);
    if (element && element !== card.anchor) hiding = setTimeout(showCard, 90, element);
    else if (!element) hiding = setTimeout(hideCard, 220);
    return undefined;
  });
  document.addEventListener("focusin", (event) => {
    const element = event.target.closest?.(CARDED);
    if (element && event.target.matches(":focus-visible, .a-tag")) showCard(element);
    else hideCard();
  });
  document.addEventListener(
    "scroll",
    () => {
      if (card.anchor && !card.anchor.matches(":focus")) hideCard();
    },
    { passive: true },
  );
}
