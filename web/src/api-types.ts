/** What the API answers, by what it is about; `api.ts` hands it on. */
export type * from './api/authorisation.ts';
export type * from './api/cases.ts';
export type * from './api/common.ts';
export type * from './api/data.ts';
export type * from './api/joint.ts';
export type * from './api/market.ts';
export type * from './api/people.ts';
export type * from './api/pricing.ts';
export type * from './api/rules.ts';
export type * from './api/sandbox.ts';
