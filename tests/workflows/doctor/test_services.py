"""What the doctor tells to set at each service, applied to a real one."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest

from sendung import feed, website
from sendung.core.model import Translation
from sendung.core.podcasting20 import FeedOptions
from sendung.store.keys import PRIVATE
from sendung.workflows.doctor.services import PUBLIC, Service, ShowBucket, script, steps
from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.test_stores import at
from tests.servers.fixtures import Target
from tests.website.samples import NOW, make_episode, make_show
from tests.workflows.doctor.reading import messages, states


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers (names in lower case) of an anonymous request."""
    request = Request(url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except HTTPError as error:
        with error:
            return error.code, {}


def apply(printed: list[dict[str, Any]], target: Target) -> Any:
    """Do what the printed commands do, and return the client."""
    client = boto3.client("s3", endpoint_url=target.endpoint_url, region_name="us-east-1")
    bucket = target.url.split("/")[2]
    for step in printed:
        document = step["document"]
        action = re.match(r"aws s3api (\S+) --endpoint-url (\S+) --bucket (\S+) (\S+) file://(\S+)$", step["command"])
        assert action
        assert action.group(2, 3, 5) == (target.endpoint_url, bucket, step["file"])
        name = action[4].removeprefix("--").title().replace("-", "").replace("Cors", "CORS")
        value = json.dumps(document) if name == "Policy" else document
        getattr(client, action[1].replace("-", "_"))(Bucket=bucket, **{name: value})
    return client


@pytest.fixture
def published(new_target: Any, workshop: Workshop) -> tuple[Workshop, Target, str]:
    """A show in a Ceph bucket that is still private, and where the public would find it."""
    target = new_target("ceph")
    url = target.url.replace("s3://", f"{target.endpoint_url}/")
    workshop.edit("show.yaml", "https://cdn.example.org/show", url)
    workshop.edit("show.yaml", "store:\n", "allow: [podcast-local]\nstore:\n")
    workshop.edit(f"{FIRST}/episode.yaml", "date: 2026-11-01", "date: 2025-11-01")
    show = at(workshop, target)
    result = show.run("publish", "erster-ton")
    assert result.code == 0, result.err
    return show, target, url


def test_with_the_policy_the_public_reads_what_is_published_and_nothing_else(
    published: tuple[Workshop, Target, str],
) -> None:
    show, target, url = published
    store = target.open()
    keys = [stat.key for stat in store.list("")]
    assert {ask(f"{url}/{key}")[0] for key in keys} == {403}
    before = show.run("doctor", "--json", "--allow-private")
    assert before.code == 6
    assert {name for name, state in states(before).items() if state == "bad"} == {
        "public: feed",
        "public: audio",
        "public: artwork",
    }
    assert all("sendung doctor --policy" in words for words in messages(before, "bad"))

    client = apply(show.run("doctor", "--policy", "ceph", "--json").json["steps"], target)

    answers = {key: ask(f"{url}/{key}")[0] for key in keys}
    private = [key for key in keys if key.startswith(("records/", "state/"))]
    assert len(private) == 3
    assert [key for key, status in answers.items() if status == 403] == private
    assert {status for key, status in answers.items() if key not in private} == {200}
    root = url.removesuffix("/show")
    assert ask(f"{root}/?list-type=2")[0] == 403
    for neighbour in ("feed.xml", "other/feed.xml", "show/.sendung/conditions", "show/draft.txt"):
        client.put_object(Bucket=target.url.split("/")[2], Key=neighbour, Body=b"not meant")
        assert ask(f"{root}/{neighbour}")[0] == 403

    preflight = {"Origin": "https://www.example.org", "Access_Control_Request_Method": "GET"}
    status, headers = ask(f"{url}/listen-now.json", "OPTIONS", **preflight, Access_Control_Request_Headers="range")
    assert status == 200
    assert headers["access-control-allow-origin"] in ("*", preflight["Origin"])
    assert "GET" in headers["access-control-allow-methods"]
    [rule] = client.get_bucket_lifecycle_configuration(Bucket=target.url.split("/")[2])["Rules"]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}

    after = show.run("doctor", "--json", "--allow-private")
    assert after.code == 0, after.out
    found = states(after)
    assert set(found.values()) == {"ok"}
    public = {name.removeprefix("public: ") for name in found if name.startswith("public: ")}
    assert public == {
        "state/",
        "records/",
        "feed",
        "audio",
        "artwork",
        "transcript",
        "chapters",
        "listen button",
        "compression",
    }
    assert [stat.key for stat in store.list("state/")] == ["state/pages.json"]
    assert not [stat.key for stat in store.list("e/doctor")]

    assert "not an address that everybody can open" in show.run("doctor").out

    bucket = target.url.split("/")[2]
    everything = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everything]}))
    client.delete_bucket_cors(Bucket=bucket)
    open_to_all = show.run("doctor", "--json", "--allow-private")
    assert open_to_all.code == 6
    bad = {name for name, state in states(open_to_all).items() if state == "bad"}
    assert bad == {"public: state/", "public: records/"}
    warned = {name for name, state in states(open_to_all).items() if state == "warn"}
    assert warned == {"public: transcript", "public: chapters", "public: listen button"}


def is_public(key: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in PUBLIC)


def test_every_page_and_asset_that_there_can_be_is_public() -> None:
    show = make_show(feed=FeedOptions(items=4))
    spoken = Translation(language="en", title="A", summary="B", audio=make_episode().audio)
    facts = {"translations": (spoken,), "former_languages": ("fr",)}
    episodes = [make_episode(f"folge-{n}", date=NOW - timedelta(days=n), **facts) for n in range(1, 120)]
    keys = [plan.key for plan in website.plan(show, episodes, NOW, withdrawn=[make_episode("weg")])]
    keys += [page.key for page in (*feed.archive(show, episodes, NOW), *feed.editions(show, episodes, NOW))]
    assert {"feed.en.xml", "episodes/en/index.html", "episodes/en/1.html", "episodes/fr/index.html"} <= set(keys)
    assert {"feed/1.xml", "episodes/1.html", "e/folge-7/index.html", "e/weg/index.html", "index.html"} <= set(keys)
    assert [key for key in keys if not is_public(key)] == []


def test_what_is_private_is_in_no_policy() -> None:
    for folder in PRIVATE:
        assert not is_public(f"{folder}x/000001.json")


PLACE = ShowBucket("bucket", "some show/", "https://s3.example.org", "https://cdn.example.org/show")


@pytest.mark.parametrize("service", list(Service))
def test_every_service_has_a_script_that_a_shell_can_read(service: Service) -> None:
    done = steps(service, PLACE)
    text = script(done)
    assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0
    documents = re.findall(r"^cat > \S+ <<'END'\n(.*?)\nEND$", text, re.DOTALL | re.MULTILINE)
    assert [json.loads(document) for document in documents] == [step.document for step in done if step.document]
    for subject in ("records/", "other sites may read", "7 days"):
        assert any(subject in step.purpose for step in done)


@pytest.mark.parametrize("service", [Service.R2, Service.BACKBLAZE])
def test_services_without_policies_get_a_rule_for_the_public_address(service: Service) -> None:
    done = steps(service, PLACE)
    [rule] = [step.document for step in done if step.file == "rule.json"]
    assert rule
    assert rule["action"] == "block"
    assert 'http.host eq "cdn.example.org"' in rule["expression"]
    for folder in PRIVATE:
        assert f'"/show/{folder}"' in rule["expression"]
    assert not any(step.file == "policy.json" for step in done)


def test_the_program_prints_the_script(workshop: Workshop) -> None:
    printed = workshop.run("doctor", "--policy", "aws", "--store", "s3://bucket/show").out
    place = ShowBucket("bucket", "show/", None, "https://cdn.example.org/show")
    assert printed == script(steps(Service.AWS, place)) + "\n"
    assert "aws s3api put-public-access-block --bucket bucket" in printed


def test_policies_need_a_service_and_a_bucket(workshop: Workshop) -> None:
    unknown = workshop.run("doctor", "--policy", "dropbox", "--store", "s3://bucket")
    assert unknown.code == 2
    assert "aws, r2, minio, ceph, backblaze" in unknown.err
    directory = workshop.run("doctor", "--policy", "aws")
    assert directory.code == 2
    assert "public is a directory" in directory.err
