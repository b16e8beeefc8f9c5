// The raw text beside the clean one, with each repair marked where it was made.

/** The raw text of a line; a repair belongs to the line in which it starts. */
function rawText(payload, line, raw, text) {
  const [from, to] = line.raw;
  const nodes = [];
  let at = from;
  for (const repair of payload.repairs) {
    const here =
      repair.raw_start >= from && (repair.raw_start < to || (line.last && repair.raw_start === to));
    if (!here) continue;
    if (repair.raw_start > at) nodes.push(raw.slice(at, repair.raw_start));
    const before = raw.slice(repair.raw_start, repair.raw_end);
    nodes.push(repairView(repair, before, text.slice(repair.start, repair.end)));
    at = repair.raw_end;
  }
  if (at < to) nodes.push(raw.slice(at, to).replace(/\n+$/, "\n")); // blank lines are not in the clean text either
  return nodes;
}

/** A repair: what stays is plain, what gave way to another character is tinted, the rest struck out or put in. */
function repairView(repair, before, after) {
  const parts =
    before === after
      ? [["kept", before]]
      : (pairs(before, after) ?? [
          ["out", before],
          ["in", after],
        ]);
  const element = make("span", { class: "repair" }, parts.map(partView));
  shown.info.set(element, { repair });
  return element;
}

function partView([part, text]) {
  if (!text || part === "stays") return text;
  if (part === "out") return make("del", {}, visible(text));
  if (part === "in") return make("ins", {}, visible(text));
  return make("span", { class: part }, text);
}

const isHan = (character) => /\p{Script=Han}/u.test(character);

/**
 * Before and after character by character, as runs of [part, text]; null where they cannot be paired for certain.
 * Only two cases are certain: what stays is all of `after` in its order, or the Chinese characters are as many on
 * both sides (then each stands for its counterpart), and so is a text of the same length.
 */
function pairs(before, after) {
  const old = Array.from(before);
  const fresh = Array.from(after);
  if (!old.length || !fresh.length) return null;
  const exact = (a, b) => a === b;
  if (old.length === fresh.length && before.trim() === before) return walk(old, fresh, () => true);
  return walk(old, fresh, exact) ?? (sameHan(old, fresh) ? walk(old, fresh, bothHanOrSame) : null);
}

const sameHan = (old, fresh) => old.filter(isHan).length === fresh.filter(isHan).length;
const bothHanOrSame = (a, b) => a === b || (isHan(a) && isHan(b));

function walk(old, fresh, matches) {
  const runs = [];
  const add = (part, text) => {
    if (runs.length && runs[runs.length - 1][0] === part) runs[runs.length - 1][1] += text;
    else runs.push([part, text]);
  };
  let next = 0;
  for (const character of old) {
    if (next < fresh.length && matches(character, fresh[next])) {
      add(character === fresh[next] ? "stays" : "swapped", character);
      next += 1;
    } else {
      add("out", character);
    }
  }
  return next === fresh.length ? runs : null;
}
