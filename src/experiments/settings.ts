/** The numbers of every preset: the paper's (its appendix on hyperparameters), and smaller ones found by trial on two cores. */
import type { PresetName, SystemName } from "./experiment";
import type { SystemSettings } from "./settings-common";
import { HEXA } from "./settings-hexa";
import { MIXTURE } from "./settings-mixture";
import { ALDP, TETRA } from "./settings-molecules";

export type { SystemSettings } from "./settings-common";

/** By system and preset, for every method. */
export const SETTINGS: Readonly<Record<SystemName, Readonly<Record<PresetName, SystemSettings>>>> = {
  gmm: MIXTURE,
  aldp: ALDP,
  tetra: TETRA,
  hexa: HEXA,
};
