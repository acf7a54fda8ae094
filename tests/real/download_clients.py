"""Real download clients for tests: SABnzbd and qBittorrent, with their data in a temporary folder."""

import base64
import hashlib
import os
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from lab.ports import free_port

TOOLS = Path(__file__).parents[2] / ".tools"
SABNZBD, QBITTORRENT = TOOLS / "sabnzbd", TOOLS / "qbittorrent"
START_SECONDS = 120.0
API_KEY = "5f2b8c1d9e7a4b3c8d6e0f1a2b3c4d5e"
PASSWORD = "Correct-horse-7"
CANNOT = "its packages cannot be fetched from Debian, or belong to another release"

SAB_SETTINGS = """__version__ = 19
[misc]
api_key = {key}
auto_browser = 0
check_new_rel = 0
bandwidth_max = 10M
download_dir = {folder}/incomplete
complete_dir = {folder}/complete
[servers]
[[loopback]]
name = loopback
host = 127.0.0.1
port = {news}
connections = 1
retention = 0
enable = 1
"""
NZB = """<?xml version="1.0" encoding="UTF-8"?>
<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb">
<file poster="a@example.org" date="1700000000" subject="&quot;disc.iso&quot; yEnc (1/1)">
<groups><group>alt.binaries.test</group></groups>
<segments><segment bytes="1000" number="1">one@example.org</segment></segments></file></nzb>
"""
QBT_SETTINGS = """[LegalNotice]
Accepted=true
[BitTorrent]
Session\\DHTEnabled=false
Session\\RefreshInterval=100
Session\\LSDEnabled=false
Session\\Interface=lo
[Preferences]
WebUI\\Address=127.0.0.1
WebUI\\Username=admin
WebUI\\Password_PBKDF2="@ByteArray({password})"
"""


def skip_reason(program: Path) -> str | None:
    """Return why a program cannot be tested, None when it was fetched."""
    found = {SABNZBD: "sabnzbdplus", QBITTORRENT: "qbittorrent-nox"}[program]
    return None if (program / "usr" / "bin" / found).exists() else f"no {program.name}: {CANNOT}"


@contextmanager
def sabnzbd(folder: Path) -> Iterator[str]:
    """Run SABnzbd with a news server that has no article, and yield its address."""
    with news_server() as news:
        settings = folder / "sabnzbd.ini"
        settings.write_text(SAB_SETTINGS.format(key=API_KEY, folder=folder, news=news))
        (folder / "disc.nzb").write_text(NZB)
        programs = folder / "bin"
        programs.mkdir()
        # Debian's alternatives would make this link.
        (programs / "unrar").symlink_to(SABNZBD / "usr/bin/unrar-nonfree")
        port = free_port()
        python = f"{SABNZBD}/usr/lib/python3/dist-packages:{SABNZBD}/usr/share/sabnzbdplus"
        path = f"{programs}:{SABNZBD}/usr/bin:{os.environ['PATH']}"
        command = [
            "/usr/bin/python3",
            f"{SABNZBD}/usr/bin/sabnzbdplus",
            *("-f", str(settings), "-s", f"127.0.0.1:{port}", "-b", "0"),
        ]
        with _running(command, port, "/api?mode=version", {"PYTHONPATH": python, "PATH": path}, folder):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def qbittorrent(folder: Path) -> Iterator[str]:
    """Run qBittorrent without any peer discovery, and yield its address."""
    settings = folder / "qBittorrent" / "config" / "qBittorrent.conf"
    settings.parent.mkdir(parents=True)
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 100_000)
    password = ":".join(base64.b64encode(one).decode() for one in (salt, key))
    settings.write_text(QBT_SETTINGS.format(password=password))
    libraries = [str(one.parent) for one in QBITTORRENT.rglob("libQt5Core.so.5")]
    port = free_port()
    command = [f"{QBITTORRENT}/usr/bin/qbittorrent-nox", f"--profile={folder}", f"--webui-port={port}"]
    env = {"LD_LIBRARY_PATH": ":".join(libraries), "HOME": str(folder)}
    with _running(command, port, "/api/v2/app/version", env, folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def news_server() -> Iterator[int]:
    """Serve NNTP without any article, and yield the port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):
                self.wfile.write(b"200 ready\r\n")
                while self.rfile.readline():
                    self.wfile.write(b"430 no such article\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def _running(
    command: list[str], port: int, path: str, env: Mapping[str, str], folder: Path
) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with (folder / "output.log").open("ab") as log:
        process = subprocess.Popen(
            # The program must end even if the tests are killed.
            ["setpriv", "--pdeathsig", "KILL", *command],
            env={**inherited, **env},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(process, port, path)
        yield
    finally:
        process.kill()
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"nothing answers on port {port}")
