"""How soon a thing's page is shown that the browser has made ready, beside one that it has not.

`python -m bench.prerendered [VISITS]`: a full Chromium (CHROMIUM names one; the headless shell
makes no page ready) opens the list of a demo shop, points at a thing, and clicks once its page is
ready. In turns with the same where it is told no rules, and clicks after as long a while. What the
pages share is in its cache in both, and nothing else.
"""

import json
import os
import sys
from itertools import cycle, islice
from statistics import median
from time import monotonic
from typing import NamedTuple

from bench.devtools import Browser, running_browser
from tests.environment import TEST_ENVIRONMENT
from tests.screenshots import demo_shop

VISITS, THINGS = 16, 8
# Nothing moves between two pages for people who want less of it.
STILL = "--force-prefers-reduced-motion"
RULES = "*/speculation-rules.json*"
# Somebody reads on for a while before they click.
READING_SECONDS = 0.5
LINKS = "[...document.querySelectorAll('.tile__title a')].map(each => each.pathname)"
PLACE = """(() => {
    const link = document.querySelector('.tile__title a[href=%s]');
    link.scrollIntoView({block: "center", behavior: "instant"});
    return [link.getBoundingClientRect().x + 5, link.getBoundingClientRect().y + 5];
})()"""
LOADED = "document.readyState === 'complete'"
ARRIVED = f"location.pathname === %s && !document.prerendering && {LOADED}"
# When the largest part was shown, from the click on: what was made ready is opened only then.
SHOWN = """new Promise(done => new PerformanceObserver(list => {
    const [visit] = performance.getEntriesByType("navigation");
    const shown = list.getEntries().at(-1).startTime - visit.activationStart;
    done([Math.max(0, shown), visit.activationStart > 0]);
}).observe({type: "largest-contentful-paint", buffered: true}))"""


class Visit(NamedTuple):
    """Milliseconds, and whether the browser says that the page was made ready before."""

    shown: float
    ready_after: float
    was_ready: bool


def opened(browser: Browser, address: str, *, rules: bool = True) -> tuple[str, str]:
    """The sessions of a new tab and of the page in it."""
    tab = browser.new_tab()
    [page] = browser.pages(tab)
    for command in ("Page.enable", "Network.enable", "Preload.enable", "Network.clearBrowserCache"):
        browser.ask(command, page)
    browser.ask("Network.setBlockedURLs", page, urls=[] if rules else [RULES])
    browser.ask("Page.navigate", page, url=address)
    browser.wait(lambda: browser.of(page, "Page.loadEventFired"))
    return tab, page


def visit(browser: Browser, shop: str, thing: str, wait: float | None = None) -> Visit:
    """From the list to a thing; with no rules, so many milliseconds after pointing at it."""
    tab, page = opened(browser, f"{shop}/store/", rules=wait is None)
    browser.listen(READING_SECONDS)
    place = browser.value(page, PLACE % json.dumps(thing))
    browser.point(page, *place)
    pointed = monotonic()
    if wait is None:
        browser.wait(lambda: is_decided(browser, page))
        browser.wait(lambda: browser.value(browser.pages(tab)[-1], LOADED))
    else:
        browser.listen(wait / 1000)
    ready_after = 1000 * (monotonic() - pointed)
    browser.listen(READING_SECONDS)
    browser.click(page, *place)
    arrived = ARRIVED % json.dumps(thing)
    browser.wait(lambda: browser.value(browser.pages(tab)[-1], arrived))
    browser.listen(READING_SECONDS)
    shown, was_ready = browser.value(browser.pages(tab)[-1], SHOWN)
    browser.ask("Page.close", browser.pages(tab)[-1])
    return Visit(shown, ready_after, was_ready)


def is_decided(browser: Browser, page: str) -> bool:
    """The browser has told that the page is ready, or that it never will be."""
    said = [each["status"] for each in browser.of(page, "Preload.prerenderStatusUpdated")]
    return "Ready" in said or "Failure" in said


def told(label: str, visits: list[Visit]) -> str:
    shown = spread([visit.shown for visit in visits])
    return f"{label}: {shown}, {sum(visit.was_ready for visit in visits)} of {len(visits)} ready"


def spread(times: list[float]) -> str:
    return f"{median(times):.0f} ms ({min(times):.0f}–{max(times):.0f})"


def main(visits: str = str(VISITS)) -> None:
    os.environ.update(TEST_ENVIRONMENT, DJANGO_SETTINGS_MODULE="repairshop.settings")
    made, still, plain = [], [], []
    with (
        demo_shop() as shop,
        running_browser() as browser,
        running_browser(STILL) as still_browser,
    ):
        _, page = opened(browser, f"{shop}/store/")
        for thing in islice(cycle(browser.value(page, LINKS)[:THINGS]), int(visits)):
            made.append(visit(browser, shop, thing))
            still.append(visit(still_browser, shop, thing))
            plain.append(visit(browser, shop, thing, made[-1].ready_after))
    print(told("made ready, until the largest part was shown (≤ 100 ms)", made))
    print(told("the same without the transition between pages", still))
    print(told("not made ready", plain))
    print("it was ready so long after pointing:", spread([visit.ready_after for visit in made]))
    print("load of the machine:", *(f"{each:.1f}" for each in os.getloadavg()))


if __name__ == "__main__":
    main(*sys.argv[1:])
