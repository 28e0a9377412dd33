// @vitest-environment jsdom
// The address, the question, and back.
import { expect, test } from 'vitest';
import * as v from 'valibot';

import { questionOf } from './saved';

import { address, below, keptQuestion, questionOfView, sortOf, type View, viewOfQuestion } from './view';

const read = (search: Record<string, unknown>): View => v.parse(v.object(address), search);

test('an empty address asks what most people want to know first', () => {
  const question = questionOfView(read({}), { window: '30d' });
  expect(question).toMatchObject({ group_by: ['channel'], window: '30d', limit: 10_000 });
  expect(question?.metrics).toContain('romi');
});

test('an address tells everything, and what it says wrongly is left out', () => {
  const view = read({
    metrics: 'cost,romi',
    by: 'campaign_name,month',
    where: [['channel', 'is_not', 'direct', 7]],
    model: 'first_touch',
    lookback: 700,
    gross: true,
    sort: '-clicks',
    shape: 'ring',
  });
  expect(questionOfView(view, { window: '7d' })).toEqual({
    metrics: ['cost', 'romi'],
    group_by: ['campaign_name', 'month'],
    filters: [{ dimension: 'channel', operator: 'is_not', values: ['direct', '7'] }],
    attribution: { model: 'first_touch', lookback_days: undefined, dated_by: undefined },
    is_net_of_refunds: false,
    window: '7d',
    limit: 10_000,
  });
  expect(view.shape).toBeUndefined();
  expect(sortOf(view)).toBe('-clicks');
});

test('what was kept opens as it was', () => {
  const view = read({
    metrics: 'cost',
    by: 'source',
    where: [['channel', 'is', 'sms']],
    sort: 'cost',
    model: 'last_touch',
  });
  const kept = keptQuestion(view, { window: '7d', compare_to: 'previous_period' });
  const opened = read(JSON.parse(JSON.stringify(viewOfQuestion(kept, 'pie'))) as Record<string, unknown>);
  expect(keptQuestion(opened, { window: '7d', compare_to: 'previous_period' })).toEqual(kept);
  expect(opened).toMatchObject({ shape: 'pie', period: '7d', compare: 'previous_period' });
});

test('a question that a program kept with one name opens as well', () => {
  const opened = viewOfQuestion(questionOf({ metrics: 'revenue', group_by: 'channel' }), 'table');
  expect(opened).toMatchObject({ metrics: 'revenue', by: 'channel', shape: 'none' });
  expect(viewOfQuestion(questionOf({ metrics: ['revenue'] }), undefined).by).toBe('none');
});

test('going below a channel shows its campaigns, and below them their ads', () => {
  const first = below(read({ by: 'channel,device' }), 'channel', 'sms');
  expect(first).toEqual({ by: 'campaign_name,device', where: [['channel', 'is', 'sms']] });
  const second = below(read(first), 'campaign_name', 'Autumn');
  expect(second).toEqual({
    by: 'ad_name,device',
    where: [
      ['channel', 'is', 'sms'],
      ['campaign_name', 'is', 'Autumn'],
    ],
  });
});
