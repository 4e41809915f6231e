"""A steady load on the example stack, from inside its network namespace.

usage: load.py SECONDS

Every second: two requests of each path, one after the other, and one run of the page's script in a browser session that
stays open. It begins at once: what does not answer yet is asked again, so the start is under load too. Requests have a
fixed rate, so both sides get the same number, and no session or table grows with time.
"""
import base64
import os
import socket
import struct
import sys
import time
import urllib.error
import urllib.request

PATHS = ("8000/health", "8000/cpu", "8000/db", "8000/embed", "8501/")
# A BackMsg of Streamlit with an empty `rerun_script` (field 11): run the script again.
RERUN = b"\x5a\x00"


class Session:
    """A session of Streamlit over a WebSocket, without a library."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", 8501), timeout=5)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /_stcore/stream HTTP/1.1",
            "Host: 127.0.0.1:8501",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: streamlit",
        )
        self.socket.sendall("\r\n".join((*lines, "", "")).encode())
        if b" 101 " not in self.socket.recv(4096).split(b"\r\n")[0]:
            raise OSError("no WebSocket")
        self.buffer = b""

    def send(self, kind, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.socket.sendall(struct.pack("!BB", 0x80 | kind, 0x80 | len(payload)) + mask + masked)

    def rerun(self):
        """Asks for a run, and tells whether an answer came within 0.2 s."""
        self.send(0x2, RERUN)
        self.socket.settimeout(0.2)
        messages = 0
        try:
            while True:
                self.buffer += self.socket.recv(65536) or b"\x88\x00"
                while (frame := self.frame()) is not None:
                    kind, payload = frame
                    if kind == 0x8:
                        raise OSError(f"closed: {payload[2:].decode()}")
                    if kind == 0x9:
                        self.send(0xA, payload)
                    messages += kind == 0x2
        except TimeoutError:
            return messages > 0

    def frame(self):
        """The next whole frame of the buffer."""
        if len(self.buffer) < 2:
            return None
        kind, length, at = self.buffer[0] & 0xF, self.buffer[1] & 0x7F, 2
        for mark, form in ((126, "!H"), (127, "!Q")):
            if length == mark:
                at += struct.calcsize(form)
                if len(self.buffer) < at:
                    return None
                (length,) = struct.unpack(form, self.buffer[2:at])
                break
        if len(self.buffer) < at + length:
            return None
        payload, self.buffer = self.buffer[at : at + length], self.buffer[at + length :]
        return kind, payload


def ask(path):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{path}", timeout=10).read()
    except urllib.error.HTTPError as error:
        # The side that asks an API for embeddings has no such path.
        if error.code != 404:
            raise


def main():
    end = time.monotonic() + float(sys.argv[1])
    session, done, runs, errors, last = None, 0, 0, 0, ""
    while time.monotonic() < end:
        begin = time.monotonic()
        for path in PATHS * 2:
            try:
                ask(path)
                done += 1
            except OSError as error:
                errors, last = errors + 1, f"{path}: {error}"
        try:
            session = session or Session()
            runs += session.rerun()
        except OSError as error:
            session, errors, last = None, errors + 1, f"session: {error}"
        time.sleep(max(0.0, begin + 1 - time.monotonic()))
    print(f"requests {done}, runs of the page {runs}, errors {errors} (the last: {last})")


main()
