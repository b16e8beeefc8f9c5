// Making elements. Everything that comes from a document reaches the page as text nodes or attribute values made
// by `make`; no markup is ever built from strings.

/** An element with attributes (on… are listeners) and children; strings become text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false && child !== ""),
  );
  return element;
}

const zh = (text, lang = "zh-Hans") => (text ? make("span", { class: "zh", lang }, text) : null);
const words = (identifier) => identifier.replaceAll("_", " ").replaceAll("+", " + ");
const number = (value) => value.toLocaleString("en");
const percent = (part, whole) => (whole ? Math.round((100 * part) / whole) : 0);
const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** A value of a closed vocabulary in both languages, e.g. province 省级; genres are Chinese already. */
function term(vocabulary, value) {
  if (value === null || value === undefined || value === NOT_STATED)
    return [make("span", { class: "none" }, "not stated")];
  const other = data.labels[vocabulary]?.[value];
  if (vocabulary === "doc_type") return [zh(value), other ? ` ${other}` : null];
  return [words(String(value)), other ? " " : null, zh(other)];
}

function codeName(id) {
  const code = codeOf.get(id);
  return [words(id), code?.zh ? " " : null, zh(code?.zh)];
}
/** The kind of a repair in both languages; of steps that met, each: markup + whitespace 标记、空白. */
function repairName(kind) {
  const chinese = kind.split("+").map((step) => data.labels.repair[step] ?? "");
  return [words(kind), " ", zh(chinese.every(Boolean) ? chinese.join("、") : "")];
}

const plainCodeName = (id) => [words(id), codeOf.get(id)?.zh].filter(Boolean).join(" ");
const groupClass = (id) => `g-${codeOf.get(id)?.instrument || "other"}`;

/** A horizontal bar as part of a list; with `toggle` the whole line is a button. */
function bar({ label, share, figure, note, toggle, pressed, key, family }) {
  const track = make(
    "span",
    { class: "bar-track", "aria-hidden": "true" },
    make("span", { class: "bar-fill" }),
  );
  track.firstChild.style.setProperty("--share", `${Math.max(0, Math.min(1, share)) * 100}%`);
  const line = [
    make("span", { class: "bar-label" }, label),
    track,
    make("span", { class: "bar-figure" }, figure),
  ];
  const kind = `bar ${family ?? ""}`;
  const body = toggle
    ? make(
        "button",
        { type: "button", class: kind, "aria-pressed": String(pressed), "data-key": key, onclick: toggle },
        line,
      )
    : make("div", { class: kind }, line);
  return make("li", {}, body, note ? make("div", { class: "bar-note" }, note) : null);
}
