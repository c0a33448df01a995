"""Cookiecutter's front door: the files come from Copier, so that updates work afterwards.

Cookiecutter has asked the questions and made the folder; this runs in it.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ANSWERS: dict[str, str] = json.loads(r"""{{ cookiecutter | jsonify }}""")


def main() -> int:
    copier = shutil.which("copier")
    if copier is None:
        print("the service is rendered by Copier, which is not here: uv tool install copier", file=sys.stderr)
        return 1
    data = [f"--data={name}={answer}" for name, answer in ANSWERS.items() if not name.startswith("_")]
    reference = [f"--vcs-ref={ANSWERS['_checkout']}"] if ANSWERS.get("_checkout") else []
    Path(".gitattributes").unlink()
    command = [copier, "copy", "--defaults", "--quiet", *reference, *data, template(), "."]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        print(done.stderr.strip().rpartition("\n")[2], file=sys.stderr)
    return done.returncode


def template() -> str:
    """What Cookiecutter was called with; a folder as a whole path, since a relative one would break updates."""
    given = ANSWERS["_template"]
    folder = Path(ANSWERS["_output_dir"]) / given
    return str(folder.resolve()) if folder.is_dir() else given


if __name__ == "__main__":
    sys.exit(main())
