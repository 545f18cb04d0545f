"""Asks maloted over its control socket, as malotectl does; raises OSError where nobody answers."""

import http.client
import json
import socket


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("malote", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Refused(Exception):
    """Maloted answered, and not with 2xx."""

    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status


def ask(path, method, target, body=None, headers=None, timeout=20):
    """The answer's text and headers. Raises Refused for what is no 2xx."""
    connection = _Connection(path, timeout)
    try:
        octets = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | (headers or {}) if octets is not None else headers or {}
        connection.request(method, target, octets, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if not 200 <= answer.status < 300:
            raise Refused(answer.status, text)
        return text, answer.headers
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
