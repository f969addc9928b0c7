"""A browser that signs somebody in: it finds on the page who is meant, and follows where that leads."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from aiohttp import ClientTimeout
from yarl import URL

from .gateway import Gateway
from .wire import PATIENCE, Reply

REDIRECTS = (302, 303, 307, 308)
MOST_STEPS = 6


@dataclass
class Choice:
    """A link or a form: where it leads, what it sends, and all that a reader could see of it."""

    method: str
    where: str
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""
    open_fields: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.choices: list[Choice] = []
        self._form: Choice | None = None
        self._link: Choice | None = None
        self._button: Choice | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link, a form, or what a form holds."""
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self._link = Choice("GET", told["href"])
            self.choices.append(self._link)
        elif tag == "form":
            self._form = Choice(told.get("method", "get").upper(), told.get("action", ""))
            self.choices.append(self._form)
        elif self._form is not None and tag in ("input", "button", "option", "select"):
            self._hold(self._form, tag, told)

    def _hold(self, form: Choice, tag: str, told: dict[str, str]) -> None:
        form.text += f" {told.get('value', '')}"
        if tag == "input" and told.get("type") == "hidden":
            form.fields[told["name"]] = told.get("value", "")
        elif tag == "button" and "name" in told:
            # A form with a button for each person is as many choices.
            fields = {**form.fields, told["name"]: told.get("value", "")}
            self._button = Choice(form.method, form.where, fields, told.get("value", ""))
            self.choices.append(self._button)
        elif tag in ("input", "select") and "name" in told:
            form.open_fields.append(told["name"])

    def handle_endtag(self, tag: str) -> None:
        """The end of a link, a button or a form."""
        if tag == "a":
            self._link = None
        elif tag == "button":
            self._button = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        """Text that stands in a link, a button or a form."""
        for choice in filter(None, (self._link, self._button, self._form)):
            choice.text += data

    def choice_of(self, email: str) -> Choice:
        """How to sign in as this person: the narrowest choice that names the email."""
        named = [one for one in self.choices if email in one.text or email in one.where or email in one.fields.values()]
        assert named, f"[2.5] the page for signing in offers nobody called {email}; it has {len(self.choices)} choices"
        found = min(named, key=lambda one: (len(one.open_fields), len(one.text)))
        return Choice(found.method, found.where, {**found.fields, **dict.fromkeys(found.open_fields, email)})


@dataclass(frozen=True)
class Browser:
    """It stops where it is sent away from the gateway's own pages: at whoever waits for the token."""

    gateway: Gateway

    async def sign_in(self, login_url: str, email: str, target: str) -> Reply:
        """The redirect to ``target`` with which a login ends."""
        page = await self._get("GET", login_url)
        choice = Page(page.check().body.decode()).choice_of(email)
        where, reply = urljoin(login_url, choice.where), await self._send(choice, urljoin(login_url, choice.where))
        for _ in range(MOST_STEPS):
            if reply.status in REDIRECTS:
                where = urljoin(where, reply.headers["Location"])
                if where.startswith(target):
                    return reply
                reply = await self._get("GET", where)
            else:
                where, reply = await self._next_form(where, reply)
        raise AssertionError(f"{reply}\n[2.5] signing in as {email} does not end at {target}")

    async def _next_form(self, where: str, reply: Reply) -> tuple[str, Reply]:
        """Send the one form of a page that sends itself, as providers of SAML answer."""
        forms = [one for one in Page(reply.check().body.decode()).choices if one.method == "POST"]
        assert len(forms) == 1, f"{reply}\n[2.5] signing in stops at a page with {len(forms)} forms"
        target = urljoin(where, forms[0].where)
        return target, await self._send(forms[0], target)

    async def _send(self, choice: Choice, where: str) -> Reply:
        if choice.method == "POST":
            return await self._get("POST", where, urlencode(choice.fields))
        return await self._get("GET", f"{where}{'&' if '?' in where else '?'}{urlencode(choice.fields)}".rstrip("?&"))

    async def _get(self, method: str, where: str, form: str | None = None) -> Reply:
        headers = {"Accept": "text/html"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        async with self.gateway.session.request(
            method,
            URL(where, encoded=True),
            data=None if form is None else form.encode(),
            headers=headers,
            allow_redirects=False,
            timeout=ClientTimeout(total=PATIENCE),
        ) as response:
            return Reply("2.5", f"{method} {where}", response.status, response.headers, await response.read())
