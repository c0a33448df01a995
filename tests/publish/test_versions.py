"""Which version of an SDK follows: the last one, by its tag, and what has changed in the contract since then."""

from __future__ import annotations

from pathlib import Path

import pytest

from paviour.errors import UserError
from paviour.publish.releases import Release, releases, tag
from paviour.publish.versions import Step, changelog
from paviour.publish.versions import step as judge
from paviour.service import Service
from sdkgen.errors import ContractError
from tests.publish.estate import CONTRACT, NEW, commit, estate
from tests.support.git import git

PATTERN = ("id: {type: string}\n                  price", "id: {type: string, pattern: '%s'}\n                  price")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "Paviour")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "paviour@example.com")
    return estate(tmp_path / "quotes")


def step(service: Service, language: str = "python", wanted: str | None = None) -> Step:
    return judge(service, language, wanted, "lock.json")


def release(service: Service, version: str, language: str = "python", notes: str = "First release.") -> None:
    tag(service, Release(language, version, notes), f"quotes-sdk {version}")


def upcoming(service: Service, language: str = "python", wanted: str | None = None) -> str | None:
    found = step(service, language, wanted).next
    return found.version if found else None


def test_the_first_version_is_1_0_0_and_0_1_0_while_the_contract_itself_is_below_1(service: Service) -> None:
    assert upcoming(service) == "1.0.0"
    commit(service.root, CONTRACT.replace("version: 1.0.0", "version: 0.4.0"))
    assert upcoming(service) == "0.1.0"
    assert upcoming(service, wanted="3.0.0") == "3.0.0"


def test_while_nothing_changes_there_is_nothing_to_publish(service: Service) -> None:
    release(service, "1.0.0")
    assert upcoming(service) is None
    commit(service.root, CONTRACT + "\n# a comment\n")
    assert upcoming(service) is None


@pytest.mark.parametrize(
    ("old", "new", "version"),
    [
        ("description: The quote.", "description: The quote that was asked for.", "1.3.1"),
        ("components:", "components:", "1.4.0"),
        ("operationId: getQuote", "operationId: readQuote", "2.0.0"),
        ("required: [id]", "required: []", "2.0.0"),
        (
            "security: [{}]",
            "security: [{key: []}]\ncomponents: {securitySchemes: {key: {type: apiKey, in: header, name: X}}}",
            "2.0.0",
        ),
    ],
    ids=["wording", "addition", "source", "wire", "policy"],
)
def test_the_step_is_that_of_the_gate(service: Service, old: str, new: str, version: str) -> None:
    release(service, "1.3.0")
    commit(service.root, CONTRACT + NEW if old == new else CONTRACT.replace(old, new))
    assert upcoming(service) == version


def test_below_1_what_breaks_raises_the_second_number_and_all_else_the_third(service: Service) -> None:
    release(service, "0.3.4")
    commit(service.root, CONTRACT + NEW)
    assert upcoming(service) == "0.3.5"
    commit(service.root, CONTRACT.replace("getQuote", "readQuote"))
    assert upcoming(service) == "0.4.0"
    assert upcoming(service, wanted="1.0.0") == "1.0.0"


def test_each_language_has_its_own_versions(service: Service) -> None:
    release(service, "1.3.0")
    release(service, "4.0.0", "typescript")
    commit(service.root, CONTRACT + NEW)
    assert (upcoming(service), upcoming(service, "typescript")) == ("1.4.0", "4.1.0")


def test_versions_are_ordered_as_numbers_and_other_tags_are_none(service: Service) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        release(service, version)
    for name in ("sdk-python-v2.0.0-rc.1", "sdk-python-vnext", "v9.0.0"):
        git(service.root, "tag", name)
    assert [found.version for found in releases(service, "python")] == ["1.10.0", "1.9.0", "1.2.0"]


def test_what_is_released_on_another_branch_is_not_the_last_of_this_one(service: Service) -> None:
    release(service, "1.0.0")
    git(service.root, "checkout", "--quiet", "-b", "next")
    commit(service.root, CONTRACT + NEW)
    release(service, "2.0.0")
    git(service.root, "checkout", "--quiet", "main")
    commit(service.root, CONTRACT + NEW, code="another")
    assert upcoming(service) == "1.1.0"


def test_what_is_generated_anew_from_the_same_contract_is_a_patch(service: Service) -> None:
    release(service, "1.0.0")
    commit(service.root, CONTRACT + "# a comment\n", code="made by a newer generator")
    found = step(service).next
    assert found
    assert (found.version, found.notes) == ("1.0.1", "Generated anew. The contract is the same.")


def test_what_nobody_can_decide_waits_for_a_person_who_names_the_version(service: Service) -> None:
    text = CONTRACT.replace(PATTERN[0], PATTERN[1] % r"^(a|b)\1$")
    commit(service.root, text)
    release(service, "1.0.0")
    commit(service.root, text.replace(r"^(a|b)\1$", "^(?:aa|bb)$"))
    found = step(service)
    assert found.next is None
    assert [change.level for change in found.undecided] == ["unknown"] * len(found.undecided) != []
    assert upcoming(service, wanted="1.0.1") == "1.0.1"
    # Beside a change that breaks anyway, it does not matter.
    commit(service.root, text.replace(r"^(a|b)\1$", "^(?:aa|bb)$").replace("getQuote", "readQuote"))
    assert upcoming(service) == "2.0.0"


@pytest.mark.parametrize("wanted", ["1.2.9", "1.3.0", "1.3.9"])
def test_a_version_that_promises_too_much_is_refused(service: Service, wanted: str) -> None:
    release(service, "1.3.0")
    commit(service.root, CONTRACT.replace("getQuote", "readQuote"))
    with pytest.raises(
        UserError, match=rf"{wanted} can't follow 1\.3\.0 of the python SDK: the least that can is 2\.0\.0"
    ):
        step(service, wanted=wanted)


@pytest.mark.parametrize("wanted", ["1.4", "v1.4.0", "1.4.0-rc.1", "01.4.0", "latest"])
def test_a_version_is_plain_in_both_registries(service: Service, wanted: str) -> None:
    for _ in range(2):  # before and after the first release
        with pytest.raises(UserError, match=r"is no semantic version without a suffix; write it as 1\.4\.0"):
            step(service, wanted=wanted)
        release(service, "1.0.0")


def test_the_changelog_tells_callers_of_a_language_what_concerns_them(service: Service) -> None:
    release(service, "1.0.0")
    commit(service.root, CONTRACT.replace("operationId: getQuote", "operationId: readQuote") + NEW)
    found = step(service)
    assert found.next
    text = changelog("quotes-sdk", found.next, found.earlier)
    assert text.startswith("# Changelog of quotes-sdk\n\n## 2.0.0\n\n### What you have to change\n\n#### ")
    assert "The method `get_quote` is called `read_quote` now" in text
    assert "getQuote` is called" not in text
    assert text.index("### What is new") < text.index("## 1.0.0\n\nFirst release.")

    release(service, "2.0.0", notes=found.next.notes)
    commit(service.root, CONTRACT.replace("operationId: getQuote", "operationId: fetchQuote") + NEW)
    after = step(service)
    assert after.next
    assert changelog("quotes-sdk", after.next, after.earlier).endswith(text.partition("\n\n")[2])


def test_a_history_that_is_not_all_there_is_no_ground_to_judge_on(service: Service, tmp_path: Path) -> None:
    release(service, "1.0.0")
    commit(service.root, CONTRACT + NEW)
    git(tmp_path, "clone", "--quiet", "--depth", "1", service.root.as_uri(), "shallow")
    with pytest.raises(UserError, match="shallow clone, so tags may be missing: git fetch --unshallow --tags"):
        step(Service.at(tmp_path / "shallow"))
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/.copier-answers.yml").write_text("service: quotes\n")
    with pytest.raises(UserError, match="the releases of the SDKs are tags of the service's repository: not a git"):
        step(Service.at(tmp_path / "bare"))


def test_a_tag_without_a_contract_is_named(service: Service) -> None:
    git(service.root, "rm", "--quiet", "-r", "contract")
    git(service.root, "commit", "--quiet", "-m", "Without")
    git(service.root, "tag", "sdk-python-v1.0.0")
    (service.root / "contract").mkdir()
    commit(service.root, CONTRACT)
    with pytest.raises(UserError, match=r"the tag sdk-python-v1\.0\.0 has no contract"):
        step(service)


def test_a_contract_that_can_not_be_read_is_refused_with_its_place(service: Service) -> None:
    for _ in range(2):  # before and after the first release
        (service.root / "contract/openapi.yaml").write_text(CONTRACT.replace("type: number", "type: [number"))
        with pytest.raises(ContractError, match=r"contract/openapi\.yaml:\d+"):
            step(service)
        commit(service.root, CONTRACT)
        release(service, "1.0.0")
