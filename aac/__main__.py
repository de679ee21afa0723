"""`python -m aac …`."""

import sys

try:
    from aac.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"{error}: . .venv/bin/activate, or python -m pip install -r requirements.txt")

sys.exit(main())
