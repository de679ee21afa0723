PYTHON ?= python3
VENV_PYTHON = .venv/bin/python

.PHONY: app test check report clean

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

# What the shipped adapter is worth, scored anew from the answers in docs/quality/answers, and kept for the Quality tab.
report:
	@$(VENV_PYTHON) -m aac quality report --keep docs/quality

clean:
	rm -rf .venv build tests/browser/node_modules
