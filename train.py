"""``python train.py``: a model of your own."""

from ser_core.cli.train import app

if __name__ == "__main__":
    app()
