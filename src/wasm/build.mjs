/** Compiles the WebAssembly modules of this folder, AssemblyScript (TypeScript with SIMD types), into dist/wasm. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

// Modules on memory that threads share; its size is the caller's affair, up to all that 32 bits address.
const SHARED = { optimiser: ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"] };

const here = path.dirname(fileURLToPath(import.meta.url));
for (const file of readdirSync(path.join(here, "modules"))) {
  const name = path.basename(file, ".ts");
  const { error, stderr } = await asc.main([
    `modules/${file}`,
    ...["--outFile", path.join(here, "..", "..", "dist", "wasm", `${name}.wasm`)],
    ...["--baseDir", here],
    ...["--runtime", "stub", "--importMemory", "--enable", "simd", "--noAssert"],
    ...["--optimizeLevel", "3", "--shrinkLevel", "0", "--converge"],
    ...(SHARED[name] ?? []),
  ]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}
