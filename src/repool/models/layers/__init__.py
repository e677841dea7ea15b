"""Layers for a stack of seeds: each holds one set of weights a seed, with the seed as first dimension.

Everything else in a model is written as for one network. A convolution is called as conv(X, level).
"""
