// Going to a directive, a measure, a tag.

/** Go to what the address names; false when it names only the document. */
function findTarget(route) {
  for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
  const sheet = byId("sheet");
  let element = null;
  if (route.path) element = sheet.querySelector(`[data-path="${CSS.escape(route.path)}"]`);
  else if (route.measure) element = sheet.querySelector(`[data-measure="${route.measure}"]`);
  else if (route.at) element = sheet.querySelector("[data-at]");
  else if (route.code)
    element =
      shown.stops.find((stop) => stop.classList.contains("emphasised")) ??
      sheet.querySelector(`[data-measure="${firstMeasureWith(route.code)}"]`);
  if (!element) return false;
  for (const part of partsOf(element)) part.classList.add("target");
  const stop = route.path
    ? null
    : element.matches("[tabindex]")
      ? element
      : element.querySelector("[tabindex]");
  const inside = element.contains(document.activeElement);
  element.scrollIntoView({ block: route.path ? "start" : "center" });
  if (stop && !inside) focusStop(stop);
  else if (!inside && !stop) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
  return true;
}

/** All elements of the tag that starts with this one (other marks may cut it), or the element alone. */
function partsOf(element) {
  const tag = shown.info.get(element)?.tags?.find((one) => !shown.code || one.code === shown.code);
  return tag
    ? [...byId("sheet").querySelectorAll(".a-tag")].filter((one) => shown.info.get(one).tags.includes(tag))
    : [element];
}

const firstMeasureWith = (code) =>
  shown.payload.measures.find((measure) => measure.codes.includes(code))?.ordinal ?? -1;

function emphasise(code) {
  byId("sheet").classList.toggle("emphasising", Boolean(code));
  for (const stop of byId("sheet").querySelectorAll(".a-tag")) {
    stop.classList.toggle(
      "emphasised",
      Boolean(code) && shown.info.get(stop).tags.some((tag) => tag.code === code),
    );
  }
  for (const chip of document.querySelectorAll(".code-chip")) {
    if (chip.dataset.code === code) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

function focusStop(stop) {
  for (const other of shown.stops) other.tabIndex = other === stop ? 0 : -1;
  stop.focus({ preventScroll: true });
  stop.scrollIntoView({ block: "nearest" });
}

/** The next or previous tag, of the chosen code if one is chosen. */
function stepTag(by) {
  const stops = shown.code
    ? shown.stops.filter((stop) => stop.classList.contains("emphasised"))
    : shown.stops;
  if (!stops.length) return;
  const at = stops.indexOf(document.activeElement);
  const next = at >= 0 ? at + by : by > 0 ? 0 : stops.length - 1;
  if (next >= 0 && next < stops.length) {
    focusStop(stops[next]);
    stops[next].scrollIntoView({ block: "center" });
  }
}
