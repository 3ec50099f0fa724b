/** The worker of the pool's tests: does what each request says. */
import { workerData } from "node:worker_threads";
import { serve } from "../../src/parallel/serve";

export type Order = "double" | "refuse" | "crash" | "throw" | "exit" | "spin" | "hang" | "later" | "keep";

serve<{ order: Order; values: Float64Array }, Float64Array>(async ({ order, values }) => {
  switch (order) {
    case "double":
      return { value: values.map((value) => 2 * value), transfer: [] };
    case "refuse":
      throw new RangeError(`refused ${values[0]}`);
    case "crash":
      setImmediate(() => {
        throw new Error("out of luck");
      });
      return new Promise(() => undefined);
    case "throw":
      setImmediate(() => {
        throw "nothing in particular";
      });
      return new Promise(() => undefined);
    case "spin":
      for (;;);
    case "exit":
      return process.exit(3);
    case "hang":
      return new Promise(() => undefined);
    case "later":
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { value: values };
    case "keep":
      return { value: Float64Array.from([workerData as number]), transfer: [] };
  }
});
