"""Rational-quadratic splines on [0, 1] (Durkan et al. 2019) in PyTorch, in either layout: knots along the first dimension or the last."""

import torch
import torch.nn.functional as F

MIN_BIN = 1e-3
MIN_SLOPE = 1e-3


def spline(x, widths, heights, slopes, inverse, dim):
    """x, any shape; widths, heights, slopes with bins, bins, bins + 1 more along `dim`, 0 or -1 -> value and log derivative, each like x."""
    bins = widths.shape[dim]
    w = torch.softmax(widths, dim) * (1 - MIN_BIN * bins) + MIN_BIN
    h = torch.softmax(heights, dim) * (1 - MIN_BIN * bins) + MIN_BIN
    right, top = torch.cumsum(w, dim), torch.cumsum(h, dim)
    searched = top if inverse else right
    # The last edge is left out: the point 1 belongs to the last bin, whatever rounding made of the sum.
    inner = searched.narrow(dim, 0, bins - 1)
    k = (x.clamp(0, 1 - 1e-6).unsqueeze(dim) >= inner).sum(dim, keepdim=True)
    before = (0, 0, 0, 0, 1, 0) if dim == 0 else (1, 0)

    def at(values, index):
        return torch.gather(values, dim, index).squeeze(dim)

    width, height = at(w, k), at(h, k)
    x0 = at(F.pad(right, before), k)
    y0 = at(F.pad(top, before), k)
    d0 = F.softplus(at(slopes, k)) + MIN_SLOPE
    d1 = F.softplus(at(slopes, k + 1)) + MIN_SLOPE
    s = height / width
    e = d0 + d1 - 2 * s
    if inverse:
        dy = x - y0
        a = height * (s - d0) + dy * e
        b = height * d0 - dy * e
        c = -s * dy
        t = (-2 * c / (b + torch.sqrt(F.relu(b * b - 4 * a * c)))).clamp(0, 1)
    else:
        t = (x - x0) / width
    u = 1 - t
    tu = t * u
    denominator = s + e * tu
    log_slope = torch.log((d1 * t * t + 2 * s * tu + d0 * u * u) * (s / denominator) ** 2)
    if inverse:
        return x0 + t * width, -log_slope
    return y0 + height * (s * t * t + d0 * tu) / denominator, log_slope
