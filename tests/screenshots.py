"""`make screenshots`: pictures of the demo shop for the README, in docs/screenshots/."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ARGUMENTS, system_chromium
from tests.environment import TEST_ENVIRONMENT

FOLDER = Path(__file__).parent.parent / "docs/screenshots"
# What fits on a screen of a laptop, and of a phone.
SIZES = [(1280, 800), (390, 844)]
# WebP at this quality is a tenth of the PNG, and letters stay sharp.
QUALITY = 80
CUSTOMER = {"username": "alice@example.com", "password": "repairshop-demo"}


def main() -> None:
    os.environ.update(TEST_ENVIRONMENT, DJANGO_SETTINGS_MODULE="repairshop.settings")
    FOLDER.mkdir(exist_ok=True)
    with demo_shop() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        for width, height in SIZES:
            for name, page in pages(browser, address, width, height):
                keep(page, FOLDER / f"{name}-{width}.webp")
        browser.close()


@contextmanager
def demo_shop() -> Iterator[str]:
    """The address of a demo shop of its own, on a database that goes away with it."""
    # Reads settings, for which the environment has to be there.
    from tests.processes import MANAGE, run, running, wait_until

    with tempfile.TemporaryDirectory(prefix="repairshop-screenshots-") as folder:
        environment = {
            "SECRET_KEY": "only-for-pictures",
            "DEBUG": "True",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "PRIVATE_MEDIA_ROOT": f"{folder}/private",
        }
        for command in ("migrate", "demo"):
            done = run(*MANAGE, command, **environment)
            if done.returncode:
                sys.exit(done.stderr)
        serve = (*MANAGE, "runserver", "--noreload", "127.0.0.1:{port}")
        with running(*serve, **environment) as shop:
            wait_until(lambda: shop.status("/store/"))
            yield f"http://127.0.0.1:{shop.port}"


def pages(browser: Browser, address: str, width: int, height: int) -> Iterator[tuple[str, Page]]:
    """Each page by the name of its picture, in a window of this size."""
    viewport = {"width": width, "height": height}
    page = browser.new_page(base_url=address, viewport=viewport, color_scheme="light")  # type: ignore[arg-type]
    for name, path in [
        ("front", "/"),
        ("item", "/store/item/violin-after-stainer/"),
        ("workshop", "/workshop/"),
    ]:
        page.goto(path, wait_until="networkidle")
        yield name, page
    page.goto("/accounts/login/?next=/workshop/tickets/")
    for field, value in CUSTOMER.items():
        page.fill(f"[name={field}]", value)
    page.click("main button[type=submit]")
    page.get_by_role("link", name="violin").first.click()
    page.wait_for_load_state("networkidle")
    yield "ticket", page
    page.context.close()


def keep(page: Page, file: Path) -> None:
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").save(file, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
