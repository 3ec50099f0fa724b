"""Scaled internal coordinates -> Cartesian in PyTorch, f64 (src/coords): a whole batch at once, and all atoms at once whose references stand."""

import json
import math

import torch
import torch.nn.functional as F

BOND_SPAN = 0.07
ANGLE_SPAN = 1.8 / math.pi
UY, UZ = -math.sqrt(3) / 2, 0.5


class Coordinates:
    def __init__(self, file):
        with open(file) as text:
            spec = json.load(text)
        bonds, angles, torsions = (spec["minimum"][k] for k in ("bonds", "angles", "torsions"))
        fixed = {c["bond"]: c["length"] for c in spec["constrained"]}
        half = {k: (0.5 if torsions[k] >= 0.5 else 0, 0.5) for k in spec["chiral"]}
        half |= {k: (0.5, 0.5) for k in spec["upperHalf"]} | {k: (0, 0.5) for k in spec["lowerHalf"]}
        free = [(k, b - BOND_SPAN / 2, BOND_SPAN) for k, b in enumerate(bonds) if k not in fixed]
        free += [(len(bonds) + k, a - ANGLE_SPAN / 2, ANGLE_SPAN) for k, a in enumerate(angles)]
        free += [(len(bonds) + len(angles) + k, *half.get(k, (0, 1))) for k in range(len(torsions))]
        held = [k for k, _, _ in free] + list(fixed)
        self.offset = torch.tensor([o for _, o, _ in free], dtype=torch.float64)
        self.scale = torch.tensor([s for _, _, s in free], dtype=torch.float64)
        self.fixed = torch.tensor(list(fixed.values()), dtype=torch.float64)
        self.plan(spec, [held.index(k) for k in range(len(held))])
        self.log_det = float(torch.log(self.scale).sum())
        self.log_det += len(angles) * math.log(math.pi) + (len(torsions) + 2) * math.log(2 * math.pi)

    def plan(self, spec, place):
        """Levels of atoms that depend on earlier levels only, and one order of all values in which each level's lie side by side."""
        where = {tuple(k): i for i, k in enumerate(spec["bonds"] + spec["angles"] + spec["torsions"])}
        rows = [tuple(row) for row in spec["zMatrix"]]
        self.frame = a, b, c = [row[0] for row in sorted((r for r in rows if -1 in r), key=lambda r: -r.count(-1))]
        waiting, placed, self.levels = [r for r in rows if -1 not in r], {a, b, c}, []
        while waiting:
            self.levels.append([r for r in waiting if placed.issuperset(r[1:])])
            waiting = [r for r in waiting if r not in self.levels[-1]]
            placed.update(r[0] for r in self.levels[-1])
        groups = [[where[b, a], where[c, b], where[c, b, a]]]
        groups += [[where[r[:end]] for r in level] for level in self.levels for end in (2, 3, 4)]
        self.order = torch.tensor([place[k] for group in groups for k in group])
        self.sizes = [len(group) for group in groups]

    def place(self, x):
        """x [batch, dof] f64 -> xyz [batch, atoms, 3] in nm and log|det dxyz/dx| [batch]."""
        n = len(x)
        values = torch.cat([self.offset + self.scale * x, self.fixed.expand(n, -1)], 1)[:, self.order]
        frame, *groups = values.split(self.sizes, 1)
        b1, b2, theta = frame[:, 0], frame[:, 1], math.pi * frame[:, 2]
        zero, along = torch.zeros_like(b1), b1 - b2 * torch.cos(theta)
        atoms = dict(zip(self.frame, [zero.new_zeros(n, 3), torch.stack([zero, b1 * UY, b1 * UZ], 1)]))
        atoms[self.frame[2]] = torch.stack([b2 * torch.sin(theta), along * UY, along * UZ], 1)
        volume = 2 * torch.log(b1) + 2 * torch.log(b2) + torch.log(torch.sin(theta))
        for level, b, angle, torsion in zip(self.levels, groups[::3], groups[1::3], groups[2::3]):
            pi, pj, pl = (torch.stack([atoms[row[k]] for row in level], 1) for k in (1, 2, 3))
            theta, tau = math.pi * angle.unsqueeze(2), 2 * math.pi * torsion.unsqueeze(2) - math.pi
            u = F.normalize(pi - pj, dim=2)
            w = pl - pj
            m = F.normalize(w - (w * u).sum(2, keepdim=True) * u, dim=2)
            across = torch.cos(tau) * m + torch.sin(tau) * torch.linalg.cross(u, m)
            sin = torch.sin(theta)
            p = pi + b.unsqueeze(2) * (sin * across - torch.cos(theta) * u)
            volume = volume + 2 * torch.log(b).sum(1) + torch.log(sin).sum((1, 2))
            atoms |= zip((row[0] for row in level), p.unbind(1))
        return torch.stack([atoms[i] for i in range(len(atoms))], 1), volume + self.log_det
