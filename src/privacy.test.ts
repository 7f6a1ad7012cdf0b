import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Act, Actor, EntryDraft } from './kernel/acts/index.ts';
import { buildEntry } from './kernel/evidence/index.ts';
import { loadRulebook } from './kernel/rulebook/index.ts';
import { platform } from './platform.ts';

/**
 * What the public log may say, act by act. A new act that is a public fact, or leaves a word in clear, fails this test
 * until somebody judged it: strangers keep the log for ever, and nothing can be taken out of it again.
 */
const PUBLIC_FACTS: Readonly<Record<string, readonly string[]>> = {
  // Where on another chain to look for the log's own checkpoints.
  'evidence.record-anchor': ['block', 'blockHash', 'chain', 'chainId', 'checkpoint', 'size', 'state', 'transaction'],
  // Who runs the platform, who was admitted to it, and the measures against a party.
  'access.bootstrap': ['sample'],
  'party.admit': ['identityChecked', 'roles'],
  'party.resume': [],
  'party.suspend': [],
  // Which keys sign checkpoints and certificates.
  'certificate.announce-key': ['generation', 'overlapDays', 'reason', 'replaces', 'vkeys'],
  'log.announce-key': ['generation', 'overlapDays', 'reason', 'replaces', 'vkeys'],
  // Which bodies' certificates of registration are recognised.
  'registry.recognise': [],
  'registry.withdraw': [],
  // The public directory of resources, and the market's own board.
  'product.list': ['board', 'kind', 'version'],
  'product.resume': ['by'],
  'product.suspend': ['by'],
  'product.withdraw': [],
  'directory.change-entry': ['containsPersonalInformation', 'grade', 'opening', 'version'],
  'directory.commit-import': ['added', 'changed'],
  'directory.list-entry': ['containsPersonalInformation', 'grade', 'opening'],
  'opening.close-day': ['bytes', 'day', 'digest', 'downloads', 'resources'],
  'resource.gather': ['version'],
  'resource.refresh': ['version'],
  'resource.register': ['containsPersonalInformation', 'grade', 'opening', 'source'],
  'resource.withdraw': [],
  // Who may operate public data is announced and filed in public (Jinan measures, article 8).
  'announcement.publish': ['applyUntil', 'interests', 'mode', 'resources'],
  'authorisation.file': ['mode', 'until'],
  'security-norm.publish': ['kind'],
  // Who maintains the platform, and may not operate on it (article 13).
  'maintenance.end': ['party'],
  'maintenance.entrust': ['from', 'party', 'until'],
  // What a product of public data may cost at most, and the yearly disclosure with the hash of its words (PPN, PDN).
  'price.set-cap': ['cap', 'capFen', 'mode', 'trial', 'units'],
  'disclosure.publish': ['document', 'version', 'year'],
  // Which days are days off.
  'calendar.record-year': ['holidays', 'workdays', 'year'],
  // Which drafts bind.
  'rulebook.adopt': ['adoptedFrom'],
  'rulebook.revoke-adoption': ['adoptedFrom'],
};
/** Words in clear of acts that are no public fact. A certificate's number tells nothing of what it certifies. */
const OPEN_WORDS: Readonly<Record<string, readonly string[]>> = {
  // The digest of a statement of custody: with it the log itself vouches for the file in its owner's hands.
  'custody.issue-statement': ['statement'],
  // That a sample exchange cut a publicity short: it happens nowhere else.
  'application.close-publicity-early': ['sample'],
  'certificate.issue': ['kind', 'number'],
  'certificate.reissue': ['kind', 'number', 'supersedes'],
  'certificate.revoke': ['ground', 'number'],
  // The hash of a bundle's list of files: with it the log itself vouches for the bundle. Its id tells nothing of it.
  'evidence.seal-bundle': ['bundle', 'manifest'],
};

const { acts } = platform(loadRulebook());
const TAINT = 'taint';
const ACTOR: Actor = { kind: 'person', personId: TAINT, partyId: TAINT, roles: [], scopes: null, secondFactor: true };

/** Stands for any value: whatever is read from it, called on it or written of it is again such a value. */
const anything: never = new Proxy(() => undefined, {
  get: (_, name) => {
    if (name === 'toJSON' || name === 'toString' || name === Symbol.toPrimitive) return () => TAINT;
    if (name === Symbol.iterator) return () => [][Symbol.iterator]();
    return anything;
  },
  apply: () => anything,
}) as never;

const draftOf = (act: Act): EntryDraft =>
  act.definition.entry({ input: anything, facts: anything, result: anything, actor: ACTOR });

describe('the entry of every act', () => {
  it('names party and subject only where the act is a public fact', () => {
    const facts = acts.filter((a) => draftOf(a).public).map((a) => a.name);
    expect(facts.sort()).toEqual(Object.keys(PUBLIC_FACTS).sort());
    for (const act of acts) {
      const draft = draftOf(act);
      const words = Object.keys(draft.open ?? {}).sort();
      expect([act.name, words]).toEqual([act.name, PUBLIC_FACTS[act.name] ?? OPEN_WORDS[act.name] ?? []]);
    }
  });

  it('holds nothing of input, facts and result but those words', () => {
    expect(acts.length).toBeGreaterThan(50);
    for (const act of acts) {
      const { open = {}, sealed = {} } = draftOf(act);
      const judged = new Set([...(PUBLIC_FACTS[act.name] ?? []), ...(OPEN_WORDS[act.name] ?? [])]);
      const unjudged = Object.fromEntries(Object.entries(open).filter(([name]) => !judged.has(name)));
      const { bytes } = buildEntry(
        {
          id: 'rct_1',
          act: act.name,
          at: '2026-11-25T00:00:00.000Z',
          party: null,
          subject: null,
          open: unjudged,
          rules: [],
        },
        { shared: { ...sealed }, own: { person: TAINT, input: TAINT } },
      );
      expect([act.name, bytes.toString().includes(TAINT)]).toEqual([act.name, false]);
    }
  });

  it('takes for its words in clear what the act has a short list of, never what somebody types', () => {
    for (const act of acts) {
      const schema = z.toJSONSchema(act.input, { io: 'input', unrepresentable: 'any' }) as {
        properties?: Record<string, Record<string, unknown>>;
      };
      for (const word of [...(PUBLIC_FACTS[act.name] ?? []), ...(OPEN_WORDS[act.name] ?? [])]) {
        const field = schema.properties?.[word];
        const closed =
          field === undefined || 'enum' in field || 'const' in field || field.type !== 'string' || 'format' in field;
        expect([act.name, word, closed]).toEqual([act.name, word, true]);
      }
    }
  });
});
