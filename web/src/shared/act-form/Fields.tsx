import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Select, type SelectProps } from 'antd';
import type { Rule } from 'antd/es/form';
import { createContext, type ReactNode, useContext } from 'react';
import type { JsonSchema } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { fenOf } from '../format.ts';
import { Icon } from '../Icon.tsx';
import { useTerm } from '../vocabulary.ts';
import type { FieldOptions } from './ActForm.tsx';
import { titleOf } from './field-titles.ts';
import { kindOf, plain } from './values.ts';

const WORDS = words(
  {
    required: (title: string) => `请填写${title}`,
    shorter: (max: number) => `最多 ${max} 个字`,
    longer: (min: number) => `至少 ${min} 个字`,
    atLeast: (min: number) => `不小于 ${min}`,
    atMost: (max: number) => `不大于 ${max}`,
    some: (min: number) => `至少选 ${min} 项`,
    pattern: '格式不对',
    tick: (title: string) => `请先确认：${title}`,
    money: '请填金额，最多两位小数，如 4800.00',
    add: '添加一行',
    remove: '删除这一行',
    wordsHint: '输入后按回车，可填多个',
  },
  {
    required: (title: string) => `Please fill in: ${title}`,
    shorter: (max: number) => `At most ${max} characters`,
    longer: (min: number) => `At least ${min} characters`,
    atLeast: (min: number) => `At least ${min}`,
    atMost: (max: number) => `At most ${max}`,
    some: (min: number) => `At least ${min}`,
    pattern: 'Not in the right form',
    tick: (title: string) => `Please confirm: ${title}`,
    money: 'An amount with at most two decimals, such as 4800.00',
    add: 'Add a row',
    remove: 'Remove this row',
    wordsHint: 'Press Enter after each; several are possible',
  },
);

/** What the page that shows the form adds to the schema, by the field's path. */
export const FieldWords = createContext<{
  readonly options: Readonly<Record<string, FieldOptions>>;
  readonly titles: Readonly<Record<string, string>>;
  readonly hints: Readonly<Record<string, string>>;
  /** Boxes that must be ticked here. */
  readonly ticked: readonly string[];
}>({ options: {}, titles: {}, hints: {}, ticked: [] });

type Path = readonly (string | number)[];

interface FieldProps {
  readonly name: string;
  readonly raw: JsonSchema;
  readonly required: boolean;
  /** Of the field within the form's values. */
  readonly path: Path;
  /** Of the field within the schema: array positions are left out. */
  readonly schemaPath: string;
}

/** The controls of an object's properties. Within a list `path` starts with the row's number. */
export function Fields(props: { readonly schema: JsonSchema; readonly path: Path; readonly schemaPath?: string }) {
  return Object.entries(props.schema.properties ?? {})
    .filter(([, raw]) => raw.const === undefined)
    .map(([name, raw]) => (
      <Field
        key={name}
        name={name}
        raw={raw}
        required={(props.schema.required ?? []).includes(name) && !plain(raw).nullable}
        path={[...props.path, name]}
        schemaPath={props.schemaPath ? `${props.schemaPath}.${name}` : name}
      />
    ));
}

function Field(props: FieldProps) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const { schema } = plain(props.raw);
  const kind = kindOf(props.name, props.raw);
  const given = useContext(FieldWords);
  const term = useTerm(props.name === 'businessTypes' ? 'business' : undefined);
  const title = given.titles[props.schemaPath] ?? titleOf(props.name, props.raw, language);
  if (kind === 'group')
    return (
      <fieldset className="act-form-group">
        <legend>{title}</legend>
        <Fields schema={schema} path={props.path} schemaPath={props.schemaPath} />
      </fieldset>
    );
  if (kind === 'rows') return <Rows {...props} title={title} items={schema.items ?? {}} />;
  const rules = rulesOf(t, title, schema, kind, props.required);
  if (kind === 'boolean' && given.ticked.includes(props.schemaPath)) rules.push(tickedRule(t.tick(title)));
  const hint = given.hints[props.schemaPath] ?? (language === 'zh' ? schema.description : schema['x-description-en']);
  return (
    <Form.Item
      name={[...props.path]}
      label={kind === 'boolean' ? null : title}
      required={props.required}
      rules={rules}
      extra={hint ?? (kind === 'words' && !given.options[props.schemaPath] ? t.wordsHint : undefined)}
      {...(kind === 'boolean' ? { valuePropName: 'checked' } : {})}
    >
      {controlOf({
        name: props.name,
        schema,
        kind,
        title,
        required: props.required,
        listed: given.options[props.schemaPath],
        term,
      })}
    </Form.Item>
  );
}

interface Control {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly kind: ReturnType<typeof kindOf>;
  readonly title: string;
  readonly required: boolean;
  readonly listed: FieldOptions | undefined;
  readonly term: (word: string) => string;
}

/** A list that Tab only leaves: the library would take the marked choice along, unseen by whoever fills the form in by keyboard. */
function Choice(props: SelectProps) {
  return (
    <div role="presentation" onKeyDownCapture={(event) => event.key === 'Tab' && event.stopPropagation()}>
      <Select optionFilterProp="label" {...props} />
    </div>
  );
}

/** The control itself; Form.Item gives it value, id and change handler. */
function controlOf({ name, schema, kind, title, required, listed: given, term }: Control): ReactNode {
  const listed = given?.map((o) => ({ value: o.value, label: o.title }));
  const choices = (s: JsonSchema) => (s.enum ?? []).map((value) => ({ value, label: term(String(value)) }));
  if (kind === 'choices' || (kind === 'words' && listed))
    return <Choice mode="multiple" options={listed ?? choices(schema.items ?? {})} />;
  if (kind === 'words')
    return <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', '、', '\n']} />;
  if (kind === 'choice' || listed)
    return <Choice showSearch allowClear={!required} options={listed ?? choices(schema)} />;
  if (kind === 'boolean') return <Checkbox>{title}</Checkbox>;
  if (kind === 'money') return <Input inputMode="decimal" prefix="¥" className="act-form-number" />;
  if (kind === 'number')
    return <InputNumber className="act-form-number" {...(schema.type === 'integer' ? { precision: 0 } : {})} />;
  if (kind === 'date') return <DatePicker className="act-form-number" />;
  if (kind === 'moment')
    return <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="act-form-number" />;
  if (kind === 'secret')
    return <Input.Password autoComplete={name === 'current' ? 'current-password' : 'new-password'} />;
  if (kind === 'long-text')
    return (
      <Input.TextArea
        autoSize={{ minRows: 2, maxRows: 10 }}
        {...(schema.maxLength ? { maxLength: schema.maxLength } : {})}
      />
    );
  return <Input {...(schema.maxLength ? { maxLength: schema.maxLength } : {})} />;
}

const tickedRule = (message: string): Rule => ({
  validator: (_, value: unknown) => (value === true ? Promise.resolve() : Promise.reject(new Error(message))),
});

function rulesOf(
  t: (typeof WORDS)['zh'],
  title: string,
  schema: JsonSchema,
  kind: ReturnType<typeof kindOf>,
  required: boolean,
): Rule[] {
  const rules: Rule[] = [];
  if (required && kind !== 'boolean') rules.push({ required: true, message: t.required(title) });
  if (kind === 'money')
    rules.push({
      validator: (_, value: unknown) =>
        value === undefined || value === '' || fenOf(String(value)) !== null
          ? Promise.resolve()
          : Promise.reject(new Error(t.money)),
    });
  if (kind === 'number') {
    if (schema.minimum !== undefined)
      rules.push({ type: 'number', min: schema.minimum, message: t.atLeast(schema.minimum) });
    if (schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER)
      rules.push({ type: 'number', max: schema.maximum, message: t.atMost(schema.maximum) });
  }
  if (schema.type === 'string' && kind !== 'date' && kind !== 'moment') {
    if (schema.minLength && schema.minLength > 1)
      rules.push({ min: schema.minLength, message: t.longer(schema.minLength) });
    if (schema.maxLength) rules.push({ max: schema.maxLength, message: t.shorter(schema.maxLength) });
    // As the server reads it: JSON Schema patterns are Unicode ones.
    if (schema.pattern && !schema.format) rules.push({ pattern: new RegExp(schema.pattern, 'u'), message: t.pattern });
  }
  if (schema.type === 'array' && schema.minItems)
    rules.push({ type: 'array', min: schema.minItems, message: t.some(schema.minItems) });
  return rules;
}

function Rows(props: FieldProps & { readonly title: string; readonly items: JsonSchema }) {
  const t = useWords(WORDS);
  return (
    <fieldset className="act-form-group">
      <legend>{props.title}</legend>
      <Form.List name={[...props.path]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="act-form-row">
                <Fields schema={props.items} path={[row.name]} schemaPath={props.schemaPath} />
                <Button
                  type="text"
                  danger
                  aria-label={t.remove}
                  title={t.remove}
                  icon={<Icon name="close" size={14} />}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button icon={<Icon name="plus" size={14} />} onClick={() => add({})}>
              {t.add}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
