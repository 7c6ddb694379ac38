"""`python -m simulator --port 8001`: serve the simulator on this machine."""

from __future__ import annotations

import argparse

from werkzeug.serving import run_simple

from simulator import create_app


def main() -> None:
    """Read the options and serve until stopped."""
    options = argparse.ArgumentParser(prog="simulator")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8001)
    options.add_argument("--database", default=None, help="a file; :memory: keeps nothing")
    chosen = options.parse_args()
    run_simple(chosen.host, chosen.port, create_app(chosen.database), threaded=True)


main()
