import { dated, notApplicable, ok, type Rule, rule, violated } from '../rulebook/index.ts';
import { text } from '../text.ts';
import { ADMINISTRATORS, isPersonalRole, OPERATOR_ROLE } from './model.ts';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './passwords.ts';
import { codeRight, notLocked, secondFactorShown, sessionAlive } from './sign-in-rules.ts';

/** First day of the house rules. */
const FROM = '2020-01-01';
const AT = '2026-11-23';

/** HS-1.12: separation of the three administrators (三员分立). */
export const administratorsApart = rule({
  id: 'HS-1.12',
  title: text('三员分立', 'Administrators apart'),
  decide: (f: { rolesAfter: readonly string[] }) => {
    const held = f.rolesAfter.filter((r) => ADMINISTRATORS.includes(r));
    if (held.length === 0) return notApplicable();
    if (held.length > 1) {
      return violated(
        text(
          '系统、安全、审计管理员不得由同一人兼任。',
          'One person cannot be two of system, security and audit administrator.',
        ),
        text('请为每个岗位指定不同的人员。', 'Give each post to another person.'),
      );
    }
    return held[0] === 'audit-admin' && f.rolesAfter.includes('party-admin')
      ? violated(
          text('审计管理员不得管理人员账号。', 'An audit administrator does not manage people.'),
          text('请由其他人员担任单位管理员。', 'Let another person be party administrator.'),
        )
      : ok();
  },
  examples: [
    { name: '普通人员', at: AT, facts: { rolesAfter: ['buyer', 'party-admin'] }, expect: 'not-applicable' },
    { name: '一员', at: AT, facts: { rolesAfter: ['security-admin'] }, expect: 'ok' },
    { name: '两员同人', at: AT, facts: { rolesAfter: ['system-admin', 'audit-admin'] }, expect: 'violated' },
    { name: '审计兼单位管理', at: AT, facts: { rolesAfter: ['audit-admin', 'party-admin'] }, expect: 'violated' },
    { name: '系统兼单位管理', at: AT, facts: { rolesAfter: ['system-admin', 'party-admin'] }, expect: 'ok' },
  ],
});

/** HS-1.13. */
export const notOneself = rule({
  id: 'HS-1.13',
  title: text('不得办理本人事项', 'Not for oneself'),
  decide: (f: { managerId: string | null; personId: string }) =>
    f.managerId === f.personId
      ? violated(
          text('您正在变更本人的账号或角色。', 'You are changing your own account or roles.'),
          text('请由另一位管理员办理。', 'Ask another administrator.'),
        )
      : ok(),
  examples: [
    { name: '他人', at: AT, facts: { managerId: 'psn_a', personId: 'psn_b' }, expect: 'ok' },
    { name: '本人', at: AT, facts: { managerId: 'psn_a', personId: 'psn_a' }, expect: 'violated' },
    { name: '系统任务', at: AT, facts: { managerId: null, personId: 'psn_a' }, expect: 'ok' },
  ],
});

/** HS-1.14. */
export const rolesOfTheParty = rule({
  id: 'HS-1.14',
  title: text('角色不超出单位准入范围', 'Roles within the party’s'),
  decide: (f: { granted: readonly string[]; partyRoles: readonly string[] }) => {
    const operator = f.partyRoles.includes(OPERATOR_ROLE);
    const wrong = f.granted.filter((r) =>
      isPersonalRole(r) ? r !== 'party-admin' && !operator : !f.partyRoles.includes(r),
    );
    return wrong.length === 0
      ? ok()
      : violated(
          text(`该单位未获准入或者无此岗位：${wrong.join('、')}。`, `The party does not hold: ${wrong.join(', ')}.`),
          text('请选择单位已获准入的角色。', 'Choose roles the party is admitted to.'),
        );
  },
  examples: [
    { name: '单位角色', at: AT, facts: { granted: ['buyer', 'party-admin'], partyRoles: ['buyer'] }, expect: 'ok' },
    { name: '超出准入', at: AT, facts: { granted: ['regulator'], partyRoles: ['buyer'] }, expect: 'violated' },
    { name: '交易所岗位', at: AT, facts: { granted: ['settlement-officer'], partyRoles: ['exchange'] }, expect: 'ok' },
    {
      name: '外单位担任交易所岗位',
      at: AT,
      facts: { granted: ['security-admin'], partyRoles: ['buyer'] },
      expect: 'violated',
    },
  ],
});

export interface ManagementFacts {
  readonly managerRoles: readonly string[];
  readonly managerSecondFactor: boolean;
  /** Personal roles of the person managed; empty for a new one. */
  readonly personalRoles: readonly string[];
  /** Roles given or taken. */
  readonly changed: readonly string[];
}

const isPost = (role: string): boolean => isPersonalRole(role) && role !== 'party-admin';

/** HS-1.15. */
export const managedByTheRight = rule({
  id: 'HS-1.15',
  title: text('人员管理权限', 'Who manages people'),
  decide: (f: ManagementFacts) => {
    const posts = f.personalRoles.some(isPost) || f.changed.some(isPost);
    const security = f.managerRoles.includes('security-admin');
    if (posts && !security) {
      return violated(
        text(
          '各类管理员和岗位人员仅由安全管理员管理。',
          'Administrators and posts are managed by the security administrator only.',
        ),
        text('请由安全管理员办理。', 'Ask the security administrator.'),
      );
    }
    if (security) {
      return f.managerSecondFactor
        ? ok()
        : violated(
            text('安全管理员须使用动态口令。', 'The security administrator needs a second factor.'),
            text('请用动态口令重新登录。', 'Sign in again with the one-time code.'),
          );
    }
    return f.changed.length > 0 && !f.managerRoles.includes('party-admin')
      ? violated(
          text('系统管理员不授予角色。', 'The system administrator grants no roles.'),
          text(
            '请先开立无角色账号，再由安全管理员授权。',
            'Open the account without roles; the security administrator grants them.',
          ),
        )
      : ok();
  },
  examples: [
    {
      name: '单位管理员管理本单位人员',
      at: AT,
      facts: { managerRoles: ['party-admin'], managerSecondFactor: false, personalRoles: [], changed: ['buyer'] },
      expect: 'ok',
    },
    {
      name: '单位管理员指定结算岗',
      at: AT,
      facts: {
        managerRoles: ['party-admin'],
        managerSecondFactor: true,
        personalRoles: [],
        changed: ['settlement-officer'],
      },
      expect: 'violated',
    },
    {
      name: '系统管理员停用审计管理员',
      at: AT,
      facts: { managerRoles: ['system-admin'], managerSecondFactor: true, personalRoles: ['audit-admin'], changed: [] },
      expect: 'violated',
    },
    {
      name: '系统管理员开立无角色账号',
      at: AT,
      facts: { managerRoles: ['system-admin'], managerSecondFactor: true, personalRoles: [], changed: [] },
      expect: 'ok',
    },
    {
      name: '系统管理员授予角色',
      at: AT,
      facts: { managerRoles: ['system-admin'], managerSecondFactor: true, personalRoles: [], changed: ['exchange'] },
      expect: 'violated',
    },
    {
      name: '安全管理员授予岗位',
      at: AT,
      facts: {
        managerRoles: ['security-admin'],
        managerSecondFactor: true,
        personalRoles: [],
        changed: ['settlement-officer'],
      },
      expect: 'ok',
    },
    {
      name: '安全管理员未用动态口令',
      at: AT,
      facts: { managerRoles: ['security-admin'], managerSecondFactor: false, personalRoles: [], changed: ['exchange'] },
      expect: 'violated',
    },
  ],
});

const passwordLengthMin = dated({ from: FROM, value: PASSWORD_LENGTH_MIN, unit: 'character', reference: 'HS-1.16' });
const passwordLengthMax = dated({ from: FROM, value: PASSWORD_LENGTH_MAX, unit: 'character', reference: 'HS-1.16' });

export interface PasswordFacts {
  readonly length: number;
  readonly containsLogin: boolean;
  readonly sameAsBefore: boolean;
}

/** HS-1.16. The facts hold nothing of the password itself: they are hashed into the evidence. */
export const goodPassword = rule({
  id: 'HS-1.16',
  title: text('口令要求', 'Good passwords'),
  params: { lengthMin: passwordLengthMin, lengthMax: passwordLengthMax },
  decide: (f: PasswordFacts, p) => {
    const remedy = text(
      `请使用 ${p.lengthMin} 至 ${p.lengthMax} 个字符、不含登录名的新口令。`,
      `Choose a new password of ${p.lengthMin} to ${p.lengthMax} characters without your login.`,
    );
    if (f.length < p.lengthMin || f.length > p.lengthMax) {
      return violated(text(`口令为 ${f.length} 个字符。`, `The password has ${f.length} characters.`), remedy);
    }
    if (f.containsLogin) return violated(text('口令包含登录名。', 'The password contains the login.'), remedy);
    if (f.sameAsBefore) return violated(text('新口令与原口令相同。', 'The password is the same as before.'), remedy);
    return ok();
  },
  examples: [
    { name: '10 个字符', at: AT, facts: { length: 10, containsLogin: false, sameAsBefore: false }, expect: 'ok' },
    { name: '9 个字符', at: AT, facts: { length: 9, containsLogin: false, sameAsBefore: false }, expect: 'violated' },
    { name: '128 个字符', at: AT, facts: { length: 128, containsLogin: false, sameAsBefore: false }, expect: 'ok' },
    {
      name: '129 个字符',
      at: AT,
      facts: { length: 129, containsLogin: false, sameAsBefore: false },
      expect: 'violated',
    },
    { name: '含登录名', at: AT, facts: { length: 20, containsLogin: true, sameAsBefore: false }, expect: 'violated' },
    {
      name: '与原口令相同',
      at: AT,
      facts: { length: 20, containsLogin: false, sameAsBefore: true },
      expect: 'violated',
    },
  ],
});

/** HS-1.24. Wrong ones count as failed sign-ins (HS-1.8). */
export const presentPasswordKnown = rule({
  id: 'HS-1.24',
  title: text('先验证当前口令', 'The present password first'),
  decide: (f: { present: 'right' | 'wrong' | 'not-asked' }) => {
    if (f.present === 'not-asked') return notApplicable();
    return f.present === 'right'
      ? ok()
      : violated(
          text('当前口令不正确。', 'The present password is not right.'),
          text(
            '请重新输入当前口令；多次错误将锁定账号。',
            'Enter the present password again; wrong ones lock the account.',
          ),
        );
  },
  examples: [
    { name: '口令正确', at: AT, facts: { present: 'right' }, expect: 'ok' },
    { name: '口令错误', at: AT, facts: { present: 'wrong' }, expect: 'violated' },
    { name: '账号已锁定，不再核对', at: AT, facts: { present: 'not-asked' }, expect: 'not-applicable' },
  ],
});

const keyDaysMax = dated({ from: FROM, value: 365, unit: 'day', reference: 'HS-1.17' });
const keysMax = dated({ from: FROM, value: 20, unit: 'key', reference: 'HS-1.17' });

export interface CredentialFacts {
  /** The actor showed an API key, not a session. */
  readonly byKey: boolean;
  readonly validDays: number;
  readonly livingKeys: number;
}

/** HS-1.17. */
export const keyWithinLimits = rule({
  id: 'HS-1.17',
  title: text('接口密钥限制', 'Limits of API keys'),
  params: { keyDaysMax, keysMax },
  decide: (f: CredentialFacts, p) => {
    if (f.byKey) {
      return violated(
        text('不得使用接口密钥办理此事。', 'An API key cannot do this.'),
        text('请登录后办理。', 'Sign in with your password.'),
      );
    }
    if (f.validDays > p.keyDaysMax) {
      return violated(
        text(`有效期 ${f.validDays} 天，超过上限。`, `${f.validDays} days are too long.`),
        text(`请选择不超过 ${p.keyDaysMax} 天。`, `Choose at most ${p.keyDaysMax} days.`),
      );
    }
    return f.livingKeys < p.keysMax
      ? ok()
      : violated(
          text(`已有 ${f.livingKeys} 个有效密钥。`, `There are ${f.livingKeys} living keys.`),
          text('请先撤销不用的密钥。', 'Revoke keys you no longer use.'),
        );
  },
  examples: [
    { name: '365 天', at: AT, facts: { byKey: false, validDays: 365, livingKeys: 0 }, expect: 'ok' },
    { name: '366 天', at: AT, facts: { byKey: false, validDays: 366, livingKeys: 0 }, expect: 'violated' },
    { name: '第 20 个', at: AT, facts: { byKey: false, validDays: 30, livingKeys: 19 }, expect: 'ok' },
    { name: '第 21 个', at: AT, facts: { byKey: false, validDays: 30, livingKeys: 20 }, expect: 'violated' },
    { name: '用密钥开密钥', at: AT, facts: { byKey: true, validDays: 30, livingKeys: 1 }, expect: 'violated' },
  ],
});

/** HS-1.18. */
export const administratorsRemain = rule({
  id: 'HS-1.18',
  title: text('三员在岗', 'Administrators remain'),
  decide: (f: { postsLeftEmpty: readonly string[] }) =>
    f.postsLeftEmpty.length === 0
      ? ok()
      : violated(
          text(
            `办理后将无人在岗：${f.postsLeftEmpty.join('、')}。`,
            `Nobody would be left as ${f.postsLeftEmpty.join(', ')}.`,
          ),
          text('请先指定接任人员。', 'Appoint a successor first.'),
        ),
  examples: [
    { name: '仍有人在岗', at: AT, facts: { postsLeftEmpty: [] }, expect: 'ok' },
    { name: '最后一名审计管理员', at: AT, facts: { postsLeftEmpty: ['audit-admin'] }, expect: 'violated' },
  ],
});

/** HS-1.19. */
export const emptyPlatform = rule({
  id: 'HS-1.19',
  title: text('空平台设立', 'Set up once'),
  decide: (f: { parties: number }) =>
    f.parties === 0
      ? ok()
      : violated(
          text('平台已设立。', 'The platform is already set up.'),
          text('请由安全管理员增设管理员。', 'The security administrator appoints further administrators.'),
        ),
  examples: [
    { name: '空平台', at: AT, facts: { parties: 0 }, expect: 'ok' },
    { name: '已有单位', at: AT, facts: { parties: 1 }, expect: 'violated' },
  ],
});

export const rules: readonly Rule<never>[] = [
  notLocked,
  sessionAlive,
  secondFactorShown,
  codeRight,
  administratorsApart,
  notOneself,
  rolesOfTheParty,
  managedByTheRight,
  goodPassword,
  presentPasswordKnown,
  keyWithinLimits,
  administratorsRemain,
  emptyPlatform,
];
