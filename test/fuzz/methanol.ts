/** A small molecule with every kind of force that is read, to be damaged: methanol, its numbers made up. */

const list = (tag: string, items: readonly string[]): string => `<${tag}>${items.join("")}</${tag}>`;
const parameters = (tag: string, names: readonly string[]): string =>
  list(tag, names.map((name) => `<Parameter name="${name}"/>`)); // prettier-ignore
const NO_GLOBALS = "<GlobalParameters/><EnergyParameterDerivatives/>";
/** C, O, three H of C, H of O. */
const BONDS = [[0, 1, 0.141], [0, 2, 0.109], [0, 3, 0.109], [0, 4, 0.109], [1, 5, 0.096]] as const; // prettier-ignore
const CHARGES = [0.117, -0.598, 0.03, 0.03, 0.03, 0.391];
const TABLE = (name: string): string =>
  `<Function name="${name}" type="Discrete2DFunction" version="1" xsize="1" ysize="1"><Values><Value v=".001"/></Values></Function>`;
const SOLVATION = "solventDielectric=78.5; soluteDielectric=1; kappa=0; offset=0.009";

export const METHANOL_XML = `<?xml version="1.0" ?>
<System openmmVersion="8.6.1" type="System" version="1">
<PeriodicBoxVectors><A x="2" y="0" z="0"/><B x="0" y="2" z="0"/><C x="0" y="0" z="2"/></PeriodicBoxVectors>
${list(
  "Particles",
  [12, 16, 1, 1, 1, 1].map((mass) => `<Particle mass="${mass}.011"/>`),
)}
${list("Constraints", ['<Constraint d=".096" p1="1" p2="5"/>'])}
<Forces>
<Force forceGroup="0" name="bonds" type="HarmonicBondForce" usesPeriodic="0" version="2">
${list(
  "Bonds",
  BONDS.map(([p1, p2, d]) => `<Bond d="${d}" k="280000" p1="${p1}" p2="${p2}"/>`),
)}</Force>
<Force name="angles" type="HarmonicAngleForce" usesPeriodic="0" version="2">
${list("Angles", ['<Angle a="1.9" k="400" p1="1" p2="0" p3="2"/>', '<Angle a="1.9" k="400" p1="0" p2="1" p3="5"/>'])}</Force>
<Force name="torsions" type="PeriodicTorsionForce" usesPeriodic="0" version="2">
${list("Torsions", ['<Torsion k="1.4" p1="2" p2="0" p3="1" p4="5" periodicity="3" phase="0"/>'])}</Force>
<Force name="rb" type="RBTorsionForce" usesPeriodic="0" version="2">
${list("Torsions", ['<Torsion c0="1" c1="2" c2="-1" c3=".5" c4="0" c5=".1" p1="3" p2="0" p3="1" p4="5"/>'])}</Force>
<Force energy="k*(theta-theta0)^2" name="impropers" type="CustomTorsionForce" usesPeriodic="0" version="3">
${parameters("PerTorsionParameters", ["k", "theta0"])}${NO_GLOBALS}
${list("Torsions", ['<Torsion p1="4" p2="0" p3="1" p4="5" param1="1" param2="-1"/>'])}</Force>
<Force name="cmap" type="CMAPTorsionForce" usesPeriodic="0" version="2">
<Maps><Map size="2">${[1, 2, 3, 4].map((e) => `<Energy e="${e}"/>`).join("")}</Map></Maps>
<Torsions><Torsion a1="2" a2="0" a3="1" a4="5" b1="3" b2="0" b3="1" b4="5" map="0"/></Torsions></Force>
<Force cutoff="1" includeDirectSpace="1" method="0" name="nonbonded" type="NonbondedForce" version="4">
<GlobalParameters/><ParticleOffsets/><ExceptionOffsets/>
${list(
  "Particles",
  CHARGES.map((q) => `<Particle eps=".3" q="${q}" sig=".25"/>`),
)}
${list(
  "Exceptions",
  BONDS.map(([p1, p2]) => `<Exception eps="0" p1="${p1}" p2="${p2}" q="0" sig="1"/>`),
)}</Force>
<Force cutoff="1" energy="acoef(type1, type2)/r^12 - bcoef(type1, type2)/r^6;" method="0" name="lj" type="CustomNonbondedForce" version="3">
${parameters("PerParticleParameters", ["type"])}<ComputedValues/>${NO_GLOBALS}
${list(
  "Particles",
  CHARGES.map(() => '<Particle param1="0"/>'),
)}<Exclusions><Exclusion p1="0" p2="1"/></Exclusions>
<Functions>${TABLE("acoef")}${TABLE("bcoef")}</Functions><InteractionGroups/></Force>
<Force energy="4*epsilon*((sigma/r)^12-(sigma/r)^6)" name="lj14" type="CustomBondForce" usesPeriodic="0" version="3">
${parameters("PerBondParameters", ["sigma", "epsilon"])}${NO_GLOBALS}<Bonds><Bond p1="2" p2="5" param1=".2" param2=".1"/></Bonds></Force>
<Force cutoff="1" method="0" name="obc" soluteDielectric="1" solventDielectric="78" surfaceAreaEnergy="2.2" type="GBSAOBCForce" version="2">
${list(
  "Particles",
  CHARGES.map((q) => `<Particle q="${q}" r=".15" scale=".8"/>`),
)}</Force>
<Force cutoff="1" method="0" name="gbn" type="CustomGBForce" version="2">
${parameters("PerParticleParameters", ["charge", "or", "sr", "radindex"])}${NO_GLOBALS}
<ComputedValues><Value expression="Ivdw+neckScale*Ineck;Ineck=step(radius1+radius2+neckCut-r)*getm0(radindex1,radindex2)/(1+100*(r-getd0(radindex1,radindex2))^2+0.3*1000000*(r-getd0(radindex1,radindex2))^6);Ivdw=select(step(r+sr2-or1), 0.5*(1/L-1/U+0.25*(r-sr2^2/r)*(1/(U^2)-1/(L^2))+0.5*log(L/U)/r), 0);U=r+sr2;L=max(or1, D);D=abs(r-sr2);radius1=or1+offset; radius2=or2+offset;neckScale=0.361825; neckCut=0.68; offset=0.009" name="I" type="2"/>
<Value expression="1/(1/or-tanh(1.09511284*psi-1.907992938*psi^2+2.50798245*psi^3)/radius);psi=I*or; radius=or+offset; offset=0.009" name="B" type="0"/></ComputedValues>
<EnergyTerms><Term expression="-0.5*138.935485*(1/soluteDielectric-1/solventDielectric)*charge^2/B; ${SOLVATION}" type="0"/>
<Term expression="-138.935485*(1/soluteDielectric-1/solventDielectric)*charge1*charge2/f;f=sqrt(r^2+B1*B2*exp(-r^2/(4*B1*B2))); ${SOLVATION}" type="2"/></EnergyTerms>
${list(
  "Particles",
  CHARGES.map((q) => `<Particle param1="${q}" param2=".14" param3=".1" param4="0"/>`),
)}
<Exclusions/><Functions>${TABLE("getd0")}${TABLE("getm0")}</Functions></Force>
<Force frequency="1" name="CMMotionRemover" type="CMMotionRemover" version="1"/>
</Forces>
</System>
`;

const XYZ = [[0, 0, 0], [1.41, 0, 0], [-0.36, 1.03, 0], [-0.36, -0.51, 0.89], [-0.36, -0.51, -0.89], [1.73, 0.3, 0.85]]; // prettier-ignore
const atom = (name: string, k: number): string =>
  `HETATM${String(k + 1).padStart(5)}  ${name.padEnd(3)} MOH A   1    ${XYZ[k]!.map((x) => x.toFixed(3).padStart(8)).join("")}` +
  `  1.00  0.00           ${name[0]}  `;

export const METHANOL_PDB =
  ["C", "O", "H1", "H2", "H3", "HO"].map(atom).join("\n") +
  "\nTER\nCONECT    1    2    3    4    5\nCONECT    2    6\nEND\n";
