"""Runs tests again and again in forks of one process that has imported everything already.

Starting pytest, Django and a hundred modules takes longer than most tests that find a mutant.
So a fork only executes the text of the mutated module once more, in the module's own namespace,
and hands what is new to whoever had imported the old. What escapes that, such as a function kept
in a list, looks like a survivor: those are tried once more in a process of their own.
"""

import ast
import os
import resource
import socket
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

# Of processor time, for a machine may have much else to do.
SECONDS = 60
# Of a mutant that is no Python, changes only annotations, or says the same as another one.
NOTHING_NEW = "nothing new"
READY = "The zygote listens."


def execute_anew(module: ModuleType, path: Path) -> None:
    before = dict(vars(module))
    exec(compile(path.read_text(), path, "exec"), vars(module))  # noqa: S102
    news = {name: new for name, new in vars(module).items() if before.get(name) is not new}
    for other in list(sys.modules.values()):
        for name, value in list(vars(other).items()):
            for old in news:
                if value is before.get(old) is not None and (name == old or is_own(value)):
                    setattr(other, name, news[old])


def is_own(value: Any) -> bool:
    """Whether this is one thing, and not a number that two modules have by chance."""
    return isinstance(value, (FunctionType, type))


class WithoutAnnotations(ast.NodeTransformer):
    """Nor does it matter here which arguments may be named: callers of today are all right."""

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)


def meaning(text: str) -> str:
    """What a text says to Python; empty when that is nothing."""
    try:
        return ast.dump(WithoutAnnotations().visit(ast.parse(text)))
    except SyntaxError:
        return ""


def run(path: str, arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    try:
        execute_anew(sys.modules[path.removesuffix(".py").replace("/", ".")], Path(path))
    except Exception as problem:
        print(f"does not run: {problem!r}")
        return 1
    return pytest.main(arguments)


def answer(client: socket.socket, path: str, arguments: list[str]) -> None:
    """Let a fork run the tests; its output goes to the client, and its exit code ends it."""
    child = os.fork()
    if not child:
        for stream in (1, 2):
            os.dup2(client.fileno(), stream)
        code = 1
        try:
            code = run(path, arguments)
        finally:
            sys.stdout.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    client.sendall(b"\ntimeout" if code < 0 else f"\nexit {code}".encode())


def serve(address: str, path: str, arguments: list[str]) -> None:
    """Answer whoever connects. The good text is tried as well, as a control."""
    pytest.main([*arguments, "--collect-only", "-q"])
    good = Path(path).read_text()
    met = {"", meaning(good)}
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        print(READY, flush=True)
        while True:
            client, _ = server.accept()
            with client:
                text = Path(path).read_text()
                says = meaning(text)
                if text != good and says in met:
                    client.sendall(f"\n{NOTHING_NEW}".encode())
                else:
                    met.add(says)
                    answer(client, path, arguments)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], sys.argv[3:])
