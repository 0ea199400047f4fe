import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const answerSchema = z.object({ path: z.string(), error: z.string().optional() });
const PROGRAM = fileURLToPath(new URL('./ops-tunnel.mjs', import.meta.url));

/** Unix sockets that lead to TCP addresses inside a lab; one small process in its ops namespace serves them all. */
export function opsTunnels(input: {
  /** Words that run a command in the ops namespace. */
  readonly enter: readonly string[];
  readonly dir: string;
  readonly onStart: (pid: number) => Promise<void>;
}): {
  open(host: string, port: number): Promise<string>;
  close(): void;
} {
  let child: ChildProcess | undefined;
  const opened = new Map<string, Promise<string>>();

  const start = async (): Promise<ChildProcess> => {
    if (child) return child;
    const [program = '', ...args] = input.enter.concat(process.execPath, PROGRAM);
    child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.setMaxListeners(0);
    if (child.pid !== undefined) await input.onStart(child.pid);
    // Neither the process nor its channel may keep a finished test run alive.
    child.unref();
    child.channel?.unref();
    return child;
  };

  const openNow = async (host: string, port: number): Promise<string> => {
    const tunnel = await start();
    const socket = path.join(input.dir, `${host}-${port}.sock`);
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        const answer = answerSchema.parse(message);
        if (answer.path !== socket) return;
        tunnel.off('message', onMessage);
        tunnel.channel?.unref();
        if (answer.error === undefined) resolve(socket);
        else reject(new Error(`tunnel to ${host}:${port}: ${answer.error}`));
      };
      tunnel.channel?.ref();
      tunnel.on('message', onMessage);
      tunnel.once('exit', () => reject(new Error(`tunnel to ${host}:${port}: its process ended`)));
      tunnel.send({ path: socket, host, port });
    });
  };

  return {
    open(host, port) {
      const key = `${host}:${port}`;
      const existing = opened.get(key);
      if (existing) return existing;
      const fresh = openNow(host, port);
      opened.set(key, fresh);
      return fresh;
    },
    close() {
      child?.kill('SIGKILL');
    },
  };
}
