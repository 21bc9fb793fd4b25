"""What every page of the portal must be, whoever wrote it: each check returns sentences, none when all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

_WITHOUT_LABEL = ("hidden", "submit", "button", "image", "reset")


def faults_of(soup: BeautifulSoup) -> list[str]:
    """Every fault of a whole HTML page, in words."""
    return [fault for check in CHECKS for fault in check(soup)]


def language(soup: BeautifulSoup) -> Iterator[str]:
    """The page says that it is in French."""
    html = soup.find("html")
    if html is None or html.get("lang") != "fr":
        yield 'the page does not say lang="fr"'


def heading_and_title(soup: BeautifulSoup) -> Iterator[str]:
    """One h1, and a title that starts with its words."""
    headings = soup.find_all("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one"
        return
    words, title = _words(headings[0]), _words(soup.title) if soup.title else ""
    if not words or not title.startswith(words):
        yield f"the title {title!r} does not start with the h1 {words!r}"


def heading_levels(soup: BeautifulSoup) -> Iterator[str]:
    """No level of heading is skipped on the way down."""
    last = 0
    for heading in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        level = int(heading.name[1])
        if level > last + 1:
            yield f"h{last} is followed by h{level} {_words(heading)!r}"
        last = level


def identifiers(soup: BeautifulSoup) -> Iterator[str]:
    """No id twice, and whatever points at an id of the page finds it."""
    seen = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    yield from (f"the id {name!r} stands {count} times" for name, count in seen.items() if count > 1)
    for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "form"):
        for tag in soup.find_all(attrs={attribute: True}):
            told = tag[attribute]
            names = told.split() if isinstance(told, str) else told
            yield from (f"{attribute} points at {name!r}, which is not there" for name in names if name not in seen)


def labels(soup: BeautifulSoup) -> Iterator[str]:
    """Every field has a name that can be read aloud."""
    labelled = {str(tag["for"]) for tag in soup.find_all("label", attrs={"for": True}) if _words(tag)}
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.name == "input" and str(field.get("type") or "text").lower() in _WITHOUT_LABEL:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled
        wrapper = field.find_parent("label")
        if not named and not (wrapper and _words(wrapper)):
            yield f"the field {field.get('name')!r} has no label"


def names_of_links_and_buttons(soup: BeautifulSoup) -> Iterator[str]:
    """Every link and button has words; every address is one."""
    for tag in soup.find_all(["a", "button"]):
        if not (_words(tag) or tag.get("aria-label") or tag.find("img", alt=True)):
            yield f"a {tag.name} without words: {str(tag)[:80]}"
    for attribute in ("href", "action", "formaction", "src"):
        for tag in soup.find_all(attrs={attribute: True}):
            if str(tag[attribute]).strip() in ("", "#"):
                yield f"an empty {attribute}: {str(tag)[:80]}"


def inline_code(soup: BeautifulSoup) -> Iterator[str]:
    """No code and no style within the page: the content policy refuses them."""
    yield from ("an inline script" for tag in soup.find_all("script") if not tag.get("src"))
    yield from ("a style element" for _ in soup.find_all("style"))
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if name == "style" or name.startswith("on"):
                yield f"an inline {name} on {tag.name}"
            if name in ("href", "action") and str(value).strip().lower().startswith("javascript:"):
                yield f"a javascript: address on {tag.name}"


def tokens(soup: BeautifulSoup) -> Iterator[str]:
    """Every form that changes something carries its token."""
    for form in soup.find_all("form"):
        if str(form.get("method") or "get").lower() == "post":
            token = form.find("input", attrs={"name": "csrf_token"})
            if token is None or not token.get("value"):
                yield f"the form to {form.get('action')!r} has no csrf_token"


def pictures(soup: BeautifulSoup) -> Iterator[str]:
    """Every picture says what it shows, or says that it shows nothing (an empty alt)."""
    yield from (f"a picture without alt: {tag.get('src')!r}" for tag in soup.find_all("img") if not tag.has_attr("alt"))


def tables(soup: BeautifulSoup) -> Iterator[str]:
    """Every table has headers, each of which says what it heads."""
    for table in soup.find_all("table"):
        headers = table.find_all("th")
        if not headers:
            yield "a table without th"
        yield from (f"the th {_words(th)!r} has no scope" for th in headers if not th.get("scope"))


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


CHECKS = (
    language,
    heading_and_title,
    heading_levels,
    identifiers,
    labels,
    names_of_links_and_buttons,
    inline_code,
    tokens,
    pictures,
    tables,
)
