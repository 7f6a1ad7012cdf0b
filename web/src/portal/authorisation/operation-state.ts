const LOOKS: Readonly<Record<string, 'good' | 'wait' | 'bad'>> = {
  operating: 'good',
  granted: 'good',
  approved: 'good',
  set: 'good',
  live: 'good',
  closed: 'good',
  filing: 'good',
  correcting: 'bad',
  rechecking: 'wait',
  suspended: 'bad',
  exiting: 'bad',
  objected: 'wait',
  applied: 'wait',
  reviewing: 'wait',
  concluding: 'wait',
  public: 'wait',
  agreeing: 'wait',
  countersigning: 'wait',
  asked: 'wait',
  raised: 'wait',
  answered: 'wait',
};

/** The look of a state's tag, for all procedures of authorised operation; ended ones are plain. */
export const stateLook = (state: string): string => LOOKS[state] ?? '';
