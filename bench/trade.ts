import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, Client, Problem, readAccounts } from './client.ts';
import { codeOfNobody } from './codes.ts';
import type { Exchange } from './exchange.ts';

/** A hundred million yuan each: nobody runs out of money in a bench. */
const DEPOSIT_FEN = '10000000000';
const TOTP_STEP_MS = 30_000;
const SIGN_IN_TRIES_MAX = 3;

/** One listed product, its seller, and as many buyers with money as there are lanes. */
export interface Market {
  readonly productId: string;
  readonly purpose: string;
  readonly seller: Client;
  readonly buyers: readonly Client[];
  /** Settlement officer, signed in with the second factor. */
  readonly officer: Client;
  /** Auditor, for the trial balance. */
  readonly auditor: Client;
}

interface ListedProduct {
  readonly id: string;
  readonly kind: string;
  readonly seller: { readonly name: string };
  readonly pricing: { readonly mode: string };
}

/** Signs in; a code that was used already is not taken again, then the next one is. */
async function signIn(url: string, account: Account): Promise<Client> {
  for (let tries = 1; ; tries++) {
    try {
      return await Client.signIn(url, account);
    } catch (error) {
      if (!(error instanceof Problem) || !account.totpSecret || tries === SIGN_IN_TRIES_MAX) throw error;
      await sleep(TOTP_STEP_MS - (Date.now() % TOTP_STEP_MS) + 200);
    }
  }
}

function find(accounts: readonly Account[], what: string, test: (a: Account) => boolean): Account {
  const found = accounts.find(test);
  if (!found) throw new Error(`the sample has no account of the ${what}`);
  return found;
}

/** Signs in as the sample's person with a role. */
export async function signInAs({ url, folder }: Exchange, role: string): Promise<Client> {
  return signIn(
    url,
    find(await readAccounts(folder), role, (a) => a.roles.includes(role)),
  );
}

/** Admits `lanes` new buyers by real acts and credits each with money. */
export async function openMarket(running: Exchange, lanes: number): Promise<Market> {
  const { url, folder } = running;
  const accounts = await readAccounts(folder);
  const officer = await signInAs(running, 'settlement-officer');
  const auditor = await signInAs(running, 'audit-admin');
  const exchange = await signInAs(running, 'exchange');
  const anybody = new Client(url, '');
  const { items } = await anybody.get<{ items: ListedProduct[] }>('/products?kind=dataset');
  const product = items.find((p) => p.pricing.mode === 'one-off') ?? items[0];
  if (!product) throw new Error('the sample lists no data set');
  const { terms } = await anybody.get<{ terms: { purposes: string[] } }>(`/products/${product.id}`);
  const seller = find(accounts, 'seller', (a) => a.party === product.seller.name);
  const run = randomUUID().slice(0, 8);
  const buyers: Client[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const login = `bench-${run}-${lane}`;
    const password = randomUUID();
    const { result } = await anybody.act<{ partyId: string }>('party.apply', {
      name: `压测买方 ${run} ${lane}`,
      uscc: codeOfNobody(),
      legalRepresentative: '示例',
      contact: '示例',
      roles: ['buyer'],
      login,
      password,
      displayName: '压测',
      statement: '压测用买方（示例）。',
    });
    await exchange.act('party.admit', { partyId: result.partyId, identityChecked: true, reason: '示例' });
    await officer.act('account.deposit', {
      partyId: result.partyId,
      amount: { amountFen: DEPOSIT_FEN, currency: 'CNY' },
      bankReference: `BENCH-${run}-${lane}`,
    });
    buyers.push(await Client.signIn(url, { login, password, party: '', roles: ['buyer'] }));
  }
  return {
    productId: product.id,
    purpose: terms.purposes[0] ?? '',
    seller: await signIn(url, seller),
    buyers,
    officer,
    auditor,
  };
}

/** The same people on the same market, at another server of it. */
export function seenFrom(market: Market, url: string): Market {
  const there = ({ token }: Client) => new Client(url, token);
  return {
    ...market,
    seller: there(market.seller),
    buyers: market.buyers.map(there),
    officer: there(market.officer),
    auditor: there(market.auditor),
  };
}

/** One act of a trade: what is asked, by whom. */
export interface Step {
  readonly name: string;
  readonly by: 'buyer' | 'seller';
  readonly input: (order: { orderId: string; termsHash: string }, market: Market) => unknown;
}

/** A complete order; after the acceptance the system clears it by itself. */
export const STEPS: readonly Step[] = [
  {
    name: 'order.place',
    by: 'buyer',
    input: (_, { productId, purpose }) => ({ productId, quantity: 1, purpose, scenario: '压测' }),
  },
  { name: 'contract.sign', by: 'buyer', input: ({ orderId, termsHash }) => ({ orderId, termsHash }) },
  { name: 'contract.sign', by: 'seller', input: ({ orderId, termsHash }) => ({ orderId, termsHash }) },
  { name: 'order.pay', by: 'buyer', input: ({ orderId }) => ({ orderId }) },
  { name: 'delivery.deliver', by: 'seller', input: ({ orderId }) => ({ orderId }) },
  { name: 'order.accept', by: 'buyer', input: ({ orderId }) => ({ orderId }) },
];
/** Acts of a whole trade in the log: those above and the clearing. */
export const ACTS_OF_A_TRADE = STEPS.length + 1;

/** Trades once, up to the acceptance. @returns the order's id */
export async function trade(market: Market, lane: number): Promise<string> {
  const buyer = market.buyers[lane % market.buyers.length];
  if (!buyer) throw new Error('the market has no buyers');
  let order = { orderId: '', termsHash: '' };
  for (const step of STEPS) {
    const { result } = await (step.by === 'buyer' ? buyer : market.seller).act<typeof order>(
      step.name,
      step.input(order, market),
    );
    if (step === STEPS[0]) order = result;
  }
  return order.orderId;
}

/** Waits until every accepted order is cleared. */
export async function untilCleared(market: Market, lane: number, orderId: string, timeoutMs = 60_000): Promise<void> {
  const buyer = market.buyers[lane % market.buyers.length] as Client;
  const end = Date.now() + timeoutMs;
  for (;;) {
    const { state } = await buyer.get<{ state: string }>(`/orders/${orderId}`);
    if (state === 'cleared') return;
    if (Date.now() > end) throw new Error(`order ${orderId} is ${state}, not cleared, after ${timeoutMs} ms`);
    await sleep(20);
  }
}
