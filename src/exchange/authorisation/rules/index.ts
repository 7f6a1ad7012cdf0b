/** What the law says of authorised operation, one file for each stage. */
export * from './agreement.ts';
export * from './application.ts';
export * from './data.ts';
export * from './duties.ts';
export * from './exit.ts';
export * from './platform.ts';
export * from './review.ts';
export * from './supervision.ts';
