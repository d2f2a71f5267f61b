// Makes `node /work/main.js` say on descriptor 3 that it has started, and wait there for the supervisor's go. Node
// loads this file before it opens the program, so what follows is an ordinary run: require.main, process.argv and stack
// traces are untouched. Worker threads load the file again and must not wait.
'use strict';
if (require('node:worker_threads').isMainThread) {
  const fs = require('node:fs');
  const signal = Buffer.alloc(1);
  delete process.env.NODE_OPTIONS;
  fs.writeSync(3, '\n');
  if (fs.readSync(3, signal, 0, 1, null) !== 1) process.exit(1); // the supervisor is gone
  fs.closeSync(3);
}
delete require.cache[__filename];
