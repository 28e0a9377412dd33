// Every code that the server may send has a text in both languages.
// @vitest-environment node
import { readdir, readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, test } from 'vitest';

// @ts-expect-error -- a script without types
import { contractDocument } from '../../../scripts/contract.mjs';
import { REASONS } from '../advertising/reason';
import en from './en.json';
import ru from './ru.json';

type Tree = Record<string, unknown>;

let contract: Tree;
beforeAll(async () => {
  contract = await (contractDocument as () => Promise<Tree>)();
});

function inside(tree: unknown, path: string[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Tree | undefined)?.[part], tree);
}

/** The words of `^(one|other)$`. */
function words(schema: unknown): string[] {
  const pattern = (schema as { pattern?: string } | undefined)?.pattern ?? '';
  const found = /^\^\(([\w|]+)\)\$$/.exec(pattern)?.[1]?.split('|') ?? [];
  expect(found.length, `${pattern} names words`).toBeGreaterThan(1);
  return found;
}

function property(schema: string, name: string): string[] {
  return words(inside(contract, ['components', 'schemas', schema, 'properties', name]));
}

function parameter(path: string, name: string): string[] {
  const all = inside(contract, ['paths', path, 'get', 'parameters']) as { name: string; schema: unknown }[];
  return words(all.find((each) => each.name === name)?.schema);
}

function untold(prefix: string, codes: string[]): string[] {
  const isText = (found: unknown): boolean => (typeof found === 'string' && found !== '') || typeof found === 'object';
  const languages: [string, Tree][] = [
    ['en', en],
    ['ru', ru],
  ];
  return languages.flatMap(([language, texts]) =>
    codes
      .filter((code) => !isText(inside(texts, [...prefix.split('.'), code])))
      .map((code) => `${language}: ${prefix}.${code}`),
  );
}

const PROJECT = '/api/v1/projects/{projectId}';

describe('every code of the contract has a text', () => {
  test.each([
    ['advertising.reason', 'DeliveryReason', 'reason'],
    ['advertising.status', 'CampaignChange', 'status'],
    ['advertising.pacing', 'CampaignChange', 'pacing'],
    ['advertising.window', 'FrequencyCap', 'per'],
    ['clicks.reason', 'InvalidClicks', 'reason'],
    ['money.kind', 'AccountPatch', 'kind'],
    ['projects.ranking', 'InstallationSettingsPatch', 'default_ranking'],
    ['roles', 'InvitationCreate', 'role'],
    ['attribution.model', 'ReportAttribution', 'model'],
    ['attribution.dated', 'ReportAttribution', 'dated_by'],
    ['projects.attribution', 'SettingsPatch', 'attribution_model'],
  ])('%s', (prefix, schema, name) => {
    expect(untold(prefix, property(schema, name))).toEqual([]);
  });

  test.each([
    ['clicks.outcome', `${PROJECT}/advertisers/{advertiserId}/clicks`, 'outcome'],
    ['advertising.stage', `${PROJECT}/campaigns`, 'stage'],
    ['advertising.status', `${PROJECT}/campaigns`, 'status'],
    ['advertising.sort', `${PROJECT}/campaigns`, 'sort'],
    ['money.posting', `${PROJECT}/advertisers/{advertiserId}/account/transactions`, 'kind'],
    ['jobs.state', '/api/v1/jobs', 'state'],
    ['webhooks.state', `${PROJECT}/webhooks/{webhookId}/deliveries`, 'state'],
  ])('%s', (prefix, path, name) => {
    expect(untold(prefix, parameter(path, name))).toEqual([]);
  });
});

test('reasons that the console words with their numbers are those of the contract', () => {
  expect([...REASONS].sort()).toEqual(property('DeliveryReason', 'reason').sort());
});

test('every problem of the server has a title in both languages', async () => {
  const table = await readFile(new URL('../../../../crates/domain/src/error.rs', import.meta.url), 'utf8');
  const codes = Array.from(table.matchAll(/^ {4}\w+ "([a-z-]+)" "/gm), ([, code]) => code ?? '');
  expect(codes.length).toBeGreaterThan(40);
  expect(untold('problem', codes)).toEqual([]);
});

test('every kind of job has a name in both languages', async () => {
  const source = new URL('../../../../crates/app/src/', import.meta.url);
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.rs'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, source), 'utf8')));
  const named = (text: string): string[] =>
    Array.from(text.matchAll(/\bname: "([a-z_]+\.[a-z_]+)"/g), ([, name]) => name ?? '');
  const kinds = [...new Set(texts.flatMap(named))];
  expect(kinds.length).toBeGreaterThan(10);
  const missing = kinds.flatMap((kind) => {
    const [about = '', step = ''] = kind.split('.');
    return untold(`jobs.kinds.${about}`, [step]);
  });
  expect(missing).toEqual([]);
});
