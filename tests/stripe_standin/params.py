"""What may be sent, read off the typed parameters of the official package."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import StripeObject
from stripe._request_options import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

from tests.stripe_standin.errors import Refusal

# They go into headers; sent as parameters, they are unknown to Stripe.
HEADERS = frozenset(RequestOptions.__annotations__)
PATTERNS = {int: r"-?[0-9]+", float: r"-?[0-9.]+", Decimal: r"-?[0-9.]+", bool: "true|false"}


def decode(text: str) -> dict[str, Any]:
    """Read a form such as `a[b][0][c]=1` into dicts; lists are still dicts of numbers."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.split(r"\]?\[", name.removesuffix("]"))
        place = tree
        for part, after in zip([first, *rest], rest, strict=False):
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Refusal(f"Invalid {after}", param=name)
        place[rest[-1] if rest else first] = value
    return tree


def check(sent: dict[str, Any], params: type) -> dict[str, Any]:
    """What was sent with its types; Refusal of what the package's `params` do not know."""
    checked: dict[str, Any] = read_dict(sent, params, "")
    return checked


@cache
def fields(params: type) -> dict[str, Any]:
    # What the headers' types name is not to be found beside `params`.
    names = {"StripeContext": object, "Mapping": Mapping}
    hints = get_type_hints(params, localns=names)
    return {name: hint for name, hint in hints.items() if name not in HEADERS}


def read_dict(sent: Any, params: type, path: str) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise Refusal("Invalid object", param=path)
    known = fields(params)
    for name in sent.keys() - known.keys():
        where = join(path, name)
        raise Refusal(f"Received unknown parameter: {where}", param=where, code="parameter_unknown")
    for name in (known.keys() & required(params)) - sent.keys():
        where = join(path, name)
        raise Refusal(f"Missing required param: {where}.", param=where, code="parameter_missing")
    return {name: read(value, known[name], join(path, name)) for name, value in sent.items()}


def required(params: type) -> frozenset[str]:
    names: frozenset[str] = getattr(params, "__required_keys__", frozenset())
    return names


def join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def read(sent: Any, hint: Any, path: str) -> Any:
    """Read one value as its type says."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        return read_dict(sent, hint, path)
    if origin in {Union, UnionType}:
        return read_one_of(sent, arguments, path)
    if origin is Literal:
        return read_choice(sent, arguments, path)
    if origin is list:
        return read_list(sent, arguments[0], path)
    if origin is dict:
        if not isinstance(sent, dict):
            raise Refusal("Invalid object", param=path)
        return {name: read(value, arguments[1], join(path, name)) for name, value in sent.items()}
    return read_scalar(sent, hint, path)


def read_one_of(sent: Any, hints: tuple[Any, ...], path: str) -> Any:
    """Read as the first type that fits. `str` beside literals is for values yet to come."""
    literal = any(get_origin(hint) is Literal for hint in hints)
    fitting = [hint for hint in hints if not (literal and hint is str) and not is_answer(hint)]
    for hint in fitting[:-1]:
        try:
            return read(sent, hint, path)
        except Refusal:
            continue
    return read(sent, fitting[-1], path)


def is_answer(hint: Any) -> bool:
    """Types that only come back from Stripe, such as metadata of something else."""
    kind = get_origin(hint) or hint
    return isinstance(kind, type) and issubclass(kind, StripeObject)


def read_choice(sent: Any, choices: tuple[Any, ...], path: str) -> Any:
    if sent not in choices:
        raise Refusal(f"Invalid {path}: must be one of {', '.join(choices)}", param=path)
    return sent


def read_list(sent: Any, hint: Any, path: str) -> list[Any]:
    numbers = sorted(sent, key=lambda part: int(part or 0)) if is_numbered(sent) else None
    if numbers is None:
        raise Refusal("Invalid array", param=path)
    return [read(sent[number], hint, join(path, number)) for number in numbers]


def is_numbered(sent: Any) -> bool:
    return isinstance(sent, dict) and all(part.isdecimal() or part == "" for part in sent)


def read_scalar(sent: Any, hint: Any, path: str) -> Any:
    if not isinstance(sent, str):
        raise Refusal(f"Invalid string: {path}", param=path)
    pattern = PATTERNS.get(hint)
    if pattern and not re.fullmatch(pattern, sent):
        name = "integer" if hint is int else hint.__name__
        raise Refusal(f"Invalid {name}: {sent}", param=path, code=f"parameter_invalid_{name}")
    if hint is bool:
        return sent == "true"
    return int(sent) if hint is int else sent
