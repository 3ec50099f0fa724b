/**
 * Module `energy`: the energy of a molecule in implicit solvent and its gradient, for two conformations at once. The terms are those
 * of src/physics. Bonds, angles and torsions stand by themselves; all pairs are four passes, to be called in this order: `measure`,
 * `toRadii`, `polarize`, `spread`. Each adds its energies to those at `energy`.
 */
import { descreen } from "../descreening";
import { add, at, div, exp2, inverse, mul, one, quarter, sqrt, square, sub, tanh, zero } from "../lanes";
import { Atom, interacts, nextAtom, nextPair, Pair } from "../molecule";

export { bend, stretch, twist } from "../bonded";

export function heapBase(): usize {
  return __heap_base;
}

const MINUS_SIX = memory.data<f64>([-6]);
const MINUS_LN2 = memory.data<f64>([-0.6931471805599453]);
const QUARTER_BY_MINUS_LN2 = memory.data<f64>([-0.36067376022224085]);

/** Before all else: no integral, no gradient, no energy. */
export function clear(first: Atom, end: Atom, energy: usize): void {
  for (let a = first; a != end; a = nextAtom(a)) a.integral = a.gx = a.gy = a.gz = zero();
  v128.store(energy, zero());
}

/** Distances; Lennard-Jones and Coulomb energies; the Born integrals. */
export function measure(first: Atom, end: Atom, engulfing: bool, energy: usize): void {
  let sum = v128.load(energy);
  for (let a = first; a != end; a = nextAtom(a)) {
    for (let pair = a.firstPair; pair != a.endOfPairs; pair = nextPair(pair)) {
      const b = pair.other;
      const x = sub(a.x, b.x);
      const y = sub(a.y, b.y);
      const z = sub(a.z, b.z);
      const r2 = add(add(mul(x, x), mul(y, y)), mul(z, z));
      const q = inverse(sqrt(r2));
      const q2 = square(q);
      let slope = zero();
      if (interacts(pair, a)) {
        const q6 = mul(mul(q2, q2), q2);
        const repel = mul(mul(pair.repulsion, q6), q6);
        const dispersive = sub(repel, mul(pair.dispersion, q6));
        const coulomb = mul(pair.charge, q);
        sum = add(sum, add(dispersive, coulomb));
        // each is a power r^-m, so its 2 dU/d(r^2) is -m U / r^2
        slope = mul(sub(mul(at(MINUS_SIX, 0), add(repel, dispersive)), coulomb), q2);
      }
      pair.squared = r2;
      pair.slope = slope;
      const r = mul(r2, q); // NaN where r^2 is not finite: then so is the rest, as in the terms
      const apart = f64x2.ge(r, pair.apart);
      descreen(a, pair, r, q, apart, engulfing);
    }
  }
  v128.store(energy, sum);
}

/** Born radii; the energies of the surface, and of each charge by itself. `solvent` holds alpha, beta, gamma, self, pair. */
export function toRadii(first: Atom, end: Atom, solvent: usize, energy: usize): void {
  const alpha = at(solvent, 0);
  const beta = at(solvent, 1);
  const gamma = at(solvent, 2);
  let sum = v128.load(energy);
  for (let a = first; a != end; a = nextAtom(a)) {
    const psi = mul(a.integral, a.inner);
    const linear = sub(mul(gamma, psi), beta);
    const t = tanh(mul(psi, add(alpha, mul(psi, linear))));
    const slope = add(alpha, mul(psi, add(add(linear, linear), mul(gamma, psi))));
    const curvature = sub(inverse(a.inner), div(t, a.outer));
    const radius = inverse(curvature);
    const area = mul(a.surface, square(mul(square(curvature), curvature)));
    const own = mul(mul(at(solvent, 3), square(a.charge)), curvature);
    sum = add(sum, add(own, area));
    a.radius = radius;
    a.curvature = curvature;
    a.radiusByIntegral = div(mul(mul(square(radius), a.inner), mul(sub(one(), square(t)), slope)), a.outer);
    a.slope = mul(sub(mul(at(MINUS_SIX, 0), area), own), add(curvature, curvature));
  }
  v128.store(energy, sum);
}

/** The generalized Born energies of pairs. */
export function polarize(first: Atom, end: Atom, solvent: usize, energy: usize): void {
  let sum = v128.load(energy);
  for (let a = first; a != end; a = nextAtom(a)) {
    const radius = a.radius;
    const decay = mul(at(QUARTER_BY_MINUS_LN2, 0), a.curvature);
    const charge = mul(at(solvent, 4), a.charge);
    let toRadius = a.slope;
    for (let pair = a.firstPair; pair != a.endOfPairs; pair = nextPair(pair)) {
      const b = pair.other;
      const r2 = pair.squared;
      const product = mul(radius, b.radius);
      const power = mul(r2, mul(decay, b.curvature)); // r^2 / (4 B_i B_j) is -log(2) times it
      const smear = exp2(power);
      const inverse2 = inverse(add(r2, mul(product, smear))); // 1/f^2
      const u = mul(mul(charge, b.charge), sqrt(inverse2));
      sum = add(sum, u);
      const bySquare = mul(u, inverse2); // -2 dU/d(f^2)
      const byProduct = mul(mul(bySquare, smear), add(one(), mul(at(MINUS_LN2, 0), power))); // -2 dU/d(B_i B_j)
      pair.slope = sub(pair.slope, mul(bySquare, sub(one(), mul(quarter(), smear))));
      toRadius = sub(toRadius, mul(byProduct, b.radius));
      b.slope = sub(b.slope, mul(byProduct, radius));
    }
    a.slope = toRadius;
  }
  v128.store(energy, sum);
}

/** The gradient in coordinates of all of these energies. */
export function spread(first: Atom, end: Atom): void {
  for (let a = first; a != end; a = nextAtom(a)) a.slope = mul(a.slope, a.radiusByIntegral);
  for (let a = first; a != end; a = nextAtom(a)) {
    let gx = a.gx;
    let gy = a.gy;
    let gz = a.gz;
    for (let pair = a.firstPair; pair != a.endOfPairs; pair = nextPair(pair)) {
      const b = pair.other;
      const slope = add(pair.slope, add(mul(a.slope, pair.byFirst), mul(b.slope, pair.bySecond)));
      const x = mul(slope, sub(a.x, b.x));
      const y = mul(slope, sub(a.y, b.y));
      const z = mul(slope, sub(a.z, b.z));
      gx = add(gx, x);
      gy = add(gy, y);
      gz = add(gz, z);
      b.gx = sub(b.gx, x);
      b.gy = sub(b.gy, y);
      b.gz = sub(b.gz, z);
    }
    a.gx = gx;
    a.gy = gy;
    a.gz = gz;
  }
}
