"""The same-origin policy: requests from other sites are refused.

The playground only listens on the loopback interface, but any website can make a browser send
requests there. So the Host header must be the playground's own address (against DNS rebinding), and
the Origin header, if there is one, must be that of its page.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL_NAME = "localhost"
HTTP_PORT = 80  # browsers leave it out of Host and Origin
PAGE_PATHS = ("/",)  # allowed targets of links on other sites
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' {socket}; img-src 'self' blob: data:; "
        "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class SameOriginPolicy:
    """A middleware that refuses requests of other sites; programs send no Origin and may pass."""

    def __init__(self) -> None:
        self._hosts: frozenset[str] = frozenset()
        self._headers: dict[str, str] = {}

    def set_address(self, address: str, port: int) -> None:
        """Set the address at which the playground listens."""
        names = (address, LOCAL_NAME)
        with_port = {f"{name}:{port}" for name in names}
        self._hosts = frozenset(with_port | set(names) if port == HTTP_PORT else with_port)
        self._headers = {
            name: value.replace("{socket}", f"ws://{address}:{port}")
            for name, value in SECURITY_HEADERS.items()
        }

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request, or refuse it with status 403."""
        refusal = self.refusal(request.method, request.path, request.headers)
        if refusal is not None:
            return web.json_response({"error": refusal}, status=403)
        return await handler(request)

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Add `SECURITY_HEADERS` to a response."""
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> str | None:
        """Return the reason for which a request is refused; None if it is allowed."""
        host = headers.get("Host", "").lower()
        if host not in self._hosts:
            return "The playground answers only to its own address on this machine."
        origin = headers.get("Origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return "The playground does not answer other sites."
        site, mode = headers.get("Sec-Fetch-Site", "none"), headers.get("Sec-Fetch-Mode", "")
        follows_link = mode == "navigate" and method == "GET" and path in PAGE_PATHS
        if site not in ("none", "same-origin") and not follows_link:
            return "The playground does not answer other sites."
        return None
