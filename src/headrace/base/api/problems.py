"""Problems as the API tells them: RFC 9457, each with what is wrong, where, and what would be right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from ninja import Schema

CONTENT_TYPE = "application/problem+json"


class Mistake(Schema):
    """One mistake in a request: a JSON pointer into its body, or the name of a header, and what would be right."""

    pointer: str
    detail: str


class Problem(Schema):
    """Why a request was not done. Nothing of it stays behind."""

    title: str
    status: int
    detail: str
    errors: list[Mistake] = []


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: HTTPStatus, detail: str, errors: Sequence[Mistake] = ()) -> None:
        self.status, self.detail, self.errors = status, detail, list(errors)
        super().__init__(detail)


def response(error: ProblemError) -> HttpResponse:
    told: dict[str, Any] = Problem(
        title=error.status.phrase, status=error.status, detail=error.detail, errors=error.errors
    ).model_dump()
    answer = HttpResponse(
        json.dumps(told, ensure_ascii=False), status=error.status, content_type=CONTENT_TYPE
    )
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
