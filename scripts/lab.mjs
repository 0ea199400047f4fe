// npm run lab: a real cluster on this machine, with a fault if wanted. The program is scripts/lab.ts.
import { register } from 'tsx/esm/api';

register();
await import('./lab.ts');
