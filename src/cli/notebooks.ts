/** `npm run notebooks [-- --write] [-- --preset P]`: executes every notebook, and with --write stores the outputs in place. */
import { copyFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../io/paths";
import { formatDuration } from "../notebook/numbers";
import { executeNotebook } from "./execute";
import { prepareJupyter } from "./jupyter";

async function notebooks(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean", default: false }, preset: { type: "string", default: "smoke" } },
    allowPositionals: true,
  });
  const folder = path.join(projectRoot(), "notebooks");
  const all = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new Error(`notebooks: unknown notebook (got ${unknown}), expected some of ${all.join(", ")}`);
  }
  const jupyter = await prepareJupyter((line) => console.log(line));
  for (const name of positionals.length > 0 ? positionals : all) {
    const begin = performance.now();
    console.log(`${name} at preset ${values.preset}`);
    const out = path.join(projectRoot(), "runs", "notebooks");
    const onProgress = (line: string): void => console.log(`  ${line}`);
    const executed = await executeNotebook(jupyter, path.join(folder, name), {
      out,
      preset: values.preset,
      onProgress,
    });
    if (values.write) copyFileSync(executed, path.join(folder, name));
    const where = values.write ? "written in place" : path.relative(process.cwd(), executed);
    console.log(`${name}: done in ${formatDuration((performance.now() - begin) / 1e3)}, ${where}`);
  }
}

notebooks().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
