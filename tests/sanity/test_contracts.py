"""A pooling that is deliberately broken, for each contract: refused with the sentence that says what is wrong."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from brought import BROUGHT, operator

from repool.models.operators.found import version_of
from repool.sanity.contracts import findings
from repool.sanity.speed import cost

FILE = Path(__file__).with_name("broken_poolings.py")
INVARIANT = ("permutation-invariant",)


def broken(name: str, declares: Sequence[str] = INVARIANT, **arguments: object) -> list[tuple[str, str]]:
    """The contracts that one of the file breaks."""
    return [one for one in findings(operator(f"{FILE}:{name}", **arguments), declares) if one.broken]


WRONG = {
    "NotThere": ("is found", r"has no NotThere. .*Known: .*Sound"),
    "NOT_CALLABLE": ("is found", r"is neither a class nor a function but a int"),
    "NeedsEdges": ("is found", r"needs edge_attr, which the data lack"),
    "NotMade": ("can be made", r"NotMade\(in_channels=8\) cannot be made: TypeError: .*'bins'"),
    "NarrowRows": ("fit together", r"x is float32 \[\d+, 7\], expected numbers \[rows, 8\]"),
    "NoGraphs": ("fit together", r"nothing names the graph of each of its \d+ rows"),
    "EdgesOfBefore": ("fit together", r"an edge or a row leads outside of the \d+ rows of 6 graphs"),
    "DropsAll": ("fit together", r"drops all nodes of a graph \(1 of 6\)"),
    "OnlyCuda": ("fit together", r"asks for CUDA where it is given tensors on the CPU"),
    "Raises": ("fit together", r"raises \w+Error: .*, for 6 graphs of 8 features"),
    "lopsided": ("fit together", r"A' is float32 \[6, 5, 6\], expected \[6, clusters, 8\] and"),
    "NanOutputs": ("finite gradients", r"gives numbers that are none"),
    "NanGradients": ("finite gradients", r"the gradient of \S+( \S+)* is not a number"),
    "NoGradient": ("finite gradients", r"passes no gradient on"),
    "NumpyDraws": ("from the same seed", r"draws from NumPy's or Python's global stream"),
    "PythonDraws": ("from the same seed", r"draws from NumPy's or Python's global stream"),
    "Remembers": ("from the same seed", r"keeps something between calls that is no buffer"),
    "BatchStatistics": ("in evaluation", r"takes the statistics of the batch in evaluation"),
    "MixesGraphs": (
        "in a batch",
        r"of a graph with 7 nodes something else in a batch than alone: it mixes graphs",
    ),
    "ByOrder": ("order of nodes", r"depends on the order in which the nodes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_pooling_is_refused_with_its_sentence(name):
    contract, sentence = WRONG[name]
    first = broken(name)[0]
    assert contract in first.contract
    assert re.search(sentence, first.broken), first.broken


@pytest.mark.parametrize(
    "words",
    [
        "Torch not compiled with CUDA enabled",
        "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver.",
        "No CUDA GPUs are available",
    ],
    ids=["a build for the CPU", "a build for CUDA", "a hidden card"],
)
def test_cuda_on_a_cpu_reads_the_same_for_every_build_of_torch(words, monkeypatch):
    zeros = torch.zeros

    def without_a_card(*size: int, device: object = None, **others: object) -> torch.Tensor:
        if device == "cuda":
            raise RuntimeError(words)
        return zeros(*size, device=device, **others)

    monkeypatch.setattr(torch, "zeros", without_a_card)
    assert re.search(WRONG["OnlyCuda"][1], broken("OnlyCuda")[0].broken)


def test_an_assignment_is_held_to_what_it_declares():
    assert broken("twice_assigned", ["row-stochastic"])[0].broken.startswith(f"{FILE}:twice_assigned: the rows of its")
    assert "sum to 2.000" in broken("twice_assigned", ["row-stochastic"])[0].broken
    assert broken("twice_assigned") == []
    assert broken("ByOrder", []) == []


@pytest.mark.parametrize("name", BROUGHT)
def test_those_of_pytorch_geometric_and_the_twins_break_none(name):
    fixed = {"uniform", "normal", "clusters-uniform", "clusters-normal", "even-clusters", "complement"}
    declares = [*(() if name in fixed else INVARIANT), *(["draws-in-evaluation"] if name == "complement" else [])]
    declares += ["row-stochastic"] if name in ("dense_diff_pool", "dense_mincut_pool", "even-clusters") else []
    assert [one for one in findings(BROUGHT[name], declares) if one.broken] == []


def test_a_file_that_does_not_import_says_why(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("import torch_nothing\n")
    options = operator(f"{file}:Mine")
    assert (
        "mine.py:Mine does not import: ModuleNotFoundError: No module named 'torch_nothing'"
        in findings(options, [])[0].broken
    )


def test_the_global_streams_stay_where_they_were():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    broken("NumpyDraws")
    torch.testing.assert_close(torch.rand(2), expected, rtol=0, atol=0)


def test_a_step_with_more_in_it_keeps_more():
    topk, none = cost(operator("torch_geometric.nn.TopKPooling")), cost(BROUGHT["none"])
    assert topk.megabytes > 0
    assert none.milliseconds > 0
    assert cost(operator("torch_geometric.nn.ASAPooling")).megabytes > topk.megabytes


def test_a_package_that_is_not_installed_says_what_to_install():
    with pytest.raises(Exception, match="the package nowhere is not installed here"):
        version_of("nowhere.Pooling")
