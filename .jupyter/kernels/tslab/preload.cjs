// Loaded before tslab (`node -r`): keeps every message of a busy cell, which tslab 1.0.22 on zeromq 6 would lose.
"use strict";

// tslab never awaits send(). zeromq defers the 513th send in a row and answers EBUSY to those after it until the
// event loop has run; the cell's output is cut and its "idle" status goes missing, so that it looks busy for ever.
// sendTimeout 0 keeps zeromq on its synchronous path, and a high-water mark of 0 never drops a message.
const { createRequire } = require("node:module");

const tslab = require.resolve("../../../node_modules/tslab/package.json");
const { Publisher } = createRequire(tslab)("zeromq");
const bind = Publisher.prototype.bind;

// `bind` is read-only on the native prototype: plain assignment would be ignored.
Object.defineProperty(Publisher.prototype, "bind", {
  value(...address) {
    this.sendTimeout = 0;
    this.sendHighWaterMark = 0;
    return bind.apply(this, address);
  },
});
