"""Same-origin policy: requests from other sites, or to other names of this machine, are refused.

The playground listens on the loopback interface only, but a page from anywhere can make a browser
send requests there. So a request must be made to the loopback address by its own name (else a
stranger's domain could point here), and if it says which page it comes from, that must be ours.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL_NAME = "localhost"
HTTP_PORT = 80  # which browsers leave out of Host and Origin
PAGE_PATHS = ("/",)  # to which a link on another site may lead
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
    """Refuses requests that come neither from the page itself nor from a program."""

    def __init__(self) -> None:
        self._hosts: frozenset[str] = frozenset()
        self._headers: dict[str, str] = {}

    def set_address(self, address: str, port: int) -> None:
        """Set where the playground listens."""
        names = (address, LOCAL_NAME)
        with_port = {f"{name}:{port}" for name in names}
        self._hosts = frozenset(with_port | set(names) if port == HTTP_PORT else with_port)
        self._headers = {
            name: value.replace("{socket}", f"ws://{address}:{port}")
            for name, value in SECURITY_HEADERS.items()
        }

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request, or refuse it with 403."""
        refusal = self.refusal(request.method, request.path, request.headers)
        if refusal is not None:
            return web.json_response({"error": refusal}, status=403)
        return await handler(request)

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Add the headers that restrict what a browser does with a response."""
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> str | None:
        """Return why a request is refused, or None if it is not."""
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
