import { randomBytes } from 'node:crypto';
import { codeOfNobody } from '../bench/codes.ts';
import { type Account, accountOf } from './accounts.ts';

/** Plays authorised operation through the API, as the software of the parties would, up to where a test begins. */
export interface Operation {
  readonly caseId: string;
  readonly applicationId: string;
  readonly title: string;
  readonly experts: readonly Expert[];
}

export interface Expert {
  readonly partyId: string;
  readonly name: string;
  readonly login: string;
  readonly password: string;
  readonly token: string;
}

const DAY_MS = 86_400_000;
const POLL_MS = 100;
const TRIES_MAX = 600;
const EXPERTS = 3;

export class Api {
  readonly #base: string;
  readonly #token: string | undefined;
  constructor(base: string, token?: string) {
    this.#base = base;
    this.#token = token;
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(`${this.#base}${path}`, {
      ...init,
      headers: { ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}), ...init.headers },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async act<T>(name: string, input: unknown): Promise<T> {
    const answer = await this.#send(`/v1/acts/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return ((await answer.json()) as { result: T }).result;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#send(`/v1${path}`, {})).json()) as T;
  }

  /** @returns the session's token */
  async signIn(login: string, password: string): Promise<string> {
    const answer = await this.#send('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    return ((await answer.json()) as { token: string }).token;
  }

  /** @returns the id of the upload */
  async upload(name: string, content: string): Promise<string> {
    const bytes = Buffer.from(content);
    const made = await this.#send('/v1/uploads', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(bytes.length),
        'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
      },
    });
    const uploadId = (made.headers.get('location') ?? '').split('/').at(-1) ?? '';
    await this.#send(`/v1/uploads/${uploadId}`, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      body: bytes,
    });
    return uploadId;
  }

  async #until(path: string, state: string): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if ((await this.get<{ state: string }>(path)).state === state) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${path} never became ${state}`);
  }

  /** Uploads a small paper and waits until the vault keeps it. */
  async paper(name: string, content: string): Promise<string> {
    const { fileId } = await this.act<{ fileId: string }>('file.keep', { uploadId: await this.upload(name, content) });
    await this.#until(`/files/${fileId}`, 'kept');
    return fileId;
  }

  /** Registers a table of public data. */
  async resource(title: string): Promise<string> {
    const uploadId = await this.upload('metro.csv', 'line,day,passengers\n1,2026-01-01,100\n2,2026-01-02,200\n');
    const { datasetId } = await this.act<{ datasetId: string }>('dataset.ingest', { uploadId, title });
    await this.#until(`/datasets/${datasetId}`, 'ready');
    const { resourceId } = await this.act<{ resourceId: string }>('resource.register', {
      datasetId,
      title,
      summary: '逐日客流',
      source: 'self-generated',
      sourceStatement: '闸机记录',
      sector: '交通运输',
      classification: { class: '交通运行', grade: 'general' },
      containsPersonalInformation: false,
      updateFrequency: '每月',
      coverage: { region: '示例市' },
      opening: 'paid',
      columns: ['line', 'day', 'passengers'].map((name) => ({ name, titleZh: name, sensitive: false })),
    });
    return resourceId;
  }
}

async function apiOf(base: string, login: string): Promise<Api & { account: Account }> {
  const account = await accountOf(login);
  return Object.assign(new Api(base, account.apiKey), { account });
}

/** Parties of experts, admitted for this run. */
export async function makeExperts(base: string, run: number): Promise<Expert[]> {
  const exchange = await apiOf(base, 'exchange');
  const experts: Expert[] = [];
  for (let n = 0; n < EXPERTS; n++) {
    const login = `expert${run}${n}`;
    const name = `示例评审机构${run % 1000}${'甲乙丙'[n]}`;
    const password = randomBytes(15).toString('base64url');
    const { partyId } = await new Api(base).act<{ partyId: string }>('party.apply', {
      name,
      uscc: codeOfNobody(),
      legalRepresentative: '示例负责人',
      contact: '示例联系方式',
      roles: ['expert'],
      login,
      password,
      displayName: `评审专家${'甲乙丙'[n]}`,
      statement: '从事公共数据评审。',
    });
    await exchange.act('party.admit', { partyId, identityChecked: true, reason: '已核验登记信息（示例）' });
    experts.push({ partyId, name, login, password, token: await new Api(base).signIn(login, password) });
  }
  return experts;
}

/** An announcement of the authority and the application of an operating unit, not accepted yet. */
export async function applied(base: string): Promise<Operation> {
  const run = Date.now() % 1_000_000;
  const authority = await apiOf(base, 'authority');
  const operator = await apiOf(base, 'operator');
  const experts = await makeExperts(base, run);
  const title = `交通数据授权运营 ${run}`;
  const resourceId = await (await apiOf(base, 'transport')).resource(`地铁客流 ${run}`);
  const { announcementId } = await authority.act<{ announcementId: string }>('announcement.publish', {
    mode: 'comprehensive',
    title,
    scope: '交通领域公共数据资源',
    conditions: '依法设立，具备数据安全能力，近三年无重大失信记录',
    requirements: '每年开发不少于三个数据产品，优先服务民生',
    criteria: [
      { title: '运营方案', weight: 60 },
      { title: '安全能力', weight: 40 },
    ],
    passScore: 70,
    resourceIds: [resourceId],
    authorityId: authority.account.partyId,
    applyUntil: new Date(Date.now() + 60 * DAY_MS).toISOString(),
  });
  const { applicationId, caseId } = await operator.act<{ applicationId: string; caseId: string }>(
    'application.submit',
    { announcementId, statement: '具备交通数据产品开发和安全保障能力，拟建设航班延误保险定价等应用。' },
  );
  return { caseId, applicationId, title, experts };
}

/** The same application, accepted, scored and before the public. */
export async function beforeThePublic(base: string): Promise<Operation & { readonly noticeId: string }> {
  const operation = await applied(base);
  const { caseId, applicationId, experts } = operation;
  const authority = await apiOf(base, 'authority');
  const operator = await apiOf(base, 'operator');
  for (const kind of ['eligibility', 'security', 'plan'])
    await operator.act('case.attach-document', {
      caseId,
      kind,
      fileId: await operator.paper(`${kind}.txt`, `${kind} of ${caseId}`),
    });
  await authority.act('application.accept', { applicationId, expertIds: experts.map((e) => e.partyId) });
  for (const { token } of experts)
    await new Api(base, token).act('application.score', { applicationId, points: [50, 30], opinion: '方案可行' });
  const { noticeId } = await authority.act<{ noticeId: string }>('application.conclude-review', { applicationId });
  return { ...operation, noticeId };
}
