import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';
import { type Message, type StoredFile, shown, slackId, type Workspace } from './workspace.ts';

/** What a method answers beside `ok`. */
export type Answer = Readonly<Record<string, unknown>>;

/** `ok: false` with Slack's error code. */
export class Refused extends Error {
  readonly code: string;
  readonly details: readonly string[];
  constructor(code: string, details: readonly string[] = []) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

export interface WebApiDeps {
  readonly workspace: Workspace;
  readonly baseUrl: () => string;
  /** Something that real Slack would forgive and we do not, or a plain mistake of the caller. */
  readonly complain: (what: string) => void;
  /** Whether the app was granted `chat:write.public`. */
  readonly writesPublic: boolean;
  /** Whether the app was granted `channels:history` and its sisters. */
  readonly readsHistory: boolean;
  readonly showView: (view: OpenedView) => void;
  readonly publishHome: (user: string, view: Readonly<Record<string, unknown>>) => void;
  readonly openSocket: () => string;
  readonly useTrigger: (
    id: string,
  ) => 'ok' | 'expired_trigger_id' | 'exchanged_trigger_id' | 'invalid_trigger_id';
}

/** A modal that somebody sees. */
export interface OpenedView {
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly view: Readonly<Record<string, unknown>>;
}

type Args = Readonly<Record<string, unknown>>;
type Method = (args: Args) => Answer;

/** Files announced and perhaps uploaded, not yet shared. */
interface PendingFile {
  readonly name: string;
  readonly length: number;
  readonly altText: string | null;
  bytes: Buffer | null;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  html: 'text/html; charset=utf-8',
  gz: 'application/gzip',
};
const MAX_ALT_TXT = 1_000;
/** `snippet_too_large`: about 1 MB. */
const MAX_FILE_BYTES = 1_000_000;

function text(args: Args, key: string): string {
  const value = args[key];
  return typeof value === 'string' ? value : '';
}

/** Arrays and objects travel as JSON text in form bodies. */
function json(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new Refused('invalid_json');
  }
}

/** Checks what is shown to people, as strictly as the limit checker knows; used for every door of Slack. */
export function strictMessage(
  raw: Args,
  complain: (what: string) => void,
): { readonly text: string; readonly blocks: readonly unknown[] } {
  const blocks = raw['blocks'] === undefined ? undefined : json(raw['blocks']);
  const message = { text: raw['text'], ...(blocks === undefined ? {} : { blocks }) };
  const problems = [...messageProblems(message), ...manners(message)];
  if (problems.length > 0) {
    complain(`message refused: ${problems.join('; ')}`);
    const tooLong = problems.some((problem) => problem.includes('characters of JSON'));
    throw new Refused(tooLong ? 'msg_blocks_too_long' : 'invalid_blocks', problems);
  }
  return {
    text: text(raw, 'text'),
    blocks: Array.isArray(blocks) ? (blocks as readonly unknown[]) : [],
  };
}

/** `event_type` and a flat `event_payload` (https://docs.slack.dev/messaging/message-metadata). */
function metadataOf(args: Args, complain: (what: string) => void): unknown {
  if (args['metadata'] === undefined) return null;
  const metadata = json(args['metadata']);
  const { event_type: type, event_payload: payload } = metadata as Record<string, unknown>;
  if (typeof type !== 'string' || !/^[a-z0-9_]+$/u.test(type) || typeof payload !== 'object') {
    complain('metadata is not as Slack wants it');
    throw new Refused('invalid_metadata_format');
  }
  return metadata;
}

const MAX_VIEW_TITLE = 24;
const MAX_METADATA = 3_000;

/** The limits of https://docs.slack.dev/reference/views/modal-views that our modals could hurt. */
function strictView(raw: unknown, complain: (what: string) => void): OpenedView {
  const view = raw as Record<string, unknown>;
  const { title, private_metadata: metadata = '', callback_id: id = '', blocks, submit } = view;
  const words = (title as { text?: string } | undefined)?.text ?? '';
  const hasInput = JSON.stringify(blocks ?? []).includes('"type":"input"');
  const problems = [
    ...(words === '' || words.length > MAX_VIEW_TITLE ? ['title'] : []),
    ...(String(metadata).length > MAX_METADATA ? ['private_metadata'] : []),
    ...(hasInput && submit === undefined ? ['submit is needed with an input block'] : []),
    ...(Array.isArray(blocks) && blocks.length > 0 ? [] : ['blocks']),
  ];
  if (problems.length > 0) {
    complain(`view refused: ${problems.join(', ')}`);
    throw new Refused('invalid_arguments', problems);
  }
  return { callbackId: String(id), privateMetadata: String(metadata), view };
}

/** A Home tab is at most 100 blocks (https://docs.slack.dev/surfaces/app-home), each as strict as in a message. */
function homeProblems(view: Readonly<Record<string, unknown>>): readonly string[] {
  const { type, blocks } = view;
  if (type !== 'home' || !Array.isArray(blocks)) return ['type'];
  const each = blocks.flatMap((block: unknown) =>
    messageProblems({ text: 'The Home tab', blocks: [block] }),
  );
  return [...each, ...manners(view), ...(blocks.length > 100 ? ['more than 100 blocks'] : [])];
}

/** Our own rules: nobody is mentioned, nothing is broadcast, nothing unseen is sent. */
function manners(message: object): string[] {
  const all = JSON.stringify(message);
  return [
    ...(/<!(?!date\^)|<@|<!subteam/u.test(all) ? ['mentions or broadcasts somebody'] : []),
    ...(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u.test(all)
      ? ['holds characters that nobody sees']
      : []),
  ];
}

/** Slack's Web API, as far as the bot calls it; anything else is `unknown_method`. */
export function createWebApi(deps: WebApiDeps): {
  call(method: string, args: Args): Answer;
  upload(fileId: string, bytes: Buffer): boolean;
  readonly files: ReadonlyMap<string, StoredFile>;
} {
  const { workspace, complain } = deps;
  const pending = new Map<string, PendingFile>();
  const files = new Map<string, StoredFile>();

  function writable(args: Args, key = 'channel'): string {
    const id = text(args, key);
    const channel = workspace.channels.get(id);
    const isMember = channel?.members.includes(workspace.botId) === true;
    if (channel === undefined || (channel.kind !== 'public' && !isMember)) {
      throw new Refused('channel_not_found');
    }
    if (channel.archived === true) throw new Refused('is_archived');
    if (!isMember && !deps.writesPublic) throw new Refused('not_in_channel');
    return id;
  }

  function threadOf(args: Args, channel: string): string | null {
    const ts = text(args, 'thread_ts');
    if (ts === '') return null;
    const root = workspace.find(channel, ts);
    if (root === undefined) throw new Refused('thread_not_found');
    if (root.threadTs !== null) complain(`thread_ts ${ts} is a reply, not a root`);
    return ts;
  }

  const methods: Readonly<Record<string, Method>> = {
    'auth.test': () => ({
      url: `${deps.baseUrl()}/`,
      team: 'Stand-in',
      team_id: 'T0STANDIN',
      user: 'metrics-diag',
      user_id: workspace.botId,
      bot_id: 'B0METRICSD',
    }),
    'apps.connections.open': () => ({ url: deps.openSocket() }),
    'chat.postMessage': (args) => {
      const channel = writable(args);
      const threadTs = threadOf(args, channel);
      const message = workspace.add({
        channel,
        user: workspace.botId,
        threadTs,
        metadata: metadataOf(args, complain),
        ...strictMessage(args, complain),
      });
      return { channel, ts: message.ts, message: { text: shown(message).text } };
    },
    'chat.update': (args) => {
      const channel = writable(args);
      const message = workspace.find(channel, text(args, 'ts'));
      if (message === undefined) throw new Refused('message_not_found');
      if (message.user !== workspace.botId) throw new Refused('cant_update_message');
      const { text: words, blocks } = strictMessage(args, complain);
      const now = shown(message);
      if (now.text === words && JSON.stringify(now.blocks) === JSON.stringify(blocks)) {
        complain(`chat.update of ${message.ts} changes nothing`);
      }
      workspace.edit(message, words, blocks);
      return { channel, ts: message.ts, text: words };
    },
    'chat.postEphemeral': (args) => {
      const channel = writable(args);
      const message = workspace.add({
        channel,
        user: workspace.botId,
        onlyFor: text(args, 'user'),
        threadTs: text(args, 'thread_ts') || null,
        ...strictMessage(args, complain),
      });
      return { message_ts: message.ts };
    },
    'chat.getPermalink': (args) => {
      const channel = text(args, 'channel');
      const ts = text(args, 'message_ts');
      if (workspace.find(channel, ts) === undefined) throw new Refused('message_not_found');
      return {
        channel,
        permalink: `${deps.baseUrl()}/archives/${channel}/p${ts.replace('.', '')}`,
      };
    },
    'files.getUploadURLExternal': (args) => {
      const name = text(args, 'filename');
      const length = Number(args['length']);
      const altText = text(args, 'alt_txt') || null;
      if (name === '' || !Number.isInteger(length) || length <= 0)
        throw new Refused('invalid_arguments');
      if (length > MAX_FILE_BYTES) throw new Refused('snippet_too_large');
      if (altText !== null && altText.length > MAX_ALT_TXT) throw new Refused('alt_txt_too_large');
      if (name.endsWith('.png') && altText === null) complain(`picture ${name} has no alt text`);
      const id = slackId('F');
      pending.set(id, { name, length, altText, bytes: null });
      return { upload_url: `${deps.baseUrl()}/upload/${id}`, file_id: id };
    },
    'files.completeUploadExternal': (args) => {
      const channel = writable(args, 'channel_id');
      const threadTs = threadOf(args, channel);
      const wanted = json(args['files']);
      if (!Array.isArray(wanted) || wanted.length === 0) throw new Refused('invalid_arguments');
      const shared = wanted.map((each: unknown) => complete(each));
      const comment = text(args, 'initial_comment');
      if (comment !== '') strictMessage({ text: comment }, complain);
      workspace.add({ channel, user: workspace.botId, threadTs, text: comment, files: shared });
      return { files: shared.map(({ id, title }) => ({ id, title })) };
    },
    'conversations.history': (args) => history(args, null),
    'conversations.replies': (args) => history(args, text(args, 'ts')),
    'conversations.info': (args) => {
      const id = text(args, 'channel');
      const channel = workspace.channels.get(id);
      const isMember = channel?.members.includes(workspace.botId) === true;
      if (channel === undefined || (channel.kind !== 'public' && !isMember)) {
        throw new Refused('channel_not_found');
      }
      return {
        channel: {
          id,
          name: channel.name,
          is_archived: channel.archived === true,
          is_private: channel.kind === 'private',
          is_im: channel.kind === 'dm',
          is_member: isMember,
        },
      };
    },
    'conversations.join': (args) => {
      const id = text(args, 'channel');
      const channel = workspace.channels.get(id);
      if (channel === undefined || channel.kind !== 'public')
        throw new Refused('channel_not_found');
      workspace.channels.set(id, { ...channel, members: [...channel.members, workspace.botId] });
      return { channel: { id } };
    },
    'users.info': (args) => {
      const user = workspace.users.find(({ id }) => id === text(args, 'user'));
      if (user === undefined) throw new Refused('user_not_found');
      return {
        user: {
          id: user.id,
          name: user.name,
          real_name: user.realName,
          profile: { display_name: user.realName, real_name: user.realName },
        },
      };
    },
    'usergroups.users.list': (args) => {
      const users = workspace.userGroups.get(text(args, 'usergroup'));
      if (users === undefined) throw new Refused('no_such_subteam');
      return { users };
    },
    'views.open': (args) => {
      const used = deps.useTrigger(text(args, 'trigger_id'));
      if (used !== 'ok') throw new Refused(used);
      const view = strictView(json(args['view']), complain);
      deps.showView(view);
      return { view: { id: slackId('V'), hash: slackId('') } };
    },
    'views.update': () => ({ view: { id: slackId('V'), hash: slackId('') } }),
    'views.publish': (args) => {
      const view = json(args['view']) as Record<string, unknown>;
      const problems = homeProblems(view);
      if (problems.length > 0) {
        complain(`home refused: ${problems.join('; ')}`);
        throw new Refused('invalid_arguments', problems);
      }
      deps.publishHome(text(args, 'user_id'), view);
      return { view: { id: slackId('V'), hash: slackId('') } };
    },
  };

  /** Newest first for a channel, oldest first for a thread, `limit` at a time; the cursor is an index. */
  function history(args: Args, root: string | null): Answer {
    if (!deps.readsHistory) throw new Refused('missing_scope');
    const id = text(args, 'channel');
    if (workspace.channels.get(id)?.members.includes(workspace.botId) !== true) {
      throw new Refused('not_in_channel');
    }
    const oldest = Number(args['oldest'] ?? 0);
    const listed = workspace.messages.filter(
      ({ channel, deleted, onlyFor, threadTs, ts }) =>
        channel === id &&
        !deleted &&
        onlyFor === null &&
        (root === null ? threadTs === null : threadTs === root || ts === root) &&
        Number(ts) >= oldest,
    );
    const ordered = root === null ? listed.toReversed() : listed;
    const from = Number(text(args, 'cursor') || '0');
    const until = from + Number(args['limit'] ?? 100);
    return {
      messages: ordered.slice(from, until).map((message) => ({
        ts: message.ts,
        user: message.user,
        text: shown(message).text,
        ...(args['include_all_metadata'] === undefined || message.metadata === null
          ? {}
          : { metadata: message.metadata }),
      })),
      response_metadata: { next_cursor: until < ordered.length ? String(until) : '' },
    };
  }

  function complete(wanted: unknown): StoredFile {
    const { id = '', title = '' } = wanted as { id?: string; title?: string };
    const file = pending.get(id);
    if (file?.bytes === undefined || file.bytes === null) throw new Refused('file_not_found');
    pending.delete(id);
    const stored: StoredFile = {
      id,
      name: file.name,
      title: title || file.name,
      altText: file.altText,
      mimetype: MIME_TYPES[file.name.split('.').at(-1) ?? ''] ?? 'text/plain; charset=utf-8',
      bytes: file.bytes,
    };
    files.set(id, stored);
    return stored;
  }

  return {
    files,
    call(method, args) {
      if (!Object.hasOwn(methods, method)) {
        complain(`unknown method ${method}`);
        throw new Refused('unknown_method');
      }
      const run = methods[method];
      if (run === undefined) throw new Refused('unknown_method');
      return run(args);
    },
    upload(fileId, bytes) {
      const file = pending.get(fileId);
      if (file === undefined || bytes.length !== file.length) {
        complain(`upload of ${fileId}: ${bytes.length} bytes, ${file?.length ?? 'no'} announced`);
        return false;
      }
      file.bytes = bytes;
      return true;
    },
  };
}

/** Messages of a thread, root first, as people see them. */
export function threadMessages(
  workspace: Workspace,
  channel: string,
  ts: string,
): readonly Message[] {
  return workspace.messages.filter(
    (message) =>
      message.channel === channel &&
      !message.deleted &&
      (message.ts === ts || message.threadTs === ts),
  );
}
