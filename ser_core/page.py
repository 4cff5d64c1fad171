"""An examination as one page: sections of figures, pictures and words for its template."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ser_core import plots
from ser_core.certainty import KEPT_COVERAGE, N_BINS
from ser_core.corpora import CORPORA
from ser_core.evaluation import Evaluation
from ser_core.examination import (
    CROSS_CORPUS,
    HEADLINE,
    LEAVE_ONE_CORPUS_OUT,
    LOSO,
    OWN_ANSWERS,
    RANDOM,
    Examination,
)
from ser_core.intervals import N_RESAMPLES
from ser_core.picture import Picture
from ser_core.weak_spots import weak_spots

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "report.html"
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
        "those have.",
    ),
    CROSS_CORPUS: (
        "Trained on one corpus, tested on another",
        "In the emotions that both have.",
    ),
    OWN_ANSWERS: (
        "This very model, on a corpus it never heard",
        "The model as it is, not trained anew.",
    ),
    RANDOM: (
        "Random split",
        "A random fifth of the clips is left out, ten times; reported because tutorials do.",
    ),
}
"""Title and explanation of each section, in the order of the page."""

FLATTERS = "This flatters: the same speakers are in training and test."


@dataclass(frozen=True)
class Row:
    """Figures with their name.

    Parameters
    ----------
    section
        Where they belong.
    label
        On what they were measured.
    found
        The figures.
    """

    section: str
    label: str
    found: Evaluation

    @property
    def full_label(self) -> str:
        """Section and label, for tables of them all."""
        return f"{self.section}: {self.label}"


@dataclass(frozen=True)
class Shown:
    """A picture as the page holds it.

    Parameters
    ----------
    source
        A ``data:`` address.
    alt, caption
        What it shows; and of what.
    """

    source: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One way to evaluate, on the page.

    Parameters
    ----------
    key
        In the page's address.
    title, words, warning
        What it is, and what to think of it; the warning may be empty.
    rows
        Its figures.
    emotion_rows
        Those of them that are also shown emotion by emotion.
    pictures
        Their confusion matrices.
    """

    key: str
    title: str
    words: str
    warning: str
    rows: tuple[Row, ...]
    emotion_rows: tuple[Row, ...]
    pictures: tuple[Shown, ...]


def render(
    examination: Examination, *, model: str, command: str, versions: Mapping[str, str]
) -> str:
    """Give the page.

    Parameters
    ----------
    examination
        What to show.
    model
        What the model is called.
    command
        The one that made it.
    versions
        Of what has a say in the figures, by name.

    Returns
    -------
    str
        HTML with its pictures inside.
    """
    sections = tuple(_sections(examination))
    headline = next(one for one in sections if one.rows and one.key != OWN_ANSWERS)
    text = (
        _environment()
        .get_template(TEMPLATE)
        .render(
            model=model,
            command=command,
            headline_is_for_strangers=HEADLINE in examination.evaluations,
            n_resamples=N_RESAMPLES,
            n_bins=N_BINS,
            kept=KEPT_COVERAGE,
            weak_spots=weak_spots(examination),
            sections=sections,
            reliability_pictures=[
                _shown(
                    plots.reliability(row.found.certainty, row.found.calibrated, title=row.label),
                    row.full_label,
                )
                for row in headline.rows
            ],
            risk_pictures=[_risk_picture(headline)],
            speakers=_speakers(examination),
            ablation=examination.ablation,
            skipped=[f"{WORDS[name][0]}: {why}" for name, why in examination.skipped.items()],
            made=_made(examination, model, versions),
        )
    )
    return text.strip() + "\n"


def _environment() -> Environment:
    """Give what fills the template: it escapes all values, and knows how figures are written."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "share": lambda value: NOTHING if value is None else f"{value:.3f}",
        "signed": lambda value: f"{value:+.3f}",
        "percent": lambda value: NOTHING if value is None else f"{100 * value:.0f}{SPACE}%",
        "signed_percent": lambda value: f"{100 * value:+.0f}{SPACE}%",
        "interval": lambda one: NOTHING if one is None else f"{one.low:.2f}–{one.high:.2f}",
        "signed_interval": lambda one: (
            NOTHING if one is None else f"{one.low:+.3f} to {one.high:+.3f}"
        ),
    }
    return environment


def _sections(examination: Examination) -> Iterator[Section]:
    """Give what there is, the figures for strangers first."""
    parts = examination.parts
    for key, (title, words) in WORDS.items():
        rows = tuple(Row(title, label, one) for label, one in parts.get(key, ()))
        if key == OWN_ANSWERS and examination.left_out:
            words += (
                f" It learned from the voices of {', '.join(examination.left_out)}: its own "
                "answers there would prove nothing, and are left out."
            )
        elif not rows:
            continue
        single = tuple(row for row in rows if not row.found.by_corpus)
        yield Section(
            key=key,
            title=title,
            words=words,
            warning=FLATTERS if key == RANDOM else "",
            rows=rows,
            emotion_rows=single,
            pictures=tuple(
                _shown(
                    plots.confusion(
                        row.found.confusion,
                        row.found.emotions,
                        title=f"{row.label}: UAR {row.found.uar:.3f}",
                    ),
                    row.full_label,
                )
                for row in single
            ),
        )


def _risk_picture(section: Section) -> Shown:
    curves = {row.label: row.found.calibrated or row.found.certainty for row in section.rows}
    return _shown(plots.risk_coverage(curves, title=section.title), section.title)


def _shown(picture: Picture, caption: str) -> Shown:
    data = base64.b64encode(picture.svg()).decode()
    return Shown(f"data:image/svg+xml;base64,{data}", f"{caption}. {picture.alt}", caption)


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
) -> Sequence[Mapping[str, Any]]:
    """Give what a reader needs to do it again."""
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
    }
    return [
        {"title": title, "rows": list(rows.items())}
        for title, rows in (
            ("The model whose recipe was examined", about),
            ("Training options", asdict(examination.options)),
            ("Clips it was examined on", clips),
            ("Versions", versions),
        )
    ]
