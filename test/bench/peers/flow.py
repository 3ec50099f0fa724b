"""The flow of src/flow in PyTorch: the same couplings, features, splines and shifts, over the same parameters in the same order.

Within, features come first ([dof, batch]), as in ours: of the layouts tried the fastest, both eager and compiled.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

from spline import spline

PRIOR_SCALE = 0.1


class Coupling:
    """One coupling's constants and its parameter tensors."""

    def __init__(self, spec, coupling, take):
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

    def spline_parameters(self, given):
        """given [., batch] -> widths, heights, slopes [knots, n, batch]."""
        linear, batch = self.linear_given, given.shape[1]
        angle = 2 * math.pi * given[linear:]
        h = torch.cat([given[:linear] - 0.5, torch.cos(angle), torch.sin(angle)])
        # Layer by layer, as the paper's code has it; that the first two have no nonlinearity between them is for an engine to use.
        (w0, b0), *rest = self.layers[:-3]
        h = torch.addmm(b0, w0, h)
        for w, b in rest:
            h = F.relu(torch.addmm(b, w, h))
        outputs = []
        for i, (w, b) in enumerate(self.layers[-3:]):
            if i == 2 and self.torsions:
                first = slice(self.n - self.torsions, self.n)
                w, b = torch.cat([w, w[first]]), torch.cat([b, b[first]])
            outputs.append(torch.addmm(b, w, h).view(-1, self.n, batch))
        return outputs


class Flow:
    def __init__(self, spec, vector):
        """spec as `createFlowSpec` returns it; vector: the file with all tensors one after the other, f32."""
        values, self.parameters, self.count = torch.from_numpy(np.fromfile(vector, np.float32)), [], 0

        def take(*shape):
            size = math.prod(shape)
            tensor = values[self.count : self.count + size].reshape(shape).clone().requires_grad_()
            self.count += size
            self.parameters.append(tensor)
            return tensor

        self.dof = spec["dof"]
        self.circular = torch.tensor(spec["circular"]).float()
        self.linear = 1 - self.circular
        self.couplings = [Coupling(spec, c, take) for c in spec["couplings"]]
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
        moved = x + amount * self.circular[:, None]
        return moved - torch.floor(moved) * self.circular[:, None]

    def _map(self, x, inverse):
        x, log_det = x.t(), torch.zeros(len(x))
        for c in reversed(self.couplings) if inverse else self.couplings:
            if inverse and c.shift:
                x = self._wrap(x, -c.shift)
            given = x[c.given]
            y, log_slope = spline(x[c.transform], *c.spline_parameters(given), inverse)
            log_det = log_det + log_slope.sum(0)
            x = torch.cat([y, given])[c.back]
            if not inverse and c.shift:
                x = self._wrap(x, c.shift)
        return x.t(), log_det

    def sample(self, z):
        """Latent z -> x and log q(x)."""
        x, log_det = self._map(z, False)
        return x, self.log_prior(z) - log_det

    def log_prob(self, x):
        z, log_det = self._map(x, True)
        return self.log_prior(z) + log_det
