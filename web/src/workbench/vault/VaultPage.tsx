import { Link } from 'react-router';
import { get, type Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { saveFile } from '../../shared/csv.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { bytes, dateTime, day, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { KeptName } from './KeptName.tsx';
import type { Erasure, KeptObject, Rotation, StatementRow, Usage } from './types.ts';

const WORDS = words(
  {
    title: '数据金库',
    sub: '本单位交由平台加密保管的数据：存了什么、多大、摘要、密钥代次、最近一次校验、保存期限与保全。',
    statement: '出具保管证明',
    eraseAll: '销毁全部数据',
    eraseAllText: '销毁本单位的密钥和其下全部数据。须由另一名管理员或者交易所安全管理员确认，确认后无法恢复。',
    usage: (used: string, most: string, objects: string, objectsMost: string) =>
      `已用 ${used}，配额 ${most}；对象 ${objects} 个，上限 ${objectsMost} 个。`,
    own: '配额由交易所单独核定。',
    list: '保管清单',
    name: '名称',
    kind: '种类',
    size: '大小',
    stored: '存入',
    key: '密钥代次',
    checked: '最近校验',
    never: '尚未轮到',
    until: '保存至',
    state: '状态',
    held: '保全中',
    damaged: '受损',
    destroyed: '已销毁',
    whole: '完好',
    kept: '保管中',
    none: '还没有保管中的数据',
    noneText: '登记数据资源或者上传文件后，在这里查看。',
    statements: '保管证明',
    statementsText: '证明文件的摘要以明文写入存证日志：文件连同该业务的回执，任何人都能脱离本平台核验。',
    noStatements: '还没有出具过保管证明。',
    objects: '对象',
    digest: '摘要（SHA-256）',
    download: '下载',
    erasures: '销毁申请',
    noErasures: '没有销毁申请。',
    all: '全部数据',
    approve: '确认销毁',
    decline: '驳回',
    approveText: '密钥销毁后，数据在任何副本和此后的备份中都无法读取。此前的备份仍含有当时的密钥，见说明文档。',
    owner: '所有者',
    reason: '理由',
    at: '时间',
    rotations: '密钥轮换',
    rotate: '轮换密钥',
    rotateText: '不填单位则轮换主密钥。只重新封装密钥，不重写数据；新旧密钥在完成前同时有效。',
    noRotations: '还没有轮换过密钥。',
    running: '进行中',
    rewrapped: '重新封装',
  },
  {
    title: 'Vault',
    sub: 'What the platform keeps encrypted for your party: what it is, its size and digest, the generation of its key, when it was last checked, how long it is kept, and whether it is held.',
    statement: 'Issue a statement of custody',
    eraseAll: 'Erase everything',
    eraseAllText:
      'Destroys your party’s key and everything under it. Another administrator, or the security administrator of the exchange, has to confirm; then nothing brings it back.',
    usage: (used: string, most: string, objects: string, objectsMost: string) =>
      `${used} of ${most} used; ${objects} of ${objectsMost} objects.`,
    own: 'The exchange set this quota for your party.',
    list: 'What is in custody',
    name: 'Name',
    kind: 'Kind',
    size: 'Size',
    stored: 'Stored',
    key: 'Key',
    checked: 'Last checked',
    never: 'not yet',
    until: 'Kept until',
    state: 'State',
    held: 'held',
    damaged: 'damaged',
    destroyed: 'destroyed',
    whole: 'whole',
    kept: 'kept',
    none: 'Nothing is in custody yet',
    noneText: 'What you register or upload shows here.',
    statements: 'Statements of custody',
    statementsText:
      'The digest of a statement stands in the log in clear: the file and the receipt of its act prove each other without this platform.',
    noStatements: 'No statement was issued yet.',
    objects: 'Objects',
    digest: 'Digest (SHA-256)',
    download: 'Download',
    erasures: 'Erasures',
    noErasures: 'Nothing was asked to be erased.',
    all: 'everything',
    approve: 'Confirm the erasure',
    decline: 'Decline',
    approveText:
      'Once its key is destroyed the data cannot be read from any copy, nor from backups taken later. Backups taken before still hold the key of their day; see the documentation.',
    owner: 'Owner',
    reason: 'Reason',
    at: 'When',
    rotations: 'Rotations of keys',
    rotate: 'Rotate keys',
    rotateText:
      'Without a party, the master key. Keys are wrapped anew, no data is rewritten; old and new are alive until it is done.',
    noRotations: 'No key was rotated yet.',
    running: 'running',
    rewrapped: 'Wrapped anew',
  },
);

/** What the party has in custody, its statements and erasures; keys for whoever keeps them. */
export default function VaultPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const term = useTerm('custody');
  const { note, tell } = useDone();
  const { data } = useRead<Page<KeptObject> & { usage: Usage }>('/custody', { limit: 1 });
  const keepsKeys = me?.roles.includes('security-admin') ?? false;
  const usage = data?.usage;
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        {usage && usage.objects > 0 ? (
          <div className="buttons">
            <ActButton act="custody.issue-statement" input={{}} label={t.statement} primary tell={tell} />
            <ActDrawer
              act="custody.ask-erasure"
              label={t.eraseAll}
              explain={t.eraseAllText}
              hide={['objectId']}
              quiet
              tell={tell}
            />
          </div>
        ) : null}
      </div>
      <p className="sub">{t.sub}</p>
      {note}
      {usage ? (
        <p>
          {t.usage(bytes(usage.bytes), bytes(usage.bytesMax), number(usage.objects), number(usage.objectsMax))}{' '}
          {usage.own ? t.own : ''}
        </p>
      ) : null}
      <DataTable<KeptObject>
        path="/custody"
        caption={t.list}
        rowKey={(o) => o.objectId}
        csvName="custody"
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'name',
            title: t.name,
            render: (o) => (
              <Link to={`/work/vault/${o.objectId}`}>
                <KeptName name={o.name} />
              </Link>
            ),
            csv: (o) => o.name,
          },
          { key: 'kind', title: t.kind, render: (o) => term(o.kind), csv: (o) => term(o.kind) },
          { key: 'size', title: t.size, number: true, render: (o) => bytes(o.bytes), csv: (o) => String(o.bytes) },
          { key: 'at', title: t.stored, render: (o) => day(o.storedAt), csv: (o) => o.storedAt },
          { key: 'key', title: t.key, number: true, render: (o) => o.keyGeneration ?? '–' },
          {
            key: 'checked',
            title: t.checked,
            render: (o) => (o.checkedAt ? day(o.checkedAt) : t.never),
            csv: (o) => o.checkedAt ?? '',
          },
          {
            key: 'until',
            title: t.until,
            render: (o) => (o.retainUntil ? day(o.retainUntil) : '–'),
            csv: (o) => o.retainUntil ?? '',
          },
          {
            key: 'state',
            title: t.state,
            render: (o) =>
              o.destroyedAt ? (
                <span className="tag">{t.destroyed}</span>
              ) : o.damagedAt ? (
                <span className="tag bad">{t.damaged}</span>
              ) : o.holds > 0 ? (
                <span className="tag wait">{t.held}</span>
              ) : (
                <span className="tag good">{o.checkedAt ? t.whole : t.kept}</span>
              ),
          },
        ]}
      />
      <h2>{t.statements}</h2>
      <p className="faint">{t.statementsText}</p>
      <DataTable<StatementRow>
        path="/custody-statements"
        caption={t.statements}
        rowKey={(s) => s.id}
        empty={<p className="faint">{t.noStatements}</p>}
        columns={[
          { key: 'at', title: t.at, render: (s) => dateTime(s.at) },
          { key: 'objects', title: t.objects, number: true, render: (s) => number(s.objects) },
          { key: 'size', title: t.size, number: true, render: (s) => bytes(s.bytes) },
          { key: 'digest', title: t.digest, render: (s) => <code>{s.sha256.slice(0, 16)}…</code> },
          {
            key: 'get',
            title: t.download,
            render: (s) => (
              <button type="button" className="button quiet" onClick={() => void download(s.id)}>
                {t.download}
              </button>
            ),
          },
        ]}
      />
      <h2>{t.erasures}</h2>
      <DataTable<Erasure>
        path="/erasures"
        caption={t.erasures}
        rowKey={(e) => e.id}
        empty={<p className="faint">{t.noErasures}</p>}
        columns={[
          { key: 'owner', title: t.owner, render: (e) => e.owner },
          {
            key: 'what',
            title: t.name,
            render: (e) => (e.objectId ? <Link to={`/work/vault/${e.objectId}`}>{e.objectId.slice(-6)}</Link> : t.all),
          },
          { key: 'reason', title: t.reason, render: (e) => e.reason },
          { key: 'at', title: t.at, render: (e) => dateTime(e.askedAt) },
          {
            key: 'state',
            title: t.state,
            render: (e) =>
              e.state !== 'asked' || e.own ? (
                <span className={`tag ${e.state === 'asked' ? 'wait' : ''}`}>{term(e.state)}</span>
              ) : (
                <ActDrawer
                  act="custody.decide-erasure"
                  label={t.approve}
                  explain={t.approveText}
                  fixed={{ erasureId: e.id }}
                  tell={tell}
                />
              ),
          },
        ]}
      />
      {keepsKeys ? (
        <>
          <div className="head-row">
            <h2>{t.rotations}</h2>
            <ActDrawer act="custody.rotate-keys" label={t.rotate} explain={t.rotateText} tell={tell} />
          </div>
          <DataTable<Rotation>
            path="/key-rotations"
            caption={t.rotations}
            rowKey={(r) => r.id}
            empty={<p className="faint">{t.noRotations}</p>}
            columns={[
              { key: 'kind', title: t.kind, render: (r) => `${term(r.kind)}${r.party ? ` · ${r.party}` : ''}` },
              { key: 'reason', title: t.reason, render: (r) => r.reason },
              { key: 'at', title: t.at, render: (r) => dateTime(r.askedAt) },
              { key: 'rewrapped', title: t.rewrapped, number: true, render: (r) => number(r.rewrapped) },
              {
                key: 'state',
                title: t.state,
                render: (r) => (r.doneAt ? dateTime(r.doneAt) : <span className="tag wait">{t.running}</span>),
              },
            ]}
          />
        </>
      ) : null}
    </>
  );
}

async function download(statementId: string): Promise<void> {
  const answer = await get<{ statement: unknown }>(`/custody-statements/${statementId}`);
  saveFile(`${statementId}.json`, JSON.stringify(answer.statement), 'application/json');
}
