export { rulebookActs } from './adoption.ts';
export { loadRulebook, type Rulebook } from './documents.ts';
export { rulebookReads } from './reads.ts';
export {
  beijingDay,
  type Dated,
  dated,
  notApplicable,
  ok,
  type ParameterUsed,
  type Rule,
  rule,
  unknown,
  valueAt,
  violated,
} from './rule.ts';
export { bindingDocuments } from './tables.ts';
