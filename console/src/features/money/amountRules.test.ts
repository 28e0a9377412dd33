import { expect, test } from 'vitest';
import * as v from 'valibot';

import { MAX_AMOUNT, moveSchema, termsSchema } from './amountRules';

const t = ((key: string) => key) as never;
const faultOf = (schema: v.GenericSchema, value: unknown): string | undefined =>
  v.safeParse(schema, value).issues?.[0]?.message;

test('only an adjustment takes money away, and nothing moves nothing', () => {
  for (const move of ['top_up', 'refund'] as const) {
    expect(faultOf(moveSchema(t, move), { amount: 10.5, note: '' })).toBeUndefined();
    expect(faultOf(moveSchema(t, move), { amount: 0, note: '' })).toBe('fault.aboveZero');
    expect(faultOf(moveSchema(t, move), { amount: -1, note: '' })).toBe('fault.aboveZero');
  }
  expect(faultOf(moveSchema(t, 'adjustment'), { amount: -1, note: '' })).toBeUndefined();
  expect(faultOf(moveSchema(t, 'adjustment'), { amount: 0, note: '' })).toBe('fault.notZero');
  expect(faultOf(moveSchema(t, 'top_up'), { amount: '', note: '' })).toBe('fault.required');
  expect(faultOf(moveSchema(t, 'top_up'), { amount: MAX_AMOUNT + 1, note: '' })).toBe('fault.between');
});

test('only who pays afterwards goes without a limit', () => {
  const schema = termsSchema(t);
  expect(faultOf(schema, { kind: 'postpaid', isLimited: false, credit_limit: '' })).toBeUndefined();
  expect(faultOf(schema, { kind: 'prepaid', isLimited: true, credit_limit: 0, low_balance: '' })).toBeUndefined();
  expect(faultOf(schema, { kind: 'prepaid', isLimited: true, credit_limit: '', low_balance: 5 })).toBe('fault.between');
  expect(faultOf(schema, { kind: 'prepaid', isLimited: false, credit_limit: 0 })).toBeDefined();
});
