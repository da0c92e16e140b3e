"""Pages signed in as whoever walks, each opened once for a module, and what axe says about what they show."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from deskwright.store.models import Agent
from tests.browser import furnished, pages

AXE: Final = AXE_FILE_PATH.read_text(encoding="utf-8")
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHOLE: Final = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
COLOURS: Final = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


class Walk:
    """A furnished desk and one page for everybody who looks at it."""

    def __init__(self, browser: Browser, url: str, known: furnished.Known, **context: Any) -> None:
        self.browser, self.url, self.known, self.context = browser, url, dict(known), context
        self.pages: dict[str, Page] = {}
        self.wrong: list[str] = []
        """Errors that the last opened page wrote to its console."""

    def open(self, name: str) -> Page:
        """The page of that name, as who may see it, loaded."""
        who, path = pages.PAGES[name]
        if who in {pages.GUARDED, pages.HALF}:
            self.page(pages.GUARDED)
        page, address = self.page(who), path.format(**self.known)
        self.wrong.clear()
        answer = page.goto(self.url + address)
        if "/account/confirm/?" in page.url:
            answer = self.confirm(page)
        wanted = int(name[:3]) if name[:3].isdigit() else pages.ANSWERS.get(name, 200)
        ends = self.url + pages.ENDS_AT.get(name, address).format(**self.known)
        assert answer is not None and (answer.status, page.url) == (wanted, ends), (answer, ends)
        return page

    def confirm(self, page: Page) -> Response | None:
        """The page asks once more who it is; then it is the one that was wanted."""
        page.fill("#id_password", furnished.PASSWORD)
        with page.expect_navigation() as went:
            page.keyboard.press("Enter")
        return went.value

    def page(self, who: str) -> Page:
        if who not in self.pages:
            self.pages[who] = self.fresh()
            getattr(self, f"enter_as_{who}")(self.pages[who])
        return self.pages[who]

    def fresh(self) -> Page:
        made = self.browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **self.context}
        )
        made.set_default_timeout(30_000)
        page = made.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.heard(said, page))
        return page

    def heard(self, said: ConsoleMessage, page: Page) -> None:
        """A page that is an error itself is told so there, which is as it should be."""
        if said.type == "error" and said.location["url"] != page.url:
            self.wrong.append(f"{said.text} ({said.location['url']})")

    def enter_as_stranger(self, page: Page) -> None:
        """They have nothing to enter with."""

    def enter_as_admin(self, page: Page) -> None:
        self.sign_in(page, "odile")
        page.wait_for_url("**/inbox/**")

    def enter_as_guarded(self, page: Page) -> None:
        """Signs in, and sets up what will be asked of them the next time."""
        self.sign_in(page, "edda")
        page.wait_for_url("**/inbox/**")
        self.make_a_key(page)
        self.known["key"] = furnished.guard(self.agent("edda"))

    def make_a_key(self, page: Page) -> None:
        """A security key that Chromium plays, registered on the page for it."""
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
        page.goto(f"{self.url}/account/keys/new/")
        self.confirm(page)
        page.locator("[data-passkey-start]").click()
        page.wait_for_url("**/account/codes/")

    def enter_as_half(self, page: Page) -> None:
        self.sign_in(page, "edda")
        page.wait_for_url("**/login/second/")

    def enter_as_customer(self, page: Page) -> None:
        page.goto(f"{self.url}/help/enter/{self.known['way_in']}/")
        page.locator("main button").first.click()
        page.wait_for_url("**/help/mine/")

    def sign_in(self, page: Page, key: str) -> None:
        page.goto(f"{self.url}/login/")
        page.fill("#email", self.agent(key).email)
        page.fill("#password", furnished.PASSWORD)
        page.keyboard.press("Enter")

    def agent(self, key: str) -> Agent:
        return Agent.objects.get(email__startswith=f"{key}@")

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def flaws(page: Page) -> list[str]:
    """Everything in the light theme, what colours can spoil in the dark one."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = violations(page, WHOLE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [*light, *(f"dark: {line}" for line in violations(page, COLOURS))]


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds on what the page shows now, a line for each element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, {...options, resultTypes: ['violations']})", options)
    return [said(rule, node) for rule in found["violations"] for node in rule["nodes"]]


def said(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = node["failureSummary"].splitlines()[-1].strip()
    return f"{rule['id']} ({rule['impact']}): {why}\n    at {node['target'][-1]}: {node['html'][:200]}"
