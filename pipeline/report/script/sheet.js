// The document line by line: structure in the margin, the text, and the raw text it was made from.

function sheetHead({ document: row }) {
  return make(
    "div",
    { class: "line sheet-head" },
    make("div", { class: "margin" }, "Structure ", zh("结构")),
    make("div", { class: "clean" }, "Text ", zh("正文")),
    make(
      "div",
      { class: "raw" },
      "Raw text ",
      zh("原文"),
      make("small", {}, ` ${plural(row.n_repairs, "repair")} marked`),
    ),
  );
}

/** The lines of the sheet: segments, cut where a directive starts, each with its part of the raw text. */
function lines({ document: row, segments, directives, repairs }) {
  const found = [];
  const length = codePoints(row.text).length;
  let at = 0;
  for (const segment of [...segments].sort(
    (a, b) => a.start - b.start || a.end - b.end || a.raw_start - b.raw_start,
  )) {
    if (segment.start > at) found.push({ kind: null, start: at, end: segment.start, raw_start: null });
    const cuts = directives.filter((one) => one.start >= segment.start && one.start < segment.end);
    const head = cuts.length ? cuts[0].start : segment.end;
    if (!cuts.length || head > segment.start)
      found.push({ kind: segment.kind, start: segment.start, end: head, raw_start: segment.raw_start });
    cuts.forEach((directive, i) =>
      found.push({
        kind: "directive",
        directive,
        start: directive.start,
        end: cuts[i + 1]?.start ?? segment.end,
        raw_start: directive.raw_start,
      }),
    );
    at = Math.max(at, segment.end);
  }
  if (at < length) found.push({ kind: null, start: at, end: length, raw_start: null });
  const text = codePoints(row.text);
  const kept = found.filter((line) => line.kind || text.slice(line.start, line.end).trim());
  return withRawParts(kept, repairs, codePoints(row.raw_text).length);
}

/** Give each line the raw text from where it starts to where the next one does: together they are all of it. */
function withRawParts(found, repairs, rawLength) {
  const whole = (at) => repairs.find((one) => one.raw_start < at && at < one.raw_end)?.raw_end ?? at; // cut no repair
  let next = rawLength;
  for (const line of [...found].reverse()) {
    line.raw = [Math.min(whole(line.raw_start ?? next), next), next];
    [next] = line.raw;
  }
  if (found.length) {
    found[0].raw[0] = 0;
    found[found.length - 1].last = true;
  }
  return found;
}

function marginView(entry, payload, { directive, kind, start, end }) {
  const odd = payload.warnings.filter((one) => one.start >= start && (one.start < end || start === end));
  const place = directive
    ? make(
        "a",
        {
          class: "path-link",
          href: directiveHash(entry, directive.path),
          "aria-label": `directive ${directive.path}`,
        },
        directive.path,
      )
    : kind &&
      make("span", {}, zh(data.labels.kind[kind]), make("span", { class: "kind-english" }, words(kind)));
  const swatch = (code) =>
    make(
      "span",
      { class: `swatch ${groupClass(code)}`, title: plainCodeName(code) },
      make("span", { class: "unseen" }, `${plainCodeName(code)}; `),
    );
  const warning = ({ kind: name, detail }) =>
    make(
      "span",
      { class: "odd", title: detail },
      make("span", { "aria-hidden": "true" }, "△ "),
      term("warning", name),
      make("span", { class: "unseen" }, `: ${detail}`),
    );
  return make(
    "div",
    { class: "margin" },
    place,
    directive?.codes.length ? make("span", { class: "swatches" }, directive.codes.map(swatch)) : null,
    odd.map(warning),
  );
}

function lineView(entry, payload, line, text, raw) {
  const { directive, kind } = line;
  const inner = entry.inside.filter((one) => one.parent_start >= line.start && one.parent_start < line.end);
  const clean = make(
    "div",
    { class: `clean k-${kind ?? "gap"}`, lang: "zh-Hans" },
    inner.map((one) => make("p", { class: "inner-link" }, "A document of its own: ", documentLink(one))),
    cleanText(entry, payload, line, text),
  );
  const source = make(
    "div",
    { class: "raw", lang: payload.document.source_script === "hant" ? "zh-Hant" : "zh-Hans" },
    rawText(payload, line, raw, text),
  );
  const margin = marginView(entry, payload, line);
  const element = make("div", { class: "line", "data-path": directive?.path }, margin, clean, source);
  if (directive) element.style.setProperty("--level", directive.level - 1);
  return element;
}
