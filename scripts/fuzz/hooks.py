"""Leads schemathesis past the first check: to publications that exist, and to lists that are almost right.

What it makes from the description alone is mostly refused for an unknown id, or for a list that has no member of a list.
"""

import copy
import json
import os
import pathlib
import random
import uuid

import schemathesis

IDS = [one for one in os.environ.get("PI_FUZZ_IDS", "").split(",") if one]
EXAMPLES = pathlib.Path(__file__).parents[2] / "schemas" / "examples"
LISTS = {path.stem: json.loads(path.read_text()) for path in sorted(EXAMPLES.glob("*.json")) if path.suffixes == [".json"]}
ODD = ["", " ", "\0", "\x1b[0m", "<b>x</b>", "é" * 300, "🏛", "\ud800", "2026-02-30T25:61:00Z", "-1", "{{7*7}}", "'; --", "x" * 70_000]
ODD_VALUES = [*ODD, None, True, -1, 1e300, 10**30, [], {}, [[]], {"": {}}]
FROM, TO = "2026-01-05T00:00:00Z", "2100-01-01T00:00:00Z"


def places(value, found):
    """Every container of a JSON value with each of its keys."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found.append((value, key))
        places(child, found)
    return found


def almost_right(dice):
    """A list type, and a list of it with up to two values changed, dropped or doubled."""
    name = dice.choice(list(LISTS))
    payload = copy.deepcopy(LISTS[name])
    for _ in range(dice.randrange(3)):
        container, key = dice.choice(places(payload, []))
        action = dice.randrange(3)
        if action == 0:
            container[key] = dice.choice(ODD_VALUES)
        elif action == 1 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        else:
            del container[key]
    return name, payload


def is_uuid(text):
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    dice = random.Random(f"{case.path_parameters}{case.query}{case.headers.get('x-court-id')}{case.body!r:.200}")
    label = f"{case.method.upper()} {case.path}"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if IDS and case.method.upper() == "GET" and is_uuid(case.path_parameters.get("id")) and dice.random() < 0.8:
        case.path_parameters["id"] = dice.choice(IDS)
    elif label == "POST /publication" and case.media_type == "application/json" and dice.random() < 0.8:
        name, case.body = almost_right(dice)
        said = {"x-type": "LIST", "x-list-type": name, "x-content-date": "2026-01-05", "x-display-from": FROM, "x-display-to": TO}
        case.headers.update(said)
        if dice.random() < 0.9:
            case.headers.pop("if-match", None)
    elif label == "POST /v1/publication" and case.media_type == "application/json" and isinstance(case.body, dict) and dice.random() < 0.8:
        name, payload = almost_right(dice)
        said = {"list_type": name, "content_date": "2026-01-05", "display_from": FROM, "display_to": TO}
        case.body = {**case.body, **said, "hearing_list": payload}
        if dice.random() < 0.9:
            case.headers.pop("if-match", None)
        if dice.random() < 0.3:
            case.body[dice.choice(["court_id", "source_artefact_id"])] = dice.choice(ODD)
