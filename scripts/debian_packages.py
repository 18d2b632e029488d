"""What the tests need besides Python packages: installed as root, named in one line otherwise."""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "chromium": "the pages, with fake devices",
    "fonts-noto-cjk": "Chinese in the screenshots",
    "ffmpeg": "media to test with",
    "postgresql": "the second database",
    "redis-server": "wake-ups between nodes",
    "coturn": "calls through TURN",
    "nginx": "the reverse proxy of two nodes",
    "iproute2": "network namespaces",
    "gcc": "the floor that the bench measures in",
    "libc6-dev": "the floor that the bench measures in",
    "git": "the list of this project's own files",
    "curl": "the health check of the reverse proxy",
    "libnss3-tools": "trust in the installation's own authority",
}


def installed(package: str) -> bool:
    asked = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout == "installed"


def install(packages: list[str]) -> int:
    """Runs apt-get; its exit code. Services that come along are not this program's to configure."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"tests: installing {' '.join(packages)}", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet=2", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            return done.returncode
    return 0


def main() -> int:
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        print("The tests are written for Debian and Ubuntu; other systems need: ", *PACKAGES)
        return 0
    missing = [package for package in PACKAGES if not installed(package)]
    if not missing:
        return 0
    if os.geteuid() == 0:
        return install(missing)
    print("The tests need Debian packages that are not installed. Install them, then run again:")
    print(f"    sudo apt-get install --no-install-recommends {' '.join(missing)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
