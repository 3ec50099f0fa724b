/**
 * Bonds, angles and torsions of two conformations at once: the terms of bond.ts, angle.ts and torsion.ts in src/physics, in their
 * letters. Each pass adds its energies to those at `energy`, and its gradient to the atoms'.
 */
import { add, atan2, div, half, inverse, mul, one, select, sqrt, square, sub, zero } from "./lanes";
import { Atom } from "./molecule";

@unmanaged
class Bond {
  i: Atom;
  j: Atom;
  unused0: i32;
  unused1: i32;
  length: v128;
  stiffness: v128;
}

@unmanaged
class Angle {
  i: Atom;
  j: Atom;
  k: Atom;
  unused: i32;
  rest: v128;
  stiffness: v128;
}

/** Followed by the harmonics n = 1 ... order of its Fourier series. */
@unmanaged
class Torsion {
  i: Atom;
  j: Atom;
  k: Atom;
  l: Atom;
  order: i32;
  unused0: i32;
  unused1: i32;
  unused2: i32;
  mean: v128;
}

@unmanaged
class Harmonic {
  cosine: v128;
  sine: v128;
}

/** Harmonic bonds. */
export function stretch(first: usize, end: usize, energy: usize): void {
  let sum = v128.load(energy);
  for (let at = first; at != end; at += offsetof<Bond>()) {
    const bond = changetype<Bond>(at);
    const x = sub(bond.i.x, bond.j.x);
    const y = sub(bond.i.y, bond.j.y);
    const z = sub(bond.i.z, bond.j.z);
    const r = sqrt(dot(x, y, z, x, y, z));
    const stretched = sub(r, bond.length);
    const pull = mul(bond.stiffness, stretched);
    sum = add(sum, mul(mul(half(), pull), stretched));
    const g = v128.andnot(div(pull, r), f64x2.eq(r, zero()));
    push(bond.i, mul(g, x), mul(g, y), mul(g, z));
    pushBack(bond.j, mul(g, x), mul(g, y), mul(g, z));
  }
  v128.store(energy, sum);
}

/** Harmonic angles. */
export function bend(first: usize, end: usize, energy: usize): void {
  let sum = v128.load(energy);
  for (let at = first; at != end; at += offsetof<Angle>()) {
    const angle = changetype<Angle>(at);
    const j = angle.j;
    const ux = sub(angle.i.x, j.x);
    const uy = sub(angle.i.y, j.y);
    const uz = sub(angle.i.z, j.z);
    const wx = sub(angle.k.x, j.x);
    const wy = sub(angle.k.y, j.y);
    const wz = sub(angle.k.z, j.z);
    const nx = minor(uy, wz, uz, wy);
    const ny = minor(uz, wx, ux, wz);
    const nz = minor(ux, wy, uy, wx);
    const n = sqrt(dot(nx, ny, nz, nx, ny, nz));
    const bent = sub(atan2(n, dot(ux, uy, uz, wx, wy, wz)), angle.rest);
    const moment = mul(angle.stiffness, bent);
    sum = add(sum, mul(mul(half(), moment), bent));
    const flat = f64x2.eq(n, zero());
    const gu = v128.andnot(div(moment, mul(n, dot(ux, uy, uz, ux, uy, uz))), flat);
    const gw = v128.andnot(div(moment, mul(n, dot(wx, wy, wz, wx, wy, wz))), flat);
    const ix = mul(gu, minor(uy, nz, uz, ny));
    const iy = mul(gu, minor(uz, nx, ux, nz));
    const iz = mul(gu, minor(ux, ny, uy, nx));
    const kx = mul(gw, minor(ny, wz, nz, wy));
    const ky = mul(gw, minor(nz, wx, nx, wz));
    const kz = mul(gw, minor(nx, wy, ny, wx));
    push(angle.i, ix, iy, iz);
    pushBack(j, add(ix, kx), add(iy, ky), add(iz, kz));
    push(angle.k, kx, ky, kz);
  }
  v128.store(energy, sum);
}

/** Periodic torsions. */
export function twist(first: usize, end: usize, energy: usize): void {
  let sum = v128.load(energy);
  for (let at = first; at != end;) {
    const torsion = changetype<Torsion>(at);
    const i = torsion.i;
    const j = torsion.j;
    const k = torsion.k;
    const l = torsion.l;
    const fx = sub(i.x, j.x);
    const fy = sub(i.y, j.y);
    const fz = sub(i.z, j.z);
    const gx = sub(j.x, k.x);
    const gy = sub(j.y, k.y);
    const gz = sub(j.z, k.z);
    const hx = sub(l.x, k.x);
    const hy = sub(l.y, k.y);
    const hz = sub(l.z, k.z);
    const ax = minor(fy, gz, fz, gy);
    const ay = minor(fz, gx, fx, gz);
    const az = minor(fx, gy, fy, gx);
    const bx = minor(hy, gz, hz, gy);
    const by = minor(hz, gx, hx, gz);
    const bz = minor(hx, gy, hy, gx);
    const g2 = dot(gx, gy, gz, gx, gy, gz);
    const g = sqrt(g2);
    const x = dot(ax, ay, az, bx, by, bz); // |a| |b| cos(phi)
    const y = mul(g, dot(fx, fy, fz, bx, by, bz)); // -|a| |b| sin(phi)
    const norm = sqrt(add(square(x), square(y)));
    const flat = f64x2.eq(norm, zero());
    const c = select(flat, one(), div(x, norm));
    const s = v128.andnot(div(y, norm), flat);

    sum = add(sum, torsion.mean);
    let moment = zero(); // dU/dphi
    let n = one();
    let cn = c; // cos(n phi), -sin(n phi)
    let sn = s;
    at += offsetof<Torsion>();
    for (let m = torsion.order; m > 0; m--) {
      const harmonic = changetype<Harmonic>(at);
      sum = add(sum, sub(mul(harmonic.cosine, cn), mul(harmonic.sine, sn)));
      moment = add(moment, mul(n, add(mul(harmonic.sine, cn), mul(harmonic.cosine, sn))));
      const next = sub(mul(cn, c), mul(sn, s));
      sn = add(mul(sn, c), mul(cn, s));
      cn = next;
      n = add(n, one());
      at += offsetof<Harmonic>();
    }
    const force = v128.andnot(mul(moment, g), flat);
    const perG2 = v128.andnot(inverse(g2), flat);
    const ga = v128.andnot(div(force, dot(ax, ay, az, ax, ay, az)), flat); // -dU/di = ga a
    const gb = v128.andnot(div(force, dot(bx, by, bz, bx, by, bz)), flat); // dU/dl = gb b
    const u = mul(mul(dot(fx, fy, fz, gx, gy, gz), perG2), ga);
    const v = mul(mul(dot(hx, hy, hz, gx, gy, gz), perG2), gb);
    const ix = mul(ga, ax);
    const iy = mul(ga, ay);
    const iz = mul(ga, az);
    const lx = mul(gb, bx);
    const ly = mul(gb, by);
    const lz = mul(gb, bz);
    const tx = sub(mul(v, bx), mul(u, ax)); // what the middle atoms take over between them
    const ty = sub(mul(v, by), mul(u, ay));
    const tz = sub(mul(v, bz), mul(u, az));
    pushBack(i, ix, iy, iz);
    push(j, sub(ix, tx), sub(iy, ty), sub(iz, tz));
    push(k, sub(tx, lx), sub(ty, ly), sub(tz, lz));
    push(l, lx, ly, lz);
  }
  v128.store(energy, sum);
}

function dot(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return add(add(mul(ax, bx), mul(ay, by)), mul(az, bz));
}

/** a b - c d: a component of a cross product. */
function minor(a: v128, b: v128, c: v128, d: v128): v128 {
  return sub(mul(a, b), mul(c, d));
}

function push(atom: Atom, x: v128, y: v128, z: v128): void {
  atom.gx = add(atom.gx, x);
  atom.gy = add(atom.gy, y);
  atom.gz = add(atom.gz, z);
}

function pushBack(atom: Atom, x: v128, y: v128, z: v128): void {
  atom.gx = sub(atom.gx, x);
  atom.gy = sub(atom.gy, y);
  atom.gz = sub(atom.gz, z);
}
