/** The one table of tolerances. A looser value in a test states its reason beside it. */
export const TOLERANCE = {
  /** Closed forms and reference programs in double precision, relative to scale. */
  f64: 1e-10,
  /** Energies against OpenMM's Reference platform, relative (absolute below 1 kJ/mol). */
  energy: 1e-9,
  /** Force vectors against OpenMM, relative to their norm. */
  force: 1e-8,
  /** Internal coordinates and log-determinants against bgflow in float64. */
  coordinate: 1e-9,
  /** Gradients against central differences, relative to their norm. */
  difference: 1e-6,
  /** Single-precision paths, relative to scale. */
  f32: 1e-5,
  /** Round trip through a flow of 16 couplings in single precision. */
  flowRoundTrip: 1e-4,
} as const;
