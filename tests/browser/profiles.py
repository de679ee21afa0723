"""Browser profiles that test after test uses, emptied in between: scripts stay compiled in a process that had them.

A page in a new profile costs twice the work of one in a profile whose process has had the page before.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

_HOME = "http://127.0.0.1/"  # nothing has to answer there; to a browser every port of it is the same site
_USES = 25  # then it is made anew: a process keeps something of every page
_STORED = "local_storage,indexeddb,cookies,cache_storage,service_workers,websql,file_systems"


class Profile:
    """One person's browser, with an empty page of the site, whose process stays while no test has a page."""

    def __init__(self, browser: Browser, language: str) -> None:
        self.uses = 0
        self.context = browser.new_context(
            locale=language,
            viewport={"width": 1280, "height": 900},
            accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._home = self.context.new_page()
        self._home.route("**", lambda route: route.fulfill(body=""))
        self._home.goto(_HOME)

    def open(self, width: int, dark: bool) -> Page:
        """An empty page."""
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        return page

    def empty(self, origins: set[str]) -> None:
        """As if nobody had been there: its pages closed, nothing stored of these origins, the network back."""
        for page in self.context.pages:
            if page is not self._home:
                page.close()
        self.context.set_offline(False)
        self.context.clear_cookies()
        session = self.context.new_cdp_session(self._home)
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": _STORED})
        session.detach()


class Profiles:
    """Those of a test run: a test's first page of a language gets the one that stays, every further one its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[str, Profile] = {}
        self._in_use: list[Profile] = []
        self._origins: set[str] = set()

    def open(self, language: str, width: int, dark: bool, url: str) -> Page:
        """An empty page of a person who was never here, for `url`."""
        address = urlsplit(url)
        self._origins.add(f"{address.scheme}://{address.netloc}")
        kept = self._kept.get(language)
        profile = kept if kept and kept not in self._in_use else Profile(self._browser, language)
        self._kept.setdefault(language, profile)
        self._in_use.append(profile)
        return profile.open(width, dark)

    def give_back(self) -> None:
        """At the end of a test."""
        for profile in self._in_use:
            profile.uses += 1
            if profile in self._kept.values() and profile.uses < _USES:
                profile.empty(self._origins)
            else:
                profile.context.close()
        self._kept = {language: one for language, one in self._kept.items() if one.uses < _USES}
        self._in_use, self._origins = [], set()
