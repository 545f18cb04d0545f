#!/usr/bin/env python3
"""Talks to the real mail servers of this folder and writes down what both sides said, for Tests/Fixtures/transcripts.

    record.py FOLDER [SERVER ...]      writes FOLDER/{imap,pop3,smtp}/SERVER-*.txt; all servers if none is named

Needs root and what unpack.sh has unpacked. A transcript has CRLF line ends, "S: " before the server's lines and "C: "
before ours, so the octets that the server sent can be had from it exactly. Not part of the tests: they read what is
checked in.
"""

import base64
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
UNPACKED = os.environ.get("MALOTE_SERVERS", os.path.join(HERE, "..", "..", ".build", "servers"))
USER, PASSWORD = "reader", "test-secret"

MAILS = [
    # A plain mail.
    b"From: Ana <ana@acme.example>\r\nTo: reader@malote.example\r\nSubject: Printer\r\n"
    b"Message-ID: <1@acme.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n\r\nIt is out of paper.\r\n",
    # Lines that look like answers.
    b"From: mallory@evil.example\r\nTo: reader@malote.example\r\nSubject: not an answer\r\n\r\n"
    b"A004 OK done\r\n* SEARCH 1 2 3\r\n)\r\n{99}\r\n+OK\r\n-ERR\r\n.\r\n..\r\n.dot\r\n250 OK\r\n",
    # Parts, eight bits, a long line.
    "From: José <jose@acme.example>\r\nTo: reader@malote.example\r\nSubject: =?UTF-8?Q?Or=C3=A7amento?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b{1}\"\r\n\r\npreamble\r\n--b{1}\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nOrçamento até amanhã\r\n"
    "--b{1}\r\nContent-Type: application/octet-stream; name=\"a (1).bin\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgc=\r\n--b{1}--\r\n".encode() + b"x" * 990 + b"\r\n",
    # No body, no subject.
    b"From: empty@acme.example\r\nTo: reader@malote.example\r\n\r\n",
]


class Wire:
    """One connection and its transcript."""

    def __init__(self, connection, note):
        self.socket, self.buffer, self.turns, self.note = connection, b"", [], note
        self.socket.settimeout(20)

    def record(self, side, octets):
        if self.turns and self.turns[-1][0] == side and not self.turns[-1][1].endswith(b"\n"):
            self.turns[-1] = (side, self.turns[-1][1] + octets)
        else:
            self.turns.append((side, octets))

    def send(self, octets):
        self.record(b"C", octets)
        self.socket.sendall(octets)

    def say(self, line):
        self.send(line.encode() + b"\r\n")

    def more(self):
        octets = self.socket.recv(65536)
        if not octets:
            raise EOFError
        self.buffer += octets

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        octets, self.buffer = self.buffer[:count], self.buffer[count:]
        self.record(b"S", octets)
        return octets

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        return self.take(self.buffer.index(b"\n") + 1)

    def encrypt(self):
        assert not self.buffer
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self.socket.settimeout(20)

    def close(self):
        """What the server still says; then the end."""
        try:
            while True:
                self.line()
        except (EOFError, OSError):
            if self.buffer:
                self.take(len(self.buffer))
        self.socket.close()

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(f"# {self.note}\r\n".encode())
            for side, octets in self.turns:
                for line in re.findall(rb"[^\n]*\n|[^\n]+$", octets):
                    file.write(side + b": " + line)


def basic(*words):
    return base64.b64encode(b"\0".join(word.encode() for word in words)).decode()


# --------------------------------------------------------------------------------------------------------------- IMAP


class IMAP:
    def __init__(self, wire):
        self.wire, self.count, self.capabilities = wire, 0, b""
        self.response()

    def response(self):
        """One response with its literals; notes capabilities."""
        octets = b""
        while True:
            line = self.wire.line()
            octets += line
            literal = re.search(rb"\{(\d+)\+?\}\r?\n$", line)
            if not literal:
                break
            octets += self.wire.take(int(literal.group(1)))
        found = re.search(rb"CAPABILITY ([^\]\r]*)", octets)
        if found:
            self.capabilities = found.group(1).upper().split()
        return octets

    def start(self, command):
        self.count += 1
        self.tag = f"a{self.count}"
        self.wire.say(f"{self.tag} {command}")

    def finish(self, answer=None, literal=None):
        responses = []
        while True:
            response = self.response()
            responses.append(response)
            if response.startswith(self.tag.encode() + b" "):
                return b"".join(responses)
            if response.startswith(b"+"):
                if literal is not None:
                    self.wire.send(literal + b"\r\n")
                else:
                    self.wire.say(answer or "*")

    def run(self, command, **more):
        self.start(command)
        return self.finish(**more)

    def has(self, word):
        return word.encode() in self.capabilities

    def idle(self, deliver):
        self.start("IDLE")
        if not self.response().startswith(b"+"):
            return
        deliver()
        self.wire.socket.settimeout(70)
        try:
            while b" EXISTS" not in self.response():
                pass
        finally:
            self.wire.socket.settimeout(20)
        self.wire.say("DONE")
        self.finish()


def imap_session(wire, server, start_tls=False):
    imap = IMAP(wire)
    imap.run("CAPABILITY")
    if start_tls:
        imap.run("STARTTLS")
        wire.encrypt()
        imap.run("CAPABILITY")
    imap.run("XYZZY")
    imap.run("SELECT INBOX")
    imap.run(f"LOGIN {USER} wrong-{PASSWORD}")
    if imap.has("AUTH=PLAIN"):
        imap.run("AUTHENTICATE PLAIN", answer="*")
        imap.run("AUTHENTICATE PLAIN", answer=basic("", USER, PASSWORD))
    elif imap.has("AUTH=CRAM-MD5"):
        imap.run("AUTHENTICATE CRAM-MD5")
    if not imap.has("AUTH=PLAIN"):
        imap.run(f"LOGIN {USER} {PASSWORD}")
    imap.run("CAPABILITY")
    if start_tls:
        imap.run("LOGOUT")
        return
    if imap.has("ID"):
        imap.run('ID ("name" "malote")')
    if imap.has("NAMESPACE"):
        imap.run("NAMESPACE")
    imap.run('LIST "" "*"')
    for name in ("INBOX.Archive", "Archive"):
        if b" OK" in imap.run(f"CREATE {name}"):
            archive = name
            break
    imap.run("SELECT missing")
    imap.run("STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)")
    imap.run("EXAMINE INBOX")
    imap.run("SELECT INBOX")
    for query in ("ALL", "UNSEEN", "UID 3:*", "SINCE 1-Jan-2020", 'SUBJECT "nothing like it"'):
        imap.run(f"UID SEARCH {query}")
    imap.run("SEARCH UNSEEN")
    if imap.has("ESEARCH"):
        imap.run("UID SEARCH RETURN (ALL) ALL")
        imap.run("UID SEARCH RETURN (MIN MAX COUNT) UNSEEN")
        imap.run("UID SEARCH RETURN (ALL) UID 99999")
    imap.run("UID FETCH 1:* (UID RFC822.SIZE)")
    imap.run("UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
    imap.run("UID FETCH 1:2 (UID BODY.PEEK[HEADER])")
    imap.run("FETCH 1:4 (UID BODY.PEEK[TEXT] BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    imap.run("FETCH 1:4 (ENVELOPE BODYSTRUCTURE)")
    imap.run("UID FETCH 1 (BODY.PEEK[]<0.20>)")
    imap.run("UID FETCH 99999 (UID FLAGS)")
    imap.run("UID FETCH 1 (NONSENSE)")
    if imap.has("CONDSTORE"):
        imap.run("UID FETCH 1:* (UID MODSEQ)")
        imap.run("UID SEARCH MODSEQ 1")
    imap.run("UID STORE 1 +FLAGS (\\Seen)")
    imap.run("UID STORE 2 +FLAGS.SILENT (\\Seen $Label1)")
    imap.run("UID FETCH 1:* (UID FLAGS)")
    imap.run(f"UID COPY 1 {archive}")
    imap.run("UID COPY 1 missing")
    if imap.has("MOVE"):
        imap.run(f"UID MOVE 2 {archive}")
    if imap.has("IDLE"):
        imap.idle(lambda: server.deliver([MAILS[0]]))
    imap.start(f"APPEND INBOX (\\Seen) {{{len(MAILS[0])}}}")
    imap.finish(literal=MAILS[0])
    imap.run("NOOP")
    imap.run("UID STORE 3 +FLAGS (\\Deleted)")
    if imap.has("UIDPLUS"):
        imap.run("UID EXPUNGE 3")
    imap.run("UID STORE 4 +FLAGS (\\Deleted)")
    imap.run("EXPUNGE")
    imap.run("CHECK")
    imap.run("CLOSE")
    imap.run("UID FETCH 1 (FLAGS)")
    imap.run("LOGOUT")


# --------------------------------------------------------------------------------------------------------------- POP3


class POP3:
    def __init__(self, wire):
        self.wire = wire
        self.wire.line()

    def lines(self):
        while self.wire.line().rstrip(b"\r\n") != b".":
            pass

    def run(self, command, is_long=False):
        self.wire.say(command)
        return self.answer(is_long)

    def answer(self, is_long=False):
        line = self.wire.line()
        if is_long and line.startswith(b"+OK"):
            self.lines()
        return line


def pop3_session(wire, server, start_tls=False):
    pop3 = POP3(wire)
    wire.say("CAPA")
    offered = wire.line()
    mark = len(wire.turns)
    if offered.startswith(b"+OK"):
        pop3.lines()
    offered = b"".join(octets for _, octets in wire.turns[mark:])
    if start_tls:
        pop3.run("STLS")
        wire.encrypt()
        pop3.run("CAPA", True)
    pop3.run("XYZZY")
    pop3.run("STAT")
    if b"SASL" in offered and b"PLAIN" in offered:
        pop3.run("AUTH PLAIN")
        wire.say("*")
        wire.line()
        pop3.run("AUTH PLAIN")
        wire.say(basic("", USER, PASSWORD))
        logged_in = wire.line().startswith(b"+OK")
    else:
        logged_in = False
    if not logged_in:
        pop3.run(f"USER {USER}")
        pop3.run(f"PASS {PASSWORD}")
    if start_tls:
        pop3.run("QUIT")
        return
    for command in ("STAT", "LIST 1", "LIST 99", "UIDL 1", "UIDL 99"):
        pop3.run(command)
    for command in ("LIST", "UIDL", "TOP 1 0", "TOP 3 2", "RETR 1", "RETR 2", "RETR 3", "RETR 4", "RETR 99"):
        pop3.run(command, True)
    if b"PIPELINING" in offered:
        wire.send(b"RETR 1\r\nRETR 2\r\nSTAT\r\nLIST\r\n")
        for is_long in (True, True, False, True):
            pop3.answer(is_long)
    pop3.run("DELE 1")
    pop3.run("DELE 1")
    pop3.run("RETR 1", True)
    pop3.run("RSET")
    pop3.run("NOOP")
    pop3.run("DELE 4")
    pop3.run("LIST", True)
    pop3.run("QUIT")


def pop3_refused(wire, server):
    pop3 = POP3(wire)
    try:
        pop3.run(f"USER {USER}")
        pop3.run(f"PASS wrong-{PASSWORD}")
        pop3.run("RETR 1")
        pop3.run("QUIT")
    except EOFError:
        pass


# --------------------------------------------------------------------------------------------------------------- SMTP


class SMTP:
    def __init__(self, wire):
        self.wire = wire
        self.answer()

    def answer(self):
        text = b""
        while True:
            line = self.wire.line()
            text += line
            if line[3:4] != b"-":
                return text

    def run(self, command):
        self.wire.say(command)
        return self.answer()

    def mail(self, octets):
        self.wire.send(re.sub(rb"(?m)^\.", b"..", octets) + b".\r\n")
        return self.answer()


def smtp_session(wire, server, start_tls=False):
    smtp = SMTP(wire)
    smtp.run("NOOP")
    smtp.run("MAIL FROM:<nobody>")
    offered = smtp.run("EHLO client.malote.example")
    if start_tls:
        smtp.run("STARTTLS")
        wire.encrypt()
        offered = smtp.run("EHLO client.malote.example")
    if not offered.startswith(b"250"):
        smtp.run("HELO client.malote.example")
    for command in ("XYZZY", "VRFY ana@acme.example", "HELP", "RCPT TO:<ana@acme.example>", "DATA", "AUTH UNHEARD-OF"):
        smtp.run(command)
    smtp.run("MAIL FROM:<help@malote.example>")
    smtp.run("RCPT TO:<ana@acme.example>")
    smtp.run("RSET")
    if b"AUTH" in offered:
        smtp.run("AUTH PLAIN " + basic("", USER, "wrong-" + PASSWORD))
        if smtp.run("AUTH LOGIN").startswith(b"334"):
            smtp.run("*")
        if smtp.run("AUTH PLAIN").startswith(b"334"):
            smtp.run(basic("", USER, PASSWORD))
    smtp.run("MAIL FROM:<help@malote.example> SIZE=999999999")
    smtp.run("RSET")
    smtp.run("MAIL FROM:<help@malote.example>" + (" SIZE=200" if b"SIZE" in offered else ""))
    smtp.run("MAIL FROM:<help@malote.example>")
    for recipient in ("ana@acme.example", "later@acme.example", "nobody@acme.example", "not an address"):
        smtp.run(f"RCPT TO:<{recipient}>")
    if smtp.run("DATA").startswith(b"354"):
        smtp.mail(MAILS[1])
    if b"PIPELINING" in offered:
        wire.send(b"MAIL FROM:<>\r\nRCPT TO:<ana@acme.example>\r\nRCPT TO:<bea@acme.example>\r\nDATA\r\n")
        answers = [smtp.answer() for _ in range(4)]
        if answers[3].startswith(b"354"):
            smtp.mail(MAILS[0])
    if b"CHUNKING" in offered:
        smtp.run("MAIL FROM:<help@malote.example>")
        smtp.run("RCPT TO:<ana@acme.example>")
        wire.send(f"BDAT {len(MAILS[2])}\r\n".encode() + MAILS[2])
        smtp.answer()
        wire.send(f"BDAT {len(MAILS[0])} LAST\r\n".encode() + MAILS[0])
        smtp.answer()
    smtp.run("QUIT")


# ------------------------------------------------------------------------------------------------------------ servers


class Launched:
    """A server with a launcher in this folder."""

    def __init__(self, name, folder, *arguments):
        self.name, self.folder = name, os.path.join(folder, name)
        output = self.launch("start", *arguments)
        self.ports = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", output)}

    def launch(self, verb, *arguments):
        with tempfile.TemporaryFile() as output:
            # A file, not a pipe: the server keeps it open.
            subprocess.run(
                [os.path.join(HERE, self.name), verb, self.folder, *arguments], check=True, stdout=output,
                stdin=subprocess.DEVNULL)
            output.seek(0)
            return output.read().decode()

    def connect(self, door):
        return socket.create_connection(("127.0.0.1", self.ports[door]))

    def deliver(self, mails):
        for mail in mails:
            with tempfile.NamedTemporaryFile() as file:
                file.write(mail.replace(b"\r\n", b"\n"))
                file.flush()
                self.launch("deliver", USER, file.name)

    def stop(self):
        self.launch("stop")


class Spawned:
    """A server in Python, told where to listen by its last argument."""

    def __init__(self, name, module, *arguments):
        self.name = name
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        path = os.path.join(UNPACKED, name, "usr/lib/python3/dist-packages")
        self.child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, f"127.0.0.1:{self.port}"],
            env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.connect("smtp").close()
                break
            except OSError:
                time.sleep(0.1)

    def connect(self, door):
        return socket.create_connection(("127.0.0.1", self.port))

    def stop(self):
        self.child.kill()
        self.child.wait()


class Rooted:
    """A server that serves one connection on its standard input, as inetd would run it, in its root folder."""

    def __init__(self, name, folder, commands):
        self.name, self.root, self.commands = name, os.path.join(folder, name), commands
        shutil.copytree(os.path.join(UNPACKED, name), self.root, symlinks=True, ignore=lambda path, names: (
            ["dev"] if path.endswith(name) else []))
        os.makedirs(self.root + "/dev")
        subprocess.run(f"cp -a /dev/null /dev/urandom /dev/random /dev/zero {self.root}/dev/", shell=True, check=True)
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True).stdout.strip()
        with open(self.root + "/etc/passwd", "a") as file:
            file.write(f"{USER}:{hashed}:1000:1000::/home/{USER}:/bin/sh\n{name}:x:65530:65530::/:/bin/false\n")
        with open(self.root + "/etc/group", "a") as file:
            file.write(f"{USER}:x:1000:\n")
        os.makedirs(self.root + "/etc/pam.d", exist_ok=True)
        with open(self.root + "/etc/pam.d/other", "w") as file:
            file.write("auth required pam_unix.so nodelay\naccount required pam_permit.so\nsession required pam_permit.so\n")
        for service in (name, "gnu-imap4d", "gnu-pop3d"):
            shutil.copy(self.root + "/etc/pam.d/other", self.root + "/etc/pam.d/" + service)
        os.makedirs(self.root + f"/home/{USER}")
        os.chown(self.root + f"/home/{USER}", 1000, 1000)
        self.box = self.root + f"/var/mail/{USER}"
        os.makedirs(os.path.dirname(self.box), exist_ok=True)
        os.chmod(os.path.dirname(self.box), 0o1777)
        if not os.path.exists(self.root + "/var/spool/mail"):
            os.symlink("../mail", self.root + "/var/spool/mail")

    def connect(self, door):
        listener = socket.create_server(("127.0.0.1", 0))
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
        root = self.root
        self.child = subprocess.Popen(
            self.commands[door], stdin=theirs, stdout=theirs, stderr=open(root + "/errors", "ab"), cwd="/",
            preexec_fn=lambda: (os.chroot(root), os.chdir("/")))
        theirs.close()
        listener.close()
        return ours

    def deliver(self, mails):
        with open(self.box, "ab") as box:
            for mail in mails:
                box.write(b"From sender@acme.example Sat Nov 21 08:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n")
        os.chown(self.box, 1000, 8)
        os.chmod(self.box, 0o660)

    def stop(self):
        pass


def versions():
    """Package name and version of each server, as apt would install it."""
    packages = {
        "dovecot": "dovecot-core", "cyrus": "cyrus-imapd", "courier": "courier-imap", "postfix": "postfix",
        "exim": "exim4-daemon-light", "opensmtpd": "opensmtpd", "mailutils": "mailutils-imap4d", "popa3d": "popa3d",
        "sendmail": "sendmail-bin", "aiosmtpd": "python3-aiosmtpd",
    }
    known = {}
    for server, package in packages.items():
        shown = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True).stdout
        known[server] = f"{package} {re.search(r'Candidate: (.*)', shown).group(1)}"
    return known


def main(folder, wanted):
    work = tempfile.mkdtemp(prefix="malote-record-")
    os.chmod(work, 0o755)
    login = f"{USER}:{PASSWORD}"
    known = versions()

    def record(server, protocol, kind, door, session, *more):
        text = {"session": "one session", "starttls": "STARTTLS", "refused": "a refused login"}[kind]
        wire = Wire(server.connect(door), f"{known[server.name]}, as Debian 12 ships it: {text}.")
        try:
            session(wire, server, *more)
        except (EOFError, OSError, UnboundLocalError) as error:
            print(f"{server.name} {protocol} {kind}: ended early: {error!r}")
        wire.close()
        wire.write(os.path.join(folder, protocol, f"{server.name}-{kind}.txt"))
        print(f"{server.name} {protocol} {kind}: {len(wire.turns)} lines")

    def mailbox(server, can_encrypt=True):
        server.deliver(MAILS)
        doors = server.ports if isinstance(server, Launched) else server.commands
        if "pop3" in doors:
            record(server, "pop3", "refused", "pop3", pop3_refused)
            if can_encrypt:
                record(server, "pop3", "starttls", "pop3", pop3_session, True)
            record(server, "pop3", "session", "pop3", pop3_session)
        # POP3 has removed the last one.
        server.deliver(MAILS[3:] if "pop3" in doors else [])
        if "imap" in doors:
            if can_encrypt:
                record(server, "imap", "starttls", "imap", imap_session, True)
            record(server, "imap", "session", "imap", imap_session)

    def outgoing(server, door, tls_door=None):
        record(server, "smtp", "session", door, smtp_session)
        if tls_door:
            record(server, "smtp", "starttls", tls_door, smtp_session, True)

    def dovecot_and_postfix():
        dovecot = Launched("dovecot", work, login)
        try:
            postfix = Launched("postfix", work, dovecot.folder + "/run/auth-client")
            try:
                outgoing(postfix, "smtp", "submission")
            finally:
                postfix.stop()
        finally:
            dovecot.stop()

    jobs = {
        "dovecot": lambda: (mailbox, Launched("dovecot", work, login)),
        "cyrus": lambda: (mailbox, Launched("cyrus", work, login)),
        "courier": lambda: (mailbox, Launched("courier", work, login)),
        "mailutils": lambda: (
            lambda server: mailbox(server, False),
            Rooted("mailutils", work, {"imap": ["/usr/sbin/imap4d", "--inetd"], "pop3": ["/usr/sbin/pop3d", "--inetd"]})),
        "popa3d": lambda: (lambda server: mailbox(server, False), Rooted("popa3d", work, {"pop3": ["/usr/sbin/popa3d"]})),
        "exim": lambda: (lambda server: outgoing(server, "smtp", "submission"), Launched("exim", work, login)),
        "opensmtpd": lambda: (lambda server: outgoing(server, "smtp"), Launched("opensmtpd", work)),
        "sendmail": lambda: (lambda server: outgoing(server, "smtp"), Launched("sendmail", work, login)),
        "aiosmtpd": lambda: (lambda server: outgoing(server, "smtp"), Spawned("aiosmtpd", "aiosmtpd", "-n", "-l")),
    }
    for name in wanted or list(jobs) + ["postfix"]:
        if name == "postfix":
            dovecot_and_postfix()
            continue
        run, server = jobs[name]()
        try:
            run(server)
        finally:
            server.stop()
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(2)
    main(sys.argv[1], sys.argv[2:])
