import { Button, Form } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import type { ActAnswer, JsonSchema, ReceiptRef } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { AntdScope } from '../AntdScope.tsx';
import { ReceiptChip } from '../ReceiptChip.tsx';
import { RefusalPanel } from '../RefusalPanel.tsx';
import { Skeleton } from '../States.tsx';
import { useAct, useActs } from '../use-api.ts';
import { Fields, FieldWords } from './Fields.tsx';
import { toForm, toInput } from './values.ts';
import './act-form.css';

const WORDS = words(
  { number: '回执编号', done: '：已办成。', missing: '系统中没有这项业务。', again: '再办一件' },
  { number: 'Receipt', done: ': done.', missing: 'The system knows no such act.', again: 'Do another' },
);

export type FieldOptions = readonly { readonly value: string; readonly title: string }[];

export interface ActFormProps<R> {
  readonly act: string;
  /** Fields set by the page and not shown. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** First values of the shown fields. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** Choices for fields that hold an id, by their path, such as `assessorId` or `shares.partyId`. */
  readonly options?: Readonly<Record<string, FieldOptions>>;
  /** Labels and hints that fit this place better than the general ones, by the field's path. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly hints?: Readonly<Record<string, string>>;
  /** Order and headings of the top fields; fields that no group names come last. */
  readonly groups?: readonly { readonly title: string; readonly fields: readonly string[] }[];
  /** Optional fields not asked for here. */
  readonly hide?: readonly string[];
  /** Fields the act takes without but a rule will ask for: they are asked for here; boxes among them must be ticked. */
  readonly needed?: readonly string[];
  /** Version of the subject the person saw; a change in between is refused as stale. */
  readonly version?: number;
  readonly submit?: string;
  readonly danger?: boolean;
  /** Shown between the fields and the button, such as a summary of what will happen. */
  readonly children?: ReactNode;
  readonly onDone?: (answer: ActAnswer<R>, input: Readonly<Record<string, unknown>>) => void;
}

/** Shows the form of an act, performs it, keeps what was typed when it is refused, and hands over the receipt. */
export function ActForm<R>(props: ActFormProps<R>) {
  const acts = useActs();
  const t = useWords(WORDS);
  const info = acts?.get(props.act);
  if (!acts) return <Skeleton lines={5} height={20} />;
  if (!info) return <p className="faint">{t.missing}</p>;
  return (
    <AntdScope>
      <Inner {...props} schema={info.input} title={info.title} />
    </AntdScope>
  );
}

function Inner<R>(
  props: ActFormProps<R> & { readonly schema: JsonSchema; readonly title: { zh: string; en: string } },
) {
  const t = useWords(WORDS);
  const say = useSay();
  const [form] = Form.useForm<Record<string, unknown>>();
  const perform = useAct<R>(props.act);
  const [receipt, setReceipt] = useState<ReceiptRef | null>(null);
  const { schema, fixed, hide, needed } = props;
  const shown = useMemo(() => {
    const asked = without(schema, [...Object.keys(fixed ?? {}), ...(hide ?? [])]);
    return { ...asked, required: [...new Set([...(asked.required ?? []), ...(needed ?? [])])] };
  }, [schema, fixed, hide, needed]);
  const title = props.submit ?? say(props.title);

  const submit = async (values: Record<string, unknown>) => {
    const input: Record<string, unknown> = { ...(toInput(shown, values) as object), ...fixed };
    try {
      const answer = await perform.mutateAsync({
        input,
        ...(props.version === undefined ? {} : { version: props.version }),
      });
      setReceipt(answer.receipt);
      props.onDone?.(answer, input);
    } catch {
      // The refusal shows below; the form keeps what was typed.
    }
  };

  if (receipt)
    return (
      <div className="act-done" role="status">
        <div>
          <b>
            {say(props.title)}
            {t.done}
          </b>{' '}
          <ReceiptChip id={receipt.id} />
        </div>
        {/* In full, to be noted down: who is not signed in finds the receipt by nothing else. */}
        <p className="faint small">
          {t.number} <code>{receipt.id}</code>
        </p>
        <Button
          onClick={() => {
            form.resetFields();
            setReceipt(null);
          }}
        >
          {t.again}
        </Button>
      </div>
    );

  return (
    <Form
      form={form}
      layout="vertical"
      className="act-form"
      requiredMark="optional"
      scrollToFirstError={{ focus: true }}
      initialValues={toForm(shown, props.initial ?? {}) as Record<string, unknown>}
      onFinish={(values) => void submit(values)}
    >
      <FieldWords
        value={{
          options: props.options ?? {},
          titles: props.titles ?? {},
          hints: props.hints ?? {},
          ticked: needed ?? [],
        }}
      >
        <Groups schema={shown} groups={props.groups ?? []} />
      </FieldWords>
      {props.children}
      {perform.error ? (
        <RefusalPanel key={perform.failureCount + perform.submittedAt} problem={perform.error} asked={title} />
      ) : null}
      <Button type="primary" danger={props.danger ?? false} htmlType="submit" loading={perform.isPending}>
        {title}
      </Button>
    </Form>
  );
}

function Groups({
  schema,
  groups,
}: {
  readonly schema: JsonSchema;
  readonly groups: NonNullable<ActFormProps<unknown>['groups']>;
}) {
  const named = groups.flatMap((g) => g.fields);
  const only = (fields: readonly string[]) => ({
    ...schema,
    properties: Object.fromEntries(
      fields.flatMap((name) => (schema.properties?.[name] ? [[name, schema.properties[name]]] : [])),
    ),
  });
  return (
    <>
      {groups.map((group) => (
        <fieldset key={group.title} className="act-form-section">
          <legend>{group.title}</legend>
          <Fields schema={only(group.fields)} path={[]} />
        </fieldset>
      ))}
      <Fields schema={without(schema, named)} path={[]} />
    </>
  );
}

/** The schema without some of its top fields. */
function without(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)),
  );
  return { ...schema, properties, required: (schema.required ?? []).filter((name) => !names.includes(name)) };
}
