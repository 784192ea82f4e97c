from django import template

register = template.Library()


@register.filter
def in_sentence(label: str) -> str:
    """A label within a sentence. Only its first letter is small: German nouns keep theirs."""
    return label[:1].lower() + label[1:]
