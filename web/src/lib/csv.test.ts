import { describe, expect, it } from 'vitest';
import { toCsv } from './csv';

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('disarms the formula %s', (text) => expect(toCsv(['a'], [[text]])).toBe(`a\r\n'${text}\r\n`));
  it('leaves numbers alone, negative ones too', () => expect(toCsv(['a'], [[-5]])).toBe('a\r\n-5\r\n'));
  it('quotes commas, quotes and line breaks', () => expect(toCsv(['a', 'b'], [['x,"y"', 'l1\nl2']])).toBe('a,b\r\n"x,""y""","l1\nl2"\r\n'));
  it('writes nothing for what is absent', () => expect(toCsv(['a', 'b'], [[undefined, 'x']])).toBe('a,b\r\n,x\r\n'));
  it('disarms and quotes at once', () => expect(toCsv(['a'], [['=A1,B1']])).toBe('a\r\n"\'=A1,B1"\r\n'));
});
