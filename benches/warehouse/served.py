# Asks a running Barker the questions of the warehouse's benchmark over HTTP: python served.py BARKER FACTS_PROGRAM FACTS WORK RUNS, JSON to
# standard output. Founds a project in a new data directory, lets the program `facts` fill its warehouse, and starts the server on it.
# Every time counts from the request to the last byte of its answer, on a connection that is open already. Each time a question is asked
# its range begins and ends a day earlier, so that no answer is one that was kept. By turns with it raw.py asks DuckDB the same, so that
# the two have the machine in the same state.
import datetime
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARKER, FACTS_PROGRAM, FACTS, WORK, RUNS = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
PASSWORD = "correct horse battery"
EPOCH = datetime.date(1970, 1, 1)
LAST_DAY = EPOCH + datetime.timedelta(days=20_399)
# More rows than any answer has.
LIMIT = 5_000
# Replaced rows are swept, and what is worked out once is there, a second after the start.
SETTLED_S = 3


def range_of(count, days_ago):
    last = LAST_DAY - datetime.timedelta(days=days_ago)
    return {"date_from": str(last - datetime.timedelta(days=count - 1)), "date_to": str(last)}


# As in raw.py, over so many days; the metrics in the order of its columns, and how much of those is one here.
QUESTIONS = {
    "kpi_by_campaign_90_days": (
        {"metrics": ["impressions", "clicks", "cost", "orders", "revenue"], "group_by": "campaign_name"},
        90,
        [1, 1, 1_000_000, 1_000_000, 1_000_000],
    ),
    "daily_trend_12_months_compared": (
        {"metrics": ["cost", "orders", "revenue"], "group_by": "day", "compare_to": "previous_period"},
        365,
        [1_000_000, 1_000_000, 1_000_000],
    ),
    "people_by_channel_90_days": ({"metrics": ["people"], "group_by": "channel"}, 90, [1]),
    "sessions_by_channel_12_months": ({"metrics": ["sessions"], "group_by": "channel"}, 365, [1]),
    "revenue_by_channel_90_days": ({"metrics": ["revenue"], "group_by": "channel"}, 90, [1_000_000]),
}


class Server:
    def __init__(self, directory):
        environment = {**os.environ, "BARKER__ACCOUNTS__REGISTRATION": "open", "BARKER__LOG__LEVEL": "warn"}
        for limit in ("ADDRESS", "USER", "KEY"):
            environment[f"BARKER__LIMITS__{limit}_PER_SECOND"] = "0"
        command = [BARKER, "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data-dir", directory]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        host = self.process.stdout.readline().strip().removeprefix("listening on http://")
        self.connection = http.client.HTTPConnection(host, timeout=120)

    def ask(self, path, body, token=""):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        started = time.perf_counter()
        self.connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - started
        if answer.status not in (200, 201):
            sys.exit(f"{path}: {answer.status} {text[:500]}")
        return seconds, json.loads(text)

    def log_in(self, email):
        return self.ask("/auth/token", {"email": email, "password": PASSWORD})[1]["access_token"]

    def peak_megabytes(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)


class Raw:
    def __init__(self):
        command = [sys.executable, str(Path(__file__).with_name("raw.py")), "duckdb", FACTS, "turns"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, name):
        print(name, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=120)


def key_of(dimension, value, days_ago=0):
    if dimension == "day":
        return str((datetime.date.fromisoformat(value) - EPOCH).days - days_ago)
    return "" if value == "(unattributed)" else str(value)


# The rows of a report, and of the period before it where one is compared, as raw.py has them.
def rows_of(answer, question, factors):
    dimension, metrics = question["group_by"], question["metrics"]
    told = lambda key, said: [key] + [str(round((said[metric] or 0) * factor)) for metric, factor in zip(metrics, factors)]
    rows = [told(key_of(dimension, row[dimension]), row) for row in answer["rows"]]
    if "compare_to" in question:
        rows += [told(key_of(dimension, row[dimension], 365), row["previous"]) for row in answer["rows"]]
    return [row for row in rows if any(value != "0" for value in row[1:])]


def main():
    with tempfile.TemporaryDirectory(dir=WORK) as directory:
        server = Server(directory)
        server.ask("/auth/register", {"email": "root@example.com", "password": PASSWORD, "name": "root"})
        token = server.log_in("root@example.com")
        project = server.ask("/projects", {"name": "shop", "currency": "RUB", "time_zone": "UTC"}, token)[1]["project_id"]
        server.close()
        subprocess.run([FACTS_PROGRAM, FACTS, WORK, "1", str(Path(directory) / "warehouse.duckdb"), project], check=True, stdout=subprocess.DEVNULL)
        server = Server(directory)
        token = server.log_in("root@example.com")
        time.sleep(SETTLED_S)
        raw, asked = Raw(), {}
        for name, (question, days, factors) in QUESTIONS.items():
            seconds, by_turns = [], []
            # The last one is over the days that are compared with what others answer.
            for days_ago in reversed(range(RUNS)):
                body = {**question, **range_of(days, days_ago), "limit": LIMIT}
                took, answer = server.ask(f"/projects/{project}/reports/kpi", body, token)
                seconds.append(took)
                by_turns.append(raw.ask(name))
            asked[name] = {"seconds": seconds, "raw_seconds": by_turns, "rows": sorted(rows_of(answer, question, factors))}
        figures = {"peak_memory_megabytes": server.peak_megabytes()}
        raw.close()
        server.close()
    json.dump({"questions": asked, "figures": figures}, sys.stdout)


main()
