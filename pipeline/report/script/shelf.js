// The list of documents beside the reader.

const SHELF_HEIGHT = 66;

function renderShelf() {
  byId("shelf-back").setAttribute("href", filterHash());
  byId("shelf-count").textContent = plural(current.length, "document");
  byId("shelf-list").style.setProperty("height", `${current.length * SHELF_HEIGHT}px`);
  const place = current.indexOf(shown.entry);
  const scroll = byId("shelf-scroll");
  const at = place * SHELF_HEIGHT;
  if (place >= 0 && (at < scroll.scrollTop || at + SHELF_HEIGHT > scroll.scrollTop + scroll.clientHeight))
    scroll.scrollTop = Math.max(0, at - scroll.clientHeight / 3);
  drawShelf();
}

function drawShelf() {
  const scroll = byId("shelf-scroll");
  const first = Math.max(0, Math.floor(scroll.scrollTop / SHELF_HEIGHT) - 4);
  const last = Math.min(
    current.length,
    Math.ceil((scroll.scrollTop + scroll.clientHeight) / SHELF_HEIGHT) + 4,
  );
  const items = [];
  for (let i = first; i < last; i += 1) {
    const entry = current[i];
    const item = make(
      "li",
      { "aria-setsize": current.length, "aria-posinset": i + 1 },
      make(
        "a",
        { href: `#${entry.id}`, "aria-current": entry === shown.entry ? "page" : null },
        make("span", { class: "shelf-title zh", lang: "zh-Hans" }, entry.title ?? entry.source),
        make(
          "span",
          { class: "shelf-note" },
          make("time", {}, entry.date ?? entry.year ?? "undated"),
          entry.issuer ? [" · ", zh(entry.issuer)] : null,
        ),
      ),
    );
    item.style.setProperty("top", `${i * SHELF_HEIGHT}px`);
    items.push(item);
  }
  byId("shelf-list").replaceChildren(...items);
}

function stepDocument(by) {
  if (!current.length) return;
  const place = current.indexOf(shown.entry);
  const next = place < 0 ? 0 : Math.max(0, Math.min(current.length - 1, place + by));
  go(`#${current[next].id}${shown.code ? `?code=${shown.code}` : ""}`);
}
