import { type WayEnd, wayEnd } from './aggregator-words.ts';
import type { Facts } from './facts.ts';

/** How an API server's way to the provider ended, by its own words. */
export interface ServerWords {
  /** Null for the shared condition: some API server wrote it, none says which. */
  readonly server: string | null;
  readonly end: WayEnd;
  readonly evidence: string;
}

/** The words of each API server that was asked, and those of the APIService condition while it is False. */
export function serverWords({
  apiServers,
  apiService,
  apiServiceLooks,
}: Pick<Facts, 'apiServers' | 'apiService' | 'apiServiceLooks'>): readonly ServerWords[] {
  const own = (apiServers.state === 'known' ? apiServers.value : []).flatMap((view) => {
    const answer = view.metricsApi;
    if (answer.state === 'missing' || answer.value.outcome !== 'http-error') return [];
    const end = wayEnd(answer.value.body);
    return end === null ? [] : [{ server: view.name, end, evidence: `api-server:${view.name}` }];
  });
  const messages = new Set([
    ...(apiServiceLooks.state === 'known' ? apiServiceLooks.value : [])
      .filter(({ status }) => status === 'False')
      .map(({ message }) => message),
    ...(apiService.state === 'known' && apiService.value?.available?.status === 'False'
      ? [apiService.value.available.message]
      : []),
  ]);
  const shared = [...messages].flatMap((message) => {
    const end = wayEnd(message);
    return end === null ? [] : [{ server: null, end, evidence: 'snapshot.apiService' }];
  });
  return [...own, ...shared];
}

/** The words of one kind. */
export function wordsOf<K extends WayEnd['kind']>(
  words: readonly ServerWords[],
  ...kinds: readonly K[]
): readonly (ServerWords & { readonly end: Extract<WayEnd, { kind: K }> })[] {
  return words.filter((each): each is ServerWords & { end: Extract<WayEnd, { kind: K }> } =>
    kinds.some((kind) => kind === each.end.kind),
  );
}
