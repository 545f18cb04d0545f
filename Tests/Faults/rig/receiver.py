"""A receiver of events over HTTP that remembers what it took; knows nothing of maloted."""

import json

import time

from .listener import Listener


class EventReceiver(Listener):
    """`delay` is how many seconds it thinks about each event, `status` what it answers."""

    def __init__(self, contract, history):
        self.contract = contract
        self.delay = 0
        self.status = 204
        self._history = history
        super().__init__()

    def serve(self, talk):
        while talk.line():
            headers = {}
            while line := talk.line().decode():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if headers.get("expect"):
                talk.say("HTTP/1.1 100 Continue\r\n\r\n")
            body = talk.octets(int(headers.get("content-length", 0)))
            if self.delay:
                time.sleep(self.delay)
            if 200 <= self.status < 300:
                event = json.loads(body)
                self._history.note("event", contract=self.contract, event=event["id"], kind=event["type"], way="endpoint")
            talk.say(f"HTTP/1.1 {self.status} so\r\nContent-Length: 0\r\n\r\n")
