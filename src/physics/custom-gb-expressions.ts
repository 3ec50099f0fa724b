/** The expressions of OpenMM's CustomGBForce as its implicit/*.xml and its readers of AMBER files write them (openmm.app.internal.customgbforces). */
import type { Template } from "./expression";

const PAIRWISE = "select(step(r+sr2-or1),0.5*(1/L-1/U+0.25*(r-sr2^2/r)*(1/(U^2)-1/(L^2))+0.5*log(L/U)/r),0)";
const BOUNDS = { U: "r+sr2", L: "max(or1,D)", D: "abs(r-sr2)" };
const TABLES = { d0: "getd0(radindex1,radindex2)", m0: "getm0(radindex1,radindex2)" };

/** The integral of the space that other atoms take up: HCT, OBC; and with the necks between atoms, GBn. */
export const INTEGRALS: Readonly<Record<"pairwise" | "necked", Template>> = {
  pairwise: { formula: PAIRWISE, definitions: BOUNDS },
  necked: {
    formula: "Ivdw+neckScale*Ineck",
    definitions: {
      Ivdw: PAIRWISE,
      ...BOUNDS,
      Ineck:
        `step(radius1+radius2+neckCut-r)*${TABLES.m0}/` +
        `(1+#square*(r-${TABLES.d0})^2+#sixth*#million*(r-${TABLES.d0})^6)`,
      radius1: "or1+offset",
      radius2: "or2+offset",
      neckScale: "#scale",
      neckCut: "#cut",
      offset: "#offset",
    },
  },
};

const radius = (polynomial: string): Template => ({
  formula: `1/(1/or-tanh(${polynomial})/radius)`,
  definitions: { psi: "I*or", radius: "or+offset", offset: "#offset" },
});

/** The Born radius from the integral; the last has numbers of its own for every atom. */
export const RADII: Readonly<Record<"HCT" | "OBC1" | "OBC2" | "GBn" | "GBn2", Template>> = {
  HCT: { formula: "1/(1/or-I)", definitions: {} },
  OBC1: radius("#alpha*psi+#gamma*psi^3"),
  OBC2: radius("psi-#beta*psi^2+#gamma*psi^3"),
  GBn: radius("#alpha*psi-#beta*psi^2+#gamma*psi^3"),
  GBn2: radius("alpha*psi-beta*psi^2+gamma*psi^3"),
};

const solvation = { solventDielectric: "#solvent", soluteDielectric: "#solute", kappa: "#kappa", offset: "#offset" };

/** Energies of each atom by itself. */
export const SINGLE_TERMS: Readonly<Record<"self" | "surface", Template>> = {
  self: { formula: "-#half*#coulomb*(1/soluteDielectric-1/solventDielectric)*charge^2/B", definitions: solvation },
  surface: {
    formula: "#factor*(radius+#probe)^2*(radius/B)^6",
    definitions: { radius: "or+offset", ...solvation },
  },
};

/** Energies of pairs. */
export const PAIR_TERMS: Readonly<Record<"pair", Template>> = {
  pair: {
    formula: "-#coulomb*(1/soluteDielectric-1/solventDielectric)*charge1*charge2/f",
    definitions: { f: "sqrt(r^2+B1*B2*exp(-r^2/(4*B1*B2)))", ...solvation },
  },
};
