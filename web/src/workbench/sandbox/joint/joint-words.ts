import type { JointGround, JointState } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import type { JointChoice, JointStep } from './joint-model.ts';

const WORDS = words(
  {
    'state:proposed': '待加入',
    'state:running': '进行中',
    'state:done': '已完成',
    'state:ended': '已终止',
    'kind:count': '求交：只计人数',
    'kind:ids': '求交：各自得知名单',
    'kind:sum': '安全求和',
    'note:count': '两方各有一批标识，只得知有多少个相同；哪些相同，谁也不知道。',
    'note:ids': '两方各有一批标识，各方得知自己的哪些也在对方手里；其余的仍互不知晓。',
    'note:sum': '各方各有一组数，只得知合计；每一方的数谁也看不到。',
    'ground:consent': '已取得个人同意',
    'ground:statutory': '履行法定职责等，依法不需要同意',
    'ground:not-personal': '不涉及个人信息',
    'step:proposed': '提出',
    'step:joined': '各方加入',
    'step:own': '传送盲化标识',
    'step:other': '互相再盲化',
    'step:masked': '提交掩码数值',
    'step:told': '告知结果',
  },
  {
    'state:proposed': 'to be joined',
    'state:running': 'running',
    'state:done': 'done',
    'state:ended': 'ended',
    'kind:count': 'Intersection: count only',
    'kind:ids': 'Intersection: each side learns its own',
    'kind:sum': 'Secure sum',
    'note:count': 'Two parties have identifiers and learn how many are the same; nobody learns which.',
    'note:ids':
      'Two parties have identifiers; each learns which of its own the other has too. Of the rest neither learns anything.',
    'note:sum': 'Each party has figures; all learn the totals, and nobody sees the figures of one party.',
    'ground:consent': 'the people have consented',
    'ground:statutory': 'a legal duty or another ground that needs no consent',
    'ground:not-personal': 'no personal information',
    'step:proposed': 'Proposed',
    'step:joined': 'All join',
    'step:own': 'Blinded sets passed on',
    'step:other': 'Blinded once more',
    'step:masked': 'Masked figures handed in',
    'step:told': 'Result told',
  },
);

/** What the code words of a joint computation say. */
export function useJointWords() {
  const t = useWords(WORDS);
  return {
    state: (state: JointState): string => t[`state:${state}`],
    kind: (choice: JointChoice): string => t[`kind:${choice}`],
    note: (choice: JointChoice): string => t[`note:${choice}`],
    ground: (ground: JointGround): string => t[`ground:${ground}`],
    step: (step: JointStep): string => t[`step:${step}`],
  };
}

export const JOINT_STATES: readonly JointState[] = ['proposed', 'running', 'done', 'ended'];

export const jointLook = (state: JointState): string => (state === 'done' ? 'good' : state === 'ended' ? '' : 'wait');

/** Who may take part: whoever holds data or may use it. */
export const JOINT_ROLES: readonly string[] = ['data-provider', 'operating-unit', 'data-merchant', 'buyer'];
