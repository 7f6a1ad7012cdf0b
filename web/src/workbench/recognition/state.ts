import type { ImportState } from '../../portal/certificates/types.ts';

/** Colour of a state's tag. */
export const STATE_TAG: Readonly<Record<ImportState, 'wait' | 'good' | 'bad'>> = {
  submitted: 'wait',
  recognised: 'good',
  refused: 'bad',
  ended: 'bad',
};
