"""The report of an examination as a page: what its templates are filled with."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ser_core.corpora import CORPORA
from ser_core.evaluation import charts
from ser_core.evaluation.calibration_error import KEPT_COVERAGE, N_BINS
from ser_core.evaluation.examination import (
    CROSS_CORPUS,
    EMOBOX,
    FOUR_EMOTIONS,
    HEADLINE,
    LEAVE_ONE_CORPUS_OUT,
    LOSO,
    OWN_ANSWERS,
    OWN_ANSWERS_SIX,
    RANDOM,
    RANDOM_FOUR,
    RAVDESS_ALONE,
    SIX_EMOTIONS,
    Examination,
    Mean,
)
from ser_core.evaluation.intervals import N_RESAMPLES
from ser_core.evaluation.metrics import percent
from ser_core.evaluation.results import Evaluation
from ser_core.evaluation.weak_spots import weak_spots
from ser_core.plots import Picture

TEMPLATES = Path(__file__).parent / "templates"
NOTHING = "–"
SPACE = "\N{NO-BREAK SPACE}"

WORDS = {
    HEADLINE: (
        "Strangers: whole speakers left out",
        "The headline. Speakers are put into folds; each fold is predicted by a model that heard "
        "nobody of it. Several ways to fold, and their mean.",
    ),
    LOSO: (
        "One speaker left out at a time",
        "As many models as speakers, each trained on all but one, and asked about that one.",
    ),
    LEAVE_ONE_CORPUS_OUT: (
        "One corpus left out at a time",
        "Trained on all other corpora that share no speaker with it; tested on the emotions that "
        "those have. Calibrated on what was said of the other left-out corpora.",
    ),
    CROSS_CORPUS: (
        "Trained on one corpus, tested on another",
        "In the emotions that both have.",
    ),
    OWN_ANSWERS: (
        "This very model, on a corpus it never heard",
        "The model as it is, not trained anew; calibrated as it is shipped.",
    ),
    OWN_ANSWERS_SIX: (
        "The same, in six emotions",
        f"Only clips that are {', '.join(SIX_EMOTIONS[:-1])} or {SIX_EMOTIONS[-1]}, which are "
        "acted much alike everywhere.",
    ),
    EMOBOX: (
        "EmoBox's published folds of RAVDESS speech",
        "Six folds of four actors each, as Ma et al. 2024 give them; trained on RAVDESS speech "
        "alone, as other figures for these folds are.",
    ),
    RAVDESS_ALONE: (
        "RAVDESS speech alone: whole actors left out",
        "As in the headline, but trained on RAVDESS speech alone.",
    ),
    RANDOM: (
        "Random split",
        "A random fifth of the clips is left out, ten times; reported because tutorials do.",
    ),
    RANDOM_FOUR: (
        "Random split, four emotions",
        f"The same with {', '.join(FOUR_EMOTIONS)} alone, as tutorials have it.",
    ),
}
"""Title and explanation of each section, in the order of the page."""

FLATTERING = {RANDOM, RANDOM_FOUR}


@dataclass(frozen=True)
class Row:
    """Figures with their name.

    Parameters
    ----------
    label
        Description of the clips that the figures were measured on.
    found
        The figures.
    """

    label: str
    found: Evaluation

    @property
    def uar_among_own(self) -> float | None:
        """As of the figures; None where there is only one emotion, and nothing to choose."""
        return self.found.uar_among_own if len(self.found.by_emotion) > 1 else None

    @property
    def sure(self) -> float | None:
        """Share of the answers that are sure; None where that is not known."""
        calibrated = self.found.calibrated
        if calibrated is None or calibrated.refused_share is None:
            return None
        return 1 - calibrated.refused_share


@dataclass(frozen=True)
class Section:
    """One way to evaluate, on the page.

    Parameters
    ----------
    key
        Anchor of the section in the page's address.
    title, words
        Title and explanation of the section.
    rows
        Rows of the section; those without parts by corpus are also shown emotion by emotion.
    mean
        Mean of the rows; None where there is none.
    """

    key: str
    title: str
    words: str
    rows: tuple[Row, ...]
    mean: Mean | None


def render(
    template: str,
    examination: Examination,
    *,
    model: str,
    command: str,
    versions: Mapping[str, str],
) -> str:
    """Return a page, with its pictures inside.

    Parameters
    ----------
    template
        Name of the file of `TEMPLATES` to fill.
    examination
        The examination to show.
    model
        Name of the model.
    command
        The command that made the report.
    versions
        Versions of Python and of the libraries that affect the figures, by name.
    """
    sections = tuple(_sections(examination))
    text = (
        _environment()
        .get_template(template)
        .render(
            model=model,
            command=command,
            headline_is_for_strangers=HEADLINE in examination.evaluations,
            n_resamples=N_RESAMPLES,
            n_bins=N_BINS,
            kept=KEPT_COVERAGE,
            weak_spots=weak_spots(examination),
            sections=sections,
            headline=next(one for one in sections if one.rows and one.key != OWN_ANSWERS),
            flattering=FLATTERING,
            known_voice=examination.known_voice,
            known_voice_rows=_known_voice_rows(examination),
            with_neutral=[row for one in sections for row in one.rows if row.found.neutral],
            with_votes=[row for one in sections for row in one.rows if row.found.listeners],
            confusion=_confusion,
            reliability=_reliability,
            risk_coverage=_risk_coverage,
            speakers=_speakers(examination),
            ablation=examination.ablation,
            skipped=[f"{WORDS[name][0]}: {why}" for name, why in examination.skipped.items()],
            made=_made(examination, model, versions),
        )
    )
    return text.strip() + "\n"


def _confusion(row: Row) -> Picture:
    title = f"{row.label}: UAR {row.found.uar:.3f}"
    return charts.confusion(row.found.confusion, row.found.emotions, title=title)


def _reliability(row: Row) -> Picture:
    return charts.reliability(row.found.certainty, row.found.calibrated, title=row.label)


def _risk_coverage(section: Section) -> Picture:
    curves = {row.label: row.found.calibrated or row.found.certainty for row in section.rows}
    return charts.risk_coverage(curves, title=section.title)


def _data_address(picture: Picture) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.svg()).decode()}"


def _environment() -> Environment:
    """Return what fills a template, with HTML escaped, and knows how figures are written."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "data_address": _data_address,
        "share": lambda value: NOTHING if value is None else f"{value:.3f}",
        "signed": lambda value: f"{value:+.3f}",
        "percent": lambda value: NOTHING if value is None else percent(value).replace(" ", SPACE),
        "signed_percent": lambda value: f"{100 * value:+.0f}{SPACE}%",
        "interval": lambda one: NOTHING if one is None else f"{one.low:.2f}–{one.high:.2f}",
        "signed_interval": lambda one: (
            NOTHING if one is None else f"{one.low:+.3f} to {one.high:+.3f}"
        ),
    }
    return environment


def _sections(examination: Examination) -> Iterator[Section]:
    """Yield what there is, the figures for strangers first."""
    parts = examination.parts
    for key, (title, words) in WORDS.items():
        if key == OWN_ANSWERS and examination.left_out:
            words += (
                f" It learned from the voices of {', '.join(examination.left_out)}: its own "
                "answers there would prove nothing, and are left out."
            )
        elif not parts.get(key):
            continue
        elif key == EMOBOX:
            folds = examination.evaluations[key].fold_uars
            words += (
                f" Mean of the folds' UARs: {np.mean(folds):.3f} ({min(folds):.2f} to "
                f"{max(folds):.2f}); below, all clips together."
            )
        rows = tuple(Row(*part) for part in parts.get(key, ()))
        yield Section(key, title, words, rows, examination.means.get(key))


def _known_voice_rows(examination: Examination) -> list[tuple[str, Evaluation, Evaluation]]:
    """Return figures without and with a baseline, by corpus."""
    found = examination.known_voice
    if found is None:
        return []
    if not found.known.by_corpus:
        return [(found.known.out_of_fold[0].corpora[0].item(), found.without, found.known)]
    return [
        (name, found.without.by_corpus[name], one) for name, one in found.known.by_corpus.items()
    ]


def _speakers(examination: Examination) -> Mapping[str, Any]:
    evaluation = examination.evaluations.get(LOSO, examination.headline)
    uars = sorted(evaluation.by_speaker.items(), key=lambda item: item[1])
    values = np.array([uar for _, uar in uars])
    words = (
        f"UAR of each of {values.size} speakers ({evaluation.kind}), the worst first: mean "
        f"{values.mean():.3f}, standard deviation {values.std():.3f}."
    )
    return {"words": words, "uars": uars}


def _made(
    examination: Examination, model: str, versions: Mapping[str, str]
) -> Mapping[str, Mapping[str, Any]]:
    """Return what a reader needs to do it again: tables of names and values by their titles."""
    facts, data = examination.facts, examination.data
    learned = [f"{name} ({count:,} clips)" for name, count in facts.corpora.items()]
    clips = {
        CORPORA[name].title if name in CORPORA else name: (
            f"{count:,} clips of {np.unique(data.speakers[data.corpora == name]).size} speakers"
        )
        for name, count in data.clips_by_corpus().items()
    }
    about = {
        "model": model,
        "it learned from": ", ".join(learned),
        "families of features": ", ".join(facts.families),
        "numbers": f"{data.features.shape[1]:,}",
        "calibration": f"temperature {examination.calibration.temperature:.2f}, sure from "
        f"{examination.calibration.threshold:.2f}",
    }
    return {
        "The model whose recipe was examined": about,
        "Training options": asdict(examination.options),
        "Clips it was examined on": clips,
        "Versions": versions,
    }
