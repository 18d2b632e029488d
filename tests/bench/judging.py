"""``python -m tests.bench.judging [TIMES]``: how long a taken page waits for its verdict.

The page's own code in Chromium, its worker included, built as the pages are: from a frame of the
document camera's full size (3840 × 2160) to the faults that were found.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Route, sync_playwright

from tests.bench.measure import percentile
from tests.figures import ROOT

ORIGIN = "http://localhost"
BUILD = """
import { build } from "vite";
await build({
  configFile: false, logLevel: "error", root: process.cwd(),
  resolve: { alias: { "@shared": process.cwd() + "/web_shared" } },
  build: {
    outDir: process.argv[1], target: "chrome86",
    lib: { entry: "tests/bench/judging.ts", formats: ["es"], fileName: "judging" },
  },
});
"""
MEDIA_TYPES = {".js": "text/javascript", ".html": "text/html"}


def built(folder: Path) -> Path:
    command = ["node", "--input-type=module", "--eval", BUILD, str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    (folder / "index.html").write_text('<script type="module" src="/judging.js"></script>')
    return folder


def judged(folder: Path, times: int) -> list[float]:
    """Milliseconds, one a page; the first is left out: it starts the browser's workers."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN).strip("/") or "index.html"
        file = folder / name
        if not file.is_file():
            route.fulfill(status=404)
            return
        route.fulfill(body=file.read_bytes(), content_type=MEDIA_TYPES[file.suffix])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/")
        took: list[float] = page.evaluate("times => window.judged(times)", times + 1)
        browser.close()
    return took[1:]


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        took = judged(built(Path(folder)), times)
    print(json.dumps({"p50_ms": percentile(took, 0.5), "p90_ms": percentile(took, 0.9)}))


if __name__ == "__main__":
    main()
