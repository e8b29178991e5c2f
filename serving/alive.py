"""Whether the web server of this machine answers: `python -m serving.alive`.

For a container's health check: exit code 0, or 1 with a line. It asks whether the process lives
and not whether the database does: starting this one again would not mend that one.
"""

from __future__ import annotations

import os
import sys
import urllib.request

SECONDS = 4


def main() -> int:
    """Ask the web server at PORT, as gunicorn.conf.py binds it."""
    port = os.environ.get("PORT", "").strip() or "8050"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=SECONDS):
            return 0
    except (OSError, ValueError) as error:
        print(f"The web server does not answer: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
