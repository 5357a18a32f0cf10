/** Makes control and direction characters visible, and spaces that would not be seen: a name may be chosen by a peer, and must neither act on the page nor pass for another one. */
export const visible = (text: string): string => withoutControls(text.replace(/^ +| +$| {2,}/g, (spaces) => '\u2423'.repeat(spaces.length)));

/** The same for a text of lines, whose spaces and ends of lines stay what they are. */
export const visibleLines = (text: string): string => text.split('\n').map(withoutControls).join('\n');

function withoutControls(text: string): string {
  let out = '';
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x20) out += String.fromCodePoint(0x2400 + code);
    else if (code === 0x7f) out += '\u2421';
    else if (isInvisible(code)) out += `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
    else out += letter;
  }
  return out;
}

function isInvisible(code: number): boolean {
  return (
    (code >= 0x80 && code <= 0x9f) ||
    code === 0xa0 ||
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    code === 0x180e ||
    (code >= 0x2000 && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x205f && code <= 0x206f) ||
    (code >= 0xe0000 && code <= 0xe007f) ||
    code === 0xfeff
  );
}

/** A message as a sentence: a capital first, a stop at the end. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`;
}

/** Joins class names, leaving out what is false. */
export const cx = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');
