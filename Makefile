# Undertone's commands. `make help` lists them.
#
# Each step of the installation leaves a marker in the virtual environment, so that a second call
# starts at once, and a changed list of dependencies is installed by the next call.

# The first of these that runs, and is new enough, makes the virtual environment.
PYTHON ?= python3.11 python3.12 python3.13 python3.14 python3 python
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# PyAudio is compiled against PortAudio's header. Where that is missing the rest is installed all the
# same; the name of the marker says which it was, so that the header's arrival brings a new attempt.
PORTAUDIO := $(wildcard $(foreach prefix,/usr /usr/local /opt/homebrew /opt/local,$(prefix)/include/portaudio.h))
MIC_TRIED := $(VENV)/.mic-tried-$(if $(PORTAUDIO),with,without)-portaudio
MIC_INSTALL = $(PIP) --editable '.[mic]' >$(VENV)/mic.log 2>&1
MIC_ADVICE := Install PortAudio and a C compiler (Debian and Ubuntu: 'sudo apt install portaudio19-dev gcc python3-dev'; macOS: 'brew install portaudio'), then 'make mic'. What went wrong is in $(VENV)/mic.log.

# The pretrained weights, where platformdirs has the user's cache. Where they cannot be had, all goes
# on without them, and the next call tries again.
CACHE = $(or $(XDG_CACHE_HOME),$(HOME)/$(if $(filter Darwin,$(shell uname)),Library/Caches,.cache))
WEIGHTS = $(CACHE)/undertone/whisper-base/encoder.onnx
WEIGHTS_ADVICE := Without the weights, the small model answers, and tests of the large one are skipped. The next call tries again.

PYTEST := $(BIN)/python -m pytest
SIDE_BY_SIDE := --numprocesses auto --dist loadscope
COVERAGE := --cov=bot --cov=ser_core --cov-branch

.DEFAULT_GOAL := help
.PHONY: help bot mic test test-quick weights coverage lines lint format check fuzz benchmark architecture translations clean .new-environment

help:  ## List these commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

bot: $(VENV)/.bot weights  ## Run the bot; with no DISCORD_TOKEN, with a playground in your browser.
	@$(BIN)/python -m bot

mic: $(VENV)/.mic  ## Hear the emotion in your own voice, live (more: make mic ARGS=--help).
	@$(BIN)/python mic.py $(ARGS)

test: $(VENV)/.dev $(MIC_TRIED) weights  ## Run the tests; what they lack here is skipped and told (some: ARGS=tests/mic).
ifdef ARGS
	@$(PYTEST) $(ARGS)
else
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not alone"
	@$(PYTEST) -m alone
endif

test-quick: $(VENV)/.dev weights  ## Run what needs no browser, sound server, database or bot: a minute.
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not slow and not alone"

weights: $(VENV)/.bot  ## Download the weights of the model that answers, once: 145 MB, of which 15 are kept.
	@test -e "$(WEIGHTS)" || $(BIN)/python -m ser_core download whisper-base || echo "$(WEIGHTS_ADVICE)"

coverage: $(VENV)/.dev $(MIC_TRIED) weights  ## Run the tests, and tell which lines and branches none of them ran.
	@$(PYTEST) $(SIDE_BY_SIDE) -m "not alone" $(COVERAGE) --cov-report=
	@$(PYTEST) -m alone $(COVERAGE) --cov-append --cov-report=term-missing:skip-covered

lines:  ## Count lines of code, without blanks, comments and docstrings.
	@python3 benchmarks/lines.py

lint: $(VENV)/.dev  ## Check style, format, types and the order of the packages.
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m mypy mic.py train.py
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev  ## Format the code and mend what the linter can.
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

check: lint test  ## Everything that must be green before a commit.

fuzz: $(VENV)/.dev  ## Attack the bot with hostile files (more: make fuzz ARGS="--files 10000 --whole-bot").
	@$(BIN)/python -m tests.fuzz $(ARGS)

benchmark: $(VENV)/.dev  ## Time a voice note's way through, beside the tutorial recipe.
	@$(BIN)/python benchmarks/latency.py

architecture: $(VENV)/.dev  ## Draw the packages and what they import: docs/pictures/packages.svg.
	@$(BIN)/python docs/make_package_picture.py

translations: $(VENV)/.bot  ## Bring the catalogues of bot/i18n/locales up to date with what the code says.
	@$(BIN)/python -m bot.i18n.update_catalogues

clean:  ## Remove the virtual environment and everything that was made.
	rm -rf $(VENV) out .cache .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A virtual environment dies with the Python that made it: when its link leads nowhere, make it anew.
ifeq ($(realpath $(BIN)/python),)
$(VENV)/.python: .new-environment
endif

# One that is there and works (somebody's own) is taken as it is.
$(VENV)/.python:
	@new_enough='import sys; sys.exit(sys.version_info < (3, 11))'; found=; \
	if $(BIN)/python -c "import pip; $$new_enough" 2>/dev/null; then touch $@; exit 0; fi; \
	for python in $(PYTHON); do \
		"$$python" -c "$$new_enough" 2>/dev/null || continue; \
		found="$$python"; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "Making the virtual environment $(VENV) with $$("$$python" --version)"; \
		"$$python" -m venv --clear $(VENV) && touch $@ && exit 0; \
	done; \
	if [ -n "$$found" ]; then \
		echo "$$found could not make a virtual environment (on Debian and Ubuntu: 'sudo apt install python3-venv')." >&2; \
	else \
		echo "Undertone needs Python 3.11 or newer: install it, or say where it is with 'make PYTHON=/path/to/python3.11'." >&2; \
	fi; \
	exit 1

$(VENV)/.bot: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing the dependencies (some minutes, the first time only)"
	@$(PIP) --editable . \
		|| { echo "The dependencies could not be installed: read pip's message above, mend that (a connection to the internet?), and run the same again." >&2; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.bot
	@echo "Installing what the tests need"
	@$(PIP) --editable '.[dev]' \
		|| { echo "What the tests need could not be installed: read pip's message above, mend that, and run the same again." >&2; exit 1; }
	@touch $@

$(VENV)/.mic: $(VENV)/.bot
	@echo "Installing PyAudio for the microphone"
	@$(MIC_INSTALL) || { echo "PyAudio could not be built. $(MIC_ADVICE)" >&2; exit 1; }
	@touch $@

$(MIC_TRIED): $(VENV)/.bot
	@if $(MIC_INSTALL); then touch $(VENV)/.mic; \
		else echo "The microphone is left out: PyAudio could not be built. $(MIC_ADVICE)"; fi
	@touch $@
