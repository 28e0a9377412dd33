# Asks the questions of the warehouse's benchmark in plain SQL: python raw.py duckdb|chdb DIRECTORY RUNS, JSON to standard output. With
# "turns" for RUNS it asks what standard input names, a question in each line, and answers each with a line: how many seconds it took.
# Straight from the Parquet files that the warehouse was loaded from. Written for these files alone: every fact is in the report's
# currency, no order has versions or refunds, no event comes twice.
import json
import sys
import time
from pathlib import Path

ENGINE, DIRECTORY, RUNS = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
LAST_DAY, DAY_MS = 20_399, 86_400_000
QUARTER = ((LAST_DAY - 89) * DAY_MS, (LAST_DAY + 1) * DAY_MS)


def table(name):
    path = DIRECTORY / f"{name}.parquet"
    return f"read_parquet('{path}')" if ENGINE == "duckdb" else f"file('{path}', Parquet)"


DIVIDE = (lambda a, b: f"({a} // {b})") if ENGINE == "duckdb" else (lambda a, b: f"intDiv({a}, {b})")
PERSON = "CASE WHEN coalesce(w.user_key, '') <> '' THEN concat('user ', w.user_key) ELSE concat('visitor ', x.client_id) END"
WHO = f"who AS (SELECT client_id, user_key FROM {table('identities')})"
# Orders of the last 90 days with the last touch that is not direct, of 30 days before each.
CREDITED = f"""
    sold AS (
        SELECT x.occurred_at_ms AS at_ms, x.net_micros AS net_micros, {PERSON} AS person
        FROM (SELECT * FROM {table('orders')} WHERE occurred_at_ms >= {QUARTER[0]} AND occurred_at_ms < {QUARTER[1]}) x
        LEFT JOIN who w ON x.client_id = w.client_id),
    touch AS (
        SELECT {PERSON} AS person, x.occurred_at_ms AS at_ms, x.channel AS channel, x.campaign_id AS campaign_id
        FROM (
            SELECT client_id, occurred_at_ms, channel, campaign_id FROM {table('events')}
            WHERE event_type IN ('click', 'session_start') AND channel <> 'direct'
                AND occurred_at_ms >= {QUARTER[0] - 30 * DAY_MS} AND occurred_at_ms < {QUARTER[1]}) x
        LEFT JOIN who w ON x.client_id = w.client_id),
    credited AS (
        SELECT s.net_micros AS net_micros, CASE WHEN t.at_ms >= s.at_ms - {30 * DAY_MS} THEN t.channel ELSE '' END AS channel,
            CASE WHEN t.at_ms >= s.at_ms - {30 * DAY_MS} THEN t.campaign_id ELSE '' END AS campaign_id
        FROM sold s ASOF LEFT JOIN touch t ON s.person = t.person AND s.at_ms >= t.at_ms)"""
DAY = DIVIDE("occurred_at_ms", DAY_MS)


def trend(first):
    return f"""
        SELECT day, sum(cost), sum(orders), sum(revenue) FROM (
            SELECT day, cost_micros AS cost, 0 AS orders, 0 AS revenue FROM {table('ad_spend')} WHERE day BETWEEN {first} AND {first + 364}
            UNION ALL
            SELECT {DAY} AS day, 0 AS cost, 1000000 AS orders, net_micros AS revenue FROM {table('orders')}
            WHERE occurred_at_ms >= {first * DAY_MS} AND occurred_at_ms < {(first + 365) * DAY_MS}) every GROUP BY day"""


QUESTIONS = {
    "kpi_by_campaign_90_days": [f"""
        WITH {WHO}, {CREDITED},
        named AS (SELECT campaign_id, min(campaign_name) AS campaign_name FROM {table('ad_spend')} GROUP BY campaign_id)
        SELECT name, sum(impressions), sum(clicks), sum(cost), sum(orders), sum(revenue) FROM (
            SELECT campaign_name AS name, impressions, clicks, cost_micros AS cost, 0 AS orders, 0 AS revenue FROM {table('ad_spend')}
            WHERE day BETWEEN {LAST_DAY - 89} AND {LAST_DAY}
            UNION ALL
            SELECT coalesce(n.campaign_name, '') AS name, 0 AS impressions, 0 AS clicks, 0 AS cost, 1000000 AS orders, c.net_micros AS revenue
            FROM credited c LEFT JOIN named n ON c.campaign_id = n.campaign_id) every GROUP BY name"""],
    "daily_trend_12_months_compared": [trend(LAST_DAY - 364), trend(LAST_DAY - 729)],
    "people_by_channel_90_days": [f"""
        WITH {WHO},
        seen AS (
            SELECT DISTINCT channel, client_id FROM {table('events')} WHERE occurred_at_ms >= {QUARTER[0]} AND occurred_at_ms < {QUARTER[1]})
        SELECT x.channel, count(DISTINCT {PERSON}) FROM seen x LEFT JOIN who w ON x.client_id = w.client_id GROUP BY x.channel"""],
    "sessions_by_channel_12_months": [f"""
        SELECT channel, count(*) FROM {table('events')} WHERE event_type = 'session_start' AND occurred_at_ms >= {(LAST_DAY - 364) * DAY_MS}
            AND occurred_at_ms < {QUARTER[1]} GROUP BY channel"""],
    "revenue_by_channel_90_days": [f"WITH {WHO}, {CREDITED} SELECT channel, sum(net_micros) FROM credited GROUP BY channel"],
}


def connect():
    if ENGINE == "duckdb":
        import duckdb

        opened = duckdb.connect(config={"threads": 2})
        return lambda text: opened.execute(text).fetchall()
    from chdb import session

    opened = session.Session()
    opened.query("SET max_threads = 2")
    opened.query("SET join_use_nulls = 1")
    lines = lambda text: opened.query(text, "JSONCompactStringsEachRow").bytes().decode().splitlines()
    return lambda text: [json.loads(line) for line in lines(text) if line]


def timed(ask, texts):
    started = time.perf_counter()
    rows = [row for text in texts for row in ask(text)]
    return time.perf_counter() - started, rows


def take_turns():
    ask = connect()
    for line in sys.stdin:
        print(timed(ask, QUESTIONS[line.strip()])[0], flush=True)


def main():
    ask, asked = connect(), {}
    for name, texts in QUESTIONS.items():
        answers = [timed(ask, texts) for _ in range(int(RUNS))]
        seconds, rows = [took for took, _ in answers], answers[-1][1]
        asked[name] = {"seconds": seconds, "rows": sorted([str(row[0])] + [str(int(value)) for value in row[1:]] for row in rows)}
    json.dump({"questions": asked}, sys.stdout)


take_turns() if RUNS == "turns" else main()
