"""Mistakes of a reader as Snakemake prints them: a sentence, no traceback."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from snakemake.exceptions import WorkflowError

from repool.errors import UserError

Given = ParamSpec("Given")
Made = TypeVar("Made")


def for_snakemake(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """The function, which raises WorkflowError where it raised UserError."""

    @wraps(function)
    def explained(*given: Given.args, **named: Given.kwargs) -> Made:
        try:
            return function(*given, **named)
        except UserError as error:
            raise WorkflowError(str(error)) from None

    return explained
