import { readdirSync, writeFileSync } from 'node:fs';

writeFileSync(
  '/dev/termination-log',
  JSON.stringify({ t: Date.now(), up: process.uptime(), net: readdirSync('/sys/class/net') }),
);
