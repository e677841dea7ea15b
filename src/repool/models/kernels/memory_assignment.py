"""Assignment of rows to the keys of a memory layer (equation 7), from distances to softmax in one pass."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.dispatch import arrays_of, dispatch
from repool.models.kernels.inlined.products import clear_padding
from repool.models.kernels.ranges import Ranges

# Smallest squared distance, for a root has no gradient at 0.
NOTHING = 1e-12
# Rows at a time: their distances to all keys, and the keys, stay in the second level of the cache.
ROWS = 128


def memory_assignment(Q: Tensor, K: Tensor, merge: Tensor | None, ranges: Ranges, by_distance: bool) -> Tensor:
    """Softmax over keys of the heads' weighted sum of similarities, [seeds, rows, keys]; 0 on padding.

    Similar is what is near by Student's t-kernel, 1 / (1 + ||q_i - k_jh||^2) as a share of its sum over the keys of a
    head; or, `by_distance`, what is far: ||q_i - k_jh||.

    On the CPU nothing of the size rows x heads x keys is kept: the gradient finds the distances again, block by block.

    Args:
        Q: queries, [seeds, rows, width].
        K: keys, [seeds, heads x keys, width].
        merge: weight of each head, [seeds, heads, 1]; None for one head without weight.
        ranges: the rows of each graph.
        by_distance: which similarity.
    """
    S: Tensor = dispatch(_Assignment, memory_assignment_reference, Q, K, merge, ranges, by_distance)
    return S


def memory_assignment_reference(
    Q: Tensor, K: Tensor, merge: Tensor | None, ranges: Ranges, by_distance: bool
) -> Tensor:
    """The same in torch operations."""
    lengths = Q.square().sum(dim=2, keepdim=True) + K.square().sum(dim=2).unsqueeze(1)
    squared = torch.baddbmm(lengths, Q, K.mT, alpha=-2).clamp(min=NOTHING)
    squared = squared.unflatten(2, (1 if merge is None else merge.size(1), -1))
    if by_distance:
        S = squared.sqrt()
    else:
        S = 1 / (1 + squared)
        S = S / S.sum(dim=3, keepdim=True)
    merged = S.squeeze(2) if merge is None else (S * merge.unsqueeze(1)).sum(dim=2)
    return merged.softmax(dim=2) * ranges.inside


class _Assignment(torch.autograd.Function):
    """With s_jh the similarities, d_jh the squared distances and L the logits, which are sums over h of w_h s_jh:

    dL_j = S_j (dS_j - sum of dS S), dw_h = sum over rows and j of dL_j s_jh, ds_jh = w_h dL_j,
    dQ_i = sum of 2 (q_i - k_jh) dd_jh, dK_jh = sum over rows of 2 (k_jh - q_i) dd_jh.
    """

    @staticmethod
    def forward(ctx, Q, K, merge, ranges, by_distance):  # type: ignore[no-untyped-def]
        weights = K.new_ones(K.size(0), 1, 1) if merge is None else merge
        S = Q.new_empty(Q.size(0), Q.size(1), K.size(1) // weights.size(1))
        _forward(*arrays_of(Q, K, weights), ranges.ptr, by_distance, S.numpy())  # type: ignore[call-arg]
        ctx.ptr, ctx.by_distance = ranges.ptr, by_distance
        ctx.save_for_backward(Q, K, weights, S)
        return S

    @staticmethod
    def backward(ctx, dS):  # type: ignore[no-untyped-def]
        (Q, K, weights, S), needed = ctx.saved_tensors, ctx.needs_input_grad[:3]
        gradients = Q.new_empty(Q.shape), K.new_zeros(K.shape), weights.new_zeros(weights.shape)
        arrays = arrays_of(Q, K, weights, S, dS, *gradients)
        _backward(*arrays, ctx.ptr, ctx.by_distance, np.array(needed))  # type: ignore[call-arg]
        return *(gradient if need else None for gradient, need in zip(gradients, needed, strict=True)), None, None


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _forward(Q, K, merge, ptr, by_distance, S):  # type: ignore[no-untyped-def]
    keys, heads = S.shape[2], merge.shape[1]
    Q, S = Q.reshape(-1, Q.shape[2]), S.reshape(-1, keys)
    distances, similar = np.empty(K.shape[1] * ROWS, Q.dtype), np.empty(keys * ROWS, Q.dtype)
    summed, share = np.empty(keys * ROWS, Q.dtype), np.empty(ROWS, Q.dtype)
    for seed in range(ptr.shape[0]):
        lengths = _squared_lengths(K[seed])
        for start in range(ptr[seed, 0], ptr[seed, -1], ROWS):
            stop = min(start + ROWS, ptr[seed, -1])
            if keys == 1:
                S[start:stop] = 1
                continue
            rows = stop - start
            D = distances[: heads * keys * rows].reshape(-1, rows)
            s, logits = similar[: keys * rows].reshape(-1, rows), summed[: keys * rows].reshape(-1, rows)
            _squared_distances(Q[start:stop], K[seed], lengths, D)
            logits[:] = 0
            for head in range(heads):
                _similarities(D[head * keys : (head + 1) * keys], by_distance, s, share)
                for row in range(rows):
                    share[row] *= merge[seed, head, 0]
                for key in range(keys):
                    for row in range(rows):
                        logits[key, row] += share[row] * s[key, row]
            _softmax(logits, S[start:stop])
    clear_padding(ptr, S)


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _backward(Q, K, merge, S, dS, dQ, dK, dmerge, ptr, by_distance, needed):  # type: ignore[no-untyped-def]
    keys, heads, width = S.shape[2], merge.shape[1], Q.shape[2]
    Q, dQ, S, dS = Q.reshape(-1, width), dQ.reshape(-1, width), S.reshape(-1, keys), dS.reshape(-1, keys)
    distances, similar = np.empty(K.shape[1] * ROWS, Q.dtype), np.empty(keys * ROWS, Q.dtype)
    summed, share, along = np.empty(keys * ROWS, Q.dtype), np.empty(ROWS, Q.dtype), np.empty(ROWS, Q.dtype)
    for seed in range(ptr.shape[0] if keys > 1 else 0):
        lengths = _squared_lengths(K[seed])
        for start in range(ptr[seed, 0], ptr[seed, -1], ROWS):
            stop = min(start + ROWS, ptr[seed, -1])
            rows = stop - start
            D = distances[: heads * keys * rows].reshape(-1, rows)
            s, dL = similar[: keys * rows].reshape(-1, rows), summed[: keys * rows].reshape(-1, rows)
            _squared_distances(Q[start:stop], K[seed], lengths, D)
            _softmax_backward(S[start:stop], dS[start:stop], dL)
            for head in range(heads):
                own = D[head * keys : (head + 1) * keys]
                _similarities(own, by_distance, s, share)
                dmerge[seed, head, 0] += _along(s, dL, share, along)
                _similarities_backward(own, by_distance, s, share, along, dL, merge[seed, head, 0])
            if needed[0]:
                _gradient_of_queries(D, Q[start:stop], K[seed], dQ[start:stop])
            if needed[1]:
                _gradient_of_keys(D, Q[start:stop], K[seed], dK[seed])
    if keys == 1:
        dQ[:] = 0
    clear_padding(ptr, dQ)


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _squared_lengths(X):  # type: ignore[no-untyped-def]
    result = np.empty(len(X), X.dtype)
    for row in range(len(X)):
        length = X.dtype.type(0)
        for column in range(X.shape[1]):
            length += X[row, column] * X[row, column]
        result[row] = length
    return result


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _squared_distances(Q, K, lengths, D):  # type: ignore[no-untyped-def]
    """||k_j - q_i||^2 as |k|^2 - 2 k q + |q|^2, [keys of all heads, rows], from the squared lengths of keys."""
    np.dot(K, Q.T, D)
    lengths_of_rows, two = _squared_lengths(Q), Q.dtype.type(2)
    for key in range(D.shape[0]):
        for row in range(D.shape[1]):
            D[key, row] = lengths[key] + lengths_of_rows[row] - two * D[key, row]


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _similarities(D, by_distance, s, share):  # type: ignore[no-untyped-def]
    """Of one head, [keys, rows], still to be multiplied with what stands in `share` of each row."""
    nothing, one = s.dtype.type(NOTHING), s.dtype.type(1)
    if by_distance:
        share[:] = 1
        for key in range(s.shape[0]):
            for row in range(s.shape[1]):
                s[key, row] = np.sqrt(nothing if D[key, row] < nothing else D[key, row])
        return
    share[:] = 0
    for key in range(s.shape[0]):
        for row in range(s.shape[1]):
            s[key, row] = one / (one + (nothing if D[key, row] < nothing else D[key, row]))
            share[row] += s[key, row]
    for row in range(s.shape[1]):
        share[row] = one / share[row]


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _along(s, dL, share, along):  # type: ignore[no-untyped-def]
    """Of each row the sum of dL_j s_j over the keys of a head; returns their sum."""
    along[:] = 0
    for key in range(s.shape[0]):
        for row in range(s.shape[1]):
            along[row] += s[key, row] * dL[key, row]
    total = s.dtype.type(0)
    for row in range(s.shape[1]):
        along[row] *= share[row]
        total += along[row]
    return total


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _similarities_backward(D, by_distance, s, share, along, dL, weight):  # type: ignore[no-untyped-def]
    """Over the squared distances of a head come their gradients."""
    nothing, half, zero = s.dtype.type(NOTHING), s.dtype.type(0.5), s.dtype.type(0)
    for key in range(s.shape[0]):
        for row in range(s.shape[1]):
            if by_distance:
                slope = weight * half * dL[key, row] / s[key, row]
            else:
                slope = weight * share[row] * (along[row] - dL[key, row]) * s[key, row] * s[key, row]
            D[key, row] = zero if D[key, row] < nothing else slope


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _gradient_of_queries(D, Q, K, dQ):  # type: ignore[no-untyped-def]
    np.dot(D.T, K, dQ)
    total, two = np.zeros(D.shape[1], D.dtype), Q.dtype.type(2)
    for key in range(D.shape[0]):
        for row in range(D.shape[1]):
            total[row] += D[key, row]
    for row in range(len(Q)):
        for column in range(Q.shape[1]):
            dQ[row, column] = two * (total[row] * Q[row, column] - dQ[row, column])


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _gradient_of_keys(D, Q, K, dK):  # type: ignore[no-untyped-def]
    """Added to that of other rows."""
    of_rows, two = np.dot(D, Q), Q.dtype.type(2)
    for key in range(len(K)):
        total = D.dtype.type(0)
        for row in range(D.shape[1]):
            total += D[key, row]
        for column in range(K.shape[1]):
            dK[key, column] += two * (total * K[key, column] - of_rows[key, column])


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _softmax(logits, S):  # type: ignore[no-untyped-def]
    """Of logits [keys, rows] to S [rows, keys]."""
    for row in range(len(S)):
        largest = logits[0, row]
        for key in range(1, len(logits)):
            largest = max(largest, logits[key, row])
        total = S.dtype.type(0)
        for key in range(len(logits)):
            S[row, key] = np.exp(logits[key, row] - largest)
            total += S[row, key]
        inverse = S.dtype.type(1) / total
        for key in range(len(logits)):
            S[row, key] *= inverse


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _softmax_backward(S, dS, dL):  # type: ignore[no-untyped-def]
    """From S and dS, [rows, keys], to dL, [keys, rows]."""
    for row in range(len(S)):
        along = S.dtype.type(0)
        for key in range(len(dL)):
            along += dS[row, key] * S[row, key]
        for key in range(len(dL)):
            dL[key, row] = S[row, key] * (dS[row, key] - along)
