"""What can go wrong in the playground, each with a sentence for a person or a body for a client."""

from typing import Any

from bot.errors import BotError


class PlaygroundError(BotError):
    """Root of every error that the playground raises on purpose."""


class UploadError(PlaygroundError):
    """What was sent to the playground cannot be taken; the text is for the person who sent it."""


class UploadTooLargeError(UploadError):
    """A file, a text or a recording is over its limit."""


class TooManyFilesError(UploadError):
    """There are more files than a message takes."""


class ApiError(PlaygroundError):
    """A refusal, as Discord's REST API words it: an HTTP status with ``{"code", "message"}``.

    Parameters
    ----------
    status
        HTTP status.
    code
        Discord's own number for the error; 0 where it has none.
    message
        Discord's own words for it.
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
        """Give the JSON object that Discord would answer with."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def unauthorized() -> ApiError:
    """Say that the token is not the bot's."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str, code: int) -> ApiError:
    """Say that there is no such thing, ``unknown("Channel", 10003)``."""
    return ApiError(404, code, f"Unknown {what}")


def missing_access() -> ApiError:
    """Say that the bot cannot see the channel."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Say that the bot sees the channel, but may not do this in it."""
    return ApiError(403, 50013, "Missing Permissions")


def thread_archived() -> ApiError:
    """Say that a thread was put away."""
    return ApiError(400, 50083, "Thread is archived")


def too_large() -> ApiError:
    """Say that a file, or the whole request, is over the limit."""
    return ApiError(413, 40005, "Request entity too large")


def too_many_files() -> ApiError:
    """Say that a message would have more files than it may."""
    return ApiError(400, 30015, "Maximum number of attachments in a message reached (10)")


def invalid_form(errors: dict[str, Any]) -> ApiError:
    """Say which fields of the body are wrong."""
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)
