"""The flow of src/flow in PyTorch: the same couplings, features, splines and shifts, over the same parameters in the same order.

In two layouts: "rows", one sample a row, knots last, linear layers as torch.nn has them, as the paper's code and other flow libraries are
written; and "columns", features first, as in ours: of the layouts tried the fastest, both eager and compiled.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

from spline import spline

PRIOR_SCALE = 0.1


class Coupling:
    """One coupling's constants and its parameter tensors."""

    def __init__(self, spec, coupling, take, layout):
        circular, hidden = spec["circular"], spec["hidden"]
        given, transform = coupling["given"], coupling["transform"]
        self.given, self.transform = torch.tensor(given), torch.tensor(transform)
        self.back = torch.argsort(torch.tensor(transform + given))
        self.n = n = len(transform)
        self.torsions = sum(circular[i] for i in transform)
        self.linear_given = sum(not circular[i] for i in given)
        self.shift = coupling["shift"]
        inputs = 2 * len(given) - self.linear_given  # torsions enter as (cos, sin)
        sizes = [(hidden, inputs)] + [(hidden, hidden)] * spec["layers"] + [(n * spec["bins"], hidden)] * 2
        sizes += [(n * (spec["bins"] + 1) - self.torsions, hidden)]  # the last slope of a torsion is its first
        self.layers = [(take(rows, columns), take(rows, 1)) for rows, columns in sizes]
        if layout == "rows":
            for tensor in (t for layer in self.layers[-3:] for t in layer):
                self._knots_last(tensor, spec["bins"])

    def _knots_last(self, tensor, bins):
        """From row b n + i for knot b of spline i to row i bins + b; the last knots' slopes stay at the end."""
        whole = bins * self.n
        with torch.no_grad():
            knots_last = tensor[:whole].view(bins, self.n, -1).transpose(0, 1).reshape(whole, -1)
            tensor.copy_(torch.cat([knots_last, tensor[whole:]]))

    def conditioner(self, given):
        """given [., batch] -> the last hidden layer, [hidden, batch]."""
        linear = self.linear_given
        angle = 2 * math.pi * given[linear:]
        h = torch.cat([given[:linear] - 0.5, torch.cos(angle), torch.sin(angle)])
        # Layer by layer, as the paper's code has it; that the first two have no nonlinearity between them is for an engine to use.
        (w0, b0), *rest = self.layers[:-3]
        h = torch.addmm(b0, w0, h)
        for w, b in rest:
            h = F.relu(torch.addmm(b, w, h))
        return h

    def transform_columns(self, x, given, inverse):
        """x [n, batch], given [., batch]."""
        h, outputs = self.conditioner(given), []
        for i, (w, b) in enumerate(self.layers[-3:]):
            if i == 2 and self.torsions:
                first = slice(self.n - self.torsions, self.n)
                w, b = torch.cat([w, w[first]]), torch.cat([b, b[first]])
            outputs.append(torch.addmm(b, w, h).view(-1, self.n, x.shape[1]))
        return spline(x, *outputs, inverse, 0)

    def transform_rows(self, x, given, inverse):
        """x [batch, n], given [batch, .]."""
        linear = self.linear_given
        angle = 2 * math.pi * given[:, linear:]
        h = torch.cat([given[:, :linear] - 0.5, torch.cos(angle), torch.sin(angle)], 1)
        (w0, b0), *rest = self.layers[:-3]
        h = F.linear(h, w0, b0.view(-1))
        for w, b in rest:
            h = F.relu(F.linear(h, w, b.view(-1)))
        widths, heights, slopes = (F.linear(h, w, b.view(-1)) for w, b in self.layers[-3:])
        n, bins = self.n, widths.shape[1] // self.n
        inner = slopes[:, : n * bins].view(-1, n, bins)
        last = torch.cat([slopes[:, n * bins :], inner[:, n - self.torsions :, 0]], 1)
        slopes = torch.cat([inner, last[..., None]], -1)
        return spline(x, widths.view(-1, n, bins), heights.view(-1, n, bins), slopes, inverse, -1)


class Flow:
    def __init__(self, spec, vector, layout="columns"):
        """spec as `createFlowSpec` returns it; vector: the file with all tensors one after the other, f32."""
        values, self.parameters, self.count = torch.from_numpy(np.fromfile(vector, np.float32)), [], 0

        def take(*shape):
            size = math.prod(shape)
            tensor = values[self.count : self.count + size].reshape(shape).clone().requires_grad_()
            self.count += size
            self.parameters.append(tensor)
            return tensor

        self.dof, self.layout = spec["dof"], layout
        self.circular = torch.tensor(spec["circular"]).float()
        self.linear = 1 - self.circular
        self.couplings = [Coupling(spec, c, take, layout) for c in spec["couplings"]]
        if self.count != len(values):
            raise ValueError(f"flow: mismatched parameters (got {len(values)}), expected {self.count}")
        mass = math.erf(0.5 / PRIOR_SCALE / math.sqrt(2))
        self.mass = mass
        self.log_normalizer = float(self.linear.sum()) * (0.5 * math.log(2 * math.pi) + math.log(PRIOR_SCALE * mass))

    def sample_prior(self, n):
        u = torch.rand(n, self.dof)
        normal = 0.5 + PRIOR_SCALE * math.sqrt(2) * torch.erfinv((2 * u - 1) * self.mass)
        return torch.where(self.circular > 0, u, normal)

    def log_prior(self, z):
        scaled = (z - 0.5) / PRIOR_SCALE * self.linear
        return -0.5 * (scaled * scaled).sum(1) - self.log_normalizer

    def _wrap(self, x, amount):
        circular = self.circular[:, None] if self.layout == "columns" else self.circular
        moved = x + amount * circular
        return moved - torch.floor(moved) * circular

    def _map(self, x, inverse):
        return self._map_columns(x, inverse) if self.layout == "columns" else self._map_rows(x, inverse)

    def _map_columns(self, x, inverse):
        x, log_det = x.t(), torch.zeros(len(x))
        for c in reversed(self.couplings) if inverse else self.couplings:
            if inverse and c.shift:
                x = self._wrap(x, -c.shift)
            given = x[c.given]
            y, log_slope = c.transform_columns(x[c.transform], given, inverse)
            log_det = log_det + log_slope.sum(0)
            x = torch.cat([y, given])[c.back]
            if not inverse and c.shift:
                x = self._wrap(x, c.shift)
        return x.t(), log_det

    def _map_rows(self, x, inverse):
        log_det = torch.zeros(len(x))
        for c in reversed(self.couplings) if inverse else self.couplings:
            if inverse and c.shift:
                x = self._wrap(x, -c.shift)
            given = x[:, c.given]
            y, log_slope = c.transform_rows(x[:, c.transform], given, inverse)
            log_det = log_det + log_slope.sum(1)
            x = torch.cat([y, given], 1)[:, c.back]
            if not inverse and c.shift:
                x = self._wrap(x, c.shift)
        return x, log_det

    def sample(self, z):
        """Latent z -> x and log q(x)."""
        x, log_det = self._map(z, False)
        return x, self.log_prior(z) - log_det

    def log_prob(self, x):
        z, log_det = self._map(x, True)
        return self.log_prior(z) + log_det
