"""Whether two records of one run say the same: on one kind of processor, and on two."""

import pytest
from elsewhere import of_a_processor, other

from repool.archive.compare import compare


def test_another_processor_may_round_otherwise_but_not_from_the_first_steps(made):
    run = of_a_processor(made[0], "x86_64 AVX512, family 26 model 2", first_losses=[0.7, 0.6])
    assert compare(run.entry, other(run)).verdict == "near"
    far = compare(run.entry, other(run, first_losses=[0.7, 0.6001]))
    assert (far.verdict, "the training loss of step 2 is 0.6, and now 0.6001" in far.words) == ("differs", True)
    same = compare(run.entry, other(run, device_name=run.entry.timing.device_name))
    assert (same.verdict, "from epoch 3 (train_loss)" in same.words) == ("differs", True)


@pytest.mark.parametrize(
    ("rounding", "verdict"),
    [([0.0, 9e-5], "near"), ([0.0, 8e-5], "differs"), ([0.0], "differs"), ([0.0, 0.0], "differs")],
)
def test_a_step_may_part_twice_as_far_as_rounding_parts_it(made, rounding, verdict):
    run = of_a_processor(made[0], "x86_64 AVX512, family 26 model 2", first_losses=[0.7, 0.6])
    found = compare(run.entry, other(run, first_losses=[0.7, 0.6001]), rounding)
    assert (found.verdict, found.far_step) == (verdict, 0 if verdict == "near" else 2)
    assert ("further than rounding alone parts it" in found.words) == (verdict == "differs")


def test_rounding_excuses_neither_the_first_step_nor_a_score_nor_the_same_machine(made):
    run, wide = of_a_processor(made[0], "x86_64 AVX512", first_losses=[0.7, 0.6]), [9.0, 9.0]
    assert compare(run.entry, other(run, first_losses=[0.7001, 0.6]), wide).far_step == 1
    again = other(run, first_losses=[0.7, 0.6001])
    worse = {**again.record, "test": again.record["test"] - 0.12}
    assert "which chance does not explain" in compare(run.entry, again.model_copy(update={"record": worse}), wide).words
    same = compare(run.entry, other(run, device_name=run.entry.timing.device_name, first_losses=[0.7, 0.6001]), wide)
    assert (same.verdict, "on the same kind of processor" in same.words) == ("differs", True)


@pytest.mark.parametrize("processor", [None, "x86_64 AVX512, family 25 model 17"])
def test_two_that_are_called_the_same_may_be_of_two_generations(made, processor):
    run = of_a_processor(made[0], "x86_64 AVX512, family 26 model 2", first_losses=[0.7, 0.6])
    again = other(run, device_name=run.entry.timing.device_name, processor=processor)
    assert compare(run.entry, again).verdict == "near"


def test_a_score_that_chance_does_not_explain_differs(made):
    run = of_a_processor(made[0], "x86_64 AVX512", first_losses=[0.7, 0.6])
    again = other(run)
    again = again.model_copy(update={"record": {**again.record, "test": again.record["test"] - 0.12}})
    assert "which chance does not explain" in compare(run.entry, again).words
