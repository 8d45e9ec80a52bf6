"""``idp serve`` as a process group: how it starts, what it keeps, how it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.serving import (
    COMMAND,
    Serving,
    alive,
    children,
    free_ports,
    holder_of,
    serving,
)

pytestmark = pytest.mark.processes

DEADLINE_SECONDS = 60
WEB_WORKERS = 'processes{role="web"}'
HEALTHZ = 'http_requests_total{endpoint="/healthz",method="GET",status="200"}'
SEED = """
[[users]]
email = "ada@example.com"
username = "ada"
password = "correct horse battery staple"
email_verified = true

[[clients]]
client_id = "notes"
client_secret = "a secret for development"
redirect_uris = ["http://localhost:9101/cb"]
"""


@pytest.fixture
def environ(database_url: str) -> dict[str, str]:
    """The settings of a server on this test's own database."""
    return {"IDP_DATABASE_URL": database_url}


@pytest.fixture
def spawn():
    """Start processes that are killed, if they still run, when the test is over."""
    started: list[subprocess.Popen] = []

    def start(command, **options) -> subprocess.Popen:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, **(quiet | options)))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(holds, what: str) -> None:
    """Wait until ``holds()`` is true."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


def get(url: str) -> int:
    parts = urlsplit(url)
    connection = HTTPConnection("127.0.0.1", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/", headers={"Host": parts.netloc})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def holder_of_answer(server: Serving) -> int:
    """Ask /healthz, and return which process has answered."""
    port = urlsplit(server.url).port
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()
    found = holder_of(connection.sock, among=children(server.process.pid))
    connection.close()
    return found


def counted(metrics: str, series: str) -> float:
    """Return a number of /metrics, 0 where it has not begun."""
    text = requests.get(metrics, timeout=10).text
    found = re.findall(rf"^idp_{re.escape(series)} (.+)$", text, re.MULTILINE)
    return sum(map(float, found))


def wait_for_banner(server: Serving, starts: int = 1) -> str:
    until(lambda: server.output.count("Dev mode") == starts, "the banner")
    return server.output


def test_the_first_start_prints_urls_that_answer_and_a_one_time_password(
    tmp_path, environ
):
    with serving(tmp_path, environ=environ) as server:
        text = wait_for_banner(server)
        assert re.search(r"one-time password: \w{4}-\w{4}-\w{4} ", text)
        assert "admin: admin (admin@example.com)" in text
        assert re.search(r"Hashes +\d+ ms of a processor each +Argon2 \w+", text)
        urls = re.findall(rf"{server.url}\S*|{server.demo_url}\S*", text)
        assert server.demo_url in urls
        assert f"{server.url}/.well-known/openid-configuration" in urls
        for url in urls:
            assert get(url) in (200, 302, 303), url
        found = json.loads(server.run("users", "list", "--json"))
        assert [user["username"] for user in found] == ["admin"]


def test_a_second_start_keeps_what_the_first_made_and_shows_no_password(
    tmp_path, environ
):
    with serving(tmp_path, environ=environ) as server:
        wait_for_banner(server)
        users = server.run("users", "list", "--json")
        keys = server.run("keys", "list", "--json")
    secret = (tmp_path / "idp-data" / "secret.key").read_text()
    with serving(tmp_path, environ=environ) as server:
        text = wait_for_banner(server, starts=2)
        assert text.count("one-time password") == 1
        assert text.count("Created") == 1
        assert server.run("users", "list", "--json") == users
        assert server.run("keys", "list", "--json") == keys
    assert (tmp_path / "idp-data" / "secret.key").read_text() == secret


def test_a_first_start_with_nothing_makes_folder_database_and_secret(tmp_path):
    with serving(tmp_path) as server:
        text = wait_for_banner(server)
    data = tmp_path / "idp-data"
    assert "./idp-data: database, signing keys, secret file (mode 600)" in text
    assert data.stat().st_mode & 0o777 == 0o700
    for name in ("idp.sqlite3", "secret.key"):
        assert (data / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.any_database
@pytest.mark.parametrize("to_all", [False, True], ids=["parent", "group"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0_and_leaves_nothing(
    tmp_path, environ, number, to_all
):
    with serving(tmp_path, environ=environ) as server:
        members = children(server.process.pid)
        assert len(members) >= 4  # two web workers, background worker, demo app
        for pid in members if to_all else ():
            os.kill(pid, number)
        assert server.stop(number) == 0
        assert [pid for pid in members if alive(pid)] == []


def test_a_request_that_has_begun_is_answered_however_often_it_is_told_to_stop(
    tmp_path, environ
):
    slowly = environ | {"IDP_DRAIN_SECONDS": "1"}  # so that what connects is taken up
    with serving(tmp_path, environ=slowly) as server:
        parts = urlsplit(server.url)
        members = children(server.process.pid)
        body = b"grant_type=none"
        with socket.create_connection(("127.0.0.1", parts.port)) as connection:
            connection.sendall(
                b"POST /oauth2/token HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n" % (parts.netloc.encode(), len(body))
            )
            connection.sendall(body[:5])
            for _ in range(50):  # so many that some arrive one by one
                for pid in (*members, server.process.pid):
                    with suppress(ProcessLookupError):  # one that has stopped by now
                        os.kill(pid, signal.SIGTERM)
                until(lambda: get(f"{server.url}/healthz") == 0, "it stops listening")
            connection.sendall(body[5:])
            answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 4")
        assert b'"error"' in answer
        assert server.process.wait(DEADLINE_SECONDS) == 0
        assert [pid for pid in members if alive(pid)] == []


@pytest.mark.any_database
def test_closing_the_terminal_ends_it(tmp_path, environ, spawn):
    port, _ = free_ports()
    controller, terminal = os.openpty()
    # whoever runs the tests may ignore SIGHUP, as nohup does
    launch = (
        "import fcntl, os, signal, sys, termios;"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL);"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    arguments = ["serve", "--dev", "--listen", f"127.0.0.1:{port}"]
    server = spawn(
        [sys.executable, "-c", launch, COMMAND, *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    until(lambda: get(f"http://localhost:{port}/readyz") == 200, "an answer")
    members = children(server.pid)
    os.close(controller)
    assert server.wait(DEADLINE_SECONDS) == 0
    assert [pid for pid in members if alive(pid)] == []


@pytest.mark.any_database
def test_a_supervisor_is_told_and_its_hangup_passed_over(tmp_path, environ):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.settimeout(DEADLINE_SECONDS)
        supervisor.bind(str(tmp_path / "notify"))
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "IDP_DEMO": "false"}
        launch = {"environ": environ | told, "start_new_session": True}
        with serving(tmp_path, **launch) as server:
            assert supervisor.recv(100) == b"READY=1"
            server.process.send_signal(signal.SIGHUP)
            until(lambda: "SIGHUP is passed over" in server.output, "a word")
            assert get(f"{server.url}/readyz") == 200
            assert server.stop() == 0
            assert supervisor.recv(100) == b"STOPPING=1"


def test_killing_the_parent_leaves_no_process_and_the_next_start_works(
    tmp_path, environ, spawn
):
    with serving(tmp_path, environ=environ) as server:
        members = children(server.process.pid)
        os.kill(server.process.pid, signal.SIGKILL)
        again = spawn(server.process.args, cwd=tmp_path, env=server.environ)
        until(lambda: not any(map(alive, members)), "all children end")
        until(lambda: get(f"{server.url}/readyz") == 200, "the next start answers")
        again.terminate()
        assert again.wait(DEADLINE_SECONDS) == 0
        assert server.process.wait() == -signal.SIGKILL


def test_processes_that_are_killed_are_started_again_and_their_counts_stay(
    tmp_path, environ
):
    metrics = f"http://127.0.0.1:{free_ports()[0]}/metrics"
    environ |= {"IDP_METRICS_LISTEN": urlsplit(metrics).netloc}
    with serving(tmp_path, environ=environ) as server:
        assert metrics in wait_for_banner(server)
        pid = server.process.pid
        until(lambda: len(children(pid)) == 5, "the announcer ends")
        asked = [holder_of_answer(server) for _ in range(30)]
        assert len(set(asked)) == 2  # each worker was asked, and any can tell of both
        until(lambda: counted(metrics, WEB_WORKERS) == 2, "both workers are told of")
        until(lambda: counted(metrics, HEALTHZ) == len(asked), "all are counted")
        members = children(pid)
        for member in members:
            os.kill(member, signal.SIGKILL)
        until(lambda: len(children(pid) - members) == 5, "five new processes")
        until(lambda: get(f"{server.url}/readyz") == 200, "it answers again")
        until(lambda: get(server.demo_url) == 200, "the demo app answers again")
        until(lambda: get(metrics) == 200, "metrics are told again")
        until(lambda: counted(metrics, WEB_WORKERS) == 2, "both workers are told of")
        assert counted(metrics, HEALTHZ) == len(asked)
        assert server.stop() == 0


def test_a_port_that_is_taken_is_said_and_nothing_is_made(tmp_path):
    port, _ = free_ports()
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            [COMMAND, "serve", "--dev", "--listen", f"localhost:{port}"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    busy = f"Error: Cannot listen on 127.0.0.1:{port}: the port is busy"
    assert done.stderr.startswith(busy)
    assert not (tmp_path / "idp-data" / "idp.sqlite3").exists()


@pytest.mark.any_database
def test_a_second_server_on_the_port_of_the_first_does_not_join_it(tmp_path, environ):
    with serving(tmp_path, environ=environ) as server:
        second = subprocess.run(
            server.process.args,
            cwd=tmp_path,
            env=server.environ,
            capture_output=True,
            check=False,
        )
        assert second.returncode == 1
        assert b"the port is busy" in second.stderr
        assert get(f"{server.url}/readyz") == 200


@pytest.mark.any_database
def test_a_demo_port_that_is_taken_is_said_and_carried_on_without(tmp_path, environ):
    ports = free_ports()
    with (
        socket.create_server(("127.0.0.1", ports[1])),
        serving(tmp_path, environ=environ, ports=ports) as server,
    ):
        text = wait_for_banner(server)
    assert f"No demo app: Cannot listen on 127.0.0.1:{ports[1]}: the port" in text
    assert "Try it" not in text


def test_servers_that_start_together_on_one_database_make_one_admin(
    tmp_path, environ, spawn
):
    ports = [free_ports()[0] for _ in range(3)]
    clean = {"PATH": os.environ["PATH"], "IDP_DEMO": "false", **environ}
    starts = [
        spawn(
            [COMMAND, "serve", "--dev", "--listen", f"127.0.0.1:{port}"],
            cwd=tmp_path,
            env=clean,
            stdout=subprocess.PIPE,
            text=True,
        )
        for port in ports
    ]
    for port in ports:
        url = f"http://localhost:{port}/readyz"
        until(lambda url=url: get(url) == 200, url)
    for start in starts:
        start.terminate()
    printed = [start.communicate(timeout=DEADLINE_SECONDS)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert sum("one-time password" in text for text in printed) == 1


def test_a_seed_is_applied_at_every_start(tmp_path, environ):
    (tmp_path / "seed.toml").write_text(SEED)
    with serving(tmp_path, "--seed", "seed.toml", environ=environ):
        pass
    with serving(tmp_path, "--seed", "seed.toml", environ=environ) as server:
        users = json.loads(server.run("users", "list", "--json"))
        assert [user["username"] for user in users] == ["ada", "admin"]
        assert json.loads(server.run("clients", "show", "notes"))


def refused(tmp_path: Path, *arguments: str, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [COMMAND, "serve", *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("idp-data/*.sqlite3")) == []
    return done.stderr


def test_production_refuses_to_start_without_its_settings_and_names_them(tmp_path):
    said = refused(tmp_path, environ={})
    for name in ("IDP_ISSUER", "IDP_SECRET_KEY", "IDP_MAIL_URL"):
        assert f"  {name}: is needed in production" in said
    assert not (tmp_path / "idp-data").exists()


def test_production_refuses_a_seed(tmp_path):
    production = {
        "IDP_ISSUER": "https://login.example.com",
        "IDP_SECRET_KEY": "a-secret-of-at-least-thirty-two-characters",
        "IDP_MAIL_URL": "smtp://localhost:25",
    }
    (tmp_path / "seed.toml").write_text(SEED)
    said = refused(tmp_path, "--seed", "seed.toml", environ=production)
    assert "--seed: is for development only" in said


def test_a_seed_with_mistakes_stops_the_start_before_anything_is_made(tmp_path):
    (tmp_path / "seed.toml").write_text("[[users]]\nemial = 'x'\n")
    said = refused(tmp_path, "--dev", "--seed", "seed.toml", environ={})
    assert "seed.toml: [[users]] 1: emial: no such field; did you mean email?" in said
