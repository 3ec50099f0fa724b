/** TensorFlow as the package finds it: an installed tfjs-node(-gpu), or what `engine:tensorflow` put into `.tensorflow`. As a program: checks that it computes. */
import { existsSync } from "node:fs";
import path from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import { projectRoot } from "../io/paths";

/** The packages that bring TensorFlow's native backend, the better one first. */
export const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;
export type TensorFlowPackage = (typeof PACKAGES)[number];

/** An installed TensorFlow, loaded. */
export interface Installed {
  /** For records: library, version, processor. */
  readonly label: string;
  readonly package: TensorFlowPackage;
}

type Native = typeof Tf & {
  readonly version: Readonly<Record<string, string>>;
};
interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/** The folder of our own installation: beside node_modules, which npm tidies up. */
export const tensorFlowFolder = (): string => path.join(projectRoot(), ".tensorflow");

function packageFile(name: TensorFlowPackage): string | null {
  const own = path.join(tensorFlowFolder(), "node_modules", name, "package.json");
  if (existsSync(own)) return own;
  try {
    return require.resolve(`${name}/package.json`);
  } catch {
    return null;
  }
}

let loaded: Installed | undefined;

/** Loads TensorFlow and says which it is. @throws Error naming what is missing. */
export function describeTensorFlow(): Installed {
  if (loaded) return loaded;
  let reason = `no ${PACKAGES.join(", no ")}`;
  for (const name of PACKAGES) {
    const file = packageFile(name);
    // Under the second name another package of ours finds TensorFlow.js without a native binding.
    if (file === null || (require(file) as { name: string }).name !== name) continue;
    const folder = path.dirname(file);
    if (!existsSync(path.join(folder, "lib"))) {
      reason = `no binding in ${path.join(folder, "lib")}`;
      continue;
    }
    // What it writes about cards that are not there is said in the label.
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
    try {
      const tf = require(folder) as Native;
      const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
      const processor = isUsingGpuDevice ? "GPU" : "CPU";
      loaded = {
        label: `TensorFlow ${binding.TF_Version} (${processor}), ${path.basename(name)} ${tf.version["tfjs-node"]}`,
        package: name,
      };
      return loaded;
    } catch (cause) {
      throw new Error(`${name} does not load: ${(cause as Error).message.split("\n")[0]}`, { cause });
    }
  }
  throw new Error(reason);
}

/** A product and its gradient against their closed forms: [[1, 2], [3, 4]]^2, and d sum(A A) / dA = its row and column sums. */
export function checkTensorFlow(): Installed {
  const installed = describeTensorFlow();
  const tf = require("@tensorflow/tfjs") as typeof Tf;
  tf.setBackend("tensorflow");
  const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const product = [...tf.matMul(a, a).dataSync()].join();
  const gradient = [
    ...tf
      .grad((t) => tf.sum(tf.matMul(t as Tf.Tensor2D, t as Tf.Tensor2D)))(a)
      .dataSync(),
  ].join();
  if (product !== "7,10,15,22" || gradient !== "7,11,9,13") {
    throw new Error(`TensorFlow computes wrongly (got ${product} and ${gradient}), expected 7,10,15,22 and 7,11,9,13`);
  }
  return installed;
}

if (require.main === module) {
  try {
    console.log(checkTensorFlow().label);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
