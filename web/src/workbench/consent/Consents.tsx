import { Link, useSearchParams } from 'react-router';
import type { ConsentItem, ConsentNoticeItem, Resource } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { useAll } from '../authorisation/use-all.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import '../pricing/pricing.css';

const WORDS = words(
  {
    notices: '告知书',
    noticesText:
      '使用涉及个人信息或者敏感信息的资源，先告知并取得同意。处理目的须与数据申请的使用目的一字不差；改动告知书即为新版本，须重新取得同意。',
    publish: '发布告知书',
    publishText: '逐条同意：每个人只对自己的记录同意，须选出标识本人的字段。整体同意：一份同意覆盖整个资源。',
    resource: '数据资源',
    purpose: '处理目的',
    version: (n: number) => `第 ${n} 版`,
    newest: '现行',
    old: '已被取代',
    record: '逐条同意',
    organisation: '整体同意',
    by: (column: string) => `按“${column}”`,
    living: '有效',
    withdrawn: '已撤回',
    published: '发布',
    acts: '办理',
    add: '登记',
    addText: '主体标识只用来计算摘要，不保存原文。办成后请把撤回码交给本人。',
    importLabel: '批量导入',
    importText:
      '每行依次为：主体,同意时间,方式。时间带时区，如 2026-01-01T08:00:00+08:00；方式为 written、online、app 或者 oral-recorded。有一行不完整，整批不导入。',
    noNotices: '还没有告知书',
    noNoticesText: '发布告知书后，可以登记或者批量导入同意；没有同意的数据申请会被拒绝。',
    consents: '同意记录',
    consentsText: '平台不保存是谁，只保存摘要。撤回码交给本人，凭码即可自行撤回。',
    id: '编号',
    kind: '主体',
    person: '个人',
    firm: '组织',
    method: '方式',
    given: '同意时间',
    state: '状态',
    code: '撤回码',
    withdrawnAt: (at: string) => `${at} 撤回`,
    bySubject: '本人撤回',
    byKeeper: '代为撤回',
    withdraw: '撤回',
    withdrawConfirm:
      '撤回立即生效，不能恢复：逐条同意的，含有该记录的产品停止使用，下次加工自动剔除；整体同意的，使用权终止。',
    noConsents: '还没有同意记录',
    noConsentsText: '在上面的告知书中登记或者导入。',
    written: '书面签署',
    online: '网页确认',
    app: '应用内确认',
    'oral-recorded': '口头同意并录音',
    filter: '状态',
  },
  {
    notices: 'Notices',
    noticesText:
      'Personal or sensitive data are used after those concerned were told and agreed. The purpose is word for word that of the application for data; a changed notice is a new version and needs new consent.',
    publish: 'Publish a notice',
    publishText:
      'By row: each person consents to the own rows, told apart by a column. For the whole: one consent covers the resource.',
    resource: 'Resource',
    purpose: 'Purpose',
    version: (n: number) => `version ${n}`,
    newest: 'stands',
    old: 'replaced',
    record: 'by row',
    organisation: 'for the whole',
    by: (column: string) => `by “${column}”`,
    living: 'Living',
    withdrawn: 'Withdrawn',
    published: 'Published',
    acts: 'Do',
    add: 'Record',
    addText:
      'Who it is only makes a digest and is not kept. Hand the code of withdrawal to the person when it is done.',
    importLabel: 'Import',
    importText:
      'Each line: subject,time,method. The time has a zone, such as 2026-01-01T08:00:00+08:00; the method is written, online, app or oral-recorded. One line that is not whole stops the whole import.',
    noNotices: 'No notice yet',
    noNoticesText: 'Publish one, then record or import consents; an application for data without consent is refused.',
    consents: 'Consents',
    consentsText: 'Who it is is not kept, only a digest. Whoever has the code withdraws alone.',
    id: 'Number',
    kind: 'Subject',
    person: 'person',
    firm: 'organisation',
    method: 'Method',
    given: 'Given',
    state: 'State',
    code: 'Code of withdrawal',
    withdrawnAt: (at: string) => `withdrawn ${at}`,
    bySubject: 'by the subject',
    byKeeper: 'by the keeper',
    withdraw: 'Withdraw',
    withdrawConfirm:
      'At once and for good. By row: products that hold the row are used no more, and the next build leaves it out. For the whole: the right to use ends.',
    noConsents: 'No consent yet',
    noConsentsText: 'Record or import them at a notice above.',
    written: 'Signed on paper',
    online: 'On a web page',
    app: 'In an app',
    'oral-recorded': 'Spoken and recorded',
    filter: 'State',
  },
);

/** Notices and consents a party keeps. */
export function Consents() {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const [search] = useSearchParams();
  const resources = useAll<Pick<Resource, 'id' | 'title'>>('/resources');
  return (
    <>
      {note}
      <section className="operation-section">
        <div className="head-row desk-head">
          <h2>{t.notices}</h2>
          <ActDrawer
            act="consent.publish-notice"
            label={t.publish}
            explain={t.publishText}
            options={{
              resourceId: (resources ?? []).map((r) => ({ value: r.id, title: r.title })),
              level: [
                { value: 'record', title: t.record },
                { value: 'organisation', title: t.organisation },
              ],
            }}
            titles={{ resourceId: t.resource }}
            tell={tell}
          />
        </div>
        <p className="faint">{t.noticesText}</p>
        <Notices tell={tell} />
      </section>
      <section className="operation-section">
        <h2>{t.consents}</h2>
        <p className="faint">{t.consentsText}</p>
        {me ? <Given notice={search.get('notice') ?? undefined} tell={tell} /> : null}
      </section>
    </>
  );
}

type Tell = ReturnType<typeof useDone>['tell'];

const METHODS = ['written', 'online', 'app', 'oral-recorded'] as const;

function Notices({ tell }: { readonly tell: Tell }) {
  const t = useWords(WORDS);
  const kinds = [
    { value: 'person', title: t.person },
    { value: 'organisation', title: t.firm },
  ];
  return (
    <DataTable<ConsentNoticeItem>
      path="/consent-notices"
      caption={t.notices}
      csvName="consent-notices"
      rowKey={(n) => n.id}
      empty={<Empty title={t.noNotices}>{t.noNoticesText}</Empty>}
      columns={[
        {
          key: 'resource',
          title: t.resource,
          render: (n) => (
            <>
              <Link to={`/consent/${n.id}`}>{n.resource.title}</Link>
              <small className="faint block">{n.purpose}</small>
            </>
          ),
          csv: (n) => `${n.resource.title} ${n.purpose}`,
        },
        {
          key: 'level',
          title: t.published,
          render: (n) => (
            <>
              {t.version(n.version)}{' '}
              <span className={`tag ${n.newest ? 'good' : ''}`}>{n.newest ? t.newest : t.old}</span>
              <small className="faint block">
                {n.level === 'record' ? `${t.record} ${t.by(n.keyColumn ?? '')}` : t.organisation} ·{' '}
                {day(n.publishedAt)}
              </small>
            </>
          ),
          csv: (n) => `${n.version} ${n.publishedAt}`,
        },
        { key: 'living', title: t.living, number: true, render: (n) => number(n.living), csv: (n) => String(n.living) },
        {
          key: 'withdrawn',
          title: t.withdrawn,
          number: true,
          render: (n) => number(n.withdrawn),
          csv: (n) => String(n.withdrawn),
        },
        {
          key: 'acts',
          title: t.acts,
          render: (n) =>
            n.newest ? (
              <span className="buttons">
                <ActDrawer
                  act="consent.record"
                  options={{ subjectKind: kinds, method: METHODS.map((m) => ({ value: m, title: t[m] })) }}
                  quiet
                  label={t.add}
                  explain={t.addText}
                  fixed={{ noticeId: n.id }}
                  tell={tell}
                />
                <ActDrawer
                  act="consent.import"
                  options={{ subjectKind: kinds }}
                  quiet
                  label={t.importLabel}
                  explain={t.importText}
                  fixed={{ noticeId: n.id }}
                  tell={tell}
                />
              </span>
            ) : null,
        },
      ]}
    />
  );
}

function Given({ notice, tell }: { readonly notice: string | undefined; readonly tell: Tell }) {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<ConsentItem>
      path="/consents"
      query={{ notice }}
      caption={t.consents}
      csvName="consents"
      rowKey={(c) => c.id}
      filters={[
        {
          name: 'state',
          kind: 'choice',
          label: t.filter,
          options: [
            { value: 'living', title: t.living },
            { value: 'withdrawn', title: t.withdrawn },
          ],
        },
      ]}
      empty={<Empty title={t.noConsents}>{t.noConsentsText}</Empty>}
      columns={[
        {
          key: 'resource',
          title: t.resource,
          render: (c) => (
            <>
              {c.resource.title}
              <small className="faint block">
                {c.purpose} · {t.version(c.version)}
              </small>
            </>
          ),
          csv: (c) => `${c.resource.title} ${c.purpose}`,
        },
        {
          key: 'kind',
          title: t.kind,
          render: (c) => (
            <>
              {c.subjectKind === 'person' ? t.person : t.firm}
              <small className="faint block">{say(c.methodTitle)}</small>
            </>
          ),
          csv: (c) => c.subjectKind,
        },
        { key: 'given', title: t.given, render: (c) => dateTime(c.givenAt), csv: (c) => c.givenAt },
        { key: 'code', title: t.code, render: (c) => <code>{c.code}</code>, csv: (c) => c.code },
        {
          key: 'state',
          title: t.state,
          render: (c) =>
            c.withdrawnAt ? (
              <>
                <span className="tag">{t.withdrawnAt(day(c.withdrawnAt))}</span>
                <small className="faint block">{c.withdrawnBy === 'subject' ? t.bySubject : t.byKeeper}</small>
              </>
            ) : (
              <span className="tag good">{t.living}</span>
            ),
          csv: (c) => c.withdrawnAt ?? '',
        },
        {
          key: 'acts',
          title: t.acts,
          render: (c) =>
            c.withdrawnAt ? null : (
              <ActButton
                act="consent.withdraw"
                input={{ consentId: c.id }}
                label={t.withdraw}
                confirm={t.withdrawConfirm}
                tell={tell}
              />
            ),
        },
      ]}
    />
  );
}
