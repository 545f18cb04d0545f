"""An SMTP server that takes every message and remembers it; knows nothing of maloted."""

import hashlib
import re
import time

from .listener import Listener


class SMTPServer(Listener):
    """`delay` is how many seconds it thinks about each final dot, `hesitation` about each DATA; each of `losses` is one answer that it never gives."""

    def __init__(self, name, history):
        self.name = name
        self.delay = 0
        self.hesitation = 0
        self.losses = 0
        self.refuses = False
        self._history = history
        self._count = 0
        super().__init__()

    def serve(self, talk):
        self._count += 1
        connection = f"{self.name} {self._count}"
        talk.say("220 sink\r\n")
        recipients = []
        while True:
            line = talk.line().decode()
            verb = line[:4].upper()
            if verb == "EHLO":
                talk.say("250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n")
            elif verb == "QUIT":
                talk.say("221 bye\r\n")
                return
            elif verb == "MAIL" and self.refuses:
                talk.say("451 not now\r\n")
            elif verb == "DATA" and recipients:
                if self.hesitation:
                    time.sleep(self.hesitation)
                talk.say("354 go on\r\n")
                self._take(talk, self._content(talk), recipients, connection)
                recipients = []
            elif verb == "DATA":
                talk.say("503 for whom?\r\n")
            elif verb == "RCPT" and self.refuses:
                talk.say("451 not now\r\n")
            else:
                if verb == "RCPT":
                    recipients.append(re.search(r"<(.*?)>", line)[1])
                elif verb in ("RSET", "MAIL"):
                    recipients = []
                talk.say("250 fine\r\n")

    def _content(self, talk):
        lines = []
        while (line := talk.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"\r\n".join(lines)

    def _take(self, talk, content, recipients, connection):
        # From here on the message is this server's, whether or not anybody hears so.
        found = re.search(rb"(?im)^message-id:\s*(\S+)", content)
        loses = self.losses > 0
        if loses:
            self.losses -= 1
        for recipient in recipients:
            self._history.note(
                "accepted",
                contract=self.name,
                connection=connection,
                message_id=found[1].decode() if found else None,
                recipient=recipient,
                digest=hashlib.sha256(content).hexdigest(),
                lost=loses,
            )
        if self.delay:
            time.sleep(self.delay)
        if loses:
            raise ConnectionError("on purpose")
        talk.say("250 taken\r\n")
