"""Errors of the playground: sentences for a person, or bodies for a client of the REST API."""

from typing import Any

from bot.errors import BotError


class PlaygroundError(BotError):
    """Root of every error that the playground raises on purpose."""


class UploadError(PlaygroundError):
    """An upload cannot be used; the text is for the person who sent it.

    Attributes
    ----------
    status, code
        HTTP status and error code with which Discord's API refuses such an upload.
    """

    status, code = 400, 50109


class UploadTooLargeError(UploadError):
    """A file, a text or a recording is over its limit."""

    status, code = 413, 40005


class TooManyFilesError(UploadError):
    """A message would have more files than it may."""

    code = 30015


class ApiError(PlaygroundError):
    """A refusal in the words of Discord's REST API.

    Parameters
    ----------
    status
        HTTP status.
    code
        Discord's number for the error; 0 where it has none.
    message
        Discord's words for it.
    errors
        The tree of what is wrong with which field, for code 50035.
    """

    def __init__(
        self, status: int, code: int, message: str, *, errors: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """Return the JSON object that Discord would answer with."""
        errors = {} if self.errors is None else {"errors": self.errors}
        return {"message": self.message, "code": self.code, **errors}


def unknown(what: str, code: int) -> ApiError:
    """Return the error for something that does not exist, ``unknown("Channel", 10003)``."""
    return ApiError(404, code, f"Unknown {what}")


def missing_permissions() -> ApiError:
    """Return the error for something that needs a permission."""
    return ApiError(403, 50013, "Missing Permissions")
