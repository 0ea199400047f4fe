import type { Redis } from 'ioredis';
import { LANGUAGES, type LanguageTag } from '../languages/tags.ts';
import { recordKey } from './keys.ts';

/** Who reads: a person in a place. */
export interface Reader {
  readonly channel: string;
  /** Null where nobody asked: an alert. */
  readonly user: string | null;
}

/** What the configuration says. */
export interface LanguageSettings {
  readonly language: LanguageTag;
  readonly languageByChannel: Readonly<Record<string, LanguageTag>>;
}

/** Which language is spoken to whom. */
export interface Languages {
  /** For what a whole channel reads: its own choice, the file's for it, who asked, the workspace's. */
  ofThread(reader: Reader): Promise<LanguageTag>;
  /** For what one person reads alone: their own choice goes before the channel's. */
  ofPerson(reader: Reader): Promise<LanguageTag>;
  /** Keeps the choice of a user or a channel, by its Slack id; null forgets it. */
  choose(id: string, language: LanguageTag | null): Promise<void>;
}

const KEY = recordKey('languages');

/** Choices live in Redis, one field per user or channel; what the file says is the default. */
export function createLanguages(redis: Redis, settings: LanguageSettings): Languages {
  const read = async ({ channel, user }: Reader) => {
    const [here = null, own = null] = await redis.hmget(KEY, channel, user ?? '');
    return { here: known(here), own: known(own) };
  };
  const { language, languageByChannel } = settings;
  return {
    async ofThread(reader) {
      const { here, own } = await read(reader);
      return here ?? languageByChannel[reader.channel] ?? own ?? language;
    },
    async ofPerson(reader) {
      const { here, own } = await read(reader);
      return own ?? here ?? languageByChannel[reader.channel] ?? language;
    },
    async choose(id, wanted) {
      await (wanted === null ? redis.hdel(KEY, id) : redis.hset(KEY, id, wanted));
    },
  };
}

/** What another version stored is no choice. */
function known(stored: string | null): LanguageTag | null {
  return LANGUAGES.find((tag) => tag === stored) ?? null;
}
