import { describe, expect, it } from 'vitest';
import { dated } from '../rulebook/index.ts';
import { text } from '../text.ts';
import { asksForAnAct, type Procedure, procedure } from './procedure.ts';

const said = (zh: string) => text(zh, zh);
const period = dated({ from: '2020-01-01', value: 5, unit: 'working day', reference: 'HS-12.2' });

const sound: Procedure = {
  name: 'test',
  title: said('试验'),
  rule: 'HS-12.2',
  parts: { asker: said('申请人'), decider: said('机关') },
  supervisor: 'decider',
  papers: { proof: { title: said('证明'), neededFor: ['accept'] } },
  clocks: {
    answer: { title: said('答复'), rule: 'HS-12.2', period, onDue: 'escalate' },
    publicity: { title: said('公示'), rule: 'HS-12.3', period, onDue: { event: 'over' } },
  },
  states: {
    asked: {
      title: said('待受理'),
      waits: { part: 'decider', what: said('请受理') },
      clock: 'answer',
      moves: { accept: { to: 'public', act: 'test.accept' } },
    },
    public: {
      title: said('公示中'),
      waits: { part: 'decider', what: said('等待期满') },
      clock: 'publicity',
      moves: {
        over: { to: 'done', act: 'test.over' },
        object: { to: 'asked', act: 'test.object', by: [] },
        withdraw: { to: 'done', act: 'test.withdraw', by: ['asker'] },
      },
    },
    done: { title: said('已办结'), moves: {} },
  },
  way: ['asked', 'public', 'done'],
};
const asked = sound.states.asked as Procedure['states'][string];

describe('a procedure', () => {
  it('is taken when it has no hole', () => expect(procedure(sound)).toBe(sound));

  it.each<[string, Partial<Procedure>, string]>([
    ['a way through nowhere', { way: ['asked', 'gone'] }, 'gone, which is no state'],
    [
      'a move made by nobody it knows',
      { states: { ...sound.states, asked: { ...asked, moves: { accept: { to: 'public', act: 'a', by: ['king'] } } } } },
      'acted on by king',
    ],
    [
      'an act of nobody it knows',
      { states: { ...sound.states, asked: { ...asked, acts: { 'test.score': ['king'] } } } },
      'acted on by king',
    ],
    ['a paper never needed', { papers: { proof: { title: said('证明'), neededFor: ['never'] } } }, 'never happens'],
    ['a supervisor it does not know', { supervisor: 'king' }, 'supervisor king is no part'],
  ])('is refused with %s', (_, change, why) => {
    expect(() => procedure({ ...sound, ...change })).toThrow(why);
  });

  it('asks for an act where the one it waits for has something to do', () => {
    expect(asksForAnAct(sound, 'asked')).toBe(true);
    // Time ends it, anybody may object, the other side may withdraw.
    expect(asksForAnAct(sound, 'public')).toBe(false);
    expect(asksForAnAct(sound, 'done')).toBe(false);
    const acting = {
      ...sound,
      states: { ...sound.states, public: { ...sound.states.public, acts: { 'test.note': ['decider'] } } },
    };
    expect(asksForAnAct(acting as Procedure, 'public')).toBe(true);
  });
});
