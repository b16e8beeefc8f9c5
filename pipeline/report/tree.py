"""One document as a coloured tree for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from rich.tree import Tree

from pipeline.records import Directive, DocumentRecord, Measure

_HEAD = (
    "doc_type",
    "doc_number",
    "issuer",
    "issuer_level",
    "issuer_organ",
    "issuer_adcode",
    "issuer_method",
    "date_issued",
    "date_method",
    "urgency",
    "secrecy",
    "signer",
    "printed_by",
    "printed_on",
)
_MODALITY_STYLES = {
    "obligation": "bold",
    "prohibition": "bold red",
    "permission": "green",
    "encouragement": "green",
    "commitment": "blue",
    "statement": "dim",
}


def document_tree(record: DocumentRecord, *, raw: bool = False) -> Tree:
    """Head fields, directives with their measures, references, and what was repaired; inner documents as
    branches.

    ``raw``: quote the words as they stand in the raw text instead of the normalised one.
    """
    root = Tree(Text(record.title or "(no title)", style="bold"), guide_style="dim")
    head = root.add(Text("head 眉首", style="cyan"))
    for field in _HEAD:
        if (value := getattr(record, field)) is not None:
            head.add(_labelled(field, str(value)))
    if record.addressees:
        branch = root.add(_labelled("addressees 主送抄送", str(len(record.addressees)), "cyan"))
        for addressee in record.addressees:
            branch.add(_labelled(addressee.role, addressee.name))
    _add_directives(root, record, raw)
    if record.references:
        branch = root.add(_labelled("references 引用", str(len(record.references)), "cyan"))
        for reference in record.references:
            branch.add(_labelled(reference.relation, reference.text))
    root.add(_labelled("segments 要素", " ".join(segment.kind for segment in record.segments), "cyan"))
    root.add(_labelled("repairs 修复", str(record.n_repairs), "cyan"))
    for warning in record.warnings:
        root.add(_labelled(f"warning {warning.kind}", warning.detail, "yellow"))
    for inner in record.inner:
        branch = root.add(Text(f"inside, at {inner.parent_start}", style="cyan"))
        branch.children.append(document_tree(inner, raw=raw))
    return root


def _add_directives(root: Tree, record: DocumentRecord, raw: bool) -> None:
    measures: dict[str | None, list[Measure]] = {}
    for measure in record.measures:
        measures.setdefault(measure.directive_id, []).append(measure)
    if None in measures:
        branch = root.add(_labelled("outside directives", str(len(measures[None])), "cyan"))
        _add_measures(branch, measures[None], record, raw)
    if not record.directives:
        return
    nodes: dict[str | None, Tree] = {
        None: root.add(_labelled("directives 条目", str(record.n_directives), "cyan"))
    }
    for directive in record.directives:
        parent = nodes.get(directive.parent_id, nodes[None])
        nodes[directive.directive_id] = node = parent.add(_directive(directive))
        _add_measures(node, measures.get(directive.directive_id, []), record, raw)


def _directive(directive: Directive) -> Text:
    text = Text(f"{directive.path} ", style="magenta").append(directive.marker, style="bold")
    return text.append(directive.heading or "", style="bold")


def _add_measures(branch: Tree, measures: Sequence[Measure], record: DocumentRecord, raw: bool) -> None:
    for measure in measures:
        words = record.raw_text[measure.raw_start : measure.raw_end] if raw else measure.text
        text = Text(measure.modality, style=_MODALITY_STYLES[measure.modality]).append(" ")
        text.append(" ".join(measure.codes), style="green").append(" " if measure.codes else "")
        node = branch.add(text.append(words, style="default"))
        if measure.actors:
            node.add(_labelled("actors", "、".join(measure.actors)))
        if measure.deadline:
            date = f" = {measure.deadline_date}" if measure.deadline_date else ""
            node.add(_labelled("deadline", measure.deadline + date))


def _labelled(label: str, value: str, style: str = "dim") -> Text:
    return Text(f"{label} ", style=style).append(value, style="default")
