"""Write the environments of parts from the pip lock, so that all name the same versions: python envs/make.py

Run it in an environment that has the lock installed (`make lock` does), for what a package needs is read there.
"""

import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
# What each floor imports; the driver also runs Snakemake, the trainer also reads raw data.
DRIVER = (
    "filelock",
    "jinja2",
    "markdown-it-py",
    "pandas",
    "pydantic",
    "pygments",
    "pylatexenc",
    "pyyaml",
    "scipy",
    "seaborn",
    "snakemake",
    "statsmodels",
)
DRIVER_EXTRA = ("snakemake-executor-plugin-slurm",)
TRAINER = (
    *("filelock", "grakel", "mlxtend", "numba", "numpy", "platformdirs", "pydantic", "pyyaml", "rdkit", "requests"),
    *("scikit-image", "scipy", "tenacity", "torch", "tqdm"),
)
SHARED = ("numpy",)
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
HEADER = """\
# {title}
# Made by envs/make.py from envs/requirements.txt: the same versions, conda gives Python alone.
# For `snakemake --sdm conda`; without it the rules' `conda:` lines do nothing.
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - pip:
"""


PAGE = """\
# What makes the page and the PDF from results/archive: `make page`. Neither torch nor what reads raw data.
# Made by envs/make.py from envs/requirements.txt: the same versions.
"""


def lock() -> dict[str, str]:
    """Versions by canonical name."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(name): version for name, _, version in (x.partition("==") for x in lines) if version}


def closure(names: tuple[str, ...], locked: dict[str, str]) -> list[str]:
    """These packages and all that they need, as the lock pins them; what it does not have is left out.

    That is what only the CUDA build of torch needs, at the versions that torch itself names.
    """
    found: set[str] = set()
    pending = [canonicalize_name(name) for name in names]
    while pending:
        name = pending.pop()
        if name in found or name not in locked:
            continue
        found.add(name)
        needed = [Requirement(text) for text in requires(name) or []]
        pending += [
            canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate({"extra": ""})
        ]
    return [f"{name}=={locked[name]}" for name in sorted(found)]


def environments() -> dict[str, str]:
    """Text of every environment file, by its name."""
    locked = lock()
    driver = closure((*DRIVER, *DRIVER_EXTRA, *SHARED), locked)
    trainer = closure(TRAINER, locked)
    made = {
        "driver.yaml": ("Snakemake, evidence, figures and the page.", driver),
        "trainer-cuda.yaml": ("Data and training, with torch's CUDA build.", trainer),
        "trainer-cpu.yaml": ("Data and training on the CPU.", [f"--extra-index-url {CPU_WHEELS}", *trainer]),
    }
    page = "".join(f"{line}\n" for line in closure((*DRIVER, *SHARED), locked))
    return {"requirements-page.txt": PAGE + page} | {
        name: HEADER.format(title=title) + "".join(f"      - {line}\n" for line in lines)
        for name, (title, lines) in made.items()
    }


def main() -> int:
    """Write the files; with `--check` only say which differ."""
    wrong = []
    for name, text in environments().items():
        path = HERE / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            wrong.append(name)
    if wrong:
        print(f"{', '.join(wrong)} differ from the lock. Run: python envs/make.py", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
