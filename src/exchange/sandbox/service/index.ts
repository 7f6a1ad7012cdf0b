import { serviceActs as proposing } from './acts.ts';
import { refreshActs } from './acts-refresh.ts';

export const serviceActs = [...proposing, ...refreshActs];
export { answerCall, type Call, type ReadyCall, readyCall } from './call.ts';
export { AnswerColumn } from './columns.ts';
export { makeTask } from './make.ts';
export type { Service } from './model.ts';
export { serviceReads } from './queries.ts';
export { approvedTemplate } from './rules.ts';
export { serviceOfProduct } from './store.ts';
export { ParameterValue, TEMPLATE_NAME } from './template.ts';
