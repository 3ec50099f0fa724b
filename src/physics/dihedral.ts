/** Dihedral angles of many quadruples of atoms, and the way back from dU/dphi to the gradient in coordinates. */

/** The last measured angles; IUPAC's sign: looking along j-k, clockwise from i to l is positive. */
export interface Dihedrals {
  readonly count: number;
  /** Of each angle; 1 and 0 where three atoms lie in line: phi is undefined there, and taken as 0 as by atan2. */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
  /** Measures all angles of `xyz`, flat [3 * atoms], nm. */
  measure(xyz: Float64Array): void;
  /** Adds dU/dxyz of angle `t` into `gradient`, given its dU/dphi at the measured `xyz`; nothing where phi is undefined. */
  spread(t: number, moment: number, gradient: Float64Array): void;
}

/** Numbers kept per angle for the way back. */
const TAPE = 11;

/** Room for the dihedrals i-j-k-l about j-k whose atoms (times 3) stand at [4 t ... 4 t + 3]. */
export function createDihedrals(atoms: Int32Array): Dihedrals {
  const count = atoms.length / 4;
  const cosine = new Float64Array(count);
  const sine = new Float64Array(count);
  const tape = new Float64Array(TAPE * count);
  return {
    count,
    cosine,
    sine,
    measure(xyz) {
      for (let t = 0, at = 0; t < count; t++, at += TAPE) {
        const i = atoms[4 * t]!;
        const j = atoms[4 * t + 1]!;
        const k = atoms[4 * t + 2]!;
        const l = atoms[4 * t + 3]!;
        // Blondel and Karplus, J. Comput. Chem. 17, 1132 (1996): f = i - j, g = j - k, h = l - k, a = f x g, b = h x g
        const fx = xyz[i]! - xyz[j]!;
        const fy = xyz[i + 1]! - xyz[j + 1]!;
        const fz = xyz[i + 2]! - xyz[j + 2]!;
        const gx = xyz[j]! - xyz[k]!;
        const gy = xyz[j + 1]! - xyz[k + 1]!;
        const gz = xyz[j + 2]! - xyz[k + 2]!;
        const hx = xyz[l]! - xyz[k]!;
        const hy = xyz[l + 1]! - xyz[k + 1]!;
        const hz = xyz[l + 2]! - xyz[k + 2]!;
        const ax = fy * gz - fz * gy;
        const ay = fz * gx - fx * gz;
        const az = fx * gy - fy * gx;
        const bx = hy * gz - hz * gy;
        const by = hz * gx - hx * gz;
        const bz = hx * gy - hy * gx;
        const g2 = gx * gx + gy * gy + gz * gz;
        const g = Math.sqrt(g2);
        const x = ax * bx + ay * by + az * bz; // |a| |b| cos(phi)
        const y = -g * (fx * bx + fy * by + fz * bz); // |a| |b| sin(phi)
        const norm = Math.sqrt(x * x + y * y);
        cosine[t] = norm === 0 ? 1 : x / norm;
        sine[t] = norm === 0 ? 0 : y / norm;
        tape[at] = ax;
        tape[at + 1] = ay;
        tape[at + 2] = az;
        tape[at + 3] = bx;
        tape[at + 4] = by;
        tape[at + 5] = bz;
        tape[at + 6] = norm;
        tape[at + 7] = -g / (ax * ax + ay * ay + az * az); // dphi/di = -|g| a / a^2
        tape[at + 8] = g / (bx * bx + by * by + bz * bz); // dphi/dl = |g| b / b^2
        tape[at + 9] = (fx * gx + fy * gy + fz * gz) / g2;
        tape[at + 10] = (hx * gx + hy * gy + hz * gz) / g2;
      }
    },
    spread(t, moment, gradient) {
      const at = TAPE * t;
      if (tape[at + 6] === 0) return;
      const ga = moment * tape[at + 7]!;
      const gb = moment * tape[at + 8]!;
      const i = atoms[4 * t]!;
      const j = atoms[4 * t + 1]!;
      const k = atoms[4 * t + 2]!;
      const l = atoms[4 * t + 3]!;
      for (let axis = 0; axis < 3; axis++) {
        const onI = ga * tape[at + axis]!;
        const onL = gb * tape[at + 3 + axis]!;
        const between = tape[at + 9]! * onI + tape[at + 10]! * onL; // what the middle atoms take over between them

        gradient[i + axis] = gradient[i + axis]! + onI;
        gradient[j + axis] = gradient[j + axis]! - onI - between;
        gradient[k + axis] = gradient[k + axis]! - onL + between;
        gradient[l + axis] = gradient[l + axis]! + onL;
      }
    },
  };
}
