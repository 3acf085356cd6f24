# make demo   plan and price a generated municipality; results in out/
# make test   format, lint, types and tests
# Both set everything up by themselves in .venv, from requirements.lock.

PYTHON ?= python3
VENV := .venv
# How many tests run at a time, but for those that need the machine to themselves.
WORKERS ?= 2
READY := $(VENV)/.ready

.PHONY: demo test planted faults contract client bench peers lock clean

demo: $(READY)
	@$(VENV)/bin/hemplan demo $(ARGS)

test: $(READY)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest -m "not alone" --numprocesses $(WORKERS) --dist loadfile
	$(VENV)/bin/python -m pytest -m alone

bench: $(READY)
	$(VENV)/bin/python -m pytest bench --benchmark-only

# Faults planted one by one in the price chain: does some test find each? Five minutes.
planted: $(READY)
	$(VENV)/bin/python -m tests.planted_faults $(ARGS)

# Kills, cuts, a full disk, overload and load, in full numbers (docs/faults.md): hours.
faults: $(READY)
	$(VENV)/bin/python -m tests.faults $(ARGS)

# Every operation by every role on both databases, against the OpenAPI description.
contract: $(READY)
	$(VENV)/bin/python -m tests.api.contract $(ARGS)

# api/client/operations, after a change of the service's operations.
client: $(READY)
	$(VENV)/bin/python -m tests.api.client.writer

# The solvers that bench/peers.py compares with; not in the program.
peers: $(READY)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Hemplan needs Python 3.11 or later; choose one with make PYTHON=python3.x"; exit 1; }
	@echo "Setting up in $(VENV) (once, three to six minutes) ..."
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -m scheduler.solve.warm
	@touch $(READY)

# Needs uv; run after a change of the dependencies in pyproject.toml.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --group dev pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --group dev --group bench --constraint requirements.lock pyproject.toml \
	  --output-file requirements-bench.lock

clean:
	rm -rf $(VENV) out
