#!/usr/bin/env node
/** The program `tabg`: finds the command, runs it, and turns errors into one line and an exit status. */
import { HELP, type Streams, UsageError } from "./usage";

/** Each command's module is loaded when it is called: `--help` answers at once. */
const COMMANDS: Readonly<Record<string, (args: readonly string[], streams: Streams) => number | Promise<number>>> = {
  energy: (args, streams) => (require("./energy") as typeof import("./energy")).energyCommand(args, streams),
  import: (args, streams) => (require("./import") as typeof import("./import")).importCommand(args, streams),
  experiment: (args, streams) =>
    (require("./experiment") as typeof import("./experiment")).experimentCommand(args, streams),
  evaluate: (args, streams) => (require("./evaluate") as typeof import("./evaluate")).evaluateCommand(args, streams),
  sample: (args, streams) => (require("./sample") as typeof import("./sample")).sampleCommand(args, streams),
  "ground-truth": (args, streams) =>
    (require("./ground-truth") as typeof import("./ground-truth")).groundTruthCommand(args, streams),
  langevin: (args, streams) => (require("./langevin") as typeof import("./langevin")).langevinCommand(args, streams),
  doctor: (args, streams) => (require("./doctor") as typeof import("./doctor")).doctorCommand(args, streams),
  "engine-tensorflow": (args, streams) =>
    (require("./engine-tensorflow") as typeof import("./engine-tensorflow")).engineTensorFlowCommand(args, streams),
};

/** Runs one call of the program; the result is its exit status. Errors are written to `note`, never thrown. */
export async function runCommandLine(args: readonly string[], streams: Streams): Promise<number> {
  const [name, ...rest] = args;
  if (args.includes("--help") || args.includes("-h") || name === "help") {
    streams.out(HELP.trimEnd());
    return 0;
  }
  try {
    const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS).join(", ");
      throw new UsageError(
        `${name === undefined ? "missing command" : `unknown command (got ${name})`}, expected one of ${known}; see "tabg --help"`,
      );
    }
    return await command(rest, streams);
  } catch (error) {
    streams.note(`tabg: ${error instanceof Error ? error.message : String(error)}`);
    // The stack helps who works on the package; the message is for everyone.
    if (process.env["TABG_DEBUG"] && error instanceof Error) streams.note(error.stack ?? "");
    return error instanceof UsageError ? 2 : 1;
  }
}

if (require.main === module) {
  const streams: Streams = {
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
  };
  // A log on a full disk, or a pipe whose reader has gone, does not end hours of training: the record has the numbers.
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", () => (process.exitCode = 1));
  void runCommandLine(process.argv.slice(2), streams).then((status) => (process.exitCode ||= status));
}
