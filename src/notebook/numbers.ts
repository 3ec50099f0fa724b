/** Numbers as people read them: few digits, thousands apart, a value no more precise than its error. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A plain number: 7,421,512; -175.00; 0.0213; 1.2 × 10⁻⁵; a dash for NaN. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  if (value === 0 || (Number.isInteger(value) && size < 1e12)) return fixed(value, 0);
  if (size >= 1e12 || size < 1e-3) return scientific(value);
  if (size >= 1000) return fixed(value, 0);
  return size >= 1 ? fixed(value, 2) : fixed(value, 2 - Math.floor(Math.log10(size)));
}

/** A share (0 to 1) in percent: 61.6 %, 1.24 %, 0.021 %. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return formatNumber(share);
  const percent = 100 * share;
  const size = Math.abs(percent);
  if (size > 0 && size < 1e-5) return `${scientific(percent)} %`;
  const digits = size >= 10 ? 1 : size >= 1 || size === 0 ? 2 : 1 - Math.floor(Math.log10(size));
  return `${fixed(percent, digits)} %`;
}

/** A value with its error, both to the error's second digit: -175.003 ± 0.012. */
export function formatMeasured(value: number, error: number): string {
  if (!(error > 0) || !Number.isFinite(value + error)) return formatNumber(value);
  const digits = 1 - Math.floor(Math.log10(error));
  if (digits > 8) return `${formatNumber(value)} ± ${scientific(error)}`;
  return `${fixed(value, Math.max(0, digits))} ± ${fixed(error, Math.max(0, digits))}`;
}

/** A time span: 0.4 s, 42 s, 3 min 20 s, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function fixed(value: number, digits: number): string {
  const [whole = "", fraction] = value.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function scientific(value: number): string {
  const [mantissa, exponent = "0"] = value.toExponential(1).split("e");
  const digits = String(Math.abs(Number(exponent))).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]!);
  return `${mantissa} × 10${Number(exponent) < 0 ? "⁻" : ""}${digits}`;
}
