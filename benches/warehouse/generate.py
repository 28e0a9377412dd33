# Makes the facts of a shop: python generate.py EVENTS DIRECTORY. The same for the same number, in Parquet.
# Two years up to day 20,400 (2025-11-08). A tenth of the events are touches; one visitor of five is known as a person, two visitors each.
import sys
from pathlib import Path

import duckdb

EVENTS, DIRECTORY = int(sys.argv[1]), Path(sys.argv[2])
FIRST_DAY, DAYS, DAY_MS = 19_670, 730, 86_400_000
CAMPAIGNS = 200
SPAN_MS = DAYS * DAY_MS
VISITORS = max(EVENTS // 10, 100)
ORDERS = max(EVENTS // 50, 10)

# Chance out of a row's number and a word, so that nothing depends on the order of work: 0 to 999,999.
CHANCE = "CAST(hash(i::VARCHAR || '%s') %% 1000000 AS BIGINT)"


def chance(word):
    return CHANCE % word


def main():
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    made = duckdb.connect()
    made.execute("SET preserve_insertion_order = true")
    visitor = f"(CAST(hash(i::VARCHAR || 'visitor') % {VISITORS} AS BIGINT))"
    write = lambda name, query: made.execute(f"COPY ({query}) TO '{DIRECTORY / name}.parquet' (FORMAT parquet)")
    write("events", f"""
        WITH drawn AS (
            SELECT i, {FIRST_DAY}::BIGINT * {DAY_MS} + i * {SPAN_MS} // {EVENTS} AS occurred_at_ms, {visitor} AS visitor,
                {chance('type')} AS type, {chance('channel')} AS way, {chance('campaign')} % {CAMPAIGNS} AS campaign, {chance('device')} AS device
            FROM range({EVENTS}) rows(i))
        SELECT 'e' || i AS event_id,
            CASE WHEN type < 60000 THEN 'session_start' WHEN type < 100000 THEN 'click' WHEN type < 105000 THEN 'lead' ELSE 'page_view' END AS event_type,
            occurred_at_ms, 'v' || visitor AS client_id, 's' || (i // 8) AS session_id,
            CASE WHEN way < 300000 THEN 'direct' WHEN way < 500000 THEN 'paid_search' WHEN way < 650000 THEN 'organic_search'
                WHEN way < 800000 THEN 'social' WHEN way < 900000 THEN 'email' ELSE 'display' END AS channel,
            CASE WHEN way BETWEEN 300000 AND 499999 OR way >= 900000 THEN 'c' || campaign ELSE '' END AS campaign_id,
            CASE WHEN device < 600000 THEN 'mobile' ELSE 'desktop' END AS device
        FROM drawn ORDER BY i""")
    write("identities", f"""
        SELECT 'v' || i AS client_id, 'u' || (i // 2) AS user_key, {FIRST_DAY}::BIGINT * {DAY_MS} AS seen_at_ms
        FROM range({VISITORS}) rows(i) WHERE i % 10 < 2 ORDER BY i""")
    write("orders", f"""
        SELECT 'o' || i AS order_id, {FIRST_DAY}::BIGINT * {DAY_MS} + i * {SPAN_MS} // {ORDERS} AS occurred_at_ms,
            'v' || {visitor} AS client_id, 1000000 + {chance('net')} * 100 AS net_micros
        FROM range({ORDERS}) rows(i) ORDER BY i""")
    write("ad_spend", f"""
        SELECT CAST({FIRST_DAY} + i // {CAMPAIGNS} AS INTEGER) AS day, 'c' || (i % {CAMPAIGNS}) AS campaign_id,
            'Campaign ' || (i % {CAMPAIGNS}) AS campaign_name, {chance('shows')} AS impressions, {chance('clicks')} // 50 AS clicks,
            {chance('cost')} * 1000 AS cost_micros
        FROM range({CAMPAIGNS * DAYS}) rows(i) ORDER BY i""")


main()
