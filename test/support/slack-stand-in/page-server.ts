import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SlackStandIn } from './slack-stand-in.ts';
import { type Message, type StoredFile, shown, type Workspace } from './workspace.ts';

/** The person in front of the page. */
export const PAGE_USER = 'U0LIN';
/** Changes within this time become one event. */
const BATCH_MS = 30;
const PAGE = new URL('./page.html', import.meta.url);

/** The Slack-like page: one HTML file, the state as server-sent events, two ways to act. */
export function createPage({
  workspace,
  standIn,
  files,
}: {
  readonly workspace: Workspace;
  readonly standIn: SlackStandIn;
  readonly files: ReadonlyMap<string, StoredFile>;
}): { handle(request: IncomingMessage, response: ServerResponse): Promise<void>; close(): void } {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  const push = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const data = `data: ${JSON.stringify(state(workspace))}\n\n`;
      for (const listener of listeners) listener.write(data);
    }, BATCH_MS);
  };
  workspace.changes.on('change', push);

  async function act(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    // Only our own page may act: another site could otherwise post to the loopback address.
    if (request.headers.origin !== standIn.url) {
      response.writeHead(403).end();
      return;
    }
    const input = await readJson(request);
    const channel = input['channel'] ?? '';
    if (path === '/page/type') await type(channel, input['text'] ?? '', input['threadTs']);
    else {
      const click = { ts: input['ts'] ?? '', actionId: input['actionId'] ?? '' };
      await standIn.clickButton({ user: PAGE_USER, channel, ...click });
    }
    response.writeHead(204).end();
  }

  async function type(channel: string, raw: string, threadTs: string | undefined): Promise<void> {
    const text = raw.trim();
    const inThread = threadTs ?? null;
    if (text === '') return;
    if (!text.startsWith('/')) {
      workspace.add({ channel, user: PAGE_USER, text: escapeTyped(text), threadTs: inThread });
      return;
    }
    const [command = '', ...rest] = text.split(' ');
    const say = (words: string): void => {
      workspace.add({
        channel,
        user: 'USLACKBOT',
        onlyFor: PAGE_USER,
        text: words,
        threadTs: inThread,
      });
    };
    if (inThread !== null) say(`${command} is not supported in threads. Sorry!`);
    else if (command !== '/metrics-diag') say(`${command} is not a valid command.`);
    else await standIn.typeCommand({ user: PAGE_USER, channel, text: rest.join(' ') });
  }

  return {
    async handle(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://x');
      if (request.method === 'POST' && pathname.startsWith('/page/')) {
        return act(request, response, pathname);
      }
      if (pathname === '/page/events') {
        response.writeHead(200, {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
        });
        response.write(`data: ${JSON.stringify(state(workspace))}\n\n`);
        listeners.add(response);
        response.on('close', () => listeners.delete(response));
        return;
      }
      const file = files.get(pathname.split('/')[2] ?? '');
      if (pathname.startsWith('/files/') && file !== undefined) {
        response.writeHead(200, {
          'content-type': file.mimetype,
          'x-content-type-options': 'nosniff',
        });
        response.end(file.bytes);
        return;
      }
      if (pathname === '/' || pathname.startsWith('/archives/')) {
        response.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy':
            "default-src 'none'; img-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
        });
        const html = await readFile(PAGE, 'utf8');
        // The first state comes with the page, so that it is there at once. No `</script>` can be in it.
        const first = JSON.stringify(state(workspace)).replaceAll('<', '\\u003c');
        response.end(html.replace('>null</script>', () => `>${first}</script>`));
        return;
      }
      response.writeHead(404).end();
    },
    close() {
      clearTimeout(timer);
      workspace.changes.off('change', push);
      for (const listener of listeners) listener.end();
    },
  };
}

/** What the person in front of the page sees. */
function state(workspace: Workspace): object {
  return {
    me: PAGE_USER,
    bot: workspace.botId,
    users: workspace.users,
    channels: [...workspace.channels.values()].filter(({ members }) => members.includes(PAGE_USER)),
    messages: workspace.messages
      .filter(({ deleted, onlyFor }) => !deleted && (onlyFor === null || onlyFor === PAGE_USER))
      .map(pageMessage),
  };
}

function pageMessage(message: Message): object {
  const { ts, channel, threadTs, user, onlyFor, files, revisions } = message;
  const { text, blocks } = shown(message);
  return {
    ts,
    channel,
    threadTs,
    user,
    onlyFor,
    text,
    blocks,
    edited: revisions.length > 1,
    files: files.map(({ id, name, title, altText, mimetype, bytes }) => ({
      id,
      name,
      title,
      altText,
      url: `/files/${id}/${encodeURIComponent(name)}`,
      isImage: mimetype.startsWith('image/'),
      size: bytes.length,
      preview: mimetype.startsWith('text/') ? bytes.toString('utf8').slice(0, 2_000) : null,
    })),
  };
}

function escapeTyped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

async function readJson(request: IncomingMessage): Promise<Record<string, string | undefined>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string | undefined>;
}
