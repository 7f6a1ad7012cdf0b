import { randomBytes } from 'node:crypto';
import { bootstrap, totpCode, usccCheckCharacter } from '../src/kernel/access/index.ts';
import { ANONYMOUS } from '../src/kernel/acts/index.ts';
import type { SavedAccount, Stage } from './stage.ts';

export interface SampleAccount {
  readonly login: string;
  readonly password: string;
  readonly totpSecret?: string;
  /** Name of the party. */
  readonly party: string;
  readonly partyId: string;
  readonly roles: readonly string[];
  readonly apiKey: string;
}

interface Member {
  readonly login: string;
  readonly party: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly statement: string;
  /** Fields of the application that rules ask of some roles. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Regulators and authorities decide with a second factor. */
  readonly secondFactor?: boolean;
  /** Waits for its admission, so that the exchange has something to decide. */
  readonly waits?: boolean;
}

const EXCHANGE = '示例数据交易所';
const DEPARTMENT = { providerClass: 'administrative-organ' };

/** The parties of the sample and their first people; every name says that it is a sample. */
const MEMBERS: readonly Member[] = [
  {
    login: 'authority',
    party: '示例市大数据局',
    displayName: '数据主管甲',
    roles: ['data-authority'],
    statement: '统筹本市公共数据授权运营。',
    secondFactor: true,
  },
  {
    login: 'transport',
    party: '示例市交通运输局',
    displayName: '交通数据甲',
    roles: ['data-provider'],
    statement: '提供航班运行数据。',
    more: DEPARTMENT,
  },
  {
    login: 'weather',
    party: '示例市气象局',
    displayName: '气象数据甲',
    roles: ['data-provider'],
    statement: '提供气象观测数据。',
    more: DEPARTMENT,
  },
  {
    login: 'statistics',
    party: '示例市统计局',
    displayName: '统计数据甲',
    roles: ['data-provider'],
    statement: '提供行业统计数据。',
    more: DEPARTMENT,
  },
  {
    login: 'operator',
    party: '示例数据运营有限公司',
    displayName: '运营经理甲',
    roles: ['operating-unit'],
    statement: '受托开展公共数据授权运营，开发并经营数据产品。',
  },
  {
    login: 'merchant',
    party: '示例数商科技有限公司',
    displayName: '数商经理甲',
    roles: ['data-merchant', 'operating-unit'],
    statement: '开发、发布数据产品，受托运营行业统计数据。',
    more: { businessTypes: ['develop', 'publish'] },
  },
  {
    login: 'citytech',
    party: '示例城市数据科技有限公司',
    displayName: '运营经理乙',
    roles: ['operating-unit'],
    statement: '申请公共数据授权运营，开发出行和文旅数据产品。',
  },
  {
    login: 'expert-law',
    party: '示例法学院数据法研究中心',
    displayName: '评审专家甲',
    roles: ['expert'],
    statement: '开展授权运营合规评审。',
  },
  {
    login: 'expert-security',
    party: '示例信息安全测评中心',
    displayName: '评审专家乙',
    roles: ['expert'],
    statement: '开展数据安全能力评审。',
  },
  {
    login: 'expert-data',
    party: '示例大学大数据研究院',
    displayName: '评审专家丙',
    roles: ['expert'],
    statement: '开展数据价值与可行性评审。',
  },
  {
    login: 'expert-industry',
    party: '示例产业经济研究会',
    displayName: '评审专家丁',
    roles: ['expert'],
    statement: '开展产业应用与价格评审。',
  },
  {
    login: 'compliance',
    party: '示例合规评估事务所',
    displayName: '合规评估师甲',
    roles: ['compliance-assessor'],
    statement: '开展数据合规评估。',
  },
  {
    login: 'quality',
    party: '示例质量评估中心',
    displayName: '质量评估师甲',
    roles: ['quality-assessor'],
    statement: '按 GB/T 36344 开展数据质量评估。',
  },
  {
    login: 'broker',
    party: '示例数据经纪有限公司',
    displayName: '经纪人甲',
    roles: ['broker'],
    statement: '提供供需撮合与经纪服务。',
  },
  {
    login: 'insurer',
    party: '示例财产保险有限公司',
    displayName: '保险采购甲',
    roles: ['buyer'],
    statement: '采购数据用于保险产品定价和风险管理。',
  },
  {
    login: 'retailer',
    party: '示例零售集团有限公司',
    displayName: '零售采购甲',
    roles: ['buyer'],
    statement: '采购数据用于选址和销售预测。',
  },
  {
    login: 'regulator',
    party: '示例市市场监督管理局',
    displayName: '监管人员甲',
    roles: ['regulator'],
    statement: '监督数据交易活动。',
    secondFactor: true,
  },
  {
    login: 'prices',
    party: '示例市发展和改革委员会',
    displayName: '价格管理甲',
    roles: ['price-authority'],
    statement: '核定公共数据运营服务最高准许收入。',
    secondFactor: true,
  },
  {
    login: 'notary',
    party: '示例公证处',
    displayName: '公证员甲',
    roles: ['notary'],
    statement: '对数据交易存证开展公证。',
  },
  {
    login: 'applicant',
    party: '示例物流有限公司',
    displayName: '物流采购甲',
    roles: ['buyer'],
    statement: '申请采购交通和气象数据。',
    waits: true,
  },
];

/** People of the exchange beside its three administrators. */
const STAFF = [
  { login: 'exchange', displayName: '交易所业务岗', roles: ['exchange'] },
  { login: 'settlement', displayName: '交易所结算岗', roles: ['settlement-officer'] },
] as const;

/** Admitted parties and applicants, the exchange among them. */
export const PARTY_COUNT = MEMBERS.length + 1;

const KEY_DAYS = 180;
const TOTP_STEP_MS = 30_000;
const newPassword = (): string => randomBytes(15).toString('base64url');

/** A well-formed code that belongs to nobody: registration authority 91, division 000000, a serial, the check character. */
export function sampleCode(serial: number): string {
  const body = `91000000MAEX${String(serial).padStart(5, '0')}`;
  return `${body}${usccCheckCharacter(body)}`;
}

/** Sets the exchange up and admits everybody; answers the accounts in the order people will want them. */
export async function assemble(stage: Stage, onDone: (name: string) => void): Promise<SampleAccount[]> {
  await setUp(stage);
  const people: { login: string; party: string; secondFactor: boolean }[] = [];
  for (const post of ['security-admin', 'system-admin', 'audit-admin']) {
    await ensureAdministrator(stage, post);
    people.push({ login: post, party: EXCHANGE, secondFactor: false });
  }
  for (const person of STAFF) {
    await ensureStaff(stage, person);
    people.push({ login: person.login, party: EXCHANGE, secondFactor: true });
  }
  onDone(EXCHANGE);
  const exchange = await stage.actor('exchange');
  for (const [n, member] of MEMBERS.entries()) {
    const password = await stage.once('passwords', member.login, newPassword);
    const { login, displayName, roles, statement } = member;
    const { partyId } = await stage.run<{ partyId: string }>(`apply:${login}`, 'party.apply', ANONYMOUS, {
      ...{
        name: member.party,
        uscc: sampleCode(n + 2),
        legalRepresentative: `${member.party}负责人`,
        contact: '示例联系方式',
      },
      ...{ roles, login, password, displayName, statement },
      ...member.more,
    });
    if (!member.waits) {
      await stage.run(`admit:${login}`, 'party.admit', exchange, {
        partyId,
        identityChecked: true,
        reason: '已核验登记信息与身份证明（示例）',
      });
    }
    await keep(stage, login, { password });
    people.push({ login, party: member.party, secondFactor: member.secondFactor ?? false });
    onDone(member.party);
  }
  return Promise.all(people.map((person) => complete(stage, person)));
}

async function setUp(stage: Stage): Promise<void> {
  const done = await bootstrap(stage.context.kernel, { name: EXCHANGE, uscc: sampleCode(1), sample: true });
  for (const { login, personId, password, totpSecret } of done?.accounts ?? []) {
    await stage.keepAccount(login, { personId, password, totpSecret });
  }
}

/** Killed between setting up and writing down: the password nobody knows is reset by another security administrator. */
async function ensureAdministrator(stage: Stage, login: string): Promise<void> {
  if (stage.account(login)) return;
  const security = await stage.actor('security-admin');
  const { personId } = await stage.actor(login);
  if (!personId) return;
  if (login !== 'security-admin') return reset(stage, login, personId);
  await stage.run('invite:security-second', 'access.invite-person', security, {
    login: 'security-second',
    displayName: '安全管理员（备岗）',
    roles: ['security-admin'],
  });
  return reset(stage, login, personId, 'security-second');
}

async function reset(stage: Stage, login: string, personId: string, manager = 'security-admin'): Promise<void> {
  const actor = await stage.actor(manager);
  const key = `${login}:${Date.now()}`;
  const { initialPassword } = await stage.run<{ initialPassword?: string }>(
    `reset:${key}`,
    'access.reset-password',
    actor,
    { personId },
  );
  await stage.run(`factor:${key}`, 'access.reset-second-factor', actor, { personId });
  await stage.keepAccount(login, { personId, password: initialPassword ?? '' });
}

async function ensureStaff(stage: Stage, person: (typeof STAFF)[number]): Promise<void> {
  const security = await stage.actor('security-admin');
  const { personId, initialPassword } = await stage.run<{ personId: string; initialPassword?: string }>(
    `invite:${person.login}`,
    'access.invite-person',
    security,
    { login: person.login, displayName: person.displayName, roles: person.roles },
  );
  if (stage.account(person.login)) return;
  if (initialPassword === undefined) return reset(stage, person.login, personId);
  await stage.keepAccount(person.login, { personId, password: initialPassword });
}

async function keep(stage: Stage, login: string, account: { password: string }): Promise<void> {
  if (stage.account(login)) return;
  const { personId } = await stage.actor(login);
  await stage.keepAccount(login, { personId: personId ?? '', ...account });
}

/** Second factor and API key: both are told once, so both are written down before the next step relies on them. */
async function complete(
  stage: Stage,
  { login, party, secondFactor }: { login: string; party: string; secondFactor: boolean },
): Promise<SampleAccount> {
  const actor = await stage.actor(login);
  let account = known(stage, login);
  const row = await stage.context.kernel.db
    .selectFrom('person')
    .select(['totp_secret', 'roles', 'personal_roles'])
    .where('id', '=', account.personId)
    .executeTakeFirstOrThrow();
  if ((secondFactor || login.endsWith('-admin')) && row.totp_secret === null) {
    const { secret } = await stage.run<{ secret?: string }>(
      `enrol:${login}:${Date.now()}`,
      'access.enrol-second-factor',
      actor,
      {},
    );
    account = { ...account, totpSecret: secret ?? '' };
    await stage.keepAccount(login, account);
    // The code of the step before: a code works once, and the person may want to sign in at once.
    const code = totpCode(secret ?? '', new Date(Date.now() - TOTP_STEP_MS));
    await stage.run(`confirm:${login}:${Date.now()}`, 'access.confirm-second-factor', actor, { code });
  }
  if (account.apiKey === undefined) {
    const { key } = await stage.run<{ key?: string }>(`key:${login}:${Date.now()}`, 'access.create-key', actor, {
      title: '示例密钥',
      scopes: null,
      validDays: KEY_DAYS,
    });
    account = { ...account, apiKey: key ?? '' };
    await stage.keepAccount(login, account);
  }
  return {
    login,
    password: account.password,
    ...(account.totpSecret === undefined ? {} : { totpSecret: account.totpSecret }),
    party,
    partyId: actor.partyId ?? '',
    roles: [...row.roles, ...row.personal_roles],
    apiKey: account.apiKey ?? '',
  };
}

function known(stage: Stage, login: string): SavedAccount {
  const account = stage.account(login);
  if (!account) throw new Error(`the sample lost the account ${login}`);
  return account;
}
