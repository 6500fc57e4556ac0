"""JupyterLab with the installed kernel, in Debian's Chromium or another one.

The program that is tested is ./nascent at the top of the repository, or what the
environment variable NASCENT names; the browser is chromium, or what CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lab import KERNEL, Lab, Server
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def chromium():
    name = os.environ.get("CHROMIUM", "chromium")
    if path := shutil.which(name):
        return path
    pytest.skip(f"{name} was not found: install it (Debian: apt-get install chromium) or name another in CHROMIUM")


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    program = Path(os.environ.get("NASCENT") or Path(__file__).parents[3] / "nascent").resolve()
    if not program.is_file():
        pytest.exit(f"{program} does not exist: build it with make build, or name another in NASCENT", 2)
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run([program, "install", "--prefix", prefix, "--name", KERNEL], check=True, capture_output=True)
    server = Server(tmp_path_factory.mktemp("jupyter"), prefix / "share" / "jupyter")
    try:
        server.wait()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        # Only pages of this machine are opened, and root has no sandbox.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page(browser):
    # The desktop is dark and JupyterLab light: pictures have to follow JupyterLab.
    return browser.new_page(viewport={"width": 1400, "height": 1600}, color_scheme="dark")


@pytest.fixture(scope="session")
def open_lab(server, page):
    return Lab(page, server)


@pytest.fixture
def lab(open_lab):
    open_lab.errors.clear()
    yield open_lab
    assert open_lab.errors == [], "the page has printed errors"


@pytest.fixture
def notebook(lab):
    notebook = lab.open()
    yield notebook
    notebook.close()
