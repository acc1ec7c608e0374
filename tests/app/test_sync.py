"""Two and three machines with one vault, in a real git: all that was written is everywhere in the end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from prmvault.app import sync as module
from prmvault.app import sync_files
from prmvault.app.sync import _refresh
from prmvault.app.sync_files import not_set_up, set_up
from prmvault.core.problems import PrmvaultError
from prmvault.vault import git_sync
from tests.machines import ANNA, DAY, NOTE, TODAY, Machine, Machines, machines

__all__ = ["machines"]


def test_what_one_writes_the_other_gets(machines: Machines) -> None:
    first, second = machines.pair()
    first.write(ANNA, NOTE.replace("0170 1", "0171 2"))
    first.write("people/Tom.md", "---\ntype: person\n---\n")
    done = first.sync()
    assert (done.message, done.pushed, done.paths) == ("Anna Müller: phones; Tom: new", 1, (ANNA, "people/Tom.md"))
    assert second.sync().changed == (ANNA, "people/Tom.md")
    assert second.files() == first.files()
    assert first.log()[0] == "Anna Müller: phones; Tom: new"
    assert first.is_clean()
    assert second.is_clean()


def test_where_nothing_is_to_do_nothing_is_done(machines: Machines) -> None:
    first, _ = machines.pair()
    before = first.git("rev-parse", "HEAD"), first.git("reflog")
    done = first.sync()
    assert (done.committed, done.merged, done.pushed, done.ahead, done.behind) == ("", 0, 0, 0, 0)
    assert (first.git("rev-parse", "HEAD"), first.git("reflog")) == before


def test_two_who_change_the_same_person_and_the_same_day_keep_all_of_it(machines: Machines) -> None:
    first, second = machines.pair()
    head = "---\ntype: journal\ndate: 2026-11-20\n---\n\n"
    first.write(ANNA, NOTE.replace("phones: 0170 1", "phones: 0170 1\nbirthday: 1987-03-14\ncadence: 2 weeks"))
    first.write(DAY, head + "- 09:00 call [[Anna Müller]]\n")
    second.write(ANNA, NOTE.replace("phones: 0170 1", "phones: 0170 1\nemails: a@example.org\ncadence: 3 weeks"))
    second.write(DAY, head + "- 08:00 mail [[Anna Müller]]\n")
    first.sync()
    done = second.sync()
    assert done.both == (DAY, ANNA)
    assert done.clashing == (ANNA,)
    first.sync()
    assert first.files() == second.files()
    text = second.read(ANNA)
    for part in ("birthday: 1987-03-14", "emails: a@example.org", "2 weeks", "3 weeks", "merge_conflicts:"):
        assert text.count(part) == 1
    items = [line for line in second.read(DAY).removeprefix(head).split("\n") if line]
    assert items == ["- 08:00 mail [[Anna Müller]]", "- 09:00 call [[Anna Müller]]"]
    assert second.log()[0] == "Merge origin/main"
    assert second.is_clean()


def test_a_clone_without_the_driver_is_merged_all_the_same(machines: Machines) -> None:
    first, second = machines.pair()
    plain = machines.clone("plain")
    plain.write(ANNA, NOTE.replace("phones: 0170 1", "phones: 0170 9"))
    plain.git("commit", "-qam", "by hand")
    plain.git("push", "-q")
    first.write(ANNA, NOTE.replace("phones: 0170 1", "phones: 0170 1\nbirthday: 1987-03-14"))
    first.sync()
    plain.write(DAY, "- call\n")
    plain.git("add", ".")
    plain.git("commit", "-qm", "day")
    plain.git("pull", "-q", "--no-rebase", "--no-edit")
    plain.git("push", "-q")
    first.sync()
    second.sync()
    assert first.files() == second.files() == plain.files()
    assert "phones: 0170 9\nbirthday: 1987-03-14\n" in first.read(ANNA)


def test_an_edit_beats_a_removal_on_either_side(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("people/Tom.md", "---\ntype: person\n---\n\nTom.\n")
    first.sync()
    second.sync()
    (first.path / ANNA).unlink()
    first.write("people/Tom.md", "---\ntype: person\n---\n\nTom, edited.\n")
    second.write(ANNA, NOTE + "More.\n")
    (second.path / "people/Tom.md").unlink()
    first.sync()
    assert second.sync().kept == (ANNA, "people/Tom.md")
    first.sync()
    assert first.files() == second.files()
    assert first.read(ANNA) == NOTE + "More.\n"
    assert first.read("people/Tom.md").endswith("Tom, edited.\n")


def test_of_two_new_names_both_are_kept_with_the_edits_of_both(machines: Machines) -> None:
    first, second = machines.pair()
    for machine, name, line in ((first, "Anna Huber", "birthday: 1987-03-14"), (second, "Anna M", "cadence: 3 weeks")):
        machine.git("mv", ANNA, f"people/{name}.md")
        machine.write(f"people/{name}.md", NOTE.replace("phones:", f"{line}\nphones:"))
        machine.sync()
    first.sync()
    assert first.files() == second.files()
    assert ANNA not in first.files()
    for name in ("Anna Huber", "Anna M"):
        text = first.read(f"people/{name}.md")
        assert "birthday: 1987-03-14" in text
        assert "cadence: 3 weeks" in text


def test_a_note_that_one_renames_and_the_other_edits_has_both(machines: Machines) -> None:
    first, second = machines.pair()
    first.git("mv", ANNA, "people/Anna Huber.md")
    first.sync()
    second.write(ANNA, NOTE + "More.\n")
    second.sync()
    assert "people/Anna Huber.md" in second.files()
    assert ANNA not in second.files()
    assert second.read("people/Anna Huber.md") == NOTE + "More.\n"


def test_notes_that_both_have_added_under_one_name_become_one(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("people/New.md", "---\ntype: person\norg: Acme\n---\n\n- one\n")
    second.write("people/New.md", "---\ntype: person\ntitle: Boss\n---\n\n- two\n")
    first.sync()
    second.sync()
    text = second.read("people/New.md")
    assert all(part in text for part in ("org: Acme", "title: Boss", "- one", "- two"))
    assert "<<<<" not in text


def test_line_endings_that_one_side_changes_do_not_keep_them_apart(machines: Machines) -> None:
    first, second = machines.pair()
    first.write(ANNA, NOTE.replace("\n", "\r\n"))
    second.write(ANNA, NOTE.replace("phones:", "birthday: 1987-03-14\nphones:"))
    first.sync()
    second.sync()
    first.sync()
    assert first.files() == second.files()
    assert first.read(ANNA) == NOTE.replace("phones:", "birthday: 1987-03-14\nphones:").replace("\n", "\r\n")


def test_a_note_that_does_not_parse_is_kept_twice_if_it_cannot_be_merged(machines: Machines) -> None:
    first, second = machines.pair()
    first.write(ANNA, NOTE.replace("phones: 0170 1", "phones: [0170 2"))
    second.write(ANNA, NOTE.replace("phones: 0170 1", "phones: 0170 3"))
    first.sync()
    (copy,) = second.sync().copies
    assert copy.path == ANNA
    assert "0170 3" in second.read(ANNA)
    assert "[0170 2" in second.read(copy.copy)
    assert copy.copy.startswith("people/Anna Müller (conflicted copy ")
    first.sync()
    assert first.files() == second.files()
    assert second.is_clean()


def test_attachments_that_differ_are_both_kept(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("attachments/a.jpg", b"\x00one")
    second.write("attachments/a.jpg", b"\x00two")
    first.sync()
    (copy,) = second.sync().copies
    assert {second.read(copy.path), second.read(copy.copy)} == {"\x00one", "\x00two"}
    assert copy.copy.endswith(").jpg")


def test_settings_are_merged_key_by_key(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("prmvault.yaml", "# mine\nlanguage: de\n")
    first.sync()
    second.sync()
    first.write("prmvault.yaml", "# mine\nlanguage: en\n")
    second.write("prmvault.yaml", "# mine\nlanguage: de\nleap_day: mar-01\n")
    first.sync()
    second.sync()
    assert second.read("prmvault.yaml") == "# mine\nlanguage: en\nleap_day: mar-01\n"


def test_a_push_that_is_beaten_is_tried_again(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = machines.pair()
    beaten: list[int] = []
    push = git_sync.push

    def beat(*args: object, **options: object) -> bool:
        if len(beaten) < 3:
            beaten.append(len(beaten))
            second.write(f"people/{len(beaten)}.md", "x\n")
            second.git("add", ".")
            second.git("commit", "-qm", "faster")
            second.git("pull", "-q", "--no-rebase", "--no-edit")
            second.git("push", "-q")
        return push(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "push", beat)
    first.write(ANNA, NOTE + "More.\n")
    done = first.sync()
    assert len(beaten) == 3
    assert (done.ahead, done.behind) == (0, 0)
    second.git("pull", "-q")
    assert first.files() == second.files()


def test_a_push_that_is_always_beaten_is_given_up_and_nothing_lost(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = machines.pair()
    monkeypatch.setattr(module, "push", lambda *_args, **_options: False)
    first.write(ANNA, NOTE + "More.\n")
    with pytest.raises(PrmvaultError, match="all the time") as error:
        first.sync()
    assert error.value.exit_code == 75
    assert first.log()[0] == "Anna Müller: text"


def test_without_a_way_to_the_remote_all_is_committed(machines: Machines) -> None:
    first, _ = machines.pair()
    first.git("remote", "set-url", "origin", "/nowhere/at/all.git")
    first.write(ANNA, NOTE + "More.\n")
    done = first.sync()
    assert "origin can't be reached" in done.offline
    assert first.log()[0] == done.message == "Anna Müller: text"
    first.git("remote", "set-url", "origin", machines.remote.root)
    assert first.sync().pushed == 1


def test_a_vault_without_a_remote_is_committed(machines: Machines) -> None:
    first = machines.first()
    first.git("remote", "remove", "origin")
    done = first.sync()
    assert (done.remote, done.committed != "", done.pushed) == ("", True, 0)
    assert not first.sync().committed


def test_a_branch_without_a_commit_and_a_remote_without_a_branch_get_both(machines: Machines) -> None:
    first = machines.first()
    done = first.sync()
    assert done.pushed == 1
    assert first.git("rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main\n"
    assert machines.clone("second").files() == first.files()


def test_a_remote_that_has_other_branches_gets_no_further_one_by_itself(machines: Machines) -> None:
    machines.pair()
    third = machines.first("third")
    third.git("checkout", "-q", "-b", "master")
    with pytest.raises(PrmvaultError, match="has no branch master, but main"):
        third.sync()
    assert machines.remote.git("for-each-ref", "--format=%(refname)") == "refs/heads/main\n"


def test_two_vaults_that_have_nothing_in_common_are_not_joined(machines: Machines) -> None:
    machines.pair()
    third = machines.first("third")
    third.write("people/Other.md", "x\n")
    with pytest.raises(PrmvaultError, match="no commit in common"):
        third.sync()
    assert third.git("status", "--porcelain") == ""


def test_a_detached_head_is_refused(machines: Machines) -> None:
    first, _ = machines.pair()
    first.git("checkout", "-q", "--detach")
    first.write(ANNA, NOTE + "More.\n")
    with pytest.raises(PrmvaultError, match="no branch is checked out"):
        first.sync()
    assert first.git("status", "--porcelain") != ""


def test_a_merge_that_somebody_has_begun_is_left_alone(machines: Machines) -> None:
    first, second = machines.pair()
    for machine, number in ((first, "2"), (second, "3")):
        machine.write("attachments/a.txt", f"{number}\n")
        machine.git("add", ".")
        machine.git("commit", "-qm", number)
    first.git("push", "-q")
    second.git("fetch", "-q")
    second.git("merge", "-q", "origin/main", fails=True)
    before = second.git("status", "--porcelain=v2"), second.files()
    with pytest.raises(PrmvaultError, match="in the middle of a git merge"):
        second.sync()
    assert (second.git("status", "--porcelain=v2"), second.files()) == before


def test_another_git_that_is_at_work_is_waited_for(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = machines.pair()
    lock = first.path / ".git/index.lock"
    lock.write_text("")
    monkeypatch.setattr(time, "sleep", lambda _seconds: lock.unlink())
    first.write(ANNA, NOTE + "More.\n")
    assert first.sync().pushed == 1


def test_a_git_that_never_ends_is_told(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = machines.pair()
    (first.path / ".git/index.lock").write_text("")
    ticks = iter(range(0, 1000, 20))
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))
    with pytest.raises(PrmvaultError, match="another git is at work") as error:
        first.sync()
    assert error.value.exit_code == 75


def test_only_what_belongs_to_a_vault_is_committed(machines: Machines) -> None:
    first, _ = machines.pair()
    first.write(".gitignore", "secret.md\n")
    taken = ["x.md", "attachments/a.bin", "templates/person.md.j2", "photos/b.JPG", ".gitignore"]
    left = [
        ".env",
        "key.pem",
        ".obsidian/a.md",
        "a (conflicted copy 2026-11-20).md",
        "b.sync-conflict-20261120-1.md",
    ]
    for path in [*taken[:-1], *left, "secret.md", "digest/2026-W47.md", "people/.1.prmvault.tmp"]:
        first.write(path, "x\n")
    (first.path / "link.md").symlink_to("x.md")
    done = first.sync()
    assert set(done.paths) == set(taken)
    assert set(done.left) == {*left, "link.md"}
    known = first.git("ls-files")
    assert "secret.md" not in known
    assert "digest" not in known


def test_a_large_file_is_left_to_the_user(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = machines.pair()
    monkeypatch.setattr(sync_files, "_LARGEST_BYTES", 100)
    first.write("attachments/film.mp4", b"x" * 101)
    assert first.sync().left == ("attachments/film.mp4",)


def test_a_vault_within_a_repository_keeps_to_its_folder(machines: Machines) -> None:
    first, second = machines.pair()
    for machine in (first, second):
        machine.git("pull", "-q", fails=True)
    inner = []
    for machine in (first, second):
        if machine is second:
            machine.git("pull", "-q")
        else:
            machine.write("notes/prmvault.yaml", "")
            machine.write("notes/people/Tom.md", NOTE)
            machine.write("code.py", "a\n")
            machine.git("add", ".")
            machine.git("commit", "-qm", "within")
            machine.git("push", "-q")
        inner.append(Machine(machine.path / "notes"))
    first.write("code.py", "changed\n")
    first.write("secret.md", "x\n")
    first.git("add", "code.py")
    inner[0].write("people/Tom.md", NOTE.replace("0170 1", "0170 2"))
    inner[1].write("people/Tom.md", NOTE.replace("phones:", "org: Acme\nphones:"))
    second.write("other.py", "theirs\n")
    second.git("add", "other.py")
    second.git("commit", "-qm", "code")
    inner[1].sync()
    done = inner[0].sync()
    assert [path for path in done.paths if not path.startswith(".git")] == ["people/Tom.md"]
    assert inner[0].read("people/Tom.md") == NOTE.replace("phones: 0170 1", "org: Acme\nphones: 0170 2")
    assert first.read("other.py") == "theirs\n"
    assert first.git("status", "--porcelain") == "M  code.py\n?? secret.md\n"


def test_changes_outside_of_the_vault_that_a_merge_would_overwrite_stop_it(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("notes/prmvault.yaml", "")
    first.write("code.py", "a\n")
    first.git("add", ".")
    first.git("commit", "-qm", "within")
    first.git("push", "-q")
    second.git("pull", "-q")
    second.write("code.py", "b\n")
    second.git("commit", "-qam", "code")
    second.git("push", "-q")
    first.write("code.py", "mine\n")
    with pytest.raises(PrmvaultError, match=r"code\.py, outside of the vault"):
        Machine(first.path / "notes").sync()
    assert first.read("code.py") == "mine\n"
    assert not first.git("for-each-ref", "refs/worktree")


def test_a_save_during_the_merge_is_committed_and_merged_too(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prmvault.vault import git_checkout

    first, second = machines.pair()
    second.write(ANNA, NOTE.replace("phones:", "org: Acme\nphones:"))
    second.sync()
    bring = git_checkout.bring
    saved: list[int] = []

    def saved_before(*args: object) -> tuple[str, ...]:
        if not saved:
            saved.append(1)
            first.write(ANNA, NOTE.replace("phones:", "birthday: 1987-03-14\nphones:"))
        return bring(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(git_checkout, "bring", saved_before)
    first.sync()
    assert "org: Acme" in first.read(ANNA)
    assert "birthday: 1987-03-14" in first.read(ANNA)
    assert first.is_clean()


def test_a_rename_that_was_cut_off_loses_no_edit(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    from prmvault.vault import git_checkout

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    first, second = machines.pair()
    first.git("mv", ANNA, "people/Anna Huber.md")
    first.sync()
    second.write(ANNA, NOTE + "More.\n")
    with monkeypatch.context() as patch:
        patch.setattr(git_checkout, "_replace", die)
        with pytest.raises(KeyboardInterrupt):
            second.sync()
    assert ANNA not in second.files()
    second.sync()
    assert second.read("people/Anna Huber.md") == NOTE + "More.\n"
    assert second.is_clean()


def test_a_file_that_git_does_not_know_is_not_overwritten(machines: Machines) -> None:
    first, second = machines.pair()
    second.write(".env", "theirs\n")
    second.git("add", ".env")
    second.git("commit", "-qm", "env")
    second.git("push", "-q")
    first.write(".env", "mine\n")
    with pytest.raises(PrmvaultError, match=r"\.env is not in git"):
        first.sync()
    assert first.read(".env") == "mine\n"


def test_a_page_that_git_ignored_here_is_merged_with_the_one_that_comes(machines: Machines) -> None:
    first, second = machines.pair()
    first.write("prmvault.yaml", "digest: {commit: true}\n")
    first.write(".gitignore", "")
    first.write("digest/2026-W46.md", "# one\n")
    second.write("digest/2026-W46.md", "# two\n")
    first.sync()
    assert not second.sync().copies
    assert second.read("digest/2026-W46.md") == "# one\n# two\n\n## Notes\n"


def test_index_and_digest_know_what_came_in(machines: Machines) -> None:
    first, second = machines.pair()
    first.write(ANNA, NOTE + "Likes benches.\n")
    first.sync()
    second.sync()
    syncing = module._Syncing(second.root, second.said.append, is_quiet=True)
    _refresh(syncing, TODAY)
    assert "digest/2026-W47.md" in second.files()
    assert "index" in syncing.result.refreshed
    assert syncing.vault is not None
    assert syncing.vault.facts.counts()["person"] == 1


def test_a_dry_run_tells_what_there_is_to_do_and_changes_nothing(machines: Machines) -> None:
    first, second = machines.pair()
    second.write("people/Tom.md", "x\n")
    second.sync()
    first.write(ANNA, NOTE + "More.\n")
    before = first.git("rev-parse", "HEAD"), first.git("status", "--porcelain=v2"), first.files()
    done = first.sync(dry_run=True)
    assert (done.message, done.paths, done.ahead, done.behind) == ("Anna Müller: text", (ANNA,), 0, 1)
    assert (first.git("rev-parse", "HEAD"), first.git("status", "--porcelain=v2"), first.files()) == before


def test_a_clone_is_set_up_by_its_first_sync(machines: Machines) -> None:
    _, second = machines.pair()
    assert not_set_up(second.root)
    assert second.sync().set_up == ("merge drivers", "core.symlinks=false")
    assert not not_set_up(second.root)
    assert set_up(second.root) == []


def test_commits_are_signed_where_the_user_signs_them(machines: Machines, tmp_path: Path) -> None:
    first, _ = machines.pair()
    signer = tmp_path / "signer"
    signer.write_text("#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho SIGNATURE\n")
    signer.chmod(0o755)
    first.git("config", "--global", "gpg.program", str(signer))
    first.git("config", "--global", "commit.gpgSign", "true")
    first.write(ANNA, NOTE + "More.\n")
    first.sync()
    assert "gpgsig SIGNATURE" in first.git("cat-file", "commit", "HEAD")


def test_hooks_of_the_repository_do_not_run(machines: Machines) -> None:
    first, _ = machines.pair()
    for name in ("pre-commit", "post-commit", "pre-push", "post-merge", "post-checkout", "reference-transaction"):
        hook = first.path / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {first.path}/ran\nexit 1\n")
        hook.chmod(0o755)
    first.write(ANNA, NOTE + "More.\n")
    assert first.sync().pushed == 1
    assert not (first.path / "ran").exists()


def test_the_name_of_a_remote_is_no_option_of_git(machines: Machines) -> None:
    first, _ = machines.pair()
    first.write("trap", "#!/bin/sh\ntouch ran\n")
    (first.path / "trap").chmod(0o700)
    name = "--upload-pack=./trap"
    first.git("config", f"remote.{name}.url", machines.remote.root)
    first.git("config", "branch.main.remote", name)
    first.write(ANNA, NOTE + "More.\n")
    assert first.sync().pushed == 1
    assert not (first.path / "ran").exists()


def test_history_is_never_rewritten_and_nothing_forced(machines: Machines) -> None:
    first, second = machines.pair()
    commits: set[str] = set()
    for number in range(4):
        machine = (first, second)[number % 2]
        machine.write(f"people/{number}.md", "x\n")
        machine.sync()
        known = set(machines.remote.git("rev-list", "main").split())
        assert commits <= known
        commits = known
    subprocess.run(["git", "config", "receive.denyNonFastForwards", "true"], cwd=machines.remote.root, check=True)


def test_a_submodule_is_left_alone(machines: Machines) -> None:
    first, second = machines.pair()
    other = Machine(machines.base / "other")
    other.write("x.md", "x\n")
    other.git("init", "-q")
    other.git("add", ".")
    other.git("commit", "-qm", "x")
    first.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.root, "lib")
    first.git("commit", "-qm", "lib")
    first.git("push", "-q")
    (first.path / "lib/x.md").write_text("changed\n")
    second.write(ANNA, NOTE + "More.\n")
    second.sync()
    assert first.sync().changed == (ANNA,)
    assert first.git("status", "--porcelain") == " M lib\n"
    second.sync()
    assert second.git("ls-files", "-s", "lib").startswith("160000")


def test_two_who_merged_each_other_have_no_one_ancestor_and_are_merged_all_the_same(machines: Machines) -> None:
    first, second = machines.pair()
    first.git("remote", "add", "other", second.root)
    second.git("remote", "add", "other", first.root)
    for machine, new in ((first, "birthday: 1987-03-14"), (second, "cadence: 3 weeks")):
        machine.write(ANNA, NOTE.replace("phones:", f"{new}\nphones:") + f"- {new}\n")
        machine.git("commit", "-qam", new)
    both = NOTE.replace("phones:", "birthday: 1987-03-14\ncadence: 3 weeks\nphones:")
    tips = [machine.git("rev-parse", "HEAD").strip() for machine in (first, second)]
    for machine, theirs, item in ((first, tips[1], "one"), (second, tips[0], "two")):
        machine.git("fetch", "-q", "other")
        machine.git("merge", "-q", "--no-commit", theirs, fails=True)
        machine.write(ANNA, both + f"- birthday: 1987-03-14\n- cadence: 3 weeks\n- {item}\n")
        machine.git("commit", "-qam", f"merged {item}")
    first.sync()
    second.sync()
    assert len(second.git("merge-base", "--all", "HEAD^1", "HEAD^2").split()) == 2
    first.sync()
    assert first.files() == second.files()
    text = first.read(ANNA)
    for line in ("birthday: 1987-03-14\n", "cadence: 3 weeks\n", "- one\n", "- two\n"):
        assert line in text
    assert "<<<<" not in text
    assert "merge_conflicts" not in text


def test_two_notes_that_get_one_name_become_one_with_all_edits(machines: Machines) -> None:
    first, second = machines.pair()
    tom = "---\ntype: person\norg: Acme\n---\n\nAbout Tom, who is somebody else.\n\nHe likes boats.\n"
    first.write("people/Tom.md", tom)
    first.sync()
    second.sync()
    first.git("mv", ANNA, "people/One.md")
    first.write("people/Tom.md", tom.replace("Acme", "Lab"))
    second.git("mv", "people/Tom.md", "people/One.md")
    second.write(ANNA, NOTE.replace("0170 1", "0171 2"))
    first.sync()
    second.sync()
    first.sync()
    assert first.files() == second.files()
    text = first.read("people/One.md")
    for part in ("Lab", "0171 2", "About Anna.", "About Tom", "boats"):
        assert part in text
    assert "<<<<" not in text


def test_a_new_name_that_is_that_of_another_note_too_loses_neither(machines: Machines) -> None:
    first, second = machines.pair()
    tom = "---\ntype: person\norg: Acme\n---\n\nAbout Tom, who is somebody else.\n\nHe likes boats.\n"
    first.write("people/Tom.md", tom)
    first.sync()
    second.sync()
    first.git("mv", "people/Tom.md", "people/One.md")
    first.write("people/One.md", tom.replace("Acme", "Lab"))
    second.git("mv", "people/Tom.md", "people/Two.md")
    second.write("people/Two.md", tom.replace("boats", "ships"))
    second.git("mv", ANNA, "people/One.md")
    second.write("people/One.md", NOTE.replace("0170 1", "0171 2"))
    first.sync()
    second.sync()
    first.sync()
    assert first.files() == second.files()
    everything = "".join(text.decode() for text in first.files().values())
    for part in ("Lab", "ships", "0171 2", "About Anna.", "About Tom"):
        assert part in everything
    assert "ships" in first.read("people/Two.md")
    assert "0171 2" in first.read("people/One.md")
    assert "<<<<" not in everything


def test_a_note_in_a_folder_that_the_other_side_moves_stays_where_it_was_made(machines: Machines) -> None:
    first, second = machines.pair()
    first.git("mv", "people", "contacts")
    first.sync()
    second.write("people/New.md", "x\n")
    second.sync()
    assert second.read("people/New.md") == "x\n"
    assert "contacts/Anna Müller.md" in second.files()


def test_a_merge_runs_no_module_of_the_vault(machines: Machines) -> None:
    from prmvault.vault.git_merge import _driver

    assert " -P " in _driver()


def test_a_mode_that_was_changed_arrives_and_stays(machines: Machines) -> None:
    first, second = machines.pair()
    (Path(first.root) / ANNA).chmod(0o755)
    first.sync()
    second.sync()
    assert (Path(second.root) / ANNA).stat().st_mode & 0o100
    assert second.is_clean()
    assert second.sync().committed == ""
    assert first.sync().merged == 0


@pytest.mark.parametrize("uid", ["uid: urn:uuid:1\n", ""])
@pytest.mark.parametrize("renames_first", [True, False])
def test_a_note_that_is_renamed_and_grows_is_one_with_what_the_other_side_wrote(
    machines: Machines, uid: str, renames_first: bool
) -> None:
    first, second = machines.pair()
    first.write("people/Max Alt.md", f"---\ntype: person\n{uid}phones: 111\n---\nHello Max, whom I met in Ulm.\n")
    first.sync()
    second.sync()
    renamed = first.read("people/Max Alt.md").replace("phones: 111", "phones: 111\nbirthday: 1987-03-14")
    if uid:
        renamed += "".join(f"A long line that is new, number {number}.\n" for number in range(20))
    (Path(first.root) / "people/Max Alt.md").unlink()
    first.write("people/Max Neu.md", renamed)
    second.write("people/Max Alt.md", second.read("people/Max Alt.md").replace("111", "222"))
    order = (first, second) if renames_first else (second, first)
    for machine in (*order, *order):
        machine.sync()
    for machine in order:
        assert not (Path(machine.root) / "people/Max Alt.md").exists()
        text = machine.read("people/Max Neu.md")
        assert "phones: 222" in text
        assert "birthday: 1987-03-14" in text
        assert machine.is_clean()
    assert first.files() == second.files()


def test_a_folder_that_is_gone_is_not_taken_away_everywhere(machines: Machines) -> None:
    first, second = machines.pair()
    for number in range(30):
        first.write(f"people/P{number}.md", f"---\ntype: person\nphones: {number}\n---\n")
    first.sync()
    second.sync()
    people = Path(first.root) / "people"
    people.rename(Path(first.root) / "elsewhere")
    assert len(first.sync().paths) >= 60, "what is moved is not gone"
    (Path(first.root) / "elsewhere").rename(people)
    first.sync()
    for note in people.iterdir():
        note.unlink()
    with pytest.raises(PrmvaultError, match="notes are gone from the folder; nothing was committed") as refused:
        first.sync()
    assert "--removals" in refused.value.hint
    second.sync()
    assert (Path(second.root) / "people/P7.md").exists()
