import type { Browser, Page } from '@playwright/test';
import { accountOf, codeOf } from '../accounts.ts';
import { Api, makeExperts } from '../operation.ts';
import { actIn, signIn, signInAs } from '../people.ts';
import { registerResource } from './data.ts';

export const RUN = Date.now() % 1_000_000;
export const TITLE = `地铁客流授权运营 ${RUN}`;
export const SCENARIO = `营业中断险定价 ${RUN}`;
export const PRODUCT = `地铁客流概览 ${RUN}`;
export const RESOURCE = `地铁客流 ${RUN}`;

type Who = 'chief' | 'clerk' | 'transport' | 'steward' | 'manager' | 'analyst' | 'first' | 'second' | 'third';
export type Apis = Readonly<Record<'operator' | 'authority' | 'transport' | 'compliance' | 'quality', Api>>;

/** Nine people with a browser each, one of the public, and the software of their parties. */
export interface Cast {
  readonly people: Readonly<Record<Who, Page>>;
  readonly outsider: Page;
  readonly apis: Apis;
  readonly expertNames: readonly string[];
}

export async function assemble(browser: Browser, base: string): Promise<Cast> {
  const api = async (login: string) => new Api(base, (await accountOf(login)).apiKey);
  const apis = {
    operator: await api('operator'),
    authority: await api('authority'),
    transport: await api('transport'),
    compliance: await api('compliance'),
    quality: await api('quality'),
  };
  const experts = await makeExperts(base, RUN);
  const [first, second, third] = await Promise.all(experts.map((e) => signIn(browser, e)));
  const [chief, transport, manager] = await Promise.all(
    ['authority', 'transport', 'operator'].map((login) => signInAs(browser, login)),
  );
  if (!first || !second || !third || !chief || !transport || !manager) throw new Error('somebody is missing');
  const people = {
    ...{ chief, transport, manager, first, second, third },
    clerk: await colleague(browser, chief, '主管乙', ['data-authority']),
    steward: await colleague(browser, transport, '交通乙', ['data-provider']),
    analyst: await colleague(browser, manager, '运营乙', ['operating-unit']),
  };
  await registerResource(apis.transport, RESOURCE);
  const outsider = await (await browser.newContext()).newPage();
  return { people, outsider, apis, expertNames: experts.map((e) => e.name) };
}

/** A second person of a party; one who must decide with a second factor sets it up. */
async function colleague(browser: Browser, first: Page, displayName: string, roles: readonly string[]): Promise<Page> {
  const login = `colleague${RUN}${displayName.charCodeAt(0)}`;
  const { initialPassword } = await actIn<{ initialPassword: string }>(first, 'access.invite-person', {
    login,
    displayName,
    roles,
  });
  const page = await signIn(browser, { login, password: initialPassword });
  if (roles.includes('data-authority')) {
    const { secret } = await actIn<{ secret: string }>(page, 'access.enrol-second-factor', {});
    await actIn(page, 'access.confirm-second-factor', { code: codeOf(secret) });
  }
  return page;
}
