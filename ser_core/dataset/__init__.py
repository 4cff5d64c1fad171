"""From clips to rows of features, with altered copies; and the splits of them."""

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
]
