"""The exceptions of the playground, for users of the page and for clients of the REST API."""

from typing import Any

from bot.errors import BotError


class PlaygroundError(BotError):
    """Base class of all exceptions of the playground; the message is for the user of the page."""


class UploadError(PlaygroundError):
    """An upload that cannot be used.

    Attributes
    ----------
    status, code
        HTTP status and JSON error code of Discord's API for such an upload.
    """

    status, code = 400, 50109


class UploadTooLargeError(UploadError):
    """A file, a text or a recording that exceeds its limit."""

    status, code = 413, 40005


class TooManyFilesError(UploadError):
    """A message with too many files."""

    code = 30015


class ApiError(PlaygroundError):
    """An error response of Discord's REST API.

    Parameters
    ----------
    status
        HTTP status.
    code
        Discord's JSON error code; 0 for a general error.
    message
        Discord's message.
    errors
        The tree of errors by field, for code 50035.
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
        """Return the JSON object of the response."""
        errors = {} if self.errors is None else {"errors": self.errors}
        return {"message": self.message, "code": self.code, **errors}


def unknown(resource: str, code: int) -> ApiError:
    """Return the error for a resource that does not exist, as ``unknown("Channel", 10003)``."""
    return ApiError(404, code, f"Unknown {resource}")


def missing_permissions() -> ApiError:
    """Return the error for a request without the required permissions."""
    return ApiError(403, 50013, "Missing Permissions")
