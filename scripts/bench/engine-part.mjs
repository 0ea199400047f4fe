// One bundle of `npm run bench -- engine`, in a process of its own: its memory is what the bundle took.
import { register } from 'tsx/esm/api';

register();
const { timeEngine } = await import('./time-engine.ts');
process.send(await timeEngine(process.argv[2]), () => process.disconnect());
