"""nEMO, as it is published and as it lies beside the project."""

from ser_core.corpora.discovery import find_clips
from tests.ser_core.corpora.folders import found, touch


def test_nemo_as_it_is_published_or_has_been_compressed_since(tmp_path):
    names = ["EB0_anger_12.wav", "EB0_anger_13.flac", "EB0_anger_14.ogg", "EB0_anger_15.mp3"]
    touch(tmp_path / "samples", *names, "MP0_surprised_3.WAV")
    touch(tmp_path, "data.tsv", "EB0_anger_16.txt")
    assert found("nemo", tmp_path) == [
        *((name, "angry", "nemo-EB0") for name in names),
        ("MP0_surprised_3.WAV", "surprised", "nemo-MP0"),
    ]


def test_the_real_corpus_is_found_whole(corpora):
    clips = find_clips("nemo", corpora / "nemo")
    assert len(clips) == 2415
    assert len({clip.speaker for clip in clips}) == 5
    assert len({clip.emotion for clip in clips}) == 6
