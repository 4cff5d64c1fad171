"""Compare two recipes on unseen speakers: ``python examples/compare_recipes.py [FOLDER]``.

Why: a model that is tested on people whom it has learned from looks much better than it is. Here
whole speakers are left out in turn, and each clip is predicted by a model that never heard them.

``FOLDER`` is as in ``train_on_folders.py``.

What to see: for each recipe the UAR (unweighted average recall, the mean of the emotions' recalls:
a third by guessing among three) and the range in which it would lie with other speakers. Where the
ranges overlap much, the recipes are about as good as each other.

Without a folder the voices are made up, and so are the figures: they say nothing about people.
"""

import sys

from made_up_voices import folder_or_made_up
from train_on_folders import clips_in

from ser_core.concurrency import Workers
from ser_core.dataset import measure, splits
from ser_core.evaluation import cross_validation
from ser_core.models import TrainingOptions

RECIPES = {
    "prosody and voice": ("prosody", "voice"),
    "timbre alone": ("mfcc",),
}

if __name__ == "__main__":
    workers = Workers(-1)
    options = TrainingOptions(chains=(), n_networks=2)  # fewer than usual, to be quick
    with folder_or_made_up(sys.argv[1:]) as folder:
        for name, families in RECIPES.items():
            data = measure(clips_in(folder), families=families, cache=None, workers=workers)
            found = cross_validation.run(
                name,
                data,
                splits.speaker_independent(data, n_partitions=1),
                options=options,
                workers=workers,
            )
            interval = found.uar_interval
            between = f", between {interval.low:.2f} and {interval.high:.2f}" if interval else ""
            print(f"{name}: UAR {found.uar:.2f}{between}")
