/** A process that may be killed: begins the run in the folder that it is given, or goes on with it; checkpoints after every step. */
import { runToRecord } from "../../src/experiments/call";
import { listCheckpoints } from "../../src/io/checkpoint-series";
import { CALL, tiny } from "./tiny";

const out = process.argv[2]!;
const resume = listCheckpoints(out).length > 0;
void runToRecord(tiny("ta-bg"), { ...CALL, out, resume, checkpointEvery: 0 });
