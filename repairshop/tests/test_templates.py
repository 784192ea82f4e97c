"""Templates that extend another say nothing outside of its blocks, where Django runs nothing."""

from collections.abc import Iterator

from django.conf import settings
from django.template import Engine, Template
from django.template.base import Node, TextNode
from django.template.defaulttags import CommentNode, LoadNode
from django.template.loader_tags import BlockNode, ExtendsNode

ROOT = settings.BASE_DIR / "templates"
# What stands for nothing itself; Django keeps texts for nobody.
SILENT = (BlockNode, CommentNode, LoadNode, TextNode)


def outside(template: Template) -> Iterator[Node]:
    for child in template.nodelist:
        if isinstance(child, ExtendsNode):
            yield from (node for node in child.nodelist if not isinstance(node, SILENT))


def test_nothing_stands_outside_of_blocks() -> None:
    files = sorted(ROOT.rglob("*.html"))
    engine = Engine.get_default()

    assert len(files) > 200
    found = {file: [*outside(engine.from_string(file.read_text()))] for file in files}
    assert {file: nodes for file, nodes in found.items() if nodes} == {}


def test_control_a_tag_outside_is_found() -> None:
    text = '{% extends "base.html" %}{% load telling %}{% mail_goes as goes %}'

    [found] = outside(Engine.get_default().from_string(text))
    assert "mail_goes" in str(found.token)
