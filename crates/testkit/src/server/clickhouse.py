# Plays a ClickHouse server: its HTTP interface, as far as Barker uses it, in front of ClickHouse's own engine out of the package
# chdb. Called with a port and a directory. The user is barker, and so is the password.
import itertools
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb import session

PORT, HOME = int(sys.argv[1]), sys.argv[2]
# What the interface itself looks at; everything else in an address is a setting or the value of a parameter.
OF_THE_INTERFACE = {"query", "query_id", "database", "default_format", "wait_end_of_query"}
AUTHENTICATION_FAILED = 516
NUMBERS = itertools.count()
STORE = os.path.join(HOME, "store")
# Stays open as long as the process: the engine ends with its last session.
FIRST = session.Session(STORE)


def answer(query, body, asked):
    """What the engine says to one request, in a session of its own."""
    own = session.Session(STORE)
    try:
        own.query("USE `%s`" % asked.get("database", "default"))
        for name, value in asked.items():
            if name not in OF_THE_INTERFACE and not name.startswith("param_"):
                own.query("SET %s = '%s'" % (name, value))
        values = {name[len("param_"):]: value for name, value in asked.items() if name.startswith("param_")}
        if body is not None:
            return inserted(own, query, body)
        # The engine does not take the id of a query, so that queries carry it in front and are found by it.
        query = re.sub(r"^(KILL QUERY WHERE) query_id = (\S+)", r"\1 startsWith(query, concat('/* ', \2, ' */'))", query)
        if "query_id" in asked:
            query = "/* %s */ %s" % (asked["query_id"], query)
        return own.query(query, asked.get("default_format", "TabSeparated"), params=values).bytes() or b""
    finally:
        own.close()


def inserted(own, query, body):
    into, form = re.fullmatch(r"(INSERT INTO .+?) FORMAT (\w+)\s*", query, re.DOTALL).groups()
    path = os.path.join(HOME, "%d.rows" % next(NUMBERS))
    with open(path, "wb") as file:
        file.write(body)
    try:
        own.query("%s FROM INFILE '%s' FORMAT %s" % (into, path, form))
    finally:
        os.unlink(path)
    return b""


class Listener(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.say(200, b"Ok.\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("X-ClickHouse-User") != "barker" or self.headers.get("X-ClickHouse-Key") != "barker":
            self.refuse(403, AUTHENTICATION_FAILED, "Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
            return
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        try:
            if "query" in asked:
                said = answer(asked["query"], body, asked)
            else:
                said = answer(body.decode(), None, asked)
        except Exception as error:
            text = str(error)
            code = re.search(r"Code: (\d+)", text)
            self.refuse(500, code.group(1) if code else 1, text)
        else:
            self.say(200, said)

    def refuse(self, status, code, text):
        self.say(status, text.encode(), {"X-ClickHouse-Exception-Code": str(code)})

    def say(self, status, body, headers={}):
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever asked has gone.
            self.close_connection = True

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


Server(("127.0.0.1", PORT), Listener).serve_forever()
