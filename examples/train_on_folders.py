"""Train on folders of one's own: ``python examples/train_on_folders.py [FOLDER]``.

Why: the default model learned from actors in studios. Your voices, your rooms and your languages
are heard better by a model that has learned from them.

``FOLDER`` has a folder for each emotion, called as `ser_core` calls it (neutral, calm, happy, sad,
angry, fearful, disgust, surprised), and in it recordings that are called ``SPEAKER_ANYTHING.wav``;
.flac, .ogg and .mp3 count too.

What to see: how many clips were found, the model file ``out/own-model.joblib``, and what it hears
in the first clip. It has learned from that one, so that proves nothing: how good a recipe is on
people whom it has not heard, ``compare_recipes.py`` tells, and how far to trust it,
``calibrate.py``.

Without a folder it trains on made-up voices; that model is good for nothing else.
"""

import sys
from pathlib import Path

from made_up_voices import folder_or_made_up

import ser_core
from ser_core.concurrency import Workers
from ser_core.corpora import Clip
from ser_core.dataset import measure
from ser_core.emotions import EMOTION_NAMES
from ser_core.models import EmotionModel, TrainingOptions

ENDINGS = {".wav", ".flac", ".ogg", ".mp3"}
MODEL = "out/own-model.joblib"


def clips_in(folder: Path) -> list[Clip]:
    """Return the clips below a folder: who speaks, and the emotion, by their names."""
    clips = [
        Clip(path=path, emotion=path.parent.name, speaker=path.stem.split("_")[0], corpus="own")
        for path in sorted(folder.glob("*/*"))
        if path.suffix.lower() in ENDINGS
    ]
    if not clips:
        raise ser_core.CorpusError(f"There are no recordings in {folder / 'EMOTION'}.")
    unknown = {clip.emotion for clip in clips} - set(EMOTION_NAMES)
    if unknown:
        raise ser_core.CorpusError(f"These folders are not emotions: {', '.join(sorted(unknown))}.")
    return clips


if __name__ == "__main__":
    with folder_or_made_up(sys.argv[1:]) as folder:
        clips = clips_in(folder)
        print(f"{len(clips)} clips of {len({clip.speaker for clip in clips})} speakers")
        # Each chain adds an altered copy of every clip: another room, another microphone.
        options = TrainingOptions(chains=("channel",))
        families = ("prosody", "voice", "mfcc")
        data = measure(
            clips, families=families, chains=options.chains, cache=None, workers=Workers(-1)
        )
        model = EmotionModel.fit(**data.training_arrays(votes=options.votes), options=options)
        model.save(MODEL)
        own = ser_core.load_model(MODEL)
        print(f"{clips[0].emotion} is heard as {ser_core.analyse(clips[0].path, model=own).label}")
