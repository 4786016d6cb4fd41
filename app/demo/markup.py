"""What a page offers to who reads it without eyes: its forms, its links, its words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_BLIND: Final = frozenset({"submit", "button", "reset", "image", "file"})
_SILENT: Final = frozenset({"script", "style", "head"})


@dataclass(slots=True)
class Control:
    """One field of a form: the values that it offers (none: any), those that are set, what they are called."""

    offers: set[str] | None
    values: list[str]
    called: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """A form of a page, with the fields as the page sets them and the buttons that send it."""

    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: dict[str, set[str]] = field(default_factory=dict)

    def filled(self, given: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        """What a browser sends for this form with `given` entered. ValueError for what the form does not offer."""
        sent: dict[str, list[str]] = {name: control.values for name, control in self.controls.items()}
        for name, value in given.items():
            values = [value] if isinstance(value, str) else value
            control = self.controls.get(name)
            offered = control.offers if control is not None else self.buttons.get(name)
            if control is None and offered is None:
                raise ValueError(f"the form to {self.action} has no field {name}: {sorted(self.controls)}")
            if offered is not None and not set(values) <= offered:
                raise ValueError(f"{name} of the form to {self.action} offers {sorted(offered)}, not {values}")
            sent[name] = values
        return [(name, value) for name, values in sent.items() for value in values]


class Page(HTMLParser):
    """A page as it was answered: `status`, `url`, `forms`, `links` (text and address), `text` in one line."""

    def __init__(self, url: str, status: int, html: str) -> None:
        super().__init__()
        self.url, self.status, self.html = url, status, html
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._form: Form | None = None
        self._link: str | None = None
        self._said: list[str] = []
        self._area: str | None = None
        self._select: Control | None = None
        self._silent = 0
        self._label: list[str] | None = None
        self._labelled: tuple[Control, str] | None = None
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """Every word of the page, single spaces between."""
        return " ".join(" ".join(self._words).split())

    def form(self, action: str, **holding: str) -> Form:
        """The form whose address ends with `action` and whose fields are set so. LookupError if there is none."""
        for form in self.forms:
            if form.action.partition("?")[0].endswith(action) and all(
                name in form.controls and form.controls[name].values == [value] for name, value in holding.items()
            ):
                return form
        there = sorted(form.action for form in self.forms)
        raise LookupError(f"{self.url} ({self.status}) has no form to {action} {holding or ''}, only {there}")

    def offers(self, action: str) -> bool:
        """True if there is a form whose address ends with `action`."""
        return any(form.action.partition("?")[0].endswith(action) for form in self.forms)

    def link(self, containing: str) -> str:
        """The address of the first link whose text contains these words. LookupError if there is none."""
        for text, address in self.links:
            if containing in text:
                return address
        raise LookupError(f"{self.url} has no link {containing!r}: {self.links}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What a tag adds to the form that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "form":
            self._form = Form(given.get("action", self.url), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "label":
            self._label, self._labelled = [], None
        elif tag == "a" and "href" in given:
            self._link, self._said = given["href"], []
        elif tag == "option" and self._select is not None and self._select.offers is not None:
            self._select.offers.add(given.get("value", ""))
            if "selected" in given or not self._select.values:
                self._select.values = [given.get("value", "")]
        elif self._form is not None and "name" in given and "disabled" not in given:
            self._control(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag in _SILENT:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append((" ".join("".join(self._said).split()), self._link))
            self._link = None
        elif tag == "label" and self._label is not None:
            if self._labelled is not None:
                control, value = self._labelled
                control.called[" ".join("".join(self._label).split())] = value
            self._label = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Words, or the text that a field holds."""
        if self._area is not None and self._form is not None:
            self._form.controls[self._area].values = [data.strip()]
        elif not self._silent:
            self._words.append(data)
            if self._link is not None:
                self._said.append(data)
            if self._label is not None:
                self._label.append(data)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "button" or (tag == "input" and kind in _BLIND):
            form.buttons.setdefault(name, set()).add(given.get("value", ""))
        elif tag == "textarea":
            form.controls[name] = Control(None, [""])
            self._area = name
        elif tag == "select":
            self._select = form.controls[name] = Control(set(), [])
        elif tag == "input" and kind in {"radio", "checkbox"}:
            control = form.controls.setdefault(name, Control(set(), []))
            value = given.get("value", "on")
            self._labelled = (control, value)
            if control.offers is not None:
                control.offers.add(value)
            if "checked" in given:
                control.values.append(value)
        elif tag == "input":
            form.controls[name] = Control(None, [given.get("value", "")])
