"""``python -m ser_core``: the commands over files."""

from ser_core.cli.app import app

if __name__ == "__main__":
    app(prog_name="python -m ser_core")
