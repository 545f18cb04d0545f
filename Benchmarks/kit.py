"""What the benchmarks share: a real Dovecot, smtp-sink, and the release build of maloted, in folders of their own."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SERVERS = ROOT / "Tests" / "Servers"
USER, PASSWORD = "help@bench.example", "bench-password"
CORPUS_WORDS = "please check printer third floor again since the update nobody there can print anything thank you".split()


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, limit=600, pause=0.02):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"never came: {what}")
        time.sleep(pause)


def body(number, octets):
    """Lines of words that differ from mail to mail."""
    lines, size = [], 0
    while size < octets:
        line = " ".join(CORPUS_WORDS[(number * 7 + len(lines) * 3 + i) % len(CORPUS_WORDS)] for i in range(10))
        lines.append(f"{len(lines)} {line}")
        size += len(lines[-1]) + 2
    return "\r\n".join(lines)


def mail(number, octets):
    return (
        f"From: Person {number} <person{number}@customer.example>\r\nTo: {USER}\r\nSubject: Request {number}\r\n"
        f"Message-ID: <request.{number}@customer.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body(number, octets)}\r\n"
    )


class Dovecot:
    """One user, and `count` mails of 8 KB that wait for it."""

    def __init__(self, folder, count):
        self.folder = folder
        folder.mkdir()
        # Not a pipe: Dovecot keeps it open.
        run(SERVERS / "dovecot", "start", folder, f"{USER}:{PASSWORD}", stdout=subprocess.DEVNULL)
        self.ports = dict(line.split("=") for line in (folder / "ports").read_text().split())
        self.ca = folder / "tls" / "ca.pem"
        box = folder / "mail" / USER
        for name in ("cur", "new", "tmp"):
            (box / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (box / "new" / f"{1700000000 + number}.M{number}P1.bench").write_text(mail(number, 8000), newline="")
        if os.getuid() == 0:
            run("chown", "-R", "nobody", folder / "mail")

    def stop(self):
        run(SERVERS / "dovecot", "stop", self.folder)


class UnixHTTP(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Malote:
    def __init__(self, folder, config=""):
        """`config` is added to malote.yaml."""
        folder.mkdir()
        (folder / "malote.yaml").write_text(f"state: {folder}/state\ncontrol: {folder}/control.sock\n{config}")
        self.start(folder)

    @classmethod
    def again(cls, stopped):
        """The daemon that was stopped, started on the state that it left."""
        malote = cls.__new__(cls)
        malote.start(stopped.folder)
        return malote

    def start(self, folder):
        self.folder, self.socket = folder, str(folder / "control.sock")
        self.log = open(folder / "log", "a")
        binary = ROOT / ".build" / "release" / "maloted"
        self.process = subprocess.Popen(
            [binary, "--config", folder / "malote.yaml", "--log", "text"], stderr=self.log)
        wait_for(lambda: os.path.exists(self.socket) and self.ask("GET", "/v1/status")[0] == 200, "maloted's control socket")

    def ask(self, method, path, document=None, connection=None):
        connection = connection or UnixHTTP(self.socket)
        try:
            connection.request(method, path, body=None if document is None else json.dumps(document))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (ConnectionError, FileNotFoundError):
            return 0, b""

    def registry(self, document):
        status, answer = self.ask("PUT", "/v1/registry", document)
        if status != 200:
            sys.exit(f"the registry was refused: {answer.decode()}")

    def status(self):
        return json.loads(self.ask("GET", "/v1/status")[1])

    def processes(self):
        """The daemon and the worker that it starts."""
        found = [self.process.pid]
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(") ", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.process.pid:
                found.append(int(stat.parent.name))
        return [pathlib.Path(f"/proc/{pid}") for pid in found]

    def worker_memory(self):
        """The largest resident set so far, in MiB."""
        peaks = [0]
        for process in self.processes():
            fields = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
            peaks.append(int(fields["VmHWM"].split()[0]) / 1024)
        return max(peaks)

    def processor_seconds(self):
        """What all its threads have used so far."""
        ticks = 0
        for process in self.processes():
            rest = (process / "stat").read_text().rsplit(") ", 1)[1].split()
            ticks += int(rest[11]) + int(rest[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Sink:
    """smtp-sink, which takes everything and keeps nothing."""

    def __init__(self, port=None, host="127.0.0.1"):
        self.port = port or free_port()
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        self.process = subprocess.Popen(
            ["smtp-sink", *user, f"{host}:{self.port}", "1024"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: socket.socket().connect_ex((host, self.port)) == 0, "smtp-sink")

    def stop(self):
        self.process.kill()
        self.process.wait()
