/** One table of an evaluation: the same rows for a flow and for bare samples. */
import type { Evaluation } from "./evaluate";
import type { Estimate } from "./logz";
import type { Distances } from "./parts";

/** A row; null where a column says nothing of it. A type, not an interface, so that `table` takes rows as records. */
export type EvaluationRow = {
  readonly metric: string;
  /** Of the samples as they are, with its standard error where there is one. */
  readonly plain: number | Estimate | null;
  readonly reweighted: number | Estimate | null;
  /** What the truth itself has. */
  readonly truth: number | Estimate | null;
  /** Distance at the count of the noise floor, and that floor. */
  readonly matched: number | null;
  readonly floor: number | null;
};

/** Every metric as a row; of the marginals the `worst` ones. */
export function evaluationTable(
  evaluation: Evaluation,
  { worst = 5 }: { readonly worst?: number } = {},
): EvaluationRow[] {
  const { reverse, forward, ramachandran, torus, conformations, energies, marginals, tica } = evaluation;
  const value = (metric: string, plain: number | Estimate): EvaluationRow => {
    return { metric, plain, reweighted: null, truth: null, matched: null, floor: null };
  };
  const distance = (metric: string, distances: Distances): EvaluationRow => ({ metric, truth: null, ...distances });
  const pairs = ramachandran?.pairs ?? [];
  return [
    value("samples", evaluation.samples),
    value("invalid samples", evaluation.invalid),
    ...(reverse
      ? [
          value("reverse ESS", reverse.ess),
          value("log Z", reverse.logZ),
          value("ELBO (kT)", reverse.elbo),
          value("samples left out of the ELBO", reverse.excluded),
        ]
      : []),
    ...(forward
      ? [value("forward ESS", forward.ess), value("EUBO (kT)", forward.eubo), value("NLL", forward.nll)]
      : []),
    ...(ramachandran
      ? [distance("Ramachandran KLD", ramachandran.kld), distance("Ramachandran TV", ramachandran.tv)]
      : []),
    ...(pairs.length > 1
      ? pairs.flatMap(({ kld, tv }, k) => [
          distance(`Ramachandran KLD, pair ${k + 1}`, kld),
          distance(`Ramachandran TV, pair ${k + 1}`, tv),
        ])
      : []),
    ...(torus ? [distance("torus W2 (rad)", torus)] : []),
    distance("energy W2 (kT)", energies.w2),
    ...conformations.map(({ pair, conformation, plain, reweighted, truth }) => {
      const residue = pairs.length > 1 ? ` ${pair + 1}` : "";
      return { metric: `F(${conformation}${residue}) (kT)`, plain, reweighted, truth, matched: null, floor: null };
    }),
    ...(tica ? [distance("TICA KLD", tica.kld), distance("TICA TV", tica.tv)] : []),
    ...marginals.slice(0, worst).map(({ name, tv }) => distance(`TV of ${name}`, tv)),
  ];
}
