# `make run` opens the window, `make test` runs every check; each does everything from a fresh clone.
# What has been done once is stamped under .venv, so the second time starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Training and its tests need torch, `make run` does not. A plain `torch` pulls gigabytes of CUDA
# libraries, so the version is pinned to one of which the package index has a CPU build; elsewhere:
# make test TORCH='torch==2.13.0+cpu --extra-index-url https://download.pytorch.org/whl/cpu'
TORCH ?= torch==2.13.0

# Benchmarks read jsonl files of cases ({"pinyin": [...], "hanzi": "..."}), which are not part of the project:
# make bench SETS="dev/csmsc.jsonl dev/chat.jsonl"
SETS ?=

# The long run: make model CORPUS=TEXT WORK=FOLDER; the same command goes on where it was cut off. What it begins
# with is the bundle; a recipe from scratch wants BEGIN=
RECIPE ?= training/recipes/grown.toml
BEGIN ?= resources/model

# Files of tests are shared out to a process a core, at most 4, in the order of tests/conftest.py.
PARALLEL ?= -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
unexport PYTHONDONTWRITEBYTECODE  # or each process compiles anew what it imports

# An environment that was moved still points to where it was made: it is made anew.
MADE_AT := $(shell sed -n 's/^command = .* -m venv //p' $(VENV)/pyvenv.cfg 2>/dev/null)
ifneq ($(MADE_AT),)
ifneq ($(MADE_AT),$(CURDIR)/$(VENV))
$(info The folder was moved: its environment is made anew)
$(shell rm -rf $(VENV))
endif
endif

.PHONY: run training ibus ibus-uninstall fcitx5 fcitx5-uninstall test check test-long dist bench model clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m ime_app

# 墨音 in every application, by IBus: for this user, without root.
ibus: $(VENV)/run.stamp
	@$(BIN)/python -P -m ime_app.ibus install

ibus-uninstall: $(VENV)/run.stamp
	@$(BIN)/python -P -m ime_app.ibus uninstall

# The same in fcitx5: compiles its addon (g++, pkg-config, libfcitx5core-dev), for this user, without root.
fcitx5: $(VENV)/run.stamp
	@$(BIN)/python -P -m ime_app.fcitx5 install

fcitx5-uninstall: $(VENV)/run.stamp
	@$(BIN)/python -P -m ime_app.fcitx5 uninstall

# What retraining needs, and nothing else: torch for the CPU, some 850 MB on the disk.
training: $(VENV)/training.stamp
	@echo "再训练可以开始了 · retraining is ready"

test: $(VENV)/test.stamp check

# The checks alone, where the environment stands. mypy takes a minute of one core the first time: the tests, some
# of which wait for processes of their own, run meanwhile.
check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy & mypy=$$!; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q $(PARALLEL); tests=$$?; \
	wait $$mypy && exit $$tests

# What takes too long for every change: typing slowly into other applications, fcitx5, a wheel in a bare environment,
# 200 kills, 100,000 random keys, the tutorial; and the laws on examples drawn anew.
test-long: $(VENV)/test.stamp
	@.ci/system-packages long
	HYPOTHESIS_PROFILE=drawn OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m 'long or hypothesis'

# A wheel in dist/, complete: model, word lists, window, engine for IBus.
dist: $(VENV)/python.stamp
	rm -rf build dist
	$(BIN)/pip wheel -q --no-deps -w dist .
	@ls -sh dist

bench: $(VENV)/run.stamp
	$(BIN)/python -m engine benchmark all $(SETS)

model: $(WORK)/data.stamp
	OMP_WAIT_POLICY=PASSIVE nice -n 10 $(BIN)/python -m training train --recipe $(RECIPE) --data $(WORK)/data \
		--output $(WORK)/runs/$(basename $(notdir $(RECIPE))) $(if $(BEGIN),--begin $(BEGIN)) --threads 1

$(WORK)/data.stamp: $(VENV)/training.stamp
	@test -n "$(CORPUS)" -a -n "$(WORK)" || { echo "make model CORPUS=TEXT WORK=FOLDER"; exit 2; }
	$(BIN)/python -m training prepare --input $(CORPUS) --output $(WORK)/data --vocabulary resources/model/vocabulary.tsv
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/python.stamp: .ci/system-packages
	@PYTHON=$(PYTHON) .ci/system-packages run
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Moyin needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml
	$(BIN)/pip install -q -e .
	@touch $@

$(VENV)/training.stamp: $(VENV)/python.stamp pyproject.toml
	$(BIN)/pip install -q -e '.[train]' $(TORCH)
	@touch $@ $(VENV)/run.stamp

$(VENV)/test.stamp: $(VENV)/python.stamp pyproject.toml
	@.ci/system-packages test
	$(BIN)/pip install -q --no-compile -e '.[train,dev]' $(TORCH)  # compiling all takes longer than what is imported
	@touch $@ $(VENV)/run.stamp
