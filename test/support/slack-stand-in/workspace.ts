import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';

/** A person or the bot. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly isBot?: boolean;
}

/** A conversation; the bot sees private ones and DMs only as a member. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'dm';
  readonly members: readonly string[];
  readonly archived?: boolean;
}

/** A file in a thread. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly altText: string | null;
  readonly mimetype: string;
  readonly bytes: Buffer;
}

/** What one look at a message shows. */
export interface Revision {
  readonly at: number;
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** A message as the stand-in keeps it; `revisions` holds every form it had, oldest first. */
export interface Message {
  readonly ts: string;
  readonly channel: string;
  readonly threadTs: string | null;
  readonly user: string;
  /** Set when only this person sees it. */
  readonly onlyFor: string | null;
  readonly files: readonly StoredFile[];
  /** `metadata` of chat.postMessage, as given. */
  readonly metadata: unknown;
  readonly revisions: Revision[];
  deleted: boolean;
}

/** The state of the stand-in: people, channels, messages. Emits `change`. */
export interface Workspace {
  readonly users: readonly User[];
  readonly channels: Map<string, Channel>;
  readonly userGroups: ReadonlyMap<string, readonly string[]>;
  readonly messages: Message[];
  readonly changes: EventEmitter;
  readonly botId: string;
  add(message: {
    readonly channel: string;
    readonly user: string;
    readonly text: string;
    readonly blocks?: readonly unknown[];
    readonly threadTs?: string | null;
    readonly onlyFor?: string | null;
    readonly files?: readonly StoredFile[];
    readonly metadata?: unknown;
  }): Message;
  edit(message: Message, text: string, blocks: readonly unknown[]): void;
  find(channel: string, ts: string): Message | undefined;
}

const TS_DIGITS = 6;

/** The last form of a message. */
export function shown(message: Message): Revision {
  const last = message.revisions.at(-1);
  if (last === undefined) throw new Error(`message ${message.ts} has no revision`);
  return last;
}

/** An id in Slack's manner. */
export function slackId(prefix: string): string {
  return `${prefix}${randomBytes(5).toString('hex').toUpperCase()}`;
}

export function createWorkspace(options: {
  readonly users: readonly User[];
  readonly channels: readonly Channel[];
  readonly userGroups: Readonly<Record<string, readonly string[]>>;
  readonly botId: string;
}): Workspace {
  const messages: Message[] = [];
  const changes = new EventEmitter();
  changes.setMaxListeners(0);
  let serial = 0;
  const nextTs = (): string => {
    serial += 1;
    return `${Math.floor(Date.now() / 1_000)}.${String(serial).padStart(TS_DIGITS, '0')}`;
  };
  return {
    users: options.users,
    channels: new Map(options.channels.map((channel) => [channel.id, channel])),
    userGroups: new Map(Object.entries(options.userGroups)),
    messages,
    changes,
    botId: options.botId,
    add({ channel, user, text, blocks = [], threadTs = null, onlyFor = null, ...rest }) {
      const message: Message = {
        ts: nextTs(),
        channel,
        threadTs,
        user,
        onlyFor,
        files: rest.files ?? [],
        metadata: rest.metadata ?? null,
        revisions: [{ at: Date.now(), text, blocks }],
        deleted: false,
      };
      messages.push(message);
      changes.emit('change');
      return message;
    },
    edit(message, text, blocks) {
      message.revisions.push({ at: Date.now(), text, blocks });
      changes.emit('change');
    },
    find: (channel, ts) =>
      messages.find((each) => each.channel === channel && each.ts === ts && !each.deleted),
  };
}
