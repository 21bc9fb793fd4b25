"""The one client that tests drive pages with: it checks every page it reads, unless told otherwise, and counts SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from tests.support.page_checks import faults_of


class PageError(AssertionError):
    """A page is not as every page of the portal must be, or not the one that the test stated."""


class Page:
    """One answer of the portal: its status, its text as people read it, its parsed HTML, what it cost in SQL."""

    def __init__(self, client: PageClient, response: TestResponse, statements: list[str]) -> None:
        self.client = client
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.statements = len(statements)
        self.sql = statements
        self.is_html = response.mimetype == "text/html"
        self.soup = BeautifulSoup(response.get_data(as_text=True) if self.is_html else "", "html.parser")

    @property
    def text(self) -> str:
        """What people read, spaces made single and ordinary."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        """The words of the page's h1, empty without one."""
        h1 = self.soup.find("h1")
        return " ".join(h1.get_text(" ").split()) if h1 else ""

    def form(self, selector: str) -> Form:
        """The form that has a button of that text, or whose address contains it; none or several is a fault."""
        forms = self.soup.find_all("form")
        pressed = [(form, button) for form in forms for button in _buttons(form, selector)]
        found = pressed or [(form, None) for form in forms if selector in str(form.get("action") or "")]
        if len(found) != 1:
            known = [(str(form.get("action") or ""), [_words(b) for b in _buttons(form)]) for form in forms]
            raise PageError(f"{len(found)} forms match {selector!r}; the page has {known}")
        return Form(*found[0], self)

    def submit(self, selector: str, values: Mapping[str, Any] | None = None, *, expect: int = 302, **more: Any) -> Page:
        """Fill a form and send it as a browser would; a value of None takes the field away."""
        form = self.form(selector)
        data: dict[str, Any] = {**form.values, **(values or {}), **more}
        sent = {name: value for name, value in data.items() if value is not None}
        if form.method == "get":
            return self.client.get(form.action, expect=200 if expect == 302 else expect, query=sent)
        return self.client.post(form.action, sent, expect=expect)


class Form:
    """A form of a page, with the values a browser would send if its button were pressed now."""

    def __init__(self, tag: Tag, button: Tag | None, page: Page) -> None:
        self.tag = tag
        self.method = str(tag.get("method") or "get").lower()
        own = (button.get("formaction") if button else None) or tag.get("action")
        self.action = str(own or page.response.request.path)
        self.values = _current_values(tag, button, page.soup)


def _current_values(form: Tag, button: Tag | None, soup: BeautifulSoup) -> dict[str, Any]:
    """Field values by name: a text, or a list of texts when several fields share the name."""
    fields = form.find_all(["input", "select", "textarea"])
    fields += soup.find_all(["input", "select", "textarea"], form=form["id"]) if form.get("id") else []
    found: dict[str, list[str]] = {}
    for field in fields:
        if field.get("name") and not field.has_attr("disabled"):
            found.setdefault(str(field["name"]), []).extend(_values(field))
    if button is not None and button.get("name"):
        found[str(button["name"])] = [str(button.get("value") or "")]
    return {name: told[0] if len(told) == 1 else told for name, told in found.items() if told}


def _values(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    if field.name == "select":
        options = field.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        if not chosen and not field.has_attr("multiple"):
            chosen = options[:1]
        return [str(option.get("value", option.get_text(strip=True))) for option in chosen]
    kind = str(field.get("type") or "text").lower()
    if kind in ("submit", "button", "image", "reset", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [str(field.get("value", "on"))] if field.has_attr("checked") else []
    return [str(field.get("value") or "")]


def _buttons(form: Tag, words: str | None = None) -> list[Tag]:
    """The form's buttons that can be pressed, all of them or those of that text."""
    buttons = [
        tag
        for tag in form.find_all(["button", "input"])
        if str(tag.get("type") or ("submit" if tag.name == "button" else "text")) == "submit"
        and not tag.has_attr("disabled")
    ]
    return buttons if words is None else [tag for tag in buttons if _words(tag) == words]


def _words(button: Tag) -> str:
    return " ".join((button.get_text(" ") or str(button.get("value") or "")).split())


class PageClient:
    """A browser without a screen: keeps its cookies, states what it expects, refuses a page that breaks the house."""

    def __init__(self, app: Flask, engine: Engine | None = None) -> None:
        self.app = app
        self.engine = engine
        self.http = app.test_client()

    def get(
        self,
        url: str,
        expect: int | tuple[int, ...] = 200,
        *,
        check: bool = True,
        query: Mapping[str, Any] | None = None,
    ) -> Page:
        """Read a page; anything but the stated status is a fault, a redirect too."""
        return self._send("GET", url, expect, check, query_string=query)

    def post(self, url: str, data: Mapping[str, Any] | None = None, expect: int = 302, *, check: bool = True) -> Page:
        """Send values as they are, redirected (302) unless stated; `Page.submit` brings the form's token along."""
        return self._send("POST", url, expect, check, data=dict(data or {}))

    def follow(self, page: Page, expect: int = 200, *, check: bool = True) -> Page:
        """Read the page that an answer redirects to."""
        if not page.location:
            raise PageError(f"{page.response.request.path} answered {page.status} and redirects nowhere")
        return self.get(page.location, expect, check=check)

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in through the form of /connexion, as people do."""
        return self.get("/connexion").submit("/connexion", {"email": email, "password": password})

    def _send(self, method: str, url: str, expect: int | tuple[int, ...], check: bool, **options: Any) -> Page:
        with self._counting() as statements:
            response = self.http.open(url, method=method, **options)
        page = Page(self, response, statements)
        if page.status not in (expect if isinstance(expect, tuple) else (expect,)):
            told = f" to {page.location}" if page.location else f": {page.text[:300]}"
            raise PageError(f"{method} {url}: {page.status} instead of {expect}{told}")
        if check and page.is_html and not page.location:
            faults = faults_of(page.soup)
            if faults:
                raise PageError(f"{method} {url}:\n- " + "\n- ".join(faults))
        return page

    @contextmanager
    def _counting(self) -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        if self.engine is None:
            yield statements
            return
        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
