"""``python mic.py``: the emotion in your own voice, live, or in a recording that is played."""

from ser_core.cli.live import app

if __name__ == "__main__":
    app()
