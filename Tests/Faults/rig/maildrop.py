"""The mails of one account and what was done to them; both mail servers speak of it, and it knows neither protocol."""

import threading


class Kept:
    """A mail in its place."""

    def __init__(self, uid, mail):
        self.uid = uid
        self.mail = mail
        self.seen = False


class Maildrop:
    """Notes in the history what arrives, what is handed out, and what a client wants marked.

    `is_stored` is asked at the moment of marking, before the client gets an answer: which of these digests can be read
    from the store, whole, by somebody else than maloted?
    """

    def __init__(self, contract, history, is_stored):
        self.contract = contract
        self.password = f"canary-of-{contract}"
        self.lock = threading.RLock()
        self.validity = 1_700_000_000
        self.next_uid = 1
        self.mails = []
        self._history = history
        self._is_stored = is_stored

    def arrive(self, mails):
        with self.lock:
            for mail in mails:
                self._history.note("arrived", contract=self.contract, digest=mail.digest, kind=mail.kind)
                self.mails.append(Kept(self.next_uid, mail))
                self.next_uid += 1

    def handed_out(self, kept):
        self._history.note("fetched", contract=self.contract, digest=kept.mail.digest)

    def marked(self, kept, how):
        """The client wants these to be `seen` or `deleted`: noted with what the store holds at this moment."""
        digests = [one.mail.digest for one in kept]
        stored = self._is_stored(digests)
        for digest in digests:
            self._history.note("marked", contract=self.contract, digest=digest, how=how, stored=digest in stored)

    def remove(self, kept):
        with self.lock:
            gone = {id(one) for one in kept}
            self.mails = [one for one in self.mails if id(one) not in gone]
