"""Calibrate: ``python examples/calibrate.py [FOLDER]``.

Why: networks are surer about strangers than they are right. A model whose "80 %" is right in 80 of
100 cases can be believed, and can say "not sure" where it is better not to answer.

``FOLDER`` is as in ``train_on_folders.py``.

What to see: the temperature that makes confidence match accuracy (above 1 the model was too sure),
the threshold under which an answer is "not sure", and the calibration error before and after: by
how much confidence and accuracy differ on average. The predictions are of speakers who were left
out of training, and "after" is of a temperature that was fitted on yet other speakers.

To calibrate a model that was trained on all clips: ``dataclasses.replace(model, calibration=...)``.
Without a folder the voices are made up, and the figures say nothing about people.
"""

import sys

from made_up_voices import folder_or_made_up
from train_on_folders import clips_in

from ser_core.concurrency import Workers
from ser_core.dataset import measure, splits
from ser_core.evaluation import cross_validation
from ser_core.models import TrainingOptions, fit_calibration

if __name__ == "__main__":
    workers = Workers(-1)
    options = TrainingOptions(chains=(), n_networks=2)  # fewer than usual, to be quick
    with folder_or_made_up(sys.argv[1:]) as folder:
        data = measure(clips_in(folder), families=("mfcc",), cache=None, workers=workers)
        parts = splits.speaker_independent(data, n_partitions=1)
        found = cross_validation.run("strangers", data, parts, options=options, workers=workers)
        (strangers,) = found.out_of_fold
        calibration = fit_calibration(strangers.probabilities, strangers.truth)
    print(f"temperature {calibration.temperature:.2f}, threshold {calibration.threshold:.2f}")
    print(f"calibration error before: {found.certainty.ece:.3f}")
    if found.calibrated is not None:  # with more than two speakers
        print(f"calibration error after: {found.calibrated.ece:.3f}")
