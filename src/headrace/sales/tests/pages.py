"""A browser of a few lines: what a page's forms hold, and sending them as they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self.forms.append(Form(told.get("action") or "", told.get("method") or "get"))
        if not self.forms:
            return
        form, name = self.forms[-1], told.get("name") or ""
        if tag == "button":
            form.buttons.append(name)
        elif tag == "input" and name and told.get("type") == "checkbox":
            if "checked" in told:
                form.values[name] = "on"
        elif tag == "input" and name and told.get("type") != "file":
            form.values[name] = told.get("value") or ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in form.values or "selected" in told):
            form.values[self.select] = told.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""


class Page:
    """A page that was loaded; `send` sends the form that has a field or a button, and follows."""

    def __init__(self, client: Client, response) -> None:
        assert response.status_code == 200, response.status_code
        self.client = client
        self.path = response.request["PATH_INFO"]
        self.text = response.content.decode()
        parser = _Forms()
        parser.feed(self.text)
        self.forms = parser.forms

    def form(self, name: str) -> Form:
        return next(
            one
            for one in self.forms
            if name in one.values or name in one.buttons or one.action.endswith(name)
        )

    def send(self, by: str, button: str = "", **changes: str | None) -> Page:
        """`changes` set fields; None takes a tick away."""
        form = self.form(by)
        values = {**form.values, **({button: ""} if button else {}), **changes}
        sent = {name: value for name, value in values.items() if value is not None}
        return Page(self.client, self.client.post(form.action or self.path, sent, follow=True))

    def open(self, address: str) -> Page:
        return Page(self.client, self.client.get(address, follow=True))
