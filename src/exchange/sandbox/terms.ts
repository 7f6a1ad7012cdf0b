import { type Text, text } from '../../kernel/text.ts';
import { ENTITY_COLUMN } from '../../kernel/vault/index.ts';
import type { DictionaryColumn } from '../catalog/index.ts';
import type { GrantPolicy } from './policy.ts';

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'double']);

/** Every way a policy does not fit the dictionary of its resource; empty when code can hold to all of it. */
export function policyProblems(
  policy: GrantPolicy,
  dictionary: readonly DictionaryColumn[],
  containsPersonalInformation: boolean,
): Text[] {
  const types = new Map(dictionary.map((c) => [c.name, c.type]));
  const sensitive = new Set(dictionary.filter((c) => c.sensitive).map((c) => c.name));
  const problems: Text[] = [];
  const names = policy.columns.map((c) => c.name);
  if (new Set(names.map((n) => n.toLowerCase())).size !== names.length)
    problems.push(text('字段重复', 'a column is named twice'));
  if (policy.entityKey !== null && !types.has(policy.entityKey))
    problems.push(text(`没有主体字段“${policy.entityKey}”`, `there is no entity key “${policy.entityKey}”`));
  if (containsPersonalInformation && !policy.personal)
    problems.push(
      text(
        '该资源含有个人信息，授权须按涉及个人的数据保护',
        'the resource holds personal information, so the grant must protect it as data about people',
      ),
    );
  if (policy.personal && policy.entityKey === null)
    problems.push(text('涉及个人的数据须指明主体字段', 'data about people need an entity key'));
  if (!policy.columns.some((c) => c.uses.length > 0)) problems.push(text('没有可用的字段', 'no column may be used'));
  const reserved = names.filter((n) => n.toLowerCase() === ENTITY_COLUMN || n.startsWith('__sbx_'));
  for (const name of reserved)
    problems.push(text(`字段名“${name}”为平台保留`, `the name “${name}” is the platform’s own`));
  for (const { name, uses, range } of policy.columns) {
    const type = types.get(name);
    if (type === undefined) {
      problems.push(text(`没有字段“${name}”`, `there is no column “${name}”`));
      continue;
    }
    const sums = uses.includes('aggregate');
    if (sums && !NUMBERS.has(type))
      problems.push(text(`字段“${name}”不是数值，不能汇总`, `“${name}” holds no numbers to aggregate`));
    if (toldByOmission(policy, sums || sensitive.has(name), uses))
      problems.push(
        text(
          `“${name}”是要保护的内容：精确作答时不能用它筛选或分组，否则隐去与否就会透露某个人的值`,
          `“${name}” is what is protected: with exact answers it may not filter or group, or whether a cell is withheld would tell a person’s value`,
        ),
      );
    if (range !== undefined && !(range.lower < range.upper && NUMBERS.has(type)))
      problems.push(text(`字段“${name}”的取值范围有误`, `the range of “${name}” is wrong`));
    if (sums && policy.privacy.kind === 'noise' && range === undefined)
      problems.push(text(`加噪汇总须给出字段“${name}”的取值范围`, `“${name}” needs a range to aggregate with noise`));
  }
  if (policy.privacy.kind === 'noise' && policy.privacy.epsilonQuery > policy.privacy.epsilonTotal)
    problems.push(text('单次隐私预算超过总预算', 'the privacy budget of a query exceeds the total'));
  return problems;
}

/**
 * Withholding is itself an answer: “a crowd, or the one person if they earn more than x” is told or withheld as that person
 * earns. Where answers are exact and about people, what is protected therefore neither filters nor groups.
 */
const toldByOmission = (
  { personal, privacy }: GrantPolicy,
  isProtected: boolean,
  uses: GrantPolicy['columns'][number]['uses'],
): boolean => personal && privacy.kind === 'exact' && isProtected && uses.some((u) => u === 'filter' || u === 'group');

/** Columns whose own values a policy would show: the entity key beyond joins, a sensitive one grouped without a public list. */
export function shownColumns(policy: GrantPolicy, dictionary: readonly DictionaryColumn[]): string[] {
  const sensitive = new Set(dictionary.filter((c) => c.sensitive).map((c) => c.name));
  return policy.columns
    .filter(({ name, uses, domain }) =>
      name === policy.entityKey
        ? uses.some((u) => u !== 'join')
        : sensitive.has(name) && uses.includes('group') && (domain ?? []).length === 0,
    )
    .map((c) => c.name);
}

export interface RightBehind {
  readonly resourceId: string;
  readonly partyId: string;
  readonly columns: readonly string[] | null;
  readonly validUntil: Date;
  readonly revokedAt: Date | null;
}

/** Why a grant does not rest on a right of the project's party; null when it does. */
export function groundProblem(
  resource: { readonly id: string; readonly state: string; readonly holderId: string },
  projectPartyId: string,
  right: RightBehind | null,
  { policy, validUntil }: { readonly policy: GrantPolicy; readonly validUntil: Date },
  at: Date,
): Text | null {
  if (resource.state !== 'registered') return text('该资源未登记或者已注销。', 'The resource is not registered.');
  if (validUntil <= at) return text('授权期限已经过去。', 'The grant would end in the past.');
  if (right === null)
    return resource.holderId === projectPartyId
      ? null
      : text(
          '项目单位不是该资源的持有单位，须有数据使用权限。',
          'The project’s party does not hold the resource: it needs a right to use it.',
        );
  if (right.resourceId !== resource.id || right.partyId !== projectPartyId)
    return text('该权限不属于项目单位，或者不针对该资源。', 'The right is another party’s, or to another resource.');
  if (right.revokedAt !== null || right.validUntil <= at)
    return text('该权限已经终止或者到期。', 'The right has ended.');
  if (validUntil > right.validUntil) return text('授权期限超出权限的期限。', 'The grant would outlast the right.');
  const named = [...policy.columns.filter((c) => c.uses.length > 0).map((c) => c.name)];
  const beyond = named.filter((n) => right.columns !== null && !right.columns.includes(n));
  return beyond.length === 0
    ? null
    : text(
        `这些字段不在权限内：${beyond.join('、')}。`,
        `The right does not give these columns: ${beyond.join(', ')}.`,
      );
}
