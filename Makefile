# Undertone's commands. `make help` lists them.

PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Where the optional microphone support could be built, this file says so; see the target below.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help bot test lint format check benchmark clean

help:  ## List these commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

bot: $(VENV)/.bot  ## Run the bot; with no DISCORD_TOKEN, with a playground in your browser.
	@$(BIN)/python -m bot

test: $(VENV)/.dev  ## Run the tests (what they lack on this machine is reported as skipped).
	@$(BIN)/python -m pytest

lint: $(VENV)/.dev  ## Check style, format and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev  ## Format the code and mend what the linter can.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: lint test  ## Everything that must be green before a commit.

benchmark: $(VENV)/.dev  ## Time a voice note's way through, beside the tutorial recipe.
	@$(BIN)/python benchmarks/latency.py

clean:  ## Remove the virtual environment and everything that was made.
	rm -rf $(VENV) out .cache .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Undertone needs Python 3.11 or newer: install it, or say where it is with 'make PYTHON=/path/to/python3.11'."; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python could not make a virtual environment (on Debian and Ubuntu: 'apt install python3-venv')."; exit 1; }
	@touch $@

$(VENV)/.bot: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing the dependencies (a minute or two, the first time only)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.bot
	@echo "Installing what the tests need"
	@$(PIP) --editable '.[dev]'
	@$(PIP) --editable '.[mic]' >$(VENV)/mic.log 2>&1 \
		|| echo "The microphone script is left out: PyAudio needs PortAudio's headers (Debian and Ubuntu: 'apt install portaudio19-dev'; macOS: 'brew install portaudio')."
	@touch $@
