import { describe, expect, it } from 'vitest';
import type { JointParty } from '../../../api.ts';
import { commandOf, fieldsOf, progressOf, standingOf } from './joint-model.ts';

const party = (id: string, change: Partial<JointParty> = {}): JointParty => ({
  id,
  name: id,
  own: id === 'a',
  joinedAt: '2026-11-26T08:00:00Z',
  ground: 'consent',
  size: 100,
  sentOwn: 0,
  sentOther: 0,
  contributed: false,
  ...change,
});
const standing = (...parties: JointParty[]) => {
  const { step, waitsFor } = standingOf({ kind: 'intersection', state: 'running', parties });
  return [step, ...waitsFor.map((p) => p.id)];
};

describe('where a joint computation stands', () => {
  it('waits for whoever has not joined', () => {
    expect(standing(party('a'), party('b', { joinedAt: null, size: null }))).toEqual(['joined', 'b']);
  });

  it('waits until both sets are complete before either is worked on', () => {
    const [a, b] = [party('a', { sentOwn: 100 }), party('b', { size: 200, sentOwn: 150, sentOther: 100 })];
    expect(standing(a, b)).toEqual(['own', 'b']);
    expect(progressOf('own', b, [a, b])).toEqual({ sent: 150, of: 200 });
  });

  it('counts the second turn against the size of the other’s set', () => {
    const [a, b] = [party('a', { sentOwn: 100, sentOther: 199 }), party('b', { size: 200, sentOwn: 200 })];
    expect(standing(a, b)).toEqual(['other', 'a', 'b']);
    expect(progressOf('other', a, [a, b])).toEqual({ sent: 199, of: 200 });
    expect(standing({ ...a, sentOther: 200 }, b)).toEqual(['other', 'b']);
  });

  it('waits in a sum for those who have handed in nothing', () => {
    const parties = [party('a', { contributed: true }), party('b'), party('c')];
    expect(standingOf({ kind: 'sum', state: 'running', parties }).waitsFor.map((p) => p.id)).toEqual(['b', 'c']);
  });

  it('is told whatever was cleared since', () => {
    expect(standingOf({ kind: 'intersection', state: 'done', parties: [party('a'), party('b')] }).step).toBe('told');
  });
});

describe('the command', () => {
  it('names the session, the ground, and the file for what is told', () => {
    const session = { id: 'jns_1', kind: 'intersection' as const, reveal: 'ids' as const };
    expect(commandOf(session, 'statutory', 'https://x.example')).toBe(
      'bin/shuheng joint jns_1 --file ids.csv --ground statutory --out common.txt --url https://x.example',
    );
    expect(commandOf({ id: 'jns_1', kind: 'sum', reveal: null }, 'consent', 'https://x.example')).toBe(
      'bin/shuheng joint jns_1 --file numbers.json --ground consent --url https://x.example',
    );
  });
});

it('reads one figure a line, each once', () => {
  expect(fieldsOf(' 用电量 \n\n用水量\n用电量\n')).toEqual(['用电量', '用水量']);
});
