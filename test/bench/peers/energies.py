"""OpenMM energies and forces of a batch: one single-threaded context per process, the faster of its CPU platforms."""

import multiprocessing
import os
import time

import numpy as np
import openmm

context = None


def create_context(xml, platform):
    with open(xml) as text:
        system = openmm.XmlSerializer.deserialize(text.read())
    properties = {"Threads": "1"} if platform == "CPU" else {}
    platform = openmm.Platform.getPlatformByName(platform)
    return openmm.Context(system, openmm.VerletIntegrator(0.001), platform, properties)


def evaluate(context, xyz, with_forces):
    """xyz [n, atoms, 3] in nm -> energies [n] in kJ/mol and forces like xyz (or None)."""
    energy, forces = np.empty(len(xyz)), np.empty_like(xyz) if with_forces else None
    for i, positions in enumerate(xyz):
        context.setPositions(positions)
        state = context.getState(energy=True, forces=with_forces)
        energy[i] = state.getPotentialEnergy()._value
        if with_forces:
            forces[i] = state.getForces(asNumpy=True)._value
    return energy, forces


def start(xml, sample, cores):
    """Takes the faster platform, on a core of its own: the CPU platform hands its work to a thread, and to wake that one on an idle core of a
    virtual machine was seen to take five times as long as the work."""
    global context
    os.sched_setaffinity(0, {cores.get()})

    def seconds(candidate):
        evaluate(candidate, sample, True)
        start = time.perf_counter()
        evaluate(candidate, sample, True)
        return time.perf_counter() - start

    context = min((create_context(xml, platform) for platform in ("Reference", "CPU")), key=seconds)


def platform_name():
    return context.getPlatform().getName()


def work(xyz, with_forces):
    return evaluate(context, xyz, with_forces)


class Energies:
    """Processes beat both threads (the interpreter's lock) and OpenMM's own threads (molecules this small do not split)."""

    def __init__(self, xml, threads, sample):
        self.reference = create_context(xml, "Reference")
        spawn = multiprocessing.get_context("spawn")
        self.threads = threads
        cores = spawn.SimpleQueue()
        for core in sorted(os.sched_getaffinity(0))[:threads]:
            cores.put(core)
        self.pool = spawn.Pool(threads, start, (xml, sample, cores))
        self.platform = self.pool.apply(platform_name)

    def evaluate_reference(self, xyz):
        """In double precision, for comparison; with forces."""
        return evaluate(self.reference, xyz, True)

    def evaluate(self, xyz, with_forces=True, threads=None):
        threads = threads or self.threads
        parts = self.pool.starmap(work, [(part, with_forces) for part in np.array_split(xyz, threads)], 1)
        energy, forces = zip(*parts)
        return np.concatenate(energy), np.concatenate(forces) if with_forces else None
