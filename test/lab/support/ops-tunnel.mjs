// Runs inside a lab's ops namespace and joins unix sockets (which network namespaces do not separate) to TCP
// addresses of the lab, so that a test process outside the lab can speak to an API server in it.
// Orders come over the IPC channel: { path, host, port } -> { path } once it listens.
import net from 'node:net';

process.on('message', ({ path, host, port }) => {
  const server = net.createServer((near) => {
    const far = net.connect({ host, port });
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.on('error', (error) => process.send({ path, error: error.message }));
  server.listen(path, () => process.send({ path }));
});
// The owner's death closes the channel, and with it this process.
process.on('disconnect', () => process.exit(0));
