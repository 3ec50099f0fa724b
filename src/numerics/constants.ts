/** Physical constants in the package's units (nm, kJ/mol, K). */

/** Boltzmann's constant times Avogadro's number, kJ/mol/K (2019 SI: 1.380649e-23 J/K * 6.02214076e23 /mol). */
export const BOLTZMANN = 0.00831446261815324;
