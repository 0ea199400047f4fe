import { z } from 'zod';

/** Names travel in queue names, URLs and Slack commands: lower-case letters, digits, `-`, `_` and `.`. */
const NAME = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;
const NAME_RULE =
  'must be 1 to 63 lower-case letters, digits, ".", "_" or "-", beginning and ending with a letter or digit';
const CHANNEL = /^[CGD][A-Z0-9]{2,}$/;
const CHANNEL_RULE =
  'must be a Slack channel id such as C0123456789 (channel details, at the bottom)';

/** The name of a cluster. */
export const name = z.string('must be text').regex(NAME, NAME_RULE);
export const text = z.string('must be text').min(1, 'must not be empty');
/** A Slack channel, by its id. */
export const channel = z.string('must be text').regex(CHANNEL, CHANNEL_RULE);
