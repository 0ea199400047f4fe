// A plain TCP echo server, in place of a user's workload. PORT is the port (8080 when absent).
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ host: '0.0.0.0', port: Number(process.env.PORT ?? 8080) });
process.on('SIGTERM', () => process.exit(0));
