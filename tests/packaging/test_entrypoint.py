"""How the image begins what it is told to run."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "entrypoint.sh"


def test_it_runs_what_it_is_told_and_ends_as_that_ends(tmp_path):
    told = "import sys; print(*sys.argv[1:], sep='|'); sys.exit(7)"
    done = subprocess.run(
        [SCRIPT, sys.executable, "-c", told, "serve", "--listen", "a b"],
        env={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, "serve|--listen|a b\n")


def test_the_image_has_what_the_script_looks_for():
    dockerfile = (SCRIPT.parents[1] / "Dockerfile").read_text()
    [place] = [
        line.removeprefix("argon2=")
        for line in SCRIPT.read_text().splitlines()
        if line.startswith("argon2=")
    ]
    assert f"--target {place} " in dockerfile
    assert f"COPY --from=build {place} {place}\n" in dockerfile
