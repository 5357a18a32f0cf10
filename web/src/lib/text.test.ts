import { describe, expect, it } from 'vitest';
import { shortAddress, withPort } from './address';
import { sentence, visible, visibleLines } from './text';

describe('foreign text', () => {
  it('shows control characters', () => expect(visible('a\nb\x1b[31m')).toBe('a␊b␛[31m'));
  it('shows characters that turn the direction of a text', () => expect(visible('a\u202eb')).toBe('a⟨U+202E⟩b'));
  it('shows characters without a width', () => expect(visible('a\u200bb')).toBe('a⟨U+200B⟩b'));
  it('shows other directions and spaces that look like one', () => expect(visible('a\u061cb\u00a0c\u202fd')).toBe('a\u27e8U+061C\u27e9b\u27e8U+00A0\u27e9c\u27e8U+202F\u27e9d'));
  it('shows spaces that nobody would see', () => expect([visible(' root'), visible('root '), visible('a  b'), visible('a b')]).toEqual(['\u2423root', 'root\u2423', 'a\u2423\u2423b', 'a b']));
  it('keeps the lines and indents of a text of lines', () => expect(visibleLines('a:\n  b\u202e\n')).toBe('a:\n  b\u27e8U+202E\u27e9\n'));
  it('leaves names of the world alone', () => expect(visible('Ünal 田中 شیرین')).toBe('Ünal 田中 شیرین'));
});

describe('a sentence', () => {
  it('has a capital and a stop', () => expect(sentence('cannot connect: no such file')).toBe('Cannot connect: no such file.'));
  it('keeps its own stop', () => expect([sentence('Is it running?'), sentence('')]).toEqual(['Is it running?', '']));
});

describe('addresses', () => {
  it('cuts a long one in the middle', () => expect(shortAddress('2001:db8:b6e7:1:2:3:4:2eeb')).toBe('2001:db8:b6e7…4:2eeb'));
  it('keeps a short one', () => expect(shortAddress('198.51.100.24')).toBe('198.51.100.24'));
  it('brackets IPv6 before a port', () => expect([withPort('2001:db8::1', 1194), withPort('192.0.2.1', 1194), withPort('192.0.2.1')]).toEqual(['[2001:db8::1]:1194', '192.0.2.1:1194', '192.0.2.1']));
});
