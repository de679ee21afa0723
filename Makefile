PYTHON ?= python3
VENV_PYTHON = .venv/bin/python

.PHONY: app test check audit report adapter clean

# Set everything up and open the app.
app:
	@$(PYTHON) scripts/set_up.py app
	@$(VENV_PYTHON) app.py --open

# Set everything up, check the style and the types, and run every test.
test:
	@$(PYTHON) scripts/set_up.py test
	@$(MAKE) --no-print-directory check
	@$(VENV_PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

# The pinned requirements, compared with the advisories that PyPI publishes; one that could not be looked up fails. Needs
# the network, and is no part of `test`.
audit:
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install -q pip-audit==2.10.1; }
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip -r requirements.txt -r requirements-test.txt -r requirements-bench.txt -r requirements-mcp.txt -r space/requirements.txt

# What the shipped adapter is worth, scored anew from the answers in docs/quality/answers, and kept for the Quality tab.
report:
	@$(VENV_PYTHON) -m aac quality report --keep docs/quality

# The shipped adapter once more, from the repository alone (about five hours on two cores), what its answers score, and
# whether that is within the stated spread of what ships.
# Stopped, the same command goes on. Once build/adapter is made it is not trained again; one of another configuration or
# of other data is refused.
adapter:
	@$(VENV_PYTHON) -m aac train docs/quality/adapter.json --out build/adapter --run-folder build/adapter-run
	@mkdir -p build/answers && cp docs/quality/answers/*.without_lora.jsonl build/answers
	@for task in set complete recall kept_out kept_out_complete typed typed_complete hostile; do \
		$(VENV_PYTHON) -m aac quality answer $$task --adapter build/adapter --answers build/answers || exit; \
	done
	@$(VENV_PYTHON) -m aac quality report --answers build/answers --beside docs/quality

clean:
	rm -rf .venv build tests/browser/node_modules
