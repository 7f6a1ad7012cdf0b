import type { OrderState } from '../types.ts';

/** Colour of the tag of a state: done, waiting, or stopped. */
export const orderColour = (state: OrderState): string =>
  state === 'cleared' || state === 'accepted'
    ? 'good'
    : state === 'disputed' || state === 'refunded'
      ? 'bad'
      : state === 'cancelled'
        ? ''
        : 'wait';

export const ORDER_LINE = ['placed', 'signed', 'paid', 'delivered', 'accepted', 'cleared'] as const;
