"""The profiles: each plans the paper's first figure, and says what its scheduler must know."""

import re
from pathlib import Path

import pytest
import yaml

from warm_snakemake import snakemake

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "workflow" / "profiles"
# Options of executor plugins that are no dependency of this project.
FOREIGN = ("executor", "cluster-generic-", "kubernetes-", "default-storage-")


def read(profile: str) -> dict:
    return yaml.safe_load((PROFILES / profile / "config.yaml").read_text())


def planned(profile: Path | str, *arguments: str) -> str:
    made = snakemake(["--profile", str(profile), "figure_1", "--dry-run", "--nolock", *arguments], ROOT)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


@pytest.mark.parametrize("profile", ["cpu", "local", "slurm"])
def test_a_profile_plans(profile):
    assert "total " in planned(PROFILES / profile)


@pytest.mark.parametrize("profile", ["kubernetes", "lsf", "sge"])
def test_a_profile_of_another_scheduler_plans_without_its_plugin(profile, tmp_path):
    own = {name: value for name, value in read(profile).items() if not name.startswith(FOREIGN)}
    assert len(own) < len(read(profile))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(own))
    assert "total " in planned(tmp_path)
    assert "NOT RUN" in (PROFILES / profile / "config.yaml").read_text()


def test_profiles_name_the_one_rule_that_trains_whatever_the_seeds():
    assert read("slurm")["slurm-array-jobs"] == "train_block"
    assert set(read("lsf")["set-resources"]) == {"train_block"}
    assert "rule train_block" in planned(PROFILES / "slurm", "--config", "seeds=['3-9', '40']")


def test_the_cluster_profiles_go_on_after_a_failure_with_more():
    for profile in ("slurm", "lsf", "sge", "kubernetes"):
        settings = read(profile)
        assert settings["retries"] > 0
        assert all("* attempt" in str(settings["default-resources"][name]) for name in ("mem_mb", "runtime"))


def test_a_training_asks_for_a_gpu_and_for_more_at_a_later_attempt():
    first, third = (planned(PROFILES / "slurm", "--attempt", attempt) for attempt in ("1", "3"))
    asked = [re.findall(r"rule train_block.*?resources: ([^\n]*)", output, re.DOTALL)[0] for output in (first, third)]
    assert all("gpu=1" in text for text in asked)
    memory, runtime = ([int(re.search(rf"{name}=(\d+)", text)[1]) for text in asked] for name in ("mem_mb", "runtime"))
    assert memory[1] == 3 * memory[0]
    assert runtime[1] == 3 * runtime[0]
