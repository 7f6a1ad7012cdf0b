import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type {
  Page,
  Resource,
  ResourceSummary,
  RuleDetail,
  SandboxProject,
  SandboxRequest,
  UseRight,
} from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { lastDay } from '../../shared/format.ts';
import { Loaded, Skeleton } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { SelectField } from '../shared/form.tsx';
import { GrantForm } from './GrantForm.tsx';
import type { Floor } from './grant-model.ts';
import './sandbox.css';

const WORDS = words(
  {
    crumb: '沙箱',
    title: '数据表入箱授权',
    text: '由贵方决定这张表在项目中怎么用。缺省值按数据字典给出：敏感字段不入箱，标识主体的字段只用于关联和计数。',
    asked: '查看要授权的数据表',
    resource: '数据资源',
    choose: '请选择',
    project: (title: string, party: string) => `项目：${title}（${party}）`,
    purpose: (p: string) => `目的：${p}`,
    wanted: (w: string) => `对方希望：${w}`,
    right: (purpose: string, until: string) => `依据的使用权：${purpose}，有效期至 ${until}`,
    gone: '这项申请已经办结，或者与贵方无关。',
    none: '贵单位没有已登记的数据资源。',
  },
  {
    crumb: 'Sandbox',
    title: 'Grant a table to the sandbox',
    text: 'You decide how this table may be used in the project. The first values follow its dictionary: sensitive columns stay out, and a column that names someone serves for joins and counts only.',
    asked: 'see the table to be granted',
    resource: 'Resource',
    choose: 'choose one',
    project: (title: string, party: string) => `Project: ${title} (${party})`,
    purpose: (p: string) => `Purpose: ${p}`,
    wanted: (w: string) => `Wanted: ${w}`,
    right: (purpose: string, until: string) => `Right behind it: ${purpose}, until ${until}`,
    gone: 'This request is settled, or does not concern you.',
    none: 'Your party has no registered resource.',
  },
);

/** A holder gives a table to a project: on a request, or one of its own to its own project. */
export default function GrantPage() {
  const t = useWords(WORDS);
  const { projectId = '' } = useParams();
  const [search] = useSearchParams();
  const requestId = search.get('request');
  const project = useRead<SandboxProject>(`/sandbox-projects/${projectId}`);
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/sandbox">{t.crumb}</Link> /{' '}
        <Link to={`/work/sandbox/${projectId}`}>{project.data?.title ?? '…'}</Link>
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.text}</p>
      <Loaded of={project} asked={t.asked} lines={10}>
        {(p) => {
          const request = p.requests.find((r) => r.id === requestId && r.state === 'waiting') ?? null;
          if (requestId && !request) return <p className="empty">{t.gone}</p>;
          return (
            <>
              <ul className="sandbox-lines work-gap">
                <li>{t.project(p.title, p.party.name)}</li>
                <li>{t.purpose(p.purpose)}</li>
                {request ? <li>{t.wanted(request.wanted)}</li> : null}
              </ul>
              {request ? <OnRequest project={p} request={request} /> : <OwnTable project={p} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function OnRequest({ project, request }: { readonly project: SandboxProject; readonly request: SandboxRequest }) {
  const t = useWords(WORDS);
  const rights = useRead<Page<UseRight>>(request.authorisationId ? '/use-rights' : null, { limit: 100 });
  const right = rights.data?.items.find((r) => r.id === request.authorisationId) ?? null;
  if (request.authorisationId && !rights.data && !rights.error) return <Skeleton lines={8} />;
  return (
    <>
      {right ? <p className="faint">{t.right(right.purpose, lastDay(right.validUntil))}</p> : null}
      <Granting
        project={project}
        resourceId={request.resource.id}
        authorisationId={request.authorisationId}
        right={right}
        alias={request.alias}
      />
    </>
  );
}

function OwnTable({ project }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  const [chosen, setChosen] = useState('');
  const held = useRead<Page<ResourceSummary>>('/resources', { mine: 'held', limit: 100 });
  return (
    <Loaded of={held} asked={t.asked}>
      {({ items }) => (
        <>
          <div className="form-narrow work-gap">
            {items.length === 0 ? <p className="empty">{t.none}</p> : null}
            <SelectField
              label={t.resource}
              value={chosen}
              empty={t.choose}
              options={items.map((r) => ({ value: r.id, title: r.title }))}
              onChange={setChosen}
            />
          </div>
          {chosen ? (
            <Granting key={chosen} project={project} resourceId={chosen} authorisationId={null} right={null} alias="" />
          ) : null}
        </>
      )}
    </Loaded>
  );
}

function Granting(props: {
  readonly project: SandboxProject;
  readonly resourceId: string;
  readonly authorisationId: string | null;
  readonly right: UseRight | null;
  readonly alias: string;
}) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const resource = useRead<Resource>(`/resources/${props.resourceId}`);
  const rule = useRead<RuleDetail>('/rules/HS-21.7');
  const columns = props.right?.columns ?? null;
  if (!rule.data)
    return (
      <Loaded of={rule} asked={t.asked} lines={10}>
        {() => null}
      </Loaded>
    );
  const floor = floorOf(rule.data);
  return (
    <Loaded of={resource} asked={t.asked} lines={10}>
      {(r) => (
        <GrantForm
          projectId={props.project.id}
          resource={r}
          dictionary={r.dictionary.filter((c) => columns === null || columns.includes(c.name))}
          authorisationId={props.authorisationId}
          floor={floor}
          alias={props.alias}
          validUntil={props.right?.validUntil ?? null}
          usesLeft={props.right?.usesMax ? props.right.usesMax - props.right.uses : null}
          onDone={(receiptId) =>
            void navigate(`/work/sandbox/${props.project.id}`, { state: { granted: receiptId }, replace: true })
          }
        />
      )}
    </Loaded>
  );
}

/** The parameters of the least protection as they hold today. */
function floorOf({ rules }: RuleDetail): Floor {
  const value = (name: string): number => {
    const found = rules.flatMap((r) => r.params).find((p) => p.name === name);
    return Number(found?.values[found.current ?? 0]?.value ?? 0);
  };
  return {
    kMin: value('kMin'),
    kPersonalMin: value('kPersonalMin'),
    dominanceMax: value('dominanceMax'),
    ratioMin: value('ratioMin'),
  };
}
