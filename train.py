"""``python train.py``: a model of your own."""

import sys

try:
    from ser_core.cli.train import app
except KeyboardInterrupt:  # Ctrl-C while all this is imported, which takes a second
    sys.exit(130)

if __name__ == "__main__":
    app()
