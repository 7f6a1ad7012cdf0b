import type { CaseDetail } from '../../api.ts';
import { mayAct } from '../../api.ts';
import type { FieldOptions } from '../../shared/act-form/index.tsx';
import { useActs, useMe } from '../../shared/use-api.ts';
import { ActDrawer, type Done } from '../shared/acts.tsx';

export interface VerdictWords {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly yesText: string;
  readonly no: string;
  readonly noText: string;
}

/**
 * A verdict as two buttons, each saying what follows from it: a box left unticked must not end anybody's rights.
 * @param field the boolean of the act that the button sets
 */
export function Verdict(props: {
  readonly act: string;
  readonly field: string;
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly found: CaseDetail;
  readonly words: VerdictWords;
  /** Choices of other fields of the form, by name. */
  readonly options?: Readonly<Record<string, FieldOptions>>;
  readonly tell: (done: Done) => void;
}) {
  const me = useMe();
  const acts = useActs();
  const { act, field, fixed, found, words: t, tell } = props;
  const options = props.options ?? {};
  const info = acts?.get(act);
  if (!info || !me || !mayAct(info, me.roles) || !found.myActs.includes(act)) return null;
  return (
    <section className="my-act" aria-label={t.title}>
      <h2>{t.title}</h2>
      <p>{t.text}</p>
      <div className="buttons">
        <ActDrawer
          act={act}
          label={t.yes}
          submit={t.yes}
          explain={t.yesText}
          fixed={{ ...fixed, [field]: true }}
          options={options}
          version={found.version}
          primary
          tell={tell}
        />
        <ActDrawer
          act={act}
          label={t.no}
          submit={t.no}
          explain={t.noText}
          fixed={{ ...fixed, [field]: false }}
          options={options}
          version={found.version}
          danger
          tell={tell}
        />
      </div>
    </section>
  );
}
