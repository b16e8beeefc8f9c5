// Marks in running text: what is a measure, a tag, a reference, a repair.

/** Text from `from` to `to` with nested wrappers: each of `layers` is [sorted disjoint items, how to wrap one]. */
function weave(from, to, layers, leaf) {
  if (!layers.length) return leaf(from, to);
  const [[items, wrap], ...rest] = layers;
  const nodes = [];
  let at = from;
  for (const item of items) {
    const start = Math.max(item.start, at);
    const end = Math.min(item.end, to);
    if (start >= end) continue;
    if (start > at) nodes.push(...weave(at, start, rest, leaf));
    nodes.push(wrap(item, weave(start, end, rest, leaf), start === item.start));
    at = end;
  }
  if (at < to) nodes.push(...weave(at, to, rest, leaf));
  return nodes;
}

const within = (items, line) =>
  items
    .filter((item) => item.start < line.end && item.end > line.start)
    .sort((a, b) => a.start - b.start || a.end - b.end);

function cleanText(entry, payload, line, text) {
  const measures = within(payload.measures, line);
  const references = within(payload.references, line);
  const wrapMeasure = (measure, nodes, begins) => {
    const element = make(
      "span",
      {
        class: `measure m-${measure.modality}`,
        "data-measure": begins ? measure.ordinal : null,
        "data-modality":
          begins && measure.modality !== "statement" ? data.labels.modality[measure.modality] : null,
      },
      nodes,
    );
    shown.info.set(element, { measure });
    return element;
  };
  const wrapReference = (reference, nodes) => {
    const target = entryOf.get(reference.target_doc_id);
    const element = make(
      target ? "a" : "cite",
      { class: "reference", href: target ? `#${target.id}` : null },
      nodes,
    );
    shown.info.set(element, { reference });
    return element;
  };
  const marks = marksOf(payload, measures, line, text);
  const inLink = (at) =>
    references.some((one) => entryOf.has(one.target_doc_id) && one.start <= at && at < one.end);
  const leaf = (from, to) => atoms(entry, marks, from, to, text, inLink);
  return weave(
    line.start,
    line.end,
    [
      [measures, wrapMeasure],
      [references, wrapReference],
    ],
    leaf,
  );
}

/** Everything that colours single words of a line, as spans that may overlap. */
function marksOf(payload, measures, line, text) {
  const marks = within(payload.tags, line).map((tag) => ({
    kind: "tag",
    tag,
    start: tag.start,
    end: tag.end,
  }));
  const spot = (kind, words_, measure) => {
    const span = text.find(words_, measure.start, measure.end);
    if (span) marks.push({ kind, ...span });
  };
  for (const measure of measures) {
    measure.actors.forEach((actor) => spot("actor", actor, measure));
    spot("deadline", measure.deadline, measure);
    spot("cue", measure.modality_cue, measure);
  }
  const { directive } = line;
  if (directive) {
    const marker = text.find(directive.marker.trim(), directive.start, directive.end);
    if (marker) marks.push({ kind: "marker", ...marker });
    const heading = directive.heading ? text.find(directive.heading, directive.start, directive.end) : null;
    if (heading) marks.push({ kind: "heading", ...heading });
  }
  if (settings.repairs)
    for (const repair of within(payload.repairs, line))
      marks.push({ kind: "repaired", repair, start: repair.start, end: repair.end });
  if (shown.highlighted) {
    for (const hit of within(hitsOf(payload, text), line)) marks.push({ kind: "hit", ...hit });
  }
  if (shown.at) marks.push({ kind: "at", ...shown.at });
  return marks.filter((mark) => mark.start < line.end && mark.end > line.start);
}

function hitsOf(payload, text) {
  if (payload.hitsFor !== shown.highlighted) {
    payload.hits = textHits(payload.document.text, text, searchTerms(shown.highlighted));
    payload.hitsFor = shown.highlighted;
  }
  return payload.hits;
}

/** Runs of characters that carry the same marks, each one element; plain runs stay text. */
function atoms(entry, marks, from, to, text, inLink) {
  const here = marks.filter((mark) => mark.start < to && mark.end > from);
  const bounds = [
    ...new Set([from, to, ...here.flatMap((mark) => [Math.max(mark.start, from), Math.min(mark.end, to)])]),
  ].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < bounds.length; i += 1) {
    const [start, end] = [bounds[i], bounds[i + 1]];
    const over = here.filter((mark) => mark.start <= start && mark.end >= end);
    const words_ = text.slice(start, end);
    nodes.push(over.length ? atom(entry, over, start, words_, inLink(start)) : words_);
  }
  return nodes;
}

function atom(entry, over, start, words_, inLink) {
  const tags = over.filter((mark) => mark.kind === "tag").map((mark) => mark.tag);
  const begins = tags.some((tag) => tag.start === start);
  const kinds = [...new Set(over.map((mark) => mark.kind))];
  const family = tags.length ? ` ${groupClass(tags[0].code)}${tags.length > 1 ? " several" : ""}` : "";
  const target = tags.length ? tagHash(entry, tags[0]) : null;
  const element = make(
    begins && !inLink ? "a" : "span",
    {
      class: kinds.map((kind) => `a-${kind}`).join(" ") + family,
      href: begins && !inLink ? target : null,
      tabindex: begins ? "-1" : null,
      "data-at": over.some((mark) => mark.kind === "at") || null,
    },
    words_,
  );
  if (tags.length) element.style.setProperty("--hue", hueOf(tags[tags.length - 1].code));
  const info = { tags, starts: begins, repair: over.find((mark) => mark.repair)?.repair };
  if (tags.length || info.repair) shown.info.set(element, info);
  if (begins) shown.stops.push(element);
  return element;
}

const tagHash = (entry, tag) =>
  tag.measure_id
    ? measureHash(entry, ordinalOf(tag.measure_id))
    : directiveHash(entry, pathOf(tag.directive_id));

/** Where a code stands within the hues of its family, from −1 to 1. */
function hueOf(id) {
  const family = data.codes.filter((code) => code.instrument === codeOf.get(id)?.instrument);
  const place = family.findIndex((code) => code.id === id);
  return family.length > 1 ? (2 * place) / (family.length - 1) - 1 : 0;
}
