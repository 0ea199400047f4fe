import { createServer } from 'node:http';
import { join } from 'node:path';
import type { LabNetwork } from '../types.ts';

/**
 * A socket that tells cAdvisor in the kubelet where Docker keeps its files. Without an answer it asks five times, a
 * second apart, before it goes on without Docker (docker.RootDir in cAdvisor 0.38): 5 s of every kubelet's start.
 * No storage driver is named, so that it then finds no Docker to watch.
 *
 * @returns the path of the socket
 */
export async function answerForDocker(network: LabNetwork): Promise<string> {
  const path = join(network.dir, 'docker.sock');
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('api-version', '1.40');
    response.end('{"DockerRootDir":"/var/lib/docker","ServerVersion":"19.3.0"}');
  });
  server.listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  network.onDestroy(async () => {
    server.close();
  });
  return path;
}
