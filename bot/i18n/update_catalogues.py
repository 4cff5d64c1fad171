"""The update of the catalogues from the code: ``python -m bot.i18n.update_catalogues``.

It extracts all English sentences, adds those that a catalogue lacks without a translation, and
removes those that are gone. Translations are never guessed from similar ones.
"""

from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.i18n.languages import CODES, DOMAIN, SOURCE_CODE, catalogue_path

AUTHORS = "The authors of Undertone"
CODE = Path(__file__).parent.parent
CORE = CODE.parent / "ser_core" / "audio"
METHODS = [("playground/**", "ignore"), ("**.py", "python")]
KEYWORDS = {
    "text": None,
    "plural": (1, 2),
    "translatable": None,
    "locale_str": None,
    "AudioWarning": None,
    "Phrase": None,
    "VoiceNoteError": None,
    "AnalyserError": None,
    "AnalyserBusyError": None,
    "AudioTooLargeError": None,
    "AudioTooLongError": None,
    "DamagedAudioError": None,
    "EmptyAudioError": None,
    "NoAudioStreamError": None,
    "UnsupportedAudioError": None,
}
"""The functions and classes whose first argument is an English sentence that is translated."""


def sentences(*folders: Path) -> Catalog:
    """Extract the sentences in the bot's code, and in the core's about recordings.

    Returns
    -------
    babel.messages.Catalog
        Without translations; each sentence has the modules that it is from.
    """
    found = Catalog(domain=DOMAIN, project="Undertone", charset="utf-8")
    for folder in folders or (CODE, CORE):
        for name, _, message, comments, context in extract_from_dir(
            folder, method_map=METHODS, keywords=KEYWORDS, options_map={}
        ):
            place = f"{folder.name}/{Path(name).as_posix()}"
            found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return found


def read(code: str) -> Catalog:
    """Read a language's catalogue; a new one has no translations."""
    path = catalogue_path(code)
    if not path.exists():
        return Catalog(locale=code, domain=DOMAIN, project="Undertone", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def update(code: str) -> None:
    """Update a language's catalogue."""
    catalogue = read(code)
    made = catalogue.creation_date
    catalogue.update(sentences(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    # The header is the same each time, so that a diff shows changes of sentences alone.
    catalogue.creation_date = catalogue.revision_date = made
    catalogue.header_comment = f"# What the bot says, in {catalogue.locale.english_name}."
    catalogue.project, catalogue.version = "Undertone", "1"
    catalogue.last_translator = catalogue.language_team = AUTHORS
    catalogue.msgid_bugs_address, catalogue.fuzzy = "", False
    path = catalogue_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)


if __name__ == "__main__":
    for code in CODES:
        if code != SOURCE_CODE:
            update(code)
