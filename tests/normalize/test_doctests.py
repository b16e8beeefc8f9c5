from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import pipeline.normalize as stage

MODULES = [module.name for module in iter_modules(stage.__path__, "pipeline.normalize.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_docstrings(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


def test_every_step_shows_what_it_does() -> None:
    for step in stage.STEPS:
        docstring = step.edits.__doc__ or ""
        assert ">>>" in docstring, step.edits.__name__
        assert "Leaves" in docstring or "stay" in docstring, (
            f"{step.edits.__name__} says not what it leaves alone"
        )
