import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Receipt } from '../../bench/client.ts';
import { Problem } from '../../bench/client.ts';
import { type Market, STEPS } from '../../bench/trade.ts';

const RETRY_MS = 20;

/** A request that was answered: what the exchange promised to remember. */
export interface Acknowledged {
  readonly key: string;
  readonly name: string;
  readonly receiptId: string;
  readonly result: string;
}

/** What the outside knows of all trades: every promise, every key, every order begun. */
export interface Ledger {
  readonly acknowledged: Acknowledged[];
  /** Keys of all requests ever sent, answered or not. */
  readonly keys: Set<string>;
  readonly orders: { lane: number; orderId: string; accepted: boolean }[];
  /** Requests sent again after no answer came. */
  retries: number;
  /** Of those, the ones the exchange had already done. */
  replayed: number;
}

export const newLedger = (): Ledger => ({ acknowledged: [], keys: new Set(), orders: [], retries: 0, replayed: 0 });

/**
 * Trades until told to stop. A request without an answer is sent again with the same key until there is one, through any
 * number of kills: then it must have had one effect.
 */
export async function runLane(market: Market, lane: number, ledger: Ledger, stopping: () => boolean): Promise<void> {
  const buyer = market.buyers[lane % market.buyers.length] as Client;
  while (!stopping()) {
    let order = { orderId: '', termsHash: '' };
    const entry = { lane, orderId: '', accepted: false };
    for (const step of STEPS) {
      const who = step.by === 'buyer' ? buyer : market.seller;
      const { result } = await insist<typeof order>(who, step.name, step.input(order, market), ledger);
      if (step === STEPS[0]) {
        order = result;
        entry.orderId = order.orderId;
        ledger.orders.push(entry);
      }
    }
    entry.accepted = true;
  }
}

async function insist<T>(
  who: Client,
  name: string,
  input: unknown,
  ledger: Ledger,
): Promise<{ result: T; receipt: Receipt }> {
  const key = randomUUID();
  ledger.keys.add(key);
  for (let tries = 1; ; tries++) {
    try {
      const answer = await who.act<T>(name, input, key);
      ledger.acknowledged.push({ key, name, receiptId: answer.receipt.id, result: JSON.stringify(answer.result) });
      if (tries > 1) ledger.retries++;
      if (answer.replayed) ledger.replayed++;
      return answer;
    } catch (error) {
      // A refusal is an answer and must not happen here; a broken connection or a fault of the server is none.
      if (error instanceof Problem && error.status < 500) throw error;
      await sleep(RETRY_MS);
    }
  }
}
