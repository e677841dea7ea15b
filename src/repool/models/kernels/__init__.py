"""Kernels: what models compute faster than torch does on the CPU.

Each is a public function NAME of tensors and of what is known of a batch (`Ranges`, `Sparse`, arrays), never of a
level; NAME_reference is its plain form in torch operations, which other devices run, too. `dispatch` decides between
the two.
tests/models/test_kernels.py holds every kernel to its reference, in value and gradient.
"""
