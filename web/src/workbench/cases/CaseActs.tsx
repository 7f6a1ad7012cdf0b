import type { ActInfo, CaseDetail, Page, PartyRef } from '../../api.ts';
import { mayAct } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import type { ActFormProps } from '../../shared/act-form/index.tsx';
import { useActs, useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';
import { fixedIds, partyFields } from './fixed-ids.ts';

const WORDS = words(
  { title: '可以办理', mine: '请在这里办理；办成后得到回执。', others: '不是轮到贵方，但可以办理以下事项。' },
  {
    title: 'What you can do',
    mine: 'Act here; a receipt proves it.',
    others: 'It is not your turn, yet these are open to you.',
  },
);

/** What a page adds to the form of an act; `null` leaves the act to the page itself. */
export type CaseForm = Partial<
  Pick<
    ActFormProps<unknown>,
    'fixed' | 'initial' | 'options' | 'titles' | 'hints' | 'groups' | 'hide' | 'needed' | 'danger'
  >
> & { readonly label?: string; readonly explain?: string };
export type CaseForms = Readonly<Record<string, CaseForm | null>>;

/** Objections are decided where they are shown. */
const ELSEWHERE = /^(notice|case)\./;

/** The acts this person may do now, each with the form its schema makes; the one it waits for first. */
export function CaseActs({
  found,
  forms,
  tell,
}: {
  readonly found: CaseDetail;
  readonly forms: CaseForms;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const me = useMe();
  const acts = useActs();
  const open = found.myActs.flatMap((name) => {
    const info = acts?.get(name);
    return info && me && mayAct(info, me.roles) && !ELSEWHERE.test(name) && forms[name] !== null ? [info] : [];
  });
  if (open.length === 0) return null;
  return (
    <section className="my-act" aria-label={t.title}>
      <h2>{t.title}</h2>
      <p>{found.waitingFor?.mine ? t.mine : t.others}</p>
      <div className="buttons">
        {open.map((info, i) => (
          <CaseAct
            key={info.name}
            info={info}
            found={found}
            form={forms[info.name] ?? {}}
            primary={i === 0 && found.waitingFor?.mine === true}
            tell={tell}
          />
        ))}
      </div>
    </section>
  );
}

const PARTIES_MAX = 100;

function CaseAct(props: {
  readonly info: ActInfo;
  readonly found: CaseDetail;
  readonly form: CaseForm;
  readonly primary: boolean;
  readonly tell: (done: Done) => void;
}) {
  const say = useSay();
  const { info, found } = props;
  const { label, explain, fixed, options, ...form } = props.form;
  const ids = fixedIds(info.input, [found.id, ...found.subjects]);
  const asked = partyFields(info.input).filter((name) => ids[name] === undefined && options?.[name] === undefined);
  const parties = useRead<Page<PartyRef>>(
    asked.length > 0 ? '/parties' : null,
    { limit: PARTIES_MAX, role: asked.some((name) => name.startsWith('expert')) ? 'expert' : undefined },
    { staleMs: 60_000 },
  );
  const chosen = (parties.data?.items ?? []).map((p) => ({ value: p.id, title: p.name }));
  return (
    <ActDrawer
      act={info.name}
      label={label ?? say(info.title)}
      {...(explain ? { explain } : {})}
      {...form}
      fixed={{ ...ids, ...fixed }}
      options={{ ...Object.fromEntries(asked.map((name) => [name, chosen])), ...options }}
      primary={props.primary}
      version={found.version}
      tell={props.tell}
    />
  );
}
