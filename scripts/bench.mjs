// npm run bench -- NAME [runs]: slack-ack | lab-latency | lab-faults | lab-fixes | worker-memory | explain [work|held-out] | mutants [per cause] | worlds [N] | engine. Each run of the first five is appended to
// docs/measurements/NAME.jsonl at once, so that a bench that was interrupted goes on where it stopped.
import { register } from 'tsx/esm/api';

register();
await import('./bench/main.ts');
