/** The public list: what notebooks and programs import as `tabg`. Everything else is private by path. */
export { loadSystem, type MolecularSystem, type SystemFiles } from "./target/molecule";
export { createTarget } from "./target/molecular-target";
export { createMixtureTarget } from "./target/gmm";
export { type ImportedFrames, importFrames, type ImportReport } from "./target/import-frames";
export type { Target } from "./target/target";
export { joinSamples, logWeights, type Samples, takeSamples } from "./target/samples";
export { createEnergy, type Energy } from "./physics/energy";
export { readSystem, type System } from "./physics/system";
export type { Frames } from "./coords/convert";
export { createCoordinates, type Coordinates } from "./coords/coordinates";
export type { CoordinateSpec, TorsionRange } from "./coords/spec";
export type { TemperatureRange } from "./flow/temperature";
export { createFlowSpec, type FlowOptions, type FlowSpec, PAPER_FLOW } from "./flow/spec";
export { createRng, type Rng } from "./numerics/random";
export {
  forecastLadder,
  forecastStep,
  heatCapacity,
  type LadderForecast,
  type RungForecast,
  temperatureForEss,
} from "./train/forecast";
export { type EssBetween, ladderForEss, measureSteps } from "./train/adaptive-ladder";
export { geometricLadder } from "./train/ladder";
export type { Rung } from "./train/round";
export { type Evaluation, type EvaluationOptions, evaluate } from "./evaluate/evaluate";
export { type EvaluationRow, evaluationTable } from "./evaluate/table";
export type { Distances, Parts, SampleSet } from "./evaluate/parts";
export type { ScoredSet } from "./evaluate/likelihood";
export { clipLogWeights, forwardEss, reverseEss } from "./evaluate/ess";
export { blockEstimate, elbo, type Estimate, estimateLogZ, meanEstimate } from "./evaluate/logz";
export { type BasinShare, basinShare } from "./evaluate/basin";
export { freeEnergyDifference } from "./evaluate/free-energy-difference";
export { type CurvePoint, type Region, type RegionPoint, temperatureCurve } from "./evaluate/temperature-curve";
export { samplesNear } from "./evaluate/temperature-window";
export { conformationOf } from "./evaluate/conformations";
export {
  type MetastableRegion,
  metastableRegions,
  type RegionMap,
  type RegionOptions,
  regionShares,
} from "./evaluate/regions";
export { kullbackLeibler, samplingTv, totalVariation } from "./evaluate/divergence";
export {
  dihedrals,
  freeEnergy,
  ramachandran,
  ramachandranKld,
  ramachandranTv,
  torsionAngles,
  torsionColumn,
} from "./evaluate/ramachandran";
export { quantiles, wasserstein2 } from "./evaluate/wasserstein";
export { torusWasserstein2 } from "./evaluate/torus";
export { fitTica, projectTica } from "./evaluate/tica";
export { alphaDistances } from "./evaluate/alpha-distances";
export { coordinateNames } from "./evaluate/marginals";
export { type Device, DEVICES } from "./engine/devices";
export { type GroundTruth, loadGroundTruth } from "./sample/store";
export { readGroundTruthRecord } from "./sample/truth-record";
export {
  type Agreement,
  averageEstimates,
  compareEstimates,
  compareLeftHanded,
  compareWithLangevin,
  shareToFreeEnergy,
} from "./sample/agreement";
export { readLangevin } from "./sample/langevin-run";
export {
  type Experiment,
  finalTemperature,
  findExperiment,
  METHODS,
  PRESETS,
  SYSTEMS,
  withLadder,
} from "./experiments/presets";
export { type Changes, changesOf, withChanges } from "./experiments/change";
export { type Run, sampleRun, startRun } from "./experiments/run";
export { annealSamples, exchangeSamples } from "./experiments/refine";
export type { Progress, Watch } from "./experiments/stage";
export { trainFab, trainForwardKl } from "./experiments/baselines";
export {
  annealDown,
  trainHotChains,
  trainPathKl,
  trainReverseKl,
  trainRun,
  trainTrustRegion,
} from "./experiments/stages";
export { compareWithTruth, recordRun, type TruthMetrics } from "./experiments/record";
export { measureColder, measureTemperatures, recordedCurve, type RunCurveOptions } from "./experiments/temperatures";
export { type CheckpointOptions, type Checkpoints, keepCheckpoints, resumeRun } from "./experiments/checkpoint";
export { type BranchOptions, branchRun, type FlowSnapshot, snapshotFlow } from "./experiments/branch";
export { drawSamples, readSamplesRecord, type SamplesOptions, type SamplesRecord } from "./experiments/samples-record";
export { type ExperimentCall, runExperiment } from "./experiments/call";
export { findRecords, resultRows } from "./experiments/results";
export { loadTruth } from "./experiments/truth";
export { loadRun, saveFlow, saveRun } from "./experiments/store";
export { dataPath } from "./io/paths";
export { type AisSamples, type AisSampling } from "./train/ais";
export { scoreFrames } from "./train/model";
export { readNpy, writeNpy } from "./io/npy";
export { readRecord, type RunRecord } from "./io/record";
export * from "./notebook";
