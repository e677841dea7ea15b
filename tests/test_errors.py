"""Which names a mistake is answered with."""

from repool.errors import MANY, nearest

MANY_NAMES = [f"SET-{number}" for number in range(MANY)] + ["PROTEINS"]


def test_the_nearest_name_comes_first_and_all_others_after_it():
    assert nearest("graclsu", ["gmn", "graclus"]) == "Did you mean graclus? Known: gmn, graclus."


def test_very_many_names_do_not_hide_the_one_that_was_meant():
    assert nearest("PROTIENS", MANY_NAMES) == "Did you mean PROTEINS?"


def test_where_no_name_is_near_all_are_said():
    assert nearest("a dog", MANY_NAMES).startswith("Known: PROTEINS, SET-0, ")
