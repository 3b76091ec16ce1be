"""Requests that break off are errors: a server gives what came of the body as if it were all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BrokenOffError(OSError):
    """The body ended before as many bytes came as were announced."""


class _WholeBody:
    def __init__(self, body: Any, announced: int) -> None:
        self._body = body
        self._left = announced

    def read(self, size: int = -1) -> bytes:
        return self._checked(self._body.read(size), size)

    def readline(self, size: int = -1) -> bytes:
        return self._checked(self._body.readline(size), size)

    def _checked(self, data: bytes, size: int) -> bytes:
        self._left -= len(data)
        if not data and size != 0 and self._left > 0:
            raise BrokenOffError(f"{self._left} bytes of the body are missing")
        return data


def whole_bodies(application: Application) -> Application:
    """The WSGI application, where reading a body that broke off raises: else half a file would be a file."""

    def checked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        announced = environ.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal():
            environ["wsgi.input"] = _WholeBody(environ["wsgi.input"], int(announced))
        return application(environ, start_response)

    return checked
