"""Template, styles, script and data → one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

SCRIPTS = (
    "data",
    "elements",
    "filters",
    "overview",
    "passages",
    "heat_map",
    "shelf",
    "reader",
    "sheet",
    "marks",
    "raw_text",
    "appendix",
    "place",
    "card",
    "address",
    "start",
)
"""The files of ``script/`` in the order in which the page runs them: one scope, the last one starts it."""

STYLES = ("colours", "base", "overview", "passages", "heat_map", "reader", "text", "card", "media")
"""The files of ``style/`` in the order in which they override each other."""

_HERE = Path(__file__).parent
_SLOT = re.compile(r"\{\{ (\w+) \}\}")


def page_html(overview: dict[str, Any], chunks: list[str]) -> str:
    """The whole page.

    Data stands in blocks that a browser does not run, and a content security policy lets only the page's own
    style and script (by their hashes) do anything: no request can leave, and nothing that a document brings
    can become code.
    """
    style, script = page_style(), page_script()
    slots = {
        "policy": _policy(style, script),
        "style": style,
        "script": script,
        "overview": json_block(overview),
        "chunks": "\n".join(
            f'<script type="text/plain" id="chunk-{number}">{data}</script>'
            for number, data in enumerate(chunks)
        ),
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], _file("template.html"))


def page_script() -> str:
    """The page's one script."""
    files = "\n".join(_file(f"script/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{files}}})();\n'


def page_style() -> str:
    """The page's one style sheet."""
    return "\n".join(_file(f"style/{name}.css") for name in STYLES)


def json_block(value: Any) -> str:
    """JSON that may stand inside ``<script type="application/json">``: no ``<`` that could end it or open a
    comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
