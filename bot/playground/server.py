"""The server of the playground, which combines all its parts at one address."""

import errno
import secrets

from aiohttp import web

from bot.playground.desktop import DesktopClient
from bot.playground.errors import PlaygroundError
from bot.playground.gateway import Gateway
from bot.playground.page import Page
from bot.playground.rest import RestApi
from bot.playground.same_origin import SameOriginPolicy
from bot.playground.world import OpenInteractions, World

HOST = "127.0.0.1"  # the loopback interface, which other machines cannot reach
SHUTDOWN_SECONDS = 0.5  # to wait for open requests when the playground stops
TOKEN_BYTES = 24


class Playground:
    """A local replacement for Discord, for one bot and the users of the page.

    Parameters
    ----------
    port
        The port to listen on; 0 for any free one.

    Attributes
    ----------
    page_url, api_url, gateway_url
        The URLs of the page, the REST API and the gateway; final once the playground has started.
    token
        The bot's token.
    """

    def __init__(self, *, port: int) -> None:
        self.token = f"playground.{secrets.token_urlsafe(TOKEN_BYTES)}"
        self.world = World()
        self.gateway = Gateway(self.world, self.token)
        self.interactions = OpenInteractions(self.world)
        self.rest = RestApi(self.world, self.token, self.interactions)
        self.client = DesktopClient(self.world, self.rest.commands, self.interactions)
        self.page = Page(self.world, self.client, self.gateway)
        self._same_origin = SameOriginPolicy()
        self._wanted_port = port
        self._runner: web.AppRunner | None = None
        self._set_address(port)

    async def start(self) -> None:
        """Start to listen.

        Raises
        ------
        PlaygroundError
            The port cannot be used.
        """
        runner = web.AppRunner(
            self.application(),
            access_log=None,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await runner.setup()
        site = web.TCPSite(runner, HOST, self._wanted_port)
        try:
            await site.start()
        except (OSError, OverflowError) as cause:
            await runner.cleanup()
            raise _cannot_listen(self._wanted_port, cause) from cause
        self._runner = runner
        self._set_address(runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def application(self) -> web.Application:
        """Return the aiohttp application with all routes."""
        application = web.Application(middlewares=[self._same_origin.middleware])
        application.on_response_prepare.append(self._same_origin.add_headers)
        application.on_shutdown.append(self._close_sockets)
        application.add_routes(
            [
                *self.page.routes(),
                web.get("/gateway", self.gateway.serve),
                *self.world.attachments.routes(),
            ]
        )
        application.add_subapp(self.rest.prefix, self.rest.application())
        application.add_subapp(self.page.prefix, self.page.application())
        return application

    async def _close_sockets(self, _: web.Application) -> None:
        self.gateway.close()
        self.page.close()

    def _set_address(self, port: int) -> None:
        self.page_url = f"http://{HOST}:{port}"
        self.api_url = f"{self.page_url}{self.rest.prefix}"
        self.gateway_url = f"ws://{HOST}:{port}/gateway"
        self._same_origin.set_address(HOST, port)
        self.gateway.url = self.rest.gateway_url = self.gateway_url
        self.world.attachments.base_url = self.page_url


def _cannot_listen(port: int, cause: OSError | OverflowError) -> PlaygroundError:
    reasons = {
        errno.EADDRINUSE: "something else uses it already",
        errno.EACCES: "this account may not use it",
        None: "there is no such port",  # an OverflowError has no errno
    }
    number = getattr(cause, "errno", None)
    reason = reasons.get(number) or str(getattr(cause, "strerror", cause)).lower()
    return PlaygroundError(
        f"The playground cannot use port {port}, because {reason}: "
        "set PLAYGROUND_PORT to another number, such as 8766, or to 0 for any that is free."
    )
