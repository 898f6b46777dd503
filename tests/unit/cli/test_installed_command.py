"""The installed command, in a process of its own: at least one command of each group."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dynakit
from tests.unit.workbench.workbench_models import model_of, row

ROOT = Path(__file__).parents[3]
PROGRAM = Path(sys.executable).with_name("dynakit")

Left = subprocess.CompletedProcess[str]


def environment() -> dict[str, str]:
    """That of this process, without what would lead to AWS or to a terminal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DYNAKIT_"))}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "COLUMNS": "80", "DYNAKIT_CACHE": "/nowhere"}


def run(*arguments: str, text: str = "", **more: str) -> Left:
    """Run the command in the checkout, without a terminal."""
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=ROOT,
        env={**environment(), **more},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


LOCAL = ("--endpoint", "memory://")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--version"], dynakit.__version__),
        (["demo"], "an online shop on one table"),
        (["schema", "show", "schemas.backend:users"], "cpfTesteIndex"),
        (["schema", "diagram", "schemas.backend:users", "--format", "mermaid"], "flowchart LR"),
        (["explain", "schemas.online_shop:Order.by_status", "status=cancelled"], "GSI2"),
        (["export", "cloudformation", "schemas.backend:users"], "BackendUsersDev"),
        (["export", "iam", "schemas.backend:User", "--use", "query"], "dynamodb:Query"),
        (["items", "--help"], "dynakit items"),
        (["local", "--help"], "dynakit local"),
        (["doctor", "--help"], "dynakit doctor"),
    ],
)
def test_it_does_what_it_says(arguments: list[str], shown: str) -> None:
    left = run(*arguments)
    assert (left.returncode, left.stderr) == (0, "")
    assert shown in left.stdout


def test_a_lock_is_written_checked_and_found_different(tmp_path: Path) -> None:
    lock = str(tmp_path / "lock.json")
    assert run("schema", "lock", "schemas.backend", "--file", lock).returncode == 0
    assert run("schema", "check", "schemas.backend", "--file", lock).returncode == 0
    left = run("schema", "check", "schemas.backend:users", "--file", lock)
    assert left.returncode == 1
    assert "unreadable old items\n  BackendPostsDev: the table is gone" in left.stdout


def test_a_model_is_imported(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(model_of(row("USER#alice", "PROFILE", username="alice")))
    left = run("import", "workbench", str(tmp_path / "model.json"))
    assert (left.returncode, left.stderr) == (0, "")
    assert "from dynakit import" in left.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["items", "get", "schemas.backend:User", "id=1", "username=alice", *LOCAL], 1, "no such table"),
        (["items", "get", "schemas.backend:User", "id=1", "username=alice"], 1, "region: none is set"),
        (["schema", "show", "no_such_module"], 2, "there is no module 'no_such_module'"),
        (["schema", "show", "schemas.backend:users", "--outptu", "json"], 2, "No such option: --outptu"),
        (
            ["schema", "show", "schemas.backend", "-o", "xml"],
            2,
            "'-o': 'xml' is not one of 'json', 'yaml', 'table'.",
        ),
        (["schema", "shwo", "schemas.backend"], 2, "See: dynakit schema --help"),
        (["local", "start", "--port", "99999"], 2, "Invalid value for '--port'"),
        (["export", "sam", "schemas.backend", "--stage", "prod"], 1, "it has no stage 'prod'"),
        (["doctor", "--endpoint", "not-a-url"], 1, "endpoint"),
    ],
)
def test_what_is_wrong_is_one_line_and_an_exit_code(arguments: list[str], code: int, told: str) -> None:
    left = run(*arguments)
    assert left.returncode == code
    assert told in left.stderr + left.stdout
    assert "Traceback" not in left.stderr
    assert left.stderr.count("\n") <= 1


def test_a_file_with_a_syntax_error_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("class Order(:\n")
    left = run("schema", "show", str(broken))
    assert (left.returncode, left.stderr.count("\n")) == (1, 1)
    assert "SyntaxError" in left.stderr
    assert "broken.py" in left.stderr


def test_local_status_outside_of_any_start_says_how_to_start(tmp_path: Path) -> None:
    left = run("local", "status", DYNAKIT_CACHE=str(tmp_path))
    assert (left.returncode, left.stdout) == (1, "")
    assert left.stderr == "it is not running; start it with: dynakit local start\n"


def test_whoever_reads_no_further_sees_no_traceback() -> None:
    """The reader is gone before anything is written."""
    reader, writer = os.pipe()
    os.close(reader)
    left = subprocess.run(
        [PROGRAM, "schema", "diagram", "schemas.online_shop"],
        cwd=ROOT, env=environment(), stdout=writer, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (left.returncode, left.stderr) == (1, b"")


def test_ctrl_c_is_an_exit_code_and_no_traceback(tmp_path: Path) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time\nprint('waiting', flush=True)\ntime.sleep(600)\n")
    with subprocess.Popen(
        [PROGRAM, "schema", "show", str(slow)],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert (process.returncode, told) == (130, "dynakit: interrupted by Ctrl-C\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_full_disk_is_one_line(form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        left = subprocess.run(
            [PROGRAM, "schema", "show", "schemas.backend", "--output", form],
            cwd=ROOT, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert left.returncode == 1
    assert left.stderr == (
        "dynakit: the output cannot be written: No space left on device. Make room, or write it elsewhere.\n"
    )


def test_an_answer_at_the_terminal_is_taken(tmp_path: Path) -> None:
    there = tmp_path / "users.svg"
    command = ["schema", "diagram", "schemas.backend:users", "--format", "svg", "--out", str(there)]
    for answer, code in (("n", 1), ("y", 0)):
        there.write_text("mine")
        ours, theirs = pty.openpty()
        os.write(ours, f"{answer}\n".encode())
        left = subprocess.run(
            [PROGRAM, *command],
            cwd=ROOT, env=environment(), stdin=theirs, capture_output=True, text=True, check=False,
        )  # fmt: skip
        os.close(ours)
        os.close(theirs)
        assert left.returncode == code
        assert left.stderr.startswith(f"overwrite {there}? [y/N] ")
        assert (there.read_text() == "mine") is (code == 1)


def test_commands_are_completed_by_the_shell() -> None:
    script = run("--show-completion", "bash")
    assert script.returncode == 0
    assert "complete" in script.stdout
    asked = {"_DYNAKIT_COMPLETE": "complete_bash", "COMP_WORDS": "dynakit schema ", "COMP_CWORD": "2"}
    completed = run(**asked)
    assert completed.stdout.split() == ["show", "lock", "check", "diagram"]


HEAVY = ("asyncio", "boto3", "botocore", "moto", "msgspec", "pydantic", "rich.console", "ssl", "yaml")


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_what_only_tells_of_itself_loads_nothing_heavy(argument: str) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['dynakit', {argument!r}]\n"
        "from dynakit.cli.main import main\n"
        "try:\n    main()\n"
        f"finally:\n    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    left = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert left.stderr == "[]\n"
