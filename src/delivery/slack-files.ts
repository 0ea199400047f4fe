import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { uploadBytes } from '../clients/slack-addresses.ts';
import { slackFailure } from '../clients/slack-failure.ts';
import { drawPng } from '../renderers/draw-png.ts';
import type { ThreadFile } from '../renderers/slack-message.ts';
import { RetryLater } from '../runs/reports-worker.ts';
import type { RunStore, Subscription } from '../runs/run-store.ts';
import type { Courier } from './courier.ts';

/** Stored in place of a file id where nothing can be uploaded: the thread stays readable without. */
const SKIPPED = 'skipped';

/** Uploads a file into a thread once; files cannot be edited, so one with other content is added. */
export function createFileUploads({
  web,
  store,
  log,
  courier,
}: {
  readonly web: WebClient;
  readonly store: RunStore;
  readonly log: Logger;
  readonly courier: Courier;
}): (subscription: Subscription, file: ThreadFile, rootTs: string) => Promise<void> {
  return async ({ runId, id, channel }, file, rootTs) => {
    const hash = createHash('sha256').update(file.content.text).digest('hex').slice(0, 32);
    const posted = await store.message(runId, id, file.key);
    if (posted?.hash === hash) return;
    const bytes = await bytesOf(file.content).catch((err: unknown) => {
      log.warn({ err, file: file.filename }, 'a picture could not be drawn');
      return null;
    });
    let fileId = SKIPPED;
    try {
      if (bytes !== null) {
        const sent = { file, bytes, channel, rootTs };
        fileId = await courier.paced({ kind: 'file' }, () => upload(web, sent));
      }
    } catch (error) {
      const failure = error instanceof RetryLater ? null : slackFailure(error);
      if (failure?.kind !== 'refused') throw error;
      log.warn({ code: failure.code, file: file.filename }, 'slack refused a file');
    }
    await store.saveMessage(runId, id, file.key, { channel, ts: fileId, hash });
  };
}

interface Upload {
  readonly file: ThreadFile;
  readonly bytes: Uint8Array;
  readonly channel: string;
  readonly rootTs: string;
}

async function upload(web: WebClient, { file, bytes, channel, rootTs }: Upload): Promise<string> {
  const { beside = [], comment } = file;
  const main = await announce(web, { ...file, bytes });
  const others: Announced[] = [];
  for (const each of beside) others.push(await announce(web, { ...each, altText: null }));
  await web.files.completeUploadExternal({
    files: [main, ...others],
    channel_id: channel,
    thread_ts: rootTs,
    ...(comment === undefined ? {} : { initial_comment: comment }),
  });
  return main.id;
}

interface Announced {
  readonly id: string;
  readonly title: string;
}

async function announce(
  web: WebClient,
  file: Pick<ThreadFile, 'filename' | 'title' | 'altText'> & { readonly bytes: Uint8Array },
): Promise<Announced> {
  const { filename, title, altText, bytes } = file;
  const { upload_url: url, file_id: id } = await web.files.getUploadURLExternal({
    filename,
    length: bytes.byteLength,
    // The method's page calls it alt_txt, Slack's own SDK sends alt_text; the other one is ignored.
    ...(altText === null ? {} : { alt_txt: altText, alt_text: altText }),
  });
  if (url === undefined || id === undefined) throw new Error('Slack gave no address to upload to');
  await uploadBytes(url, bytes);
  return { id, title };
}

async function bytesOf({ kind, text }: ThreadFile['content']): Promise<Uint8Array> {
  return kind === 'svg' ? drawPng(text) : new TextEncoder().encode(text);
}
