"""The report: a self-contained page, and the same in JSON."""

import json
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError
from ser_core.evaluation import report
from tests.ser_core.examinations import clips, examined, model, quickly

pytestmark = pytest.mark.slow

COMMAND = "python -m ser_core evaluate --data 'ravdess=<my> folder' --report out"
MODEL = f"<b>my</b>/{'a_very_long_name' * 6}.joblib"


class Page(HTMLParser):
    """A parsed page: elements with their attributes, ids in order, text."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("report")
    written = report.write(examined(), place, model=MODEL, command=COMMAND)
    assert written == place / "report.html"
    return place


@pytest.fixture(scope="module")
def page(folder):
    return Page((folder / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def record(folder):
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_the_page_needs_nothing_but_itself_and_is_always_the_same(page, folder, tmp_path):
    assert page.open == [], "every element is closed"
    assert not page.all("script")
    assert not page.all("link")
    assert all(one["src"].startswith("data:image/svg+xml;base64,") for one in page.all("img"))
    assert all(one["href"].startswith("#") for one in page.all("a"))
    assert "url(" not in "".join(page.text)
    again = report.write(examined(), tmp_path, model=MODEL, command=COMMAND)
    assert again.read_bytes() == (folder / "report.html").read_bytes()


def test_every_picture_says_in_words_what_it_shows(page):
    words = [one["alt"] for one in page.all("img")]
    assert len(set(words)) == len(words)
    for kind in ("Confusion matrix", "Reliability diagram", "Risk–coverage curve"):
        assert any(kind in one for one in words), kind


def test_weak_spots_come_first_then_strangers_then_the_rest(page):
    ids = [one["id"] for one in page.all("section")]
    assert ids == [
        *("weak", "speaker-independent", "loso", "leave-one-corpus-out", "cross-corpus"),
        *("own-answers", "ravdess-alone", "random", "calibration", "refusing", "known-voice"),
        *("ordinary", "emotions", "confusion", "speakers", "families", "made"),
    ]
    assert {one["href"] for one in page.all("a")} == {f"#{one}" for one in ids}


def test_the_command_the_name_and_what_flatters_are_shown_as_they_are(page):
    assert "This flatters: the same speakers are in training and test." in page.text
    assert any("ravdess: its own answers there would prove nothing" in one for one in page.text)
    assert COMMAND in page.text
    assert MODEL in page.text
    assert not page.all("b"), "a name is never taken for markup"


def test_the_figures_on_the_page_are_those_of_the_examination(page):
    headline = examined().headline
    assert f"{headline.uar:.3f}" in page.text
    assert f"{headline.calibrated.ece:.3f}" in page.text
    for one in headline.by_corpus["nemo"].by_emotion.values():
        assert f"{one.recall:.3f}" in page.text


def test_the_record_holds_everything(record):
    found = examined()
    headline = found.headline.as_dict()
    assert record["evaluations"]["speaker-independent"] == json.loads(json.dumps(headline))
    assert {"uar", "by_corpus", "by_speaker", "by_emotion", "calibrated"} <= set(headline)
    assert {one["tested_on"]: one["uar"] for one in record["cross_corpus"]} == {
        tested_on: one.uar for (_, tested_on), one in found.pairs.items()
    }
    assert (set(record["own_answers"]), record["left_out"]) == ({"nemo"}, ["ravdess"])
    assert [one["family"] for one in record["ablation"]] == ["prosody", "chroma"]
    assert record["means"]["leave-one-corpus-out"]["n_corpora"] == 2
    assert record["command"] == COMMAND
    assert record["options"]["epochs"] == 60
    assert record["versions"]["scikit-learn"]


def test_the_summary_has_the_main_figures_in_markdown(folder):
    said = (folder / "summary.md").read_text(encoding="utf-8")
    headline = examined().headline
    interval = f"{headline.uar_interval.low:.2f}–{headline.uar_interval.high:.2f}"
    assert (
        f"| all together | {headline.accuracy:.3f} | **{headline.uar:.3f}** | {interval} |" in said
    )
    mean = examined().means["leave-one-corpus-out"]
    assert f"| mean of 2 corpora | {mean.accuracy:.3f} | **{mean.uar:.3f}** |" in said
    assert said.index("Weak spots first") < said.index("Strangers")
    assert COMMAND in said, "not escaped as in HTML"
    for table in (part for part in said.split("\n\n") if part.startswith("|")):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_what_listeners_heard_is_there_where_they_were_asked_and_only_there(tmp_path, page, record):
    assert "Listeners" not in page.text
    assert record["evaluations"]["loso"]["listeners"] is None
    data = clips("ravdess", "nemo")
    votes = np.zeros((len(data), len(EMOTION_NAMES)))
    votes[data.corpora == "nemo", EMOTION_NAMES.index("happy")] = 9
    found = quickly(model("ravdess"), replace(data, votes=votes), ways=["loso", "cross-corpus"])
    written = report.write(found, tmp_path, model="m", command="c")
    asked = Page(written.read_text(encoding="utf-8"))
    ids = [one["id"] for one in asked.all("section")]
    assert "listeners" in ids
    assert {one["href"] for one in asked.all("a")} == {f"#{one}" for one in ids}
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    own, other = (said["own_answers"]["nemo"], said["evaluations"]["loso"]["by_corpus"]["ravdess"])
    assert own["listeners"]["n_clips"] == 36
    assert own["listeners"]["one_listener"] == 1
    assert f"{own['listeners']['agreement']:.3f}" in asked.text
    assert other["listeners"] is None


def test_what_knowing_a_voice_gains_is_there_where_it_was_measured_and_only_there(tmp_path, page):
    data = clips("ravdess", "nemo")
    ways = ["leave-one-corpus-out"]
    found = quickly(model("ravdess"), data, ways=ways)
    written = report.write(found, tmp_path, model="m", command="c")
    there = Page(written.read_text(encoding="utf-8"))
    ids = [one["id"] for one in there.all("section")]
    assert "known-voice" in ids
    assert {one["href"] for one in there.all("a")} == {f"#{one}" for one in ids}
    said = (tmp_path / "summary.md").read_text(encoding="utf-8")
    without = found.known_voice.without.by_corpus
    for name, one in found.known_voice.known.by_corpus.items():
        assert f"| {name} | {without[name].uar:.3f} | {one.uar:.3f} |" in said
    assert f"Mean gain {found.known_voice.gain:+.3f}" in said
    alone = quickly(model("ravdess"), data, ways=["loso"])
    written = report.write(alone, tmp_path, model="m", command="c")
    sections = Page(written.read_text(encoding="utf-8")).all("section")
    assert "known-voice" not in [one["id"] for one in sections]


def test_little_makes_a_page_too_and_where_none_can_be_written_a_sentence(tmp_path):
    little = quickly(model("ravdess"), clips("ravdess", n_speakers=2), ways=["random"])
    written = report.write(little, tmp_path, model="m", command="c")
    page = Page(written.read_text(encoding="utf-8"))
    assert "Not asked for: add " in page.text
    assert [one["id"] for one in page.all("section")][:3] == ["weak", "own-answers", "random"]
    with pytest.raises(TrainingError, match="cannot be written"):
        report.write(little, tmp_path / "nowhere", model="m", command="c")


def test_on_a_phone_nothing_sticks_out_and_all_pictures_are_seen(folder):
    sync_api = pytest.importorskip("playwright.sync_api")
    browsers = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, browsers)), None)
    if executable is None:
        pytest.skip("there is no Chromium here")
    asked_for = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 640})
        page.on("request", lambda request: asked_for.append(request.url))
        page.goto((folder / "report.html").as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        seen = page.evaluate("[...document.images].map(image => image.naturalWidth)")
        browser.close()
    assert wide <= 320
    assert seen
    assert min(seen) > 0
    assert [one for one in asked_for if not one.startswith("data:")] == asked_for[:1], "one page"
