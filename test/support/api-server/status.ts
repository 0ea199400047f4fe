/** An answer of the API server before it is written. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** What `body` spells, where that is JSON: who needs no text is spared the spelling. */
  readonly object?: unknown;
}

const JSON_TYPE = 'application/json';
const TEXT = 'text/plain; charset=utf-8';

export function json(status: number, body: unknown): Answer {
  let spelt: string | null = null;
  return {
    status,
    contentType: JSON_TYPE,
    object: body,
    get body() {
      spelt ??= `${JSON.stringify(body)}\n`;
      return spelt;
    },
  };
}

export function text(status: number, body: string): Answer {
  return { status, contentType: TEXT, body };
}

/** A `Status` of kind Failure, as apimachinery's `errors` package words them. */
export function failure(
  status: number,
  reason: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Answer {
  return json(status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code: status,
  });
}

export function qualified(group: string, plural: string): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function notFound(group: string, plural: string, name: string): Answer {
  return failure(404, 'NotFound', `${qualified(group, plural)} "${name}" not found`, {
    name,
    ...(group === '' ? {} : { group }),
    kind: plural,
  });
}

/** What an API server says to a path that it does not serve: one line of text, no Status. */
export function noSuchPath(): Answer {
  return text(404, '404 page not found\n');
}

export function unauthorized(): Answer {
  return failure(401, 'Unauthorized', 'Unauthorized');
}
