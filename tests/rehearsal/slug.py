"""The slug, built as the buildpack builds it: its own Python, Pipenv, packages, static files."""

import fnmatch
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rehearsal.machine import run, say, way_to_packages

ROOT = Path(__file__).resolve().parent.parent.parent
# What the buildpack's Python comes without.
NOT_SHIPPED = ("test", "tests", "idle_test", "site-packages", "dist-packages", "*.a", "*.opt-?.pyc")


class Slug:
    """A folder like `/app` of a dyno, and the environment of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "app"
        self.python = self.folder / ".heroku/python"
        self.home = folder / "home"
        self.home.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """As the buildpack's `.profile.d` leaves it to a dyno."""
        return {
            "HOME": str(self.folder),
            "PATH": f"{self.python}/bin:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "true",
            "PYTHONPATH": str(self.folder),
            "LD_LIBRARY_PATH": f"{self.python}/lib",
        }

    @property
    def of_the_build(self) -> dict[str, str]:
        """No configuration of pip, and nothing that the owner has set."""
        own = {"HOME": str(self.home), "PIP_CONFIG_FILE": os.devnull}
        return {**self.environment, **own, **way_to_packages()}

    def check_out(self) -> None:
        """What a push sends: the last commit, less what `.slugignore` names."""
        self.folder.mkdir()
        archive = subprocess.Popen(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE)
        subprocess.run(["tar", "x"], cwd=self.folder, stdin=archive.stdout, check=True)
        assert archive.wait() == 0
        ignored = (self.folder / ".slugignore").read_text().split()
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_dir() and any(fnmatch.fnmatch(path.name, name) for name in ignored):
                shutil.rmtree(path)

    def add_python(self) -> None:
        """This machine's own stands for the one that the buildpack fetches; of the same version."""
        wanted = (self.folder / ".python-version").read_text().strip()
        assert (self.folder / "runtime.txt").read_text().strip() == f"python-{wanted}"
        if f"{sys.version_info.major}.{sys.version_info.minor}" != wanted:
            sys.exit(f"Python {wanted} is missing: this is {sys.version.split()[0]}.")
        base, name = Path(sys.base_prefix), f"python{wanted}"
        for part in ("bin", "lib"):
            (self.python / part).mkdir(parents=True)
        shutil.copy(base / "bin" / name, self.python / "bin" / name)
        for link in ("python", "python3"):
            (self.python / "bin" / link).symlink_to(name)
        shutil.copytree(
            base / "lib" / name,
            self.python / "lib" / name,
            ignore=shutil.ignore_patterns(*NOT_SHIPPED),
            symlinks=True,
        )
        for library in (base / "lib").glob(f"lib{name}.so*"):
            shutil.copy(library, self.python / "lib", follow_symlinks=False)
        (self.python / "lib" / name / "site-packages").mkdir()
        # As the buildpack's is.
        binaries = [path for path in self.python.rglob("*.so*") if not path.is_symlink()]
        subprocess.run(["strip", "--strip-unneeded", *binaries], check=True)

    def add_pipenv(self, version: str) -> Path:
        """Into a virtualenv of its own, by the pip that comes with Python; return its folder."""
        folder = self.python / "pipenv"
        self.build("python", "-m", "venv", "--without-pip", folder / "venv")
        [pip] = self.python.glob("lib/*/ensurepip/_bundled/pip-*.whl")
        quiet = ("--quiet", "--no-cache-dir", "--no-input", "--disable-pip-version-check")
        # The buildpack says --isolated, which would leave the way to packages out as well.
        python = folder / "venv/bin/python"
        self.build(python, pip / "pip", "install", *quiet, f"pipenv=={version}")
        (folder / "bin").mkdir()
        (folder / "bin/pipenv").symlink_to("../venv/bin/pipenv")
        return folder / "bin"

    def install(self, pipenv: Path) -> None:
        """The packages of the lock, into the slug's Python itself."""
        self.build(
            pipenv / "pipenv",
            "install",
            "--deploy",
            PATH=f"{pipenv}:{self.of_the_build['PATH']}",
            PIPENV_SYSTEM="1",
            PIPENV_VERBOSITY="-1",
            PIPENV_NOSPIN="1",
            VIRTUAL_ENV=str(self.python),
        )

    def build(self, *command: str | Path, **changes: str) -> str:
        path = {**self.of_the_build, **changes}["PATH"]
        program = shutil.which(str(command[0]), path=path) or str(command[0])
        environment = {**self.of_the_build, **changes}
        return run(program, *command[1:], within=self.folder, environment=environment)

    def megabytes(self) -> float:
        """How large it is when it is packed."""
        packed = 0
        tar = subprocess.Popen(["tar", "c", "."], cwd=self.folder, stdout=subprocess.PIPE)
        gzip = subprocess.Popen(["gzip"], stdin=tar.stdout, stdout=subprocess.PIPE)
        assert gzip.stdout
        while part := gzip.stdout.read(1 << 20):
            packed += len(part)
        assert (tar.wait(), gzip.wait()) == (0, 0)
        return packed / 1_000_000


def build(folder: Path, pipenv_version: str) -> Slug:
    """Everything that happens between `git push` and the release phase."""
    slug = Slug(folder)
    say("  check out the last commit")
    slug.check_out()
    say("  add Python")
    slug.add_python()
    say(f"  install Pipenv {pipenv_version}")
    pipenv = slug.add_pipenv(pipenv_version)
    say("  pipenv install --deploy")
    slug.install(pipenv)
    say("  manage.py collectstatic, without a key")
    slug.build("python", "manage.py", "collectstatic", "--noinput")
    say("  bin/post_compile")
    slug.build("bash", "bin/post_compile")
    return slug
