"""The commands of an operator, typed as one types them: each in a process of its own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

URL = "http://127.0.0.1:9999"
Typed = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """Types a command for the instance in `tmp_path/data`."""
    own = {"ROUNDABOUT_URL": URL, "ROUNDABOUT_LOOPBACK": "1", "ROUNDABOUT_DATA_DIR": str(tmp_path / "data")}

    def run(*arguments: str, told: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            input=told,
            env={**os.environ, **own, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def gathering(typed: Typed, tmp_path: Path) -> Typed:
    done = typed("init", "--kind", "commune", "--name", "Riverside", "--url", URL, "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    return typed


def test_init_keeps_its_secret_to_itself_and_overwrites_nothing(gathering: Typed, tmp_path: Path) -> None:
    assert (tmp_path / "data/secret").stat().st_mode & 0o777 == 0o600
    again = gathering("init", "--kind", "commune", "--name", "Other", "--url", URL, "--data", str(tmp_path / "data"))
    assert again.returncode == 1
    assert "there is an instance" in again.stderr


@pytest.mark.withstands("B25")
def test_a_name_that_could_pass_for_anothers_is_given_to_nobody(typed: Typed, tmp_path: Path) -> None:
    made = ("init", "--kind", "commune", "--url", URL, "--data", str(tmp_path / "data"), "--name")
    refused = typed(*made, "R\u0456verside")  # a Cyrillic і
    assert (refused.returncode, "look alike" in refused.stderr) == (1, True)
    assert typed(*made, "Riverside").returncode == 0  # nothing was left behind
    assert typed("member", "add", "T\u043em").returncode == 1
    assert typed("member", "add", "Том", "Μαρία", "Rojîn").returncode == 0


def test_a_gathering_is_founded_once_and_then_its_list_is_the_assemblys(gathering: Typed, tmp_path: Path) -> None:
    added = gathering("member", "add", "Rojîn", "Tom", "--password-stdin", told="a long one\nanother one\n")
    assert "Rojîn: signs in as rojin" in added.stdout
    assert gathering("member", "add", "Amara", "Luc").returncode == 0
    people = json.loads(gathering("member", "list", "--json").stdout)
    assert {one["name"] for one in people if one["caretaker"]} == {"rojin", "tom"}
    too_few = gathering("found", "--rules", "starter", "--present", "4", "--agree", "2")
    assert (too_few.returncode, "do not adopt" in too_few.stderr) == (1, True)
    founded = json.loads(gathering("found", "--rules", "starter", "--present", "4", "--agree", "4", "--json").stdout)
    assert set(founded) == {"keylog", "decision", "charter", "nextKey"}
    refused = gathering("member", "add", "Zîn")
    assert (refused.returncode, "--decision" in refused.stderr) == (1, True)
    assert gathering("found", "--rules", "starter", "--present", "4", "--agree", "4").returncode == 1
    bundle = tmp_path / "record.gov.zip"
    assert gathering("export", str(bundle)).returncode == 0
    verified = json.loads(gathering("verify", str(bundle), "--json", "--trust", founded["keylog"]["gov:digest"]).stdout)
    assert verified["badSignatures"] == []


def test_a_name_stands_once_on_the_list(gathering: Typed) -> None:
    gathering("member", "add", "Amara")
    again = gathering("member", "add", "amara")
    assert (again.returncode, "second name" in again.stderr) == (1, True)


def test_a_bad_setting_stops_the_start_in_one_sentence(gathering: Typed) -> None:
    for name, value in {
        "ROUNDABOUT_URL": "http://riverside.example",
        "ROUNDABOUT_WORKERS": "none",
        "ROUNDABOUT_FEDERATION": "some",
        "ROUNDABOUT_TRUSTED_PROXIES": "127.0.0.1,proxy",
    }.items():
        done = gathering("serve", **{name: value})
        assert done.returncode == 1
        [sentence] = done.stderr.splitlines()
        assert sentence.startswith(f"roundabout: {name} (now {value!r}): ")


def test_settings_that_do_not_go_together_are_refused_by_the_address(gathering: Typed) -> None:
    for url, loopback in (("https://riverside.example", "1"), ("http://127.0.0.1:9999", "0")):
        done = gathering("serve", ROUNDABOUT_URL=url, ROUNDABOUT_LOOPBACK=loopback)
        assert done.returncode == 1
        [sentence] = done.stderr.splitlines()
        assert sentence.startswith(f"roundabout: ROUNDABOUT_URL (now {url!r}): ")


@pytest.mark.withstands("H09")
def test_a_mistyped_database_is_named_without_its_password(gathering: Typed) -> None:
    done = gathering("serve", ROUNDABOUT_DATABASE_URL="postgres://roundabout:hunter@2@database/roundabout")
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("roundabout: ROUNDABOUT_DATABASE_URL (now 'postgres://…@database/roundabout'): ")
    assert "hunter" not in sentence


def test_nothing_is_served_that_was_never_made_or_whose_secret_is_open(gathering: Typed, tmp_path: Path) -> None:
    elsewhere = gathering("serve", ROUNDABOUT_DATA_DIR=str(tmp_path / "nowhere"))
    assert (elsewhere.returncode, "`init` makes it" in elsewhere.stderr) == (1, True)
    (tmp_path / "data/secret").chmod(0o644)
    opened = gathering("serve")
    assert (opened.returncode, "chmod 600" in opened.stderr) == (1, True)


def test_a_record_is_not_served_under_another_address(gathering: Typed) -> None:
    done = gathering("serve", ROUNDABOUT_URL="http://127.0.0.1:9998")
    assert (done.returncode, "ROUNDABOUT_URL" in done.stderr) == (1, True)


def test_migrate_makes_no_database_where_there_is_no_instance(typed: Typed, gathering: Typed, tmp_path: Path) -> None:
    assert gathering("migrate").stdout == "Nothing to do.\n"
    elsewhere = tmp_path / "elsewhere"
    refused = typed("migrate", ROUNDABOUT_DATA_DIR=str(elsewhere))
    assert (refused.returncode, "`init` makes it" in refused.stderr) == (1, True)
    assert not elsewhere.exists()
    lost = gathering("migrate", ROUNDABOUT_DATABASE_URL=f"sqlite:///{tmp_path}/lost.sqlite")
    assert (lost.returncode, "there is no database at" in lost.stderr) == (1, True)
    (tmp_path / "empty.sqlite").touch()
    empty = gathering("migrate", ROUNDABOUT_DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite")
    assert (empty.returncode, "this database is empty" in empty.stderr) == (1, True)
    assert [one.name for one in tmp_path.glob("*.sqlite")] == ["empty.sqlite"]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[str]:
    """The address of a folder that is served as it is."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_record_that_lies_at_an_address_is_counted_like_a_file(gathering: Typed, tmp_path: Path, shelf: str) -> None:
    gathering("member", "add", "Rojîn", "Tom", "--password-stdin", told="a long one\nanother one\n")
    gathering("found", "--rules", "starter", "--present", "2", "--agree", "2")
    bundle = tmp_path / "record.gov.zip"
    assert gathering("export", str(bundle)).returncode == 0
    here, there = gathering("verify", str(bundle)), gathering("verify", f"{shelf}/record.gov.zip")
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
    bundle.write_bytes(bundle.read_bytes()[:-40])
    assert gathering("verify", f"{shelf}/record.gov.zip").returncode == gathering("verify", str(bundle)).returncode != 0


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("{shelf}/nothing.zip", 2, "it answered 404"),
        ("http://127.0.0.1:1/record.gov.zip", 2, "cannot be read"),
        ("http://10.0.0.1/record.gov.zip", 64, "cannot be read"),
        ("https://10.0.0.1/record.gov.zip", 2, "cannot be read"),
    ],
)
def test_an_address_that_gives_no_record_is_told_in_one_sentence(
    typed: Typed, shelf: str, address: str, code: int, says: str
) -> None:
    done = typed("verify", address.format(shelf=shelf))
    assert (done.returncode, says in done.stderr, done.stdout) == (code, True, "")
    assert "Traceback" not in done.stderr


def test_bad_usage_ends_with_2_and_of_verify_with_64(typed: Typed) -> None:
    assert typed("init", "--kind", "party", "--name", "X", "--url", URL).returncode == 2
    assert typed("verify").returncode == 64


def test_the_founding_charter_of_a_council_lists_its_members(typed: Typed, tmp_path: Path) -> None:
    typed("init", "--kind", "council", "--name", "Valley", "--url", URL, "--data", str(tmp_path / "data"))
    members = tmp_path / "members.json"
    rows = [
        {"assembly": f"http://127.0.0.1:{port}/assembly", "gov:keylog": "zQm" + "a" * 44, "gov:seats": 2}
        for port in (9001, 9002)
    ]
    members.write_text(json.dumps(rows[:1]))
    alone = typed("found", "--rules", "starter", "--council", str(members))
    assert (alone.returncode, "two or more" in alone.stderr) == (1, True)
    members.write_text(json.dumps(rows))
    unity = tmp_path / "unity.json"
    unity.write_text(json.dumps([{"number": "rights 1", "content": ""}]))
    wordless = typed("found", "--rules", "starter", "--council", str(members), "--unity", str(unity))
    assert (wordless.returncode, "point of unity" in wordless.stderr) == (1, True)
    done = typed("found", "--rules", "starter", "--council", str(members), "--json")
    assert set(json.loads(done.stdout)) == {"keylog", "charter", "nextKey"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("migrate",), "cannot be opened"),
        (("member", "list"), "cannot be opened"),
        (("queue",), "cannot be opened"),
        (("fsck",), "cannot be opened"),
    ],
)
def test_a_database_that_is_none_is_told_in_one_sentence(
    gathering: Typed, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "text").write_text("no database\n" * 1_000)
    done = gathering(*arguments, ROUNDABOUT_DATABASE_URL=f"sqlite:///{tmp_path}/text")
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(f"roundabout: ROUNDABOUT_DATABASE_URL: sqlite:///{tmp_path}/text {says}: ")


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    there = str(tmp_path / "file/data")
    done = typed("init", "--kind", "commune", "--name", "X", "--url", URL, "--data", there)
    assert (done.returncode, done.stderr) == (1, f"roundabout: {there}: Not a directory\n")
    nameless = typed("init", "--kind", "commune", "--name", " ", "--url", URL, "--data", str(tmp_path / "data"))
    assert (nameless.returncode, nameless.stderr) == (1, "roundabout: --name ' ': a name has 1 to 60 characters\n")
    assert not (tmp_path / "data").exists()


def test_where_there_is_nothing_to_print_a_command_says_so(gathering: Typed) -> None:
    assert gathering("peers").stdout == "We write to no other server yet.\n"
    assert gathering("block", "--list").stdout == "Nothing is decided about any server.\n"


def test_the_demo_says_at_once_that_its_record_can_go_nowhere(typed: Typed, tmp_path: Path) -> None:
    done = typed("demo", "--once", "--bundle", str(tmp_path / "nowhere/record.zip"))
    assert done.returncode == 1
    assert done.stderr.endswith(f"there is no folder {tmp_path}/nowhere\n")


def test_where_another_server_listens_the_start_ends_in_one_sentence(gathering: Typed) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = gathering("serve", "--port", port)
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(f"roundabout: --host 127.0.0.1 --port {port}: nothing can listen there: ")
