"""Makes good requests obey what no schema can say, so that campaigns come to exist and run, and says who sends them.

Hooks of Schemathesis, named by scripts/fuzz-api. Limits, dates and ages are put in order, prices get six decimals, and
everything happens within the same few days. Bad requests stay as bad as they were made. Requests below /api/v1 come from
an administrator and from a member of a project, in turn. Most of them are about what is there: an id that is nobody's finds
nothing, and an answer that is never given is never checked.
"""

import itertools
import json
import os
import uuid

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

# Time is set to a day from 0, campaigns start and end on days from these: most are still to come, some run.
FIRST_START, FIRST_END = 25, 40
DAYS_OF_TIME, DAYS_OF_ENDS = 30, 30


# What ends a session would end that of all requests to come.
LEAVING = ("/api/v1/auth/logout", "/api/v1/auth/password", "/api/v1/me/sessions/{sessionId}")
SENDERS = itertools.cycle(os.environ[name] for name in ("ADMINISTRATOR_TOKEN", "MEMBER_TOKEN"))
# One of everything that has an id, by the names of ids in paths; and every so often an id stays as it was made.
THERE = json.loads(os.environ["THERE"])
IS_STRANGE = itertools.cycle((False, False, False, False, True))
# What would take the project, its people or the senders' rights away from all requests to come happens to another project.
DRASTIC = ("archiveProject", "removeMember", "setMemberRole", "changeUser", "eraseClientOfProject")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.operation.path.startswith("/api/v1/") and case.operation.path not in LEAVING:
        case.headers["Authorization"] = f"Bearer {next(SENDERS)}"
        name_what_is_there(case)
    mode = getattr(getattr(case.meta, "generation", None), "mode", None)
    if mode == GenerationMode.POSITIVE and isinstance(case.body, dict):
        obey(case.body)


def name_what_is_there(case):
    ids = case.path_parameters or {}
    if case.operation.definition.raw.get("operationId") in DRASTIC:
        if is_uuid(ids.get("projectId")):
            ids["projectId"] = os.environ["OTHER_PROJECT"]
        return
    # A sequence of requests is about what its first ones have made.
    if getattr(getattr(case.meta, "phase", None), "name", None) == TestPhase.STATEFUL:
        return
    for name, value in ids.items():
        # What is deleted is anybody's: it would soon be gone.
        is_victim = case.operation.method.upper() == "DELETE" and case.operation.path.endswith(f"{{{name}}}")
        if name in THERE and is_uuid(value) and not is_victim and not next(IS_STRANGE):
            ids[name] = THERE[name]


def is_uuid(value):
    try:
        return str(uuid.UUID(str(value))) == str(value).lower()
    except ValueError:
        return False


def obey(body):
    for name in ("cost_per_impression", "cost_per_click"):
        if is_number(body.get(name)):
            body[name] = round(body[name], 6)
    for name, first, days in (
        ("current_date", 0, DAYS_OF_TIME),
        ("start_date", FIRST_START, FIRST_END - FIRST_START),
        ("end_date", FIRST_END, DAYS_OF_ENDS),
    ):
        if is_number(body.get(name)):
            body[name] = first + int(body[name]) % days
    put_in_order(body, "clicks_limit", "impressions_limit")
    if isinstance(body.get("targeting"), dict):
        put_in_order(body["targeting"], "age_from", "age_to")


def put_in_order(fields, lower, upper):
    if is_number(fields.get(lower)) and is_number(fields.get(upper)):
        fields[lower], fields[upper] = sorted((fields[lower], fields[upper]))


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
