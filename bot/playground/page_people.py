"""Who looks at the page."""

from aiohttp import web

from bot.playground.errors import unknown
from bot.playground.people import Person
from bot.playground.snowflakes import number
from bot.playground.world import World


def asking(world: World, request: web.Request) -> Person:
    """Say who looks at the page that a request comes from: ``?person=ID``, else you.

    Raises
    ------
    ApiError
        There is no such person (10013).
    """
    person = world.person(number(request.query.get("person", str(world.you.id))))
    if person.bot:
        raise unknown("User", 10013)
    return person
