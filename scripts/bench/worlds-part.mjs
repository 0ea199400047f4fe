// A lane of `npm run bench -- worlds`: marks some worlds and hands each mark to its parent.
import { register } from 'tsx/esm/api';

register();
const { markWorlds } = await import('./mark-worlds.ts');
const [kind, from, to] = process.argv.slice(2);
await markWorlds({ kind, from: Number(from), to: Number(to) }, (mark) => process.send(mark));
process.disconnect();
