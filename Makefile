# Everything runs in .venv, which these targets set up; nothing but make and Python >= 3.11 (with venv) is needed.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help

# Tests start hundreds of interpreters, and each would compile the package and the tests again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve test golden coverage soak lowest lint format words schema film docs packages release bench-archive bench-audio bench-tracks bench-store bench-feed bench-large bench-cluster bench-stats clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --use-pep517 --constraint constraints.txt --editable .
	@touch $@

.venv/dev: .venv/run
	$(PIP) install --use-pep517 --constraint constraints.txt --editable '.[dev]'
	@touch $@

.venv/system: scripts/install_test_tools.sh
	scripts/install_test_tools.sh
	@touch $@

demo: .venv/run ## publish the sample episode into public/
	$(BIN)/sendung publish --all --yes
	@echo "Listen with: make serve"

serve: .venv/run ## serve public/ on localhost
	$(BIN)/sendung serve

# What judges the pages comes from npm; without npm those tests are skipped by name, and with CI set they fail.
.venv/node: .venv/system tests/website/package.json
	-cd tests/website && npm install --omit=optional --no-audit --no-fund --silent
	@touch $@

# Four at a time on two cores: a third of the time goes into waiting for stores and browsers.
test: .venv/dev .venv/node ## run all tests but the long trials; some of them: make test ARGS="-k withdraw"
	$(BIN)/pytest -m 'not soak' -n 4 $(ARGS)

golden: .venv/dev ## write the golden files anew; look at git diff before you commit them
	UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/feed/test_render.py tests/rules/test_broken_feeds.py tests/website/test_golden.py

coverage: .venv/dev .venv/node ## print the branches that no test takes
	$(PIP) install --use-pep517 pytest-cov
	$(BIN)/pytest -m 'not soak' -n 2 --cov sendung --cov-branch --cov-report term-missing:skip-covered $(ARGS)

soak: .venv/dev .venv/node ## run the long trials
	-cd tests/website && npm install --no-audit --no-fund --silent
	$(BIN)/pytest -m soak

lowest: .venv/dev .venv/node ## run tests with the oldest packages that pyproject.toml allows; ARGS="tests/media" runs some
	scripts/try_lowest.sh $(ARGS)

lint: .venv/dev ## run the static checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev ## format the code, and mend what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

words: .venv/run ## write the messages of the code into the catalogues of src/sendung/core/locale
	$(BIN)/python scripts/make_words.py

schema: .venv/run ## write schema/ and the keys in docs/ from the models
	$(BIN)/python scripts/make_schema.py
	$(BIN)/python scripts/make_reference.py
	$(BIN)/python scripts/make_commands_page.py
	$(BIN)/python scripts/make_rules_page.py

film: .venv/dev ## record one publish in a terminal as docs/images/publish.svg
	$(BIN)/python scripts/make_film.py

docs: .venv/dev schema ## make a site of docs/ in build/docs/
	$(BIN)/sphinx-build --fresh-env --quiet --fail-on-warning --keep-going --doctree-dir build/doctrees docs build/docs
	@echo "Read it: build/docs/index.html"

bench-audio: .venv/dev ## mastering beside other ways: see docs/performance.md
	$(PIP) install --use-pep517 ffmpeg-normalize psutil
	$(BIN)/python benchmarks/audio.py

bench-archive: .venv/dev ## many episodes at once, beside GNU parallel with ffmpeg-normalize (in an environment of its own)
	which parallel > /dev/null || apt-get install --yes --quiet parallel
	$(PYTHON) -m venv .venv/normalize
	.venv/normalize/bin/pip install --quiet ffmpeg-normalize
	$(PIP) install --use-pep517 psutil
	$(BIN)/python -m benchmarks.archive --normalize .venv/normalize/bin/ffmpeg-normalize $(ARGS)

bench-tracks: .venv/dev .venv/system ## two microphones beside other ways (podcast-automixer, double-ender-sync, in an environment of their own)
	$(PYTHON) -m venv .venv/tracks
	.venv/tracks/bin/pip install --quiet podcast-automixer double-ender-sync
	$(PIP) install --use-pep517 psutil
	$(BIN)/python -m benchmarks.tracks --others .venv/tracks/bin
	$(BIN)/python -m benchmarks.tracks --minutes 60

bench-feed: .venv/dev ## the feed beside bare feedgen and podgen
	$(PIP) install --use-pep517 podgen
	$(BIN)/python benchmarks/feed.py

bench-store: .venv/dev ## publishing into shows of three sizes, and uploads beside aws s3 cp (in an environment of its own)
	$(PYTHON) -m venv .venv/aws
	.venv/aws/bin/pip install --quiet awscli
	$(BIN)/python -m benchmarks.store --aws .venv/aws/bin/aws
	$(BIN)/python -m benchmarks.publishing

bench-large: .venv/dev ## every command in a show of 5,000 episodes with their drafts
	$(BIN)/python -m benchmarks.large $(ARGS)

bench-cluster: .venv/dev ## many episodes mastered by a cluster on this machine beside the machine alone, and a plan for larger ones
	$(BIN)/python -m benchmarks.cluster $(ARGS)

bench-stats: .venv/dev ## counting 10 million lines of log of known truth, beside goaccess and models of others' rules
	which goaccess > /dev/null || apt-get install --yes --quiet goaccess
	PYTHONPATH=scripts $(BIN)/python -m benchmarks.stats $(ARGS)

packages: .venv/dev ## build sdist and wheel in dist/, and try both by pip, pipx and uv in empty environments
	scripts/build_packages.sh
	PYTHON=$(PYTHON) scripts/try_packages.sh

release: .venv/dev ## the same for a version that has its section in CHANGELOG.md, with checksums
	PYTHON=$(PYTHON) scripts/release.sh

clean: ## remove what the targets made
	rm -rf .venv public build
