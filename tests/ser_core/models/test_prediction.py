"""Predictions: their order, and whether they are sure."""

from ser_core.models.prediction import Prediction


def test_it_ranks_emotions_by_probability():
    prediction = Prediction({"happy": 0.2, "sad": 0.7, "angry": 0.1})
    assert (prediction.emotion, prediction.confidence) == ("sad", 0.7)
    assert [name for name, _ in prediction.ranked] == ["sad", "happy", "angry"]


def test_it_is_sure_from_the_threshold_on_and_has_the_two_nearest_either_way():
    probabilities = {"happy": 0.3, "sad": 0.45, "angry": 0.25}
    assert Prediction(probabilities, threshold=0.45).is_sure
    unsure = Prediction(probabilities, threshold=0.46)
    assert not unsure.is_sure
    assert unsure.nearest == ("sad", "happy")
