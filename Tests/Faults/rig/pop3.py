"""A POP3 server for one maildrop, as much of RFC 1939 as a poll needs; knows nothing of maloted."""

from .listener import Listener


class POP3Server(Listener):
    def __init__(self, maildrop):
        self.drop = maildrop
        self.logins = 0
        super().__init__()

    def serve(self, talk):
        talk.say("+OK ready\r\n")
        with self.drop.lock:
            mails = list(self.drop.mails)
        gone = []
        while True:
            name, _, argument = talk.line().decode().partition(" ")
            name = name.upper()
            if name == "PASS":
                self.logins += 1
                if argument != self.drop.password:
                    talk.say("-ERR [AUTH] no\r\n")
                    continue
            if name == "CAPA":
                talk.say("+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n")
            elif name in ("USER", "PASS", "NOOP"):
                talk.say("+OK\r\n")
            elif name == "STAT":
                talk.say(f"+OK {len(mails)} {sum(len(kept.mail.octets) for kept in mails)}\r\n")
            elif name in ("UIDL", "LIST"):
                facts = [f"u{kept.uid}" if name == "UIDL" else len(kept.mail.octets) for kept in mails]
                lines = "".join(f"{place} {fact}\r\n" for place, fact in enumerate(facts, 1))
                talk.say("+OK\r\n", lines, ".\r\n")
            elif name in ("RETR", "TOP"):
                kept = mails[int(argument.split()[0]) - 1]
                octets = kept.mail.octets
                if name == "TOP":
                    octets = octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                talk.say("+OK\r\n", (b"\r\n" + octets).replace(b"\r\n.", b"\r\n..")[2:], ".\r\n")
                if name == "RETR":
                    self.drop.handed_out(kept)
            elif name == "DELE":
                kept = mails[int(argument) - 1]
                self.drop.marked([kept], "deleted")
                gone.append(kept)
                talk.say("+OK\r\n")
            elif name == "QUIT":
                self.drop.remove(gone)  # only now (RFC 1939 section 6)
                talk.say("+OK\r\n")
                return
            else:
                talk.say("-ERR what is that?\r\n")
