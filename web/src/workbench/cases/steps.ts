import type { CaseDetail } from '../../api.ts';

export interface CaseStep {
  readonly state: string;
  /** When the case last came there; null for what is still to come. */
  readonly at: string | null;
  readonly kind: 'done' | 'now' | 'next' | 'stopped';
}

type Way = Pick<CaseDetail, 'state' | 'closedAt' | 'way' | 'steps'>;

/**
 * The steps of a case: where it has been, each state once and in the order it last came there, then what the usual way
 * still holds. A case that ended beside the usual way has nothing to come.
 */
export function stepsOf({ state, closedAt, way, steps }: Way): readonly CaseStep[] {
  const last = new Map<string, string>();
  for (const step of steps) {
    // Taken out first: a map keeps the place of the first time.
    last.delete(step.state);
    last.set(step.state, step.at);
  }
  const been = [...last].map(([name, at]) => ({ state: name, at, kind: kindOf(name) }));
  const reached = Math.max(-1, ...been.map((s) => way.indexOf(s.state)));
  const next = closedAt === null ? way.slice(reached + 1) : [];
  return [...been, ...next.map((name) => ({ state: name, at: null, kind: 'next' as const }))];

  function kindOf(name: string): CaseStep['kind'] {
    if (name !== state) return 'done';
    if (closedAt === null) return 'now';
    return way.includes(name) ? 'done' : 'stopped';
  }
}
