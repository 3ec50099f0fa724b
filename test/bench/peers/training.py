"""What is timed: a training step, a reverse-KL iteration, sampling and log q, each eager or compiled."""

import time

import torch

from flow import Flow

BOLTZMANN = 0.00831446261815324  # kJ/mol/K
LINEAR_UP_TO, CAP = 1e8, 1e20


class Target:
    """log p and its gradient with respect to x, as src/target defines them: energies by OpenMM, the rest by autograd."""

    def __init__(self, coordinates, energies):
        self.coordinates, self.energies = coordinates, energies

    def gradients(self, x, temperature):
        """x [n, dof] f32 -> energy, log_det, d log p / dx; rows without a finite energy get none."""
        x = x.detach().double().requires_grad_()
        xyz, log_det = self.coordinates.place(x)
        energy, forces = (torch.from_numpy(a) for a in self.energies.evaluate(xyz.detach().numpy()))
        kt = BOLTZMANN * temperature
        u = energy / kt
        slope = torch.where(u > LINEAR_UP_TO, 1 / (1 + u - LINEAR_UP_TO), 1.0) * (u <= CAP) / kt
        (gradient,) = torch.autograd.grad([xyz, log_det], x, [slope[:, None, None] * forces, torch.ones_like(slope)])
        valid = torch.isfinite(energy) & torch.isfinite(log_det) & torch.isfinite(gradient).all(1)
        return energy, log_det, torch.where(valid[:, None], gradient, 0.0).float(), valid


class Trainer:
    """A flow in one layout, with its optimiser. Compiled functions are made on first use: `mode` is "eager" or "compile"."""

    def __init__(self, spec, vector, layout):
        self.flow = Flow(spec, vector, layout)
        self.optimiser = torch.optim.Adam(self.flow.parameters, lr=1e-6, fused=True)
        self.compiled = {}

    def call(self, name, mode):
        function = getattr(self.flow, name)
        if mode == "eager":
            return function
        key = name, torch.is_grad_enabled()
        if key not in self.compiled:
            self.compiled[key] = torch.compile(function, dynamic=False)
        return self.compiled[key]

    def descend(self, loss):
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.flow.parameters, 100.0)
        self.optimiser.step()
        return loss.item()

    def loss(self, x, mode="eager"):
        """Maximum likelihood: the mean of -log q."""
        return -self.call("log_prob", mode)(x).mean()

    def loss_and_norm(self, x):
        """For comparison; leaves the parameters as they are."""
        self.optimiser.zero_grad()
        loss = self.loss(x)
        loss.backward()
        return loss.detach(), torch.nn.utils.get_total_norm([p.grad for p in self.flow.parameters])

    def step(self, x, mode):
        return self.descend(self.loss(x, mode))

    def reverse_kl(self, target, n, temperature, mode):
        """Returns the seconds that the target took: coordinates, energies and the gradient through both."""
        x, log_q = self.call("sample", mode)(self.flow.sample_prior(n))
        start = time.perf_counter()
        _, _, gradient, valid = target.gradients(x, temperature)
        seconds = time.perf_counter() - start
        weight = valid.float() / valid.sum()
        self.descend((weight * (log_q - (x * gradient).sum(1))).sum())
        return seconds

    def sample(self, n, mode):
        with torch.no_grad():
            return self.call("sample", mode)(self.flow.sample_prior(n))

    def sample_from(self, z):
        with torch.no_grad():
            return self.flow.sample(z)

    def log_prob(self, x, mode):
        with torch.no_grad():
            return self.call("log_prob", mode)(x)
