/** The project's own Jupyter: in the environment `.venv`, the tslab kernel in `.jupyter/kernels`, all state in `.jupyter/state`. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../io/paths";
import { preparePython } from "./python";

/** How to run Jupyter's programs: `python -m <module>` with this environment. */
export interface Jupyter {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Settings of JupyterLab for everyone who uses this environment; each can be changed in its settings editor. */
const LAB_SETTINGS = {
  // No question about news, no look for updates.
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  // The table of contents would look for headings in every output again whenever the progress of a run moves.
  "@jupyterlab/toc-extension:registry": { includeOutput: false },
};

/** JupyterLab, installed on the first call and when `notebooks/requirements.txt` has changed. @throws Error as `preparePython`. */
export async function prepareJupyter(say: (line: string) => void): Promise<Jupyter> {
  const python = await preparePython({ name: "JupyterLab", folder: "notebooks", say });
  const settings = path.join(path.dirname(python), "..", "share", "jupyter", "lab", "settings");
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, "overrides.json"), JSON.stringify(LAB_SETTINGS, null, 2));
  return { python, env: environment(projectRoot()) };
}

/** The paths by which Jupyter finds our kernel before any other, and leaves the user's own settings alone. */
function environment(root: string): NodeJS.ProcessEnv {
  const state = (name: string): string => path.join(root, ".jupyter", "state", name);
  return {
    ...process.env,
    // The kernel is started as `node`: the one that runs this.
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    JUPYTER_PATH: path.join(root, ".jupyter"),
    JUPYTER_CONFIG_DIR: state("config"),
    JUPYTER_DATA_DIR: state("data"),
    JUPYTER_RUNTIME_DIR: state("runtime"),
    JUPYTERLAB_SETTINGS_DIR: state("settings"),
    JUPYTERLAB_WORKSPACES_DIR: state("workspaces"),
    IPYTHONDIR: state("ipython"),
  };
}
