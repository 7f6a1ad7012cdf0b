import type { OperationMode, ResourceSummary } from '../../api.ts';

export interface CriterionRow {
  readonly key: number;
  readonly title: string;
  readonly weight: string;
}

export interface AnnounceValues {
  readonly mode: OperationMode;
  readonly title: string;
  readonly scope: string;
  readonly conditions: string;
  readonly requirements: string;
  /** A day, `2026-12-24`: applications are taken until it ends in Beijing. */
  readonly until: string;
  readonly resources: readonly ResourceSummary[];
  readonly criteria: readonly CriterionRow[];
  readonly passScore: string;
  readonly authorityId: string;
  /** Interests made sure of, and how they are protected. */
  readonly interests: readonly string[];
  readonly protection: string;
}

/** What the criteria add up to; the rule asks for exactly this. */
export const POINTS = 100;

const whole = (typed: string): number | null => (/^\d{1,3}$/.test(typed.trim()) ? Number(typed) : null);

/** Points of all criteria together; what is no whole number counts nothing. */
export const pointsOf = (criteria: readonly CriterionRow[]): number =>
  criteria.reduce((sum, c) => sum + (whole(c.weight) ?? 0), 0);

/** The second a day ends in Beijing. */
export const endOfDay = (day: string): string => `${day}T23:59:59+08:00`;

/** Names of the fields that are not yet as the act needs them. */
export function missingOf(v: AnnounceValues, now = Date.now()): readonly string[] {
  const words = ['title', 'scope', 'conditions', 'requirements', 'authorityId'] as const;
  const pass = whole(v.passScore);
  const criteriaFit =
    pointsOf(v.criteria) === POINTS && v.criteria.every((c) => c.title.trim().length > 1 && (whole(c.weight) ?? 0) > 0);
  return [
    ...words.filter((name) => v[name].trim() === ''),
    ...(v.resources.length === 0 ? ['resources'] : []),
    ...(criteriaFit ? [] : ['criteria']),
    ...(pass !== null && pass >= 1 && pass <= POINTS ? [] : ['passScore']),
    ...(v.until !== '' && Date.parse(endOfDay(v.until)) > now ? [] : ['until']),
  ];
}

/** The input of `announcement.publish`. */
export const inputOf = (v: AnnounceValues) => ({
  mode: v.mode,
  title: v.title.trim(),
  scope: v.scope.trim(),
  conditions: v.conditions.trim(),
  requirements: v.requirements.trim(),
  criteria: v.criteria.map((c) => ({ title: c.title.trim(), weight: Number(c.weight) })),
  passScore: Number(v.passScore),
  resourceIds: v.resources.map((r) => r.id),
  authorityId: v.authorityId,
  interests: v.interests,
  protection: v.protection.trim(),
  applyUntil: endOfDay(v.until),
});
