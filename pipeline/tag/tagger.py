"""From passages to measures: sentences, modality, codes with their evidence, actors and deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.records import Modality, SegmentKind
from pipeline.segment.structure import Passage, Span
from pipeline.tag import modality as binding
from pipeline.tag.actors import find_actors
from pipeline.tag.classifier import FloatArray, Model, default_model
from pipeline.tag.codebook import Codebook, default_codebook
from pipeline.tag.cues import CueHit, mask_titles, scanner
from pipeline.tag.deadlines import find_deadline
from pipeline.tag.features import Context, cue_column, extract, lead_in_features
from pipeline.tag.sentences import split_sentences

Method = Literal["both", "rules", "model"]
RULE_SCORE = (
    0.8  # what a rule's tag is worth where no model is asked: the precision of the cues on held-out notices
)
HEADING_MARGIN = 0.15  # a heading is short and names a topic: the model must be surer than of a sentence


@dataclass(frozen=True, slots=True)
class CodeTag:
    """One code with its evidence: ``start``–``end`` are the words that carry it."""

    code: str
    start: int
    end: int
    method: Literal["rule", "model"]
    score: float


@dataclass(frozen=True, slots=True)
class TaggedMeasure:
    """One sentence that is a measure. All spans are into the document's text."""

    path: str | None
    kind: SegmentKind
    start: int
    end: int
    modality: Modality
    modality_cue: Span | None
    codes: tuple[str, ...]
    actors: tuple[Span, ...]
    inherited_actors: tuple[Span, ...]
    deadline: Span | None
    deadline_date: date | None
    tags: tuple[CodeTag, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """All measures of a document in order, and the codes of its headings by directive path."""

    measures: tuple[TaggedMeasure, ...]
    heading_tags: Mapping[str, tuple[CodeTag, ...]]


@dataclass(slots=True)
class _Sentence:
    """A sentence on its way through the tagger."""

    passage: Passage
    start: int
    end: int
    hits: list[CueHit]
    lead: int | None = None  # the number of the lead-in whose item it is


def tag(
    text: str,
    passages: Sequence[Passage],
    headings: Mapping[str, Span],
    *,
    title: str = "",
    date_issued: date | None = None,
    codebook: Codebook | None = None,
    method: Method = "both",
) -> Tagged:
    """The measures of a document and the codes of its headings.

    ``passages`` are its stretches of running text in order, ``headings`` the span of each directive's heading by
    path; all spans count into ``text``. Every sentence of a directive is a measure; one of a preamble or closing
    only when it asks for something. ``method`` chooses the rules of the codebook, the trained model, or both.
    """
    book = codebook or default_codebook()
    masked = mask_titles(text)
    sentences = _sentences(text, masked, passages, book)
    model = default_model()
    sums = _sums(masked, sentences, headings, title, book, model)
    scores = model.sentence.scores(sums)
    modalities = binding.decide(
        [s.hits for s in sentences], masked, [(s.start, s.end) for s in sentences], scores, model, method
    )
    measures: list[TaggedMeasure] = []
    previous: TaggedMeasure | None = None
    for number, sentence in enumerate(sentences):
        kind, cue = modalities[number]
        if kind == "statement" and sentence.passage.kind != "directive":
            continue
        tags = (
            ()
            if kind == "statement"
            else tuple(_tags(masked, sentence, sums[number], book, model, method, order=cue))
        )
        measure = _measure(text, sentence, kind, cue, tags, previous, date_issued, model)
        measures.append(measure)
        previous = measure
    return Tagged(tuple(measures), _heading_tags(masked, headings, book, model, method))


def _sentences(text: str, masked: str, passages: Sequence[Passage], book: Codebook) -> list[_Sentence]:
    """The sentences of all passages, each with its cues and, for an item, its lead-in."""
    found = [
        _Sentence(passage, start, end, [])
        for passage in passages
        for start, end in split_sentences(text, passage.start, passage.end)
    ]
    hits = iter(scanner(book).scan(masked))
    hit = next(hits, None)
    for sentence in found:
        while hit is not None and hit.start < sentence.start:
            hit = next(hits, None)
        while hit is not None and hit.start < sentence.end:
            if hit.end <= sentence.end:
                sentence.hits.append(hit)
            hit = next(hits, None)
    leads: dict[str, int] = {}
    for number, sentence in enumerate(found):
        path = sentence.passage.path
        if path is None:
            continue
        sentence.lead = leads.get(path.rpartition(".")[0])
        if text[sentence.end - 1] in "：:":
            leads[path] = number
    return found


def _sums(
    masked: str,
    sentences: Sequence[_Sentence],
    headings: Mapping[str, Span],
    title: str,
    book: Codebook,
    model: Model,
) -> FloatArray:
    """What reaches the network's hidden units from every sentence; items take what their lead-in asks."""
    contexts = [_context(masked, sentence.passage, headings, title) for sentence in sentences]
    features = extract(
        masked, [(s.start, s.end) for s in sentences], [s.hits for s in sentences], contexts, book
    )
    sums = model.sentence.sums(features)
    for number, sentence in enumerate(sentences):
        if sentence.lead is not None:
            lead = model.sentence.scores(sums[sentence.lead])
            for column, value in lead_in_features(*_decided(lead, model)):
                sums[number] += model.sentence.embedding(column, value)
    return sums


def _context(masked: str, passage: Passage, headings: Mapping[str, Span], title: str) -> Context:
    above = []
    steps = passage.path.split(".") if passage.path else []
    for depth in range(1, len(steps) + 1):
        if span := headings.get(".".join(steps[:depth])):
            above.append(masked[span[0] : span[1]])
    return Context(passage.path is not None, tuple(above), title)


def _decided(scores: FloatArray, model: Model) -> tuple[str, list[str]]:
    """Modality and codes of one sentence by the model alone."""
    modality = binding.best(scores, model)
    probabilities = model.probabilities(scores)
    labels = model.sentence.labels
    codes = [
        label for label, p in zip(labels, probabilities, strict=True) if p >= model.thresholds.get(label, 2.0)
    ]
    return modality, [] if modality == "statement" else codes


def _tags(
    masked: str,
    sentence: _Sentence,
    sums: FloatArray,
    book: Codebook,
    model: Model,
    method: Method,
    *,
    order: Span | None = None,
    margin: float = 0.0,
) -> Iterator[CodeTag]:
    """The codes of one sentence with their evidence.

    ``order`` is the word that shows its modality; ``margin`` is how much surer than usual the model must be.
    """
    probabilities = model.probabilities(model.sentence.scores(sums))
    strong: dict[str, list[CueHit]] = {}
    for hit in sentence.hits:
        if hit.strong:
            strong.setdefault(hit.label, []).append(hit)
    for code in sorted(book.codes):
        cues = strong.get(code, [])
        known = code in model.sentence.labels
        score = float(probabilities[model.sentence.labels.index(code)]) if known else RULE_SCORE
        by_rule = method == "rules" or not known
        accepted = bool(cues) if by_rule else score >= model.thresholds[code] + margin
        if not accepted:
            continue
        if cues and method != "model":
            # behind 要 stands what is asked, before it the case (落实不力的，要严肃问责)
            asked = order[0] if order else sentence.start
            best = max(cues, key=lambda hit: (hit.start >= asked, hit.end - hit.start, -hit.start))
            yield CodeTag(
                code, best.start, best.end, "rule", RULE_SCORE if method == "rules" else round(score, 3)
            )
        else:
            start, end = _evidence(masked, sentence, code, sums, book, model)
            yield CodeTag(code, start, end, "model", round(score, 3))


def _evidence(
    masked: str, sentence: _Sentence, code: str, sums: FloatArray, book: Codebook, model: Model
) -> Span:
    start = sentence.start
    cues = [(hit.start - start, hit.end - start, cue_column(book, hit.cue)) for hit in sentence.hits]
    left, right = model.sentence.evidence(masked[start : sentence.end], code, sums, cues)
    return start + left, start + right


def _measure(
    text: str,
    sentence: _Sentence,
    kind: Modality,
    cue: Span | None,
    tags: tuple[CodeTag, ...],
    previous: TaggedMeasure | None,
    issued: date | None,
    model: Model,
) -> TaggedMeasure:
    asks = kind != "statement"
    actors = tuple(find_actors(text, sentence.start, sentence.end, kind, model)) if asks else ()
    deadline = find_deadline(text, sentence.start, sentence.end, issued) if asks else None
    inherited: tuple[Span, ...] = ()
    if asks and not actors and previous is not None and previous.path == sentence.passage.path:
        inherited = previous.actors or previous.inherited_actors
    return TaggedMeasure(
        path=sentence.passage.path,
        kind=sentence.passage.kind,
        start=sentence.start,
        end=sentence.end,
        modality=kind,
        modality_cue=cue,
        codes=tuple(tag.code for tag in tags),
        actors=actors,
        inherited_actors=inherited,
        deadline=deadline.span if deadline else None,
        deadline_date=deadline.day if deadline else None,
        tags=tags,
    )


def _heading_tags(
    masked: str, headings: Mapping[str, Span], book: Codebook, model: Model, method: Method
) -> dict[str, tuple[CodeTag, ...]]:
    """The codes that headings ask for, read as sentences of their own."""
    if not headings:
        return {}
    spans = list(headings.values())
    hits = [
        [
            CueHit(hit.label, hit.start + start, hit.end + start, hit.strong, hit.cue)
            for hit in scanner(book).scan(masked[start:end])
        ]
        for start, end in spans
    ]
    features = extract(masked, spans, hits, [Context(True)] * len(spans), book)
    sums = model.sentence.sums(features)
    tagged = {}
    for number, (path, span) in enumerate(headings.items()):
        if method != "rules" and binding.best(model.sentence.scores(sums[number]), model) == "statement":
            continue
        sentence = _Sentence(Passage("directive", path, *span), *span, hits[number])
        if tags := tuple(_tags(masked, sentence, sums[number], book, model, method, margin=HEADING_MARGIN)):
            tagged[path] = tags
    return tagged
