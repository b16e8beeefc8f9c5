# make dataset   build data/out/ from seeds/            make schemas    write schemas/ from the records
# make test      that, and run every test               make golden     write the golden files anew (then read the diff)
# make check     format, lint, types, schemas, dataset   make evaluate   score against gold (GOLD=folder)
# make bench     measure speed and memory               make noise      measure robustness against noise
# make release-check   all of make check, then the wheel and the README as a stranger would use them; writes dist/
# make segmenter, make tagger    train the shipped models anew (TREEBANK=folder, GOLD=folder)
#
# Needs Python 3.11 or newer and make. Everything else is installed into .venv from the lock files.

PYTHON ?= python3
SOURCES ?= seeds
OUT ?= data/out
GOLD ?= tests/gold
TREEBANK ?= treebank
BIN := .venv/bin
RUN := $(BIN)/python -P
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: dataset test check audit release-check schemas golden bench noise evaluate segmenter tagger clean
.DELETE_ON_ERROR:

# A second run skips the build when neither a source nor the code is newer than the dataset.
dataset: .make/runtime
	@if [ -e "$(OUT)/_manifest.json" ] && [ -z "$$(find $(SOURCES) -newer "$(OUT)/_manifest.json" -print; \
	  find pipeline -name __pycache__ -prune -o -type f -newer "$(OUT)/_manifest.json" -print)" ]; \
	then echo "$(OUT): up to date"; else $(BIN)/gongwen build $(SOURCES) --out "$(OUT)" && $(BIN)/gongwen report "$(OUT)"; fi

test: .make/dev dataset
	$(RUN) -m pytest -n 2 --dist loadfile

check: .make/dev dataset audit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/gongwen schema --check
	$(BIN)/gongwen check "$(OUT)"

# Known vulnerabilities of what is installed; says so when no database of them can be reached.
audit: .make/dev
	@code=0; $(BIN)/pip-audit -r requirements.lock --disable-pip --strict --progress-spinner off \
	  >.make/audit.log 2>&1 || code=$$?; \
	if grep -qE "could not be audited|ConnectionError|Failed to (connect|query)" .make/audit.log; \
	then echo "audit: SKIPPED, no database of vulnerabilities within reach: $$(tail -n 1 .make/audit.log)"; \
	else cat .make/audit.log; exit $$code; fi

release-check: check
	$(RUN) -m pytest -n 0 tests/test_wheel.py tests/test_readme.py
	rm -rf dist
	$(BIN)/python -m hatchling build

schemas: .make/runtime
	$(BIN)/gongwen schema

golden: .make/dev
	-$(RUN) -m pytest -n 0 tests/test_golden.py --update-golden
	git --no-pager diff --stat -- tests/golden

bench: .make/dev
	OMP_NUM_THREADS=1 $(RUN) benchmarks/bench.py

noise: .make/dev
	$(RUN) benchmarks/noise.py

evaluate: .make/runtime
	$(BIN)/gongwen evaluate "$(GOLD)"
	$(RUN) benchmarks/figures.py

segmenter: .make/dev
	$(RUN) -m pipeline.train.segmenter "$(TREEBANK)"

tagger: .make/dev
	$(RUN) -m pipeline.train.tagger --all

clean:
	rm -rf .venv .make dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(OUT) -mindepth 1 ! -name .gitkeep -delete

# The environment. pyvenv.cfg is made with it, and unlike bin/python is no link to an older file.
.venv/pyvenv.cfg:
	$(PYTHON) -m venv .venv

.make/runtime: .venv/pyvenv.cfg requirements.lock pyproject.toml pipeline/version.py
	@mkdir -p .make
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.make/dev: .make/runtime requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
