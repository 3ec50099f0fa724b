"""Answers requests, one JSON line each on stdin and stdout, and blocks in between: `python serve.py THREADS DATA`."""

import json
import os
import sys
import time

import numpy as np


def timed(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return {"seconds": time.perf_counter() - start}


class Server:
    """One method per request; what it returns is the answer. Files of x are read once."""

    def __init__(self, threads, data):
        # Not at the top: the processes of the energies import this file, too.
        import torch

        torch.set_num_threads(threads)
        self.torch, self.threads, self.data = torch, threads, data
        self.trainers, self.targets, self.arrays = {}, {}, {}

    def array(self, file):
        if file not in self.arrays:
            self.arrays[file] = self.torch.from_numpy(np.load(file))
        return self.arrays[file]

    def target(self, system):
        from coordinates import Coordinates
        from energies import Energies
        from training import Target

        if system not in self.targets:
            coordinates = Coordinates(os.path.join(self.data, system, "coordinates.json"))
            x = self.torch.full((32, len(coordinates.scale)), 0.5, dtype=self.torch.float64)
            sample = coordinates.place(x)[0].numpy()
            xml = os.path.join(self.data, system, "system.xml")
            self.targets[system] = Target(coordinates, Energies(xml, self.threads, sample))
        return self.targets[system]

    def positions(self, system, file):
        key = f"{file} in nm"
        if key not in self.arrays:
            self.arrays[key] = self.target(system).coordinates.place(self.array(file).double())[0].numpy()
        return self.arrays[key]

    def flow(self, spec, parameters):
        from training import Trainer

        self.trainers.clear()  # the last ones go first: compiled ones are large
        self.torch.compiler.reset()
        self.trainers = {layout: Trainer(spec, parameters, layout) for layout in ("rows", "columns")}
        return {"parameters": self.trainers["rows"].flow.count}

    def check_flow(self, z, x, layout):
        """Plain numbers to compare: x and log q of z, log q of x, the loss of x and the norm of its gradient."""
        trainer = self.trainers[layout]
        sampled, log_q = trainer.sample_from(self.array(z))
        given = trainer.log_prob(self.array(x), "eager")
        loss, norm = trainer.loss_and_norm(self.array(x))
        numbers = {"x": sampled.flatten(), "logQ": log_q, "given": given, "loss": loss, "norm": norm}
        return {name: tensor.tolist() for name, tensor in numbers.items()}

    def check_target(self, system, x, temperature):
        target = self.target(system)
        _, log_det, gradient, _ = target.gradients(self.array(x), temperature)
        energy, _ = target.energies.evaluate_reference(self.positions(system, x))
        return {"energy": energy.tolist(), "logDet": log_det.tolist(), "gradient": gradient.flatten().tolist()}

    def step(self, x, mode, layout):
        return timed(self.trainers[layout].step, self.array(x), mode)

    def reverse_kl(self, system, batch, temperature, mode, layout):
        trainer, target, spent = self.trainers[layout], self.target(system), []
        answer = timed(lambda: spent.append(trainer.reverse_kl(target, batch, temperature, mode)))
        return answer | {"energies": spent[0]}

    def sample(self, batch, mode, layout):
        return timed(self.trainers[layout].sample, batch, mode)

    def log_prob(self, x, mode, layout):
        return timed(self.trainers[layout].log_prob, self.array(x), mode)

    def energies(self, system, x, forces):
        """In Cartesian coordinates that are ready, by one thread."""
        xyz, energies = self.positions(system, x), self.target(system).energies
        return timed(energies.evaluate, xyz, forces, 1) | {"platform": energies.platform}

    def histogram(self, angles):
        phi, psi = self.array(angles).numpy()
        return timed(lambda: np.histogram2d(phi, psi, bins=100, range=[[-np.pi, np.pi]] * 2))


def serve(server):
    idle = time.process_time()
    for line in sys.stdin:
        idle = time.process_time() - idle
        request = json.loads(line)
        answer = getattr(server, request.pop("do"))(**request)
        print(json.dumps(answer | {"idle": idle}), flush=True)
        idle = time.process_time()


if __name__ == "__main__":
    serve(Server(int(sys.argv[1]), sys.argv[2]))
