import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepsOf } from './steps.ts';

const way = ['applied', 'reviewing', 'public', 'agreeing', 'operating'];
const gone = (...states: readonly string[]) => states.map((state, i) => ({ state, at: `2026-11-0${i + 1}T00:00:00Z` }));
const said = (steps: ReturnType<typeof stepsOf>) => steps.map((s) => `${s.state} ${s.kind}`);

describe('the steps of a case', () => {
  it('shows where it is and what is to come', () => {
    const steps = stepsOf({ state: 'reviewing', closedAt: null, way, steps: gone('applied', 'reviewing') });
    expect(said(steps)).toEqual(['applied done', 'reviewing now', 'public next', 'agreeing next', 'operating next']);
    expect(steps.map((s) => s.at)).toEqual(['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', null, null, null]);
  });

  it('shows a detour where it came back from it, once', () => {
    const steps = gone('applied', 'reviewing', 'public', 'objected', 'public', 'objected', 'public');
    expect(said(stepsOf({ state: 'public', closedAt: null, way, steps }))).toEqual([
      'applied done',
      'reviewing done',
      'objected done',
      'public now',
      'agreeing next',
      'operating next',
    ]);
  });

  it('shows a case on a detour, and what comes after', () => {
    const steps = gone('applied', 'reviewing', 'public', 'objected');
    expect(said(stepsOf({ state: 'objected', closedAt: null, way, steps }))).toEqual([
      'applied done',
      'reviewing done',
      'public done',
      'objected now',
      'agreeing next',
      'operating next',
    ]);
  });

  it('ends with the end, good or bad', () => {
    expect(said(stepsOf({ state: 'refused', closedAt: '2026-11-03', way, steps: gone('applied', 'refused') }))).toEqual(
      ['applied done', 'refused stopped'],
    );
    expect(
      said(stepsOf({ state: 'operating', closedAt: '2026-11-03', way, steps: gone('applied', 'operating') })).at(-1),
    ).toBe('operating done');
  });

  it('names each state once and the present one exactly once, wherever a case went', () => {
    const state = fc.constantFrom(...way, 'objected', 'correcting');
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 30 }), (states) => {
        const now = states.at(-1) ?? '';
        const steps = stepsOf({ state: now, closedAt: null, way, steps: states.map((s) => ({ state: s, at: '' })) });
        const names = steps.map((s) => s.state);
        expect(new Set(names).size).toBe(names.length);
        expect(steps.filter((s) => s.kind === 'now').map((s) => s.state)).toEqual([now]);
        expect(steps.findIndex((s) => s.kind === 'now')).toBe(new Set(states).size - 1);
      }),
    );
  });
});
