import { runCli } from './roles/cli.ts';

// A reader that has seen enough (`| head`) closes the pipe; what was to be said is said.
process.stdout.on('error', () => process.exit());

const exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTty: process.stdout.isTTY === true && process.stderr.isTTY === true,
  env: process.env,
});
process.exitCode = exitCode;
