"""The tests of this folder again, as other processors would compute: their instructions, their libraries' loops."""

import os
import subprocess
import sys
from pathlib import Path

import llvmlite.binding
import pytest

ROOT = Path(__file__).parents[2]
# What each stands for has to be executed here too.
NEEDS = {
    "haswell": {"avx2", "bmi2", "fma"},
    "skylake-avx512": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
}
NEEDS |= {"avx2": NEEDS["haswell"], "Haswell": NEEDS["haswell"], "SkylakeX": NEEDS["skylake-avx512"]}
VARIANTS = [
    *(("NUMBA_CPU_NAME", name) for name in ("haswell", "skylake-avx512", "generic")),
    *(("ATEN_CPU_CAPABILITY", name) for name in ("default", "avx2")),
    *(("OPENBLAS_CORETYPE", name) for name in ("Haswell", "SkylakeX", "Prescott")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("variable", "value"), VARIANTS)
def test_networks_are_the_same_on_another_processor(variable, value, tmp_path):
    available = {name for name, there in llvmlite.binding.get_host_cpu_features().items() if there}
    if missing := sorted(NEEDS.get(value, set()) - available):
        pytest.skip(f"this processor has no {', '.join(missing)}")
    environment = {**os.environ, variable: value}
    if variable == "NUMBA_CPU_NAME":
        # Without the features, which are this processor's otherwise, the name would only change what is preferred.
        environment |= {"NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist"]
    found = subprocess.run([*command, "tests/models"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
