"""A real S3-compatible store as a process of its own: SeaweedFS, on loopback, in a folder."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recording.keeping.stores import StoreAddress
from tests.conftest import free_port

WEED = Path(sys.executable).with_name("weed")
ACCESS_KEY, SECRET_KEY = "shipinban", "of-a-test-alone"
READY_S = 60.0


@contextmanager
def seaweed(folder: Path) -> Iterator[StoreAddress]:
    """The address of a bucket of its own, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "s3.json"
    config.write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "shipinban",
                        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                        "actions": ["Admin", "Read", "Write", "List"],
                    }
                ]
            }
        )
    )
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    # SeaweedFS listens on port + 10,000 for its own talk unless it is told otherwise.
    grpc = {f"{name}.port.grpc": free_port() for name in ports}
    options = {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 40,
        "s3": "true",
        "s3.config": config,
        # Of no use here, and each wants one and the same port for every store of the machine.
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        **{f"{name}.port": port for name, port in ports.items()},
        **grpc,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(WEED), "server", *(f"-{name}={value}" for name, value in options.items())],
            stdout=log,
            stderr=log,
        )
    address = StoreAddress(
        url="s3://recordings/county",
        endpoint=f"http://127.0.0.1:{ports['s3']}",
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
    )
    try:
        _make_bucket(process, address, folder / "log")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _make_bucket(process: subprocess.Popen[bytes], address: StoreAddress, log: Path) -> None:
    """SeaweedFS makes a bucket with the first object that is put into it."""
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    store = S3Store(
        "recordings",
        endpoint=address.endpoint,
        region=address.region,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    end = time.monotonic() + READY_S
    while True:
        try:
            obstore.put(store, "ready", b"ready")
        except BaseError:
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text()[-2_000:]) from None
            time.sleep(0.1)
        else:
            return
