// The same rules as rules.jq, as a JSON Schema for ajv: lines in, lines out.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const Ajv = createRequire(process.argv[2] + '/')('ajv');
const orNull = (schema) => ({ anyOf: [{ type: 'null' }, schema] });
const text = { type: 'string' };
const time = {
  type: 'string',
  pattern: '^[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.,][0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})$',
};
const sha = { type: 'string', pattern: '^[0-9a-f]{40,64}$' };
const count = { type: 'number', minimum: 0, maximum: 1000000000 };
const object = (properties, required = []) => ({ type: 'object', properties, required });
const pull = object({
  number: { type: 'number', minimum: 1, maximum: 1000000000 },
  id: orNull({ type: 'number' }), title: text, state: { enum: ['open', 'closed', 'merged'] },
  draft: orNull({ type: 'boolean' }), user: orNull(object({ login: orNull(text), type: orNull(text) })),
  author_association: orNull(text), created_at: time, updated_at: time, closed_at: orNull(time),
  merged_at: orNull(time), merged_by: orNull(object({ login: orNull(text) })),
  additions: orNull(count), deletions: orNull(count), changed_files: orNull(count), commits: orNull(count),
  merge_commit_sha: orNull(sha), base: object({ ref: orNull(text), sha: orNull(sha) }),
  head: object({ ref: orNull(text), sha: orNull(sha), repo: orNull(object({ full_name: orNull(text) })) }),
}, ['number', 'title', 'state', 'created_at', 'updated_at']);
const named = orNull(object({ name: orNull(text), id: orNull(text) }));
const person = orNull(object({ displayName: orNull(text), accountId: orNull(text) }));
const issue = object({
  id: text, key: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*-[1-9][0-9]*$' },
  fields: object({
    project: orNull(object({ id: orNull(text) })), summary: text,
    issuetype: object({ name: text, id: orNull(text), subtask: orNull({ type: 'boolean' }) }, ['name']),
    status: object({
      name: text, id: orNull(text),
      statusCategory: orNull(object({ key: orNull({ enum: ['new', 'indeterminate', 'done', 'undefined'] }) })),
    }, ['name']),
    statuscategorychangedate: orNull(time), priority: named, resolution: named, resolutiondate: orNull(time),
    assignee: person, reporter: person, parent: orNull(object({ id: orNull(text), key: orNull(text) })),
    created: time, updated: time,
  }, ['summary', 'issuetype', 'status', 'created', 'updated']),
}, ['id', 'key', 'fields']);
const envelope = (data) => object({
  type: text, client: { type: 'number' }, source: text, scope: text, key: text, fetched_at: time, data,
}, ['type', 'client', 'source', 'scope', 'key', 'fetched_at', 'data']);

const ajv = new Ajv({ strict: false });
const checks = { github_pr: ajv.compile(envelope(pull)), jira_issue: ajv.compile(envelope(issue)) };
const after = (a, b) => b == null || a <= b;
const ordered = (r) => r.type === 'github_pr'
  ? after(r.data.created_at, r.data.merged_at) && after(r.data.created_at, r.data.closed_at)
  : after(r.data.fields.created, r.data.fields.updated) && after(r.data.fields.created, r.data.fields.resolutiondate);
let out = '';
for await (const line of createInterface({ input: process.stdin })) {
  const record = JSON.parse(line);
  if (!checks[record.type] || (checks[record.type](record) && ordered(record)))
    out += line + '\n';
  if (out.length > 1 << 20) { process.stdout.write(out); out = ''; }
}
process.stdout.write(out);
