"""A JupyterLab of one's own, and its notebooks as someone in front of it sees them.

Mouse and keys do what a user does; the page's own objects, which JupyterLab hands
out as window.jupyterapp, are asked what is there.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = "nascent-browser-test"
TIMEOUT = 180  # seconds for whatever should take a few; a machine may have much else to do

# What JupyterLab prints with any kernel.
NOISE = re.compile(r"favicon|ResizeObserver loop|^Plugin .* (took|is taking) |/api/workspaces")

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": THEMES["light"]},
    "completer-extension/manager": {"showDocumentationPanel": True, "providerTimeout": 10000},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # every output is drawn, also out of sight
}


class Server:
    """JupyterLab on a free port, with all that it reads and writes in one folder."""

    def __init__(self, folder: Path, jupyter_path: Path):
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        environment = dict(os.environ, JUPYTER_PATH=str(jupyter_path), IPYTHONDIR=str(folder / "ipython"),
                           JUPYTER_CONFIG_PATH=str(Path(__file__).parent))  # jupyter_server_config.py
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
            environment["JUPYTER_" + name] = str(folder / name)
        for name in ("SETTINGS_DIR", "WORKSPACES_DIR"):
            environment["JUPYTERLAB_" + name] = str(folder / name)
        for plugin, values in SETTINGS.items():
            path = folder / "SETTINGS_DIR" / "@jupyterlab" / (plugin + ".jupyterlab-settings")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self.token = secrets.token_hex()
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
                 f"--ServerApp.port={self.address.rpartition(':')[2]}", "--ServerApp.port_retries=0",
                 f"--ServerApp.root_dir={self.notebooks}", f"--IdentityProvider.token={self.token}",
                 "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"],
                env=environment, stdout=log, stderr=log, start_new_session=True)

    def wait(self):
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5).close()
                return
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("JupyterLab did not start:\n" + self.log.read_text()) from None
                time.sleep(0.1)

    def close(self):
        self.process.send_signal(signal.SIGTERM)  # which ends its kernels too
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Lab:
    """JupyterLab in the browser."""

    def __init__(self, page, server: Server):
        self.page, self.server = page, server
        self.errors: list[str] = []  # of the page
        # Vega warns of what it leaves out of a chart.
        page.on("console", lambda m: (m.type == "error" or m.text.startswith("WARN")) and self.note(
            m.text + " " + (m.location or {}).get("url", "")))
        page.on("pageerror", lambda e: self.note(str(e)))
        page.set_default_timeout(TIMEOUT * 1000)
        page.goto(f"{server.address}/lab?reset&token={server.token}")
        self.wait_for_page()

    def wait_for_page(self):
        """Waits until JupyterLab has opened all that it opens by itself.

        The last of that is the notebook in the page's address: long after the others,
        and again if it has been closed by then. It would be shown over whatever else
        was opened meanwhile, with a new kernel that knows none of its widgets.
        """
        self.wait("() => window.jupyterapp && window.jupyterapp.shell.currentWidget && !document.querySelector('.jp-mod-restoring')")

    def note(self, error: str):
        if not NOISE.search(error):
            self.errors.append(error)

    def js(self, code: str, argument=None):
        return self.page.evaluate(code, argument)

    def wait(self, code: str, argument=None, seconds: float = TIMEOUT):
        self.page.wait_for_function(code, arg=argument, timeout=seconds * 1000, polling=50)

    def command(self, name: str, **arguments):
        """Runs one of JupyterLab's commands and waits until it is done."""
        return self.js("([name, args]) => jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments])

    def theme(self, name: str):
        self.command("apputils:change-theme", theme=THEMES[name])
        self.wait("light => document.body.dataset.jpThemeLight === light", "true" if name == "light" else "false")

    def open(self, notebook=None, name: str = "") -> Notebook:
        """Opens a notebook, left out an empty one, with a kernel of its own."""
        name = name or f"{secrets.token_hex(4)}.ipynb"
        notebook = notebook or new_notebook(cells=[new_code_cell("")])
        notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Go (Nascent)", "language": "go"}
        nbformat.write(notebook, self.server.notebooks / name)
        return Notebook(self, name)

    def colour(self, picture: bytes, x: int, y: int) -> list[int]:
        """The colour of a pixel of a screenshot, from the right and the bottom if negative."""
        return self.js(
            """async ([data, x, y]) => {
                const image = new Image();
                image.src = 'data:image/png;base64,' + data;
                await image.decode();
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [image.width, image.height];
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                return [...context.getImageData((x + image.width) % image.width, (y + image.height) % image.height, 1, 1).data];
            }""",
            [base64.b64encode(picture).decode(), x, y])


# A cell as the page shows it, and what is known of the notebook that it is in.
READ_CELLS = """path => panel(path).content.widgets.filter(cell => cell.model.type === 'code').map(cell => ({
    source: cell.model.sharedModel.getSource(),
    count: cell.model.executionCount,
    outputs: cell.outputArea.widgets.slice(0, cell.outputArea.model.length).map((widget, i) => {
        const output = cell.outputArea.model.get(i), node = widget.node.querySelector('.jp-OutputArea-output');
        const box = node ? node.getBoundingClientRect() : {width: 0, height: 0};
        return {
            type: output.type, mimes: Object.keys(output.data), text: node ? node.innerText : '',
            rendered: cell.outputArea.rendermime.preferredMimeType(output.data, output.trusted ? 'any' : 'ensure') || '',
            size: [box.width, box.height],
            images: node ? [...node.querySelectorAll('img')].map(i => [i.naturalWidth, i.naturalHeight, i.width, i.height]) : [],
        };
    }),
}))"""

PANEL = """window.panel = path => [...jupyterapp.shell.widgets('main')].find(w => w.context && w.context.path === path)"""


class Notebook:
    """An open notebook; cells are counted from 0, and only those with code."""

    def __init__(self, lab: Lab, name: str):
        self.lab, self.page, self.name = lab, lab.page, name
        self.open()

    def open(self, status: str = "idle"):
        self.lab.js(PANEL)
        self.lab.command("docmanager:open", path=self.name)
        self.lab.wait("path => { const p = panel(path); return p && p.sessionContext.isReady; }", self.name)
        self.wait_for_kernel(status=status)

    def wait_for_kernel(self, seconds: float = TIMEOUT, status: str = "idle"):
        self.lab.wait(
            """([path, status]) => { const session = panel(path).sessionContext.session;
                return session && session.kernel && session.kernel.status === status; }""", [self.name, status], seconds)

    @property
    def node(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def show(self):
        self.lab.js("path => jupyterapp.shell.activateById(panel(path).id)", self.name)

    def cells(self) -> list[dict]:
        return self.lab.js(READ_CELLS, self.name)

    def write(self, source: str):
        """Replaces the text of the last cell; the mark ¦ is where the caret is left."""
        self.show()
        editor = self.node.locator(".jp-CodeCell .cm-content").last
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        before, _, after = source.partition("¦")
        self.page.keyboard.insert_text(before + after)
        for _ in after:
            self.page.keyboard.press("ArrowLeft")

    def start(self, source: str):
        """Runs a cell and doesn't wait for it."""
        self.write(source)
        self.page.keyboard.press("Control+Enter")
        self.lab.wait("path => panel(path).content.activeCell.promptNode.innerText.includes('*') || "
                      "panel(path).content.activeCell.model.executionCount", self.name)

    def finish(self, seconds: float = TIMEOUT) -> dict:
        """Waits until all that was started is done, and returns the last cell."""
        self.lab.wait(
            """path => panel(path).content.widgets.every(c => c.model.type !== 'code' || c.model.executionState !== 'running')
                && panel(path).sessionContext.session.kernel.status === 'idle'""", self.name, seconds)
        return self.cells()[-1]

    def run(self, source: str) -> dict:
        self.write(source)
        self.show()
        self.lab.command("notebook:run-cell")
        return self.finish()

    def run_all(self):
        self.show()
        self.lab.command("notebook:run-all-cells")
        self.finish(5 * TIMEOUT)

    def toolbar(self, command: str):
        self.show()
        self.node.locator(f'.jp-NotebookPanel-toolbar [data-command="{command}"]').click()

    def reload(self, status: str = "idle"):
        """Loads the page anew, as a user does who has saved, and comes back to the notebook and its kernel."""
        self.show()
        self.lab.command("docmanager:save")
        self.page.reload()
        self.lab.wait_for_page()
        self.open(status)

    def close(self):
        """Ends the kernel and closes the tab."""
        self.lab.js(
            """async path => { const p = panel(path); await p.sessionContext.shutdown(); await p.context.save(); p.dispose(); }""",
            self.name)


def text(cell: dict) -> str:
    """All that a cell shows, as text."""
    return "\n".join(output["text"] for output in cell["outputs"])
