"""Two real PostgreSQL servers, one the synchronous standby of the other; knows no maloted."""

import time

from . import clock, database

ATTACHED = 30  # seconds


class Pair:
    """No commit is answered before the standby has it. It is asked where it serves: at the first, then at the promoted one."""

    def __init__(self, ahead=0):
        """`ahead`: so many seconds is the standby's clock ahead of the other's."""
        self.first, self.second = database.Postgres(), database.Postgres()
        self._serving = self.first
        self._ahead = ahead
        self._promoted = None

    def __enter__(self):
        try:
            self._join()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _join(self):
        self.first.start()
        if self._ahead:
            self.second.environment, file = clock.false_clock(self.second.folder)
            file.write_text(f"{self._ahead}\n")
        self.second.follow(self.first)
        control = self.first.connect("postgres")
        # A standby calls itself so, unless told otherwise.
        control.execute("ALTER SYSTEM SET synchronous_standby_names = 'walreceiver'")
        control.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + ATTACHED
        while not control.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"):
            if time.monotonic() > deadline:
                raise AssertionError("the standby does not follow")
            time.sleep(0.05)
        control.close()

    def __exit__(self, *_):
        for server in (self.first, self.second):
            server.remove()

    def lose_first(self):
        """It crashes, for good."""
        self.first.stop("immediate")

    def promote(self):
        self._promoted = time.time() * 1000
        self.second.promote()
        self._serving = self.second

    # As one server

    @property
    def folder(self):
        """Who vouches for the one vouches for the other."""
        return self.first.folder

    @property
    def ports(self):
        return [self.first.port, self.second.port]

    def true_time(self, moment):
        ahead = self._ahead * 1000
        # Nothing that the first has noted is as late.
        return moment - ahead if self._promoted and moment > self._promoted + ahead / 2 else moment

    def make(self):
        return self._serving.make()

    def drop(self, name):
        self._serving.drop(name)

    def connect(self, name):
        return self._serving.connect(name)

    def is_running(self):
        return self._serving.is_running()
