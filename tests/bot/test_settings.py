"""The settings, and the sentences about wrong ones."""

import re
import traceback
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.errors import SettingsError
from bot.settings import Settings, misspelt_settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run each test in an empty folder, with none of the settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_the_example_names_and_explains_every_setting_and_shows_the_defaults():
    assert sorted(dotenv_values(EXAMPLE)) == sorted(NAMES)
    assert Settings.load(_env_file=EXAMPLE) == Settings.load()
    above = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Z_]+=", line):
            assert above.startswith("# "), f"nothing above {line} explains it"
        else:
            above = line


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch, value: str | None):
    if value is not None:
        monkeypatch.setenv("DISCORD_TOKEN", value)
    assert Settings.load().token is None


def test_an_empty_value_counts_as_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKERS", "")
    monkeypatch.setenv("MODEL_PATH", "")
    assert Settings.load() == Settings()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_environment_wins_over_a_file(monkeypatch: pytest.MonkeyPatch, encoding: str):
    Path(".env").write_text("MAX_AUDIO_SECONDS=60\nWORKERS=3\nlog_level=debug\n", encoding=encoding)
    monkeypatch.setenv("WORKERS", "5")
    settings = Settings.load()
    assert (settings.workers, settings.max_audio_seconds) == (5, 60)
    assert settings.log_level == "DEBUG"


def test_a_file_that_is_not_text_is_named_in_a_sentence():
    Path(".env").write_bytes(b"WORKERS=\xff\xfe2\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        Settings.load()


@pytest.mark.parametrize(
    ("before", "line"), [("", 1), ("WORKERS=2\n", 2), ("# a comment\n\n\nWORKERS=2\n\n  ", 6)]
)
def test_a_line_that_sets_nothing_is_named(
    caplog: pytest.LogCaptureFixture, before: str, line: int
):
    Path(".env").write_text(f"{before}DISCORD_TOKEN: abc\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"^\.env, line {line}: write NAME=value\.$"):
        Settings.load()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_API_URL", "discord.com"),
        ("DISCORD_API_URL", "https://:99999999"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg"),
        ("PLAYGROUND_PORT", "70000"),
        ("MODEL_PATH", "nowhere.joblib"),
        ("MAX_FILE_BYTES", "25MB"),
        ("MAX_AUDIO_SECONDS", "nan"),
        ("WORKERS", "0"),
        ("MAX_WAITING_NOTES", "-1"),
        ("ANALYSIS_TIMEOUT_SECONDS", "inf"),
        ("DOWNLOAD_TIMEOUT_SECONDS", "soon"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert re.fullmatch(rf"{name} must be .+, not '{re.escape(value)}'\.", str(caught.value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "Bot s3cret"),
        ("DATABASE_URL", "mysql://undertone:s3cret@host/undertone"),
        ("DATABASE_URL", "postgres://undertone:s3cret@s3cret@host/undertone"),
        ("DATABASE_URL", "s3cret"),
    ],
)
def test_a_wrong_secret_is_named_but_not_shown_nor_by_what_caused_its_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} must be .+\.$") as caught:
        Settings.load()
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_no_secret_is_in_what_the_settings_look_like():
    url = "postgresql://undertone:s3cret@host/undertone"
    settings = Settings.load(database_url=url, discord_token="s3cret")  # noqa: S106
    assert "s3cret" not in f"{settings!r} {settings}"
    assert settings.database_url.get_secret_value() == url


def test_a_name_that_was_spelt_wrongly_is_found_and_others_are_left_alone():
    assert misspelt_settings() == {}, "there is no file"
    Path(".env").write_text("DISCORD_TOKE=x\nCOMPOSE_PROJECT_NAME=y\nWORKERS=2\n", encoding="utf-8")
    assert misspelt_settings() == {"DISCORD_TOKE": "DISCORD_TOKEN"}
