"""The settings of the bot, from the environment and from a file called ``.env``.

The environment wins over ``.env``, and an empty value counts as none. The description of each
setting completes the sentence "NAME must be ...", the error of a wrong value.
"""

import difflib
import string
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.storage import DEFAULT_DATABASE_URL, DatabaseAddress

ENV_FILE = Path(".env")
"""The file with the settings, in the folder in which the bot is started."""

MEBIBYTE = 1024 * 1024  # bytes
VOICE_NOTES = "a whole number of voice notes"

DEFAULT_API_URL = "https://discord.com/api/v10"
DEFAULT_GATEWAY_URL = "wss://gateway.discord.gg/"

TOKEN_CHARACTERS = frozenset(string.ascii_letters + string.digits + "._-")


def _token(value: SecretStr) -> SecretStr:
    """Refuse what cannot be a token; a blank one counts as none (see `Settings.token`)."""
    if not set(value.get_secret_value().strip()) <= TOKEN_CHARACTERS:
        raise ValueError("not a token")
    return value


def _database_url(value: SecretStr) -> SecretStr:
    """Refuse what is not the address of a database."""
    DatabaseAddress.parse(value)
    return value


def _check_address(value: str, schemes: tuple[str, ...]) -> SplitResult:
    """Refuse what is not a URL with a host and one of the schemes."""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not such an address")
    parts.port  # noqa: B018 - raises ValueError where it is not a number
    return parts


def _web_address(*schemes: str) -> AfterValidator:
    """Accept a URL with a host and one of the schemes."""

    def check(value: str) -> str:
        _check_address(value, schemes)
        return value

    return AfterValidator(check)


def _origins(value: str) -> str:
    """Accept origins, separated by commas."""
    for origin in filter(None, map(str.strip, value.split(","))):
        parts = _check_address(origin, ("https", "http"))
        if parts.path.strip("/") or parts.username is not None:
            raise ValueError("not the address of a host alone")
    return value


def _number(default: float, least: float, most: float, what: str) -> Any:
    """Return a field for a number within limits, which its description has."""
    return Field(default, ge=least, le=most, description=f"{what} from {least} to {most}")


class Settings(BaseSettings):
    """The settings; each field's name in capitals is the name of the environment variable."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    discord_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        SecretStr(""),
        description="the token from your application's Bot page: one word, nothing around it",
    )
    discord_api_url: Annotated[str, _web_address("https", "http")] = Field(
        DEFAULT_API_URL, description="an address that begins with https:// or http://"
    )
    discord_gateway_url: Annotated[str, _web_address("wss", "ws")] = Field(
        DEFAULT_GATEWAY_URL, description="an address that begins with wss:// or ws://"
    )
    require_message_content: bool = Field(False, description="true or false")
    attachment_origins: Annotated[str, AfterValidator(_origins)] = Field(
        "",
        description="addresses that begin with https:// or http:// and end after the host, with "
        "commas between",
    )
    playground_port: int = Field(
        8765,
        ge=0,
        le=65_535,
        description="a port number from 1 to 65535 (or 0 for any that is free)",
    )
    model_path: FilePath | None = Field(
        None, description="the path of a model file that train.py wrote"
    )
    max_file_bytes: int = _number(25 * MEBIBYTE, 1024, 100 * MEBIBYTE, "a whole number of bytes")
    max_audio_seconds: float = _number(600, 1, 3600, "a number of seconds")
    workers: int = _number(2, 1, 64, "a whole number of worker processes")
    max_waiting_notes: int = _number(32, 0, 1000, VOICE_NOTES)
    max_waiting_notes_of_server: int = _number(16, 0, 1000, VOICE_NOTES)
    max_waiting_notes_of_person: int = _number(10, 0, 1000, VOICE_NOTES)
    notes_per_minute_of_server: int = _number(60, 0, 100_000, VOICE_NOTES)
    notes_per_minute_of_person: int = _number(20, 0, 100_000, VOICE_NOTES)
    remember_seconds: float = _number(300, 0, 3600, "a number of seconds")
    analysis_timeout_seconds: float = _number(20, 1, 600, "a number of seconds")
    download_timeout_seconds: float = _number(30, 1, 600, "a number of seconds")
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        SecretStr(DEFAULT_DATABASE_URL),
        description="an address like postgresql://user:password@host/database, with what is "
        "neither letter nor digit in the password written as %XX, or sqlite:///folder/file.db",
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)
    ] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    log_format: Annotated[Literal["text", "json"], BeforeValidator(str.lower)] = Field(
        "text", description="text or json"
    )

    @property
    def origins(self) -> frozenset[str]:
        """The origins of attachments; empty for Discord's own, or the stand-in's."""
        return frozenset(filter(None, map(str.strip, self.attachment_origins.split(","))))

    @property
    def token(self) -> str | None:
        """The token; None where there is none, so that the bot runs in its playground."""
        return self.discord_token.get_secret_value().strip() or None

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read the settings.

        Parameters
        ----------
        values
            Settings by name that win over every other source (tests use this), or
            pydantic-settings' own ``_env_file``.

        Raises
        ------
        SettingsError
            A setting is wrong; the text has a line for each. Or ``.env`` cannot be read.
        """
        try:
            _check_lines(values.get("_env_file", ENV_FILE))
            return cls(**values)
        except ValidationError as cause:
            raise SettingsError("\n".join(_sentences(cls, cause))) from cause
        except (OSError, UnicodeError) as cause:
            raise SettingsError(
                f"{ENV_FILE} cannot be read: save it as plain text in UTF-8."
            ) from cause


def _check_lines(env_file: Path | None) -> None:
    """Refuse a file with a line that cannot be parsed, for which python-dotenv only warns."""
    if env_file is None or not env_file.is_file():
        return
    with env_file.open(encoding="utf-8-sig") as lines:
        for binding in parse_stream(lines):
            if binding.error:
                # The parser counts blank lines before a setting as the setting's own.
                text = binding.original.string
                blank = text[: len(text) - len(text.lstrip())].count("\n")
                line = binding.original.line + blank
                raise SettingsError(f"{env_file.name}, line {line}: write NAME=value.")


def _sentences(settings: type[BaseSettings], error: ValidationError) -> list[str]:
    """Return a sentence for each setting that pydantic refused."""
    wrong = {str(refusal["loc"][0]): refusal["input"] for refusal in error.errors()}
    sentences = []
    for name, value in wrong.items():
        field = settings.model_fields[name]
        found = "" if field.annotation is SecretStr else f", not {str(value)!r:.80}"
        sentences.append(f"{name.upper()} must be {field.description}{found}.")
    return sentences


def misspelt_settings(env_file: Path = ENV_FILE) -> dict[str, str]:
    """Return the names in ``.env`` that are probably misspelt, with the right one for each.

    Other unknown names may belong to other programs that read the same file.
    """
    known = [name.upper() for name in Settings.model_fields]
    try:
        names = dotenv_values(env_file, encoding="utf-8-sig") if env_file.is_file() else {}
    except (OSError, UnicodeError):
        return {}
    misspelt = {}
    for name in names:
        if name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            if close:
                misspelt[name] = close[0]
    return misspelt
