// The founding incident without Slack, cluster or Redis: everything is on this machine, and gone afterwards.
// Usage: npm run demo            stays, with a page on which to type /metrics-diag prod again
//        npm run demo -- --once  exits after the verdict (also without a terminal)
import { register } from 'tsx/esm/api';

register();
const { runDemo } = await import('../test/support/demo/demo.ts');
process.exitCode = await runDemo({
  once: process.argv.includes('--once') || process.stdout.isTTY !== true,
  write: (text) => process.stdout.write(text),
  isTty: process.stdout.isTTY === true,
});
// A handle that someone forgot must not keep the demo alive.
setTimeout(() => process.exit(), 1_000).unref();
