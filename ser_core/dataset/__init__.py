"""Clips as rows of features, altered copies of clips, and splits into training and test sides.

Which clips there are is for `corpora` to find, and what is learned from them is in `models`.
"""

from ser_core.dataset import splits
from ser_core.dataset.alterations import BABBLE_VOICES, BATTERY, Surroundings, add_noise
from ser_core.dataset.augmentation import CHAINS
from ser_core.dataset.dataset import DEFAULT_CACHE, Dataset, extract, load, measure
from ser_core.dataset.splits import MIN_EMOTIONS, N_PARTITIONS, Split

__all__ = [
    "BABBLE_VOICES",
    "BATTERY",
    "CHAINS",
    "DEFAULT_CACHE",
    "MIN_EMOTIONS",
    "N_PARTITIONS",
    "Dataset",
    "Split",
    "Surroundings",
    "add_noise",
    "extract",
    "load",
    "measure",
    "splits",
]
