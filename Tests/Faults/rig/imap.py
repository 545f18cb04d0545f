"""An IMAP server for one maildrop, as much of RFC 9051 as a poll needs; knows nothing of maloted."""

import re

from .listener import Listener


class IMAPServer(Listener):
    capabilities = "IMAP4rev1 UIDPLUS LITERAL+"

    def __init__(self, maildrop):
        self.drop = maildrop
        self.logins = 0
        self.refuses = False  # logins
        super().__init__()

    def serve(self, talk):
        talk.say("* OK [CAPABILITY ", self.capabilities, "] ready\r\n")
        while True:
            line = self._command(talk)
            tag, _, rest = line.partition(" ")
            name, _, arguments = rest.partition(" ")
            name = name.upper()
            if name == "UID":
                name, _, arguments = arguments.partition(" ")
                name = "UID " + name.upper()
            answer = getattr(self, "_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                talk.say(tag, " BAD what is ", name, "?\r\n")
                continue
            talk.say(tag, " ", answer(talk, arguments) or "OK done", "\r\n")
            if name == "LOGOUT":
                return

    def _command(self, talk):
        line = talk.line().decode()
        while match := re.search(r"\{(\d+)(\+?)\}$", line):
            if not match[2]:
                talk.say("+ go on\r\n")
            literal = talk.octets(int(match[1])).decode()
            line = line[: match.start()] + '"' + literal + '"' + talk.line().decode()
        return line

    # Commands. Each says its own untagged lines and returns the tagged one.

    def _capability(self, talk, _):
        talk.say("* CAPABILITY ", self.capabilities, "\r\n")

    def _noop(self, talk, _):
        pass

    def _login(self, talk, arguments):
        self.logins += 1
        # A password that does not come whole out of the store must not pass.
        if self.refuses or self.drop.password not in arguments:
            return "NO [AUTHENTICATIONFAILED] no"
        return f"OK [CAPABILITY {self.capabilities}] welcome"

    def _logout(self, talk, _):
        talk.say("* BYE see you\r\n")

    def _list(self, talk, _):
        talk.say('* LIST () "/" INBOX\r\n')

    def _select(self, talk, _):
        with self.drop.lock:
            talk.say(
                f"* {len(self.drop.mails)} EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n"
                f"* OK [UIDVALIDITY {self.drop.validity}] so\r\n* OK [UIDNEXT {self.drop.next_uid}] so\r\n"
            )
        return "OK [READ-WRITE] open"

    _examine = _select

    def _uid_search(self, talk, arguments):
        with self.drop.lock:
            wanted = self.drop.mails
            if match := re.search(r"UID (\S+)", arguments):
                wanted = [kept for _, kept in self._numbered(match[1])]
            found = [str(kept.uid) for kept in wanted if not ("UNSEEN" in arguments and kept.seen)]
        talk.say("* SEARCH", "".join(" " + uid for uid in found), "\r\n")

    def _uid_fetch(self, talk, arguments):
        uids, _, items = arguments.partition(" ")
        for number, kept in self._numbered(uids):
            if "BODY.PEEK[HEADER]" in items:
                octets = kept.mail.octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                talk.say(f"* {number} FETCH (UID {kept.uid} BODY[HEADER] {{{len(octets)}}}\r\n", octets, ")\r\n")
            elif "BODY.PEEK[]" in items:
                octets = kept.mail.octets
                talk.say(
                    f'* {number} FETCH (UID {kept.uid} INTERNALDATE "01-Nov-2026 08:00:00 +0000" '
                    f"BODY[] {{{len(octets)}}}\r\n",
                    octets,
                    ")\r\n",
                )
                self.drop.handed_out(kept)
            else:
                talk.say(f"* {number} FETCH (UID {kept.uid} RFC822.SIZE {len(kept.mail.octets)})\r\n")

    def _uid_store(self, talk, arguments):
        uids = arguments.partition(" ")[0]
        chosen = [kept for _, kept in self._numbered(uids)]
        how = "deleted" if "\\Deleted" in arguments else "seen"
        self.drop.marked(chosen, how)
        for kept in chosen:
            kept.seen = kept.seen or how == "seen"

    def _uid_expunge(self, talk, arguments):
        with self.drop.lock:
            chosen = self._numbered(arguments)
            self.drop.remove([kept for _, kept in chosen])
            for number, _ in reversed(chosen):
                talk.say(f"* {number} EXPUNGE\r\n")

    def _numbered(self, text):
        """The mails of a UID set with their sequence numbers."""
        wanted = set()
        with self.drop.lock:
            last = self.drop.mails[-1].uid if self.drop.mails else 0
            for part in text.split(","):
                low, _, high = part.partition(":")
                ends = [last if end == "*" else int(end) for end in (low, high or low)]
                wanted.update(range(min(ends), min(max(ends), last) + 1))
            return [(place + 1, kept) for place, kept in enumerate(self.drop.mails) if kept.uid in wanted]
