import type { JointDetail, JointGround, JointParty } from '../../../api.ts';

type Kind = Pick<JointDetail, 'kind' | 'reveal'>;
export type JointChoice = 'count' | 'ids' | 'sum';
export const JOINT_CHOICES: readonly JointChoice[] = ['count', 'ids', 'sum'];
export const JOINT_GROUNDS: readonly JointGround[] = ['consent', 'statutory', 'not-personal'];

/** What people call a kind: an intersection is one that counts or one that tells identifiers. */
export const choiceOf = ({ kind, reveal }: Kind): JointChoice =>
  kind === 'sum' ? 'sum' : reveal === 'ids' ? 'ids' : 'count';

export type JointStep = 'proposed' | 'joined' | 'own' | 'other' | 'masked' | 'told';

export const stepsOf = (kind: JointDetail['kind']): readonly JointStep[] =>
  kind === 'sum' ? ['proposed', 'joined', 'masked', 'told'] : ['proposed', 'joined', 'own', 'other', 'told'];

/** The other side of an intersection; its set is what this party blinds once more. */
const otherOf = (parties: readonly JointParty[], party: JointParty): JointParty | undefined =>
  parties.find((p) => p.id !== party.id);

/** Whether a party is through with a step. */
function through(step: JointStep, party: JointParty, parties: readonly JointParty[]): boolean {
  switch (step) {
    case 'joined':
      return party.joinedAt !== null;
    case 'own':
      return party.size !== null && party.sentOwn >= party.size;
    case 'other': {
      const size = otherOf(parties, party)?.size ?? null;
      return size !== null && party.sentOther >= size;
    }
    case 'masked':
      return party.contributed;
    default:
      return true;
  }
}

export interface JointStanding {
  /** The step that goes on, or at which it stopped. */
  readonly step: JointStep;
  /** Who is not through with it. */
  readonly waitsFor: readonly JointParty[];
}

/** Where a session stands, from what each party has sent. */
export function standingOf(session: Pick<JointDetail, 'kind' | 'state' | 'parties'>): JointStanding {
  if (session.state === 'done') return { step: 'told', waitsFor: [] };
  for (const step of stepsOf(session.kind)) {
    const waitsFor = session.parties.filter((p) => !through(step, p, session.parties));
    if (waitsFor.length > 0) return { step, waitsFor };
  }
  return { step: 'told', waitsFor: [] };
}

/** How far a party is with a step that takes many parts; null where it does not. */
export function progressOf(
  step: JointStep,
  party: JointParty,
  parties: readonly JointParty[],
): { readonly sent: number; readonly of: number } | null {
  if (step === 'own' && party.size !== null) return { sent: party.sentOwn, of: party.size };
  const theirs = otherOf(parties, party)?.size;
  if (step === 'other' && theirs) return { sent: party.sentOther, of: theirs };
  return null;
}

export const INPUT_FILE = { intersection: 'ids.csv', sum: 'numbers.json' } as const;
export const COMMON_FILE = 'common.txt';

/** What one runs on one's own machine to take part. @param origin where this exchange is reached */
export function commandOf(session: Kind & Pick<JointDetail, 'id'>, ground: JointGround, origin: string): string {
  return [
    'bin/shuheng joint',
    session.id,
    `--file ${INPUT_FILE[session.kind]}`,
    `--ground ${ground}`,
    ...(choiceOf(session) === 'ids' ? [`--out ${COMMON_FILE}`] : []),
    `--url ${origin}`,
  ].join(' ');
}

/** What the input file of a sum looks like: zeros stand where one's own integers go. */
export const numbersExample = (fields: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(fields.map((field) => [field, 0])), null, 2);

/** Lines of a text as names of figures: trimmed, none empty, none twice. */
export const fieldsOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];
