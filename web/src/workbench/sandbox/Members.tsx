import type { Page, SandboxProject } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { useMe, useRead } from '../../shared/use-api.ts';
import { holdsAny, MANAGERS } from '../roles.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';

const WORDS = words(
  {
    title: '人员与培训',
    text: '只有经过上岗前安全培训、培训仍在有效期内的项目成员，才能查询和提交作业。',
    name: '姓名',
    training: '上岗培训',
    until: (topic: string, day: string) => `${topic}，有效至 ${day}`,
    untrained: '没有有效的培训记录',
    self: '本人',
    set: '调整成员',
    setText: '成员须是本单位人员。移出的成员立即不能再查询。',
    record: '登记上岗培训',
    recordText: '由本单位管理员登记实际举办的培训。',
    none: (n: number) => `项目有 ${n} 名成员。`,
    person: '人员',
    members: '成员',
  },
  {
    title: 'People and training',
    text: 'Only members with a security training before the job that is still valid may ask or submit.',
    name: 'Name',
    training: 'Training',
    until: (topic: string, day: string) => `${topic}, valid until ${day}`,
    untrained: 'no valid training on record',
    self: 'you',
    set: 'Change the members',
    setText: 'Members are people of your party. Whoever is left out can no longer ask.',
    record: 'Record a training',
    recordText: 'The administrator of the party records a training that was held.',
    none: (n: number) => `The project has ${n} members.`,
    person: 'Person',
    members: 'Members',
  },
);

interface Person {
  readonly id: string;
  readonly displayName: string;
}

/** Who works in the project, and until when each is trained. */
export function Members(props: { readonly project: SandboxProject; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const me = useMe();
  const { project, tell } = props;
  const own = project.part === 'operator';
  const people = useRead<Page<Person>>(own ? '/people' : null, { limit: 100 });
  const options = (people.data?.items ?? []).map((p) => ({ value: p.id, title: p.displayName }));
  const manages = holdsAny(me?.roles ?? [], MANAGERS);
  return (
    <section className="operation-section">
      <div className="head-row desk-head">
        <h2>{t.title}</h2>
        {own && project.state === 'open' ? (
          <span className="buttons">
            <ActDrawer
              act="sandbox.set-members"
              label={t.set}
              explain={t.setText}
              fixed={{ projectId: project.id }}
              initial={{ memberIds: project.members.map((m) => m.personId) }}
              options={{ memberIds: options }}
              titles={{ memberIds: t.members }}
              tell={tell}
            />
            {manages ? (
              <ActDrawer
                act="sandbox.record-training"
                label={t.record}
                explain={t.recordText}
                options={{ personId: options }}
                titles={{ personId: t.person }}
                tell={tell}
              />
            ) : null}
          </span>
        ) : null}
      </div>
      <p className="faint">{t.text}</p>
      {project.members.length === 0 ? (
        <p>{t.none(project.memberCount)}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.training}</th>
            </tr>
          </thead>
          <tbody>
            {project.members.map((m) => (
              <tr key={m.personId}>
                <td>
                  {m.name} {m.self ? <span className="tag">{t.self}</span> : null}
                </td>
                <td>
                  {m.training ? (
                    t.until(m.training.topic, m.training.validUntil)
                  ) : (
                    <span className="tag wait">{t.untrained}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
