// Colours are tokens: raw ones stand only in styles/tokens.css (and in the pictures under assets).
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../src');
const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const full = path.join(folder, entry.name);
  return entry.isDirectory() ? walk(full) : [full];
});
const problems = [];
const tokens = readFileSync(path.join(root, 'styles/tokens.css'), 'utf8');
const defined = new Set([...tokens.matchAll(/(--[a-z0-9-]+)\s*:/g)].map(([, name]) => name));
const files = walk(root).filter((file) => /\.(css|ts|tsx)$/.test(file));
const local = new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/(--[a-z0-9-]+)\s*:/g)].map(([, name]) => name)));

for (const file of files) {
  const shown = path.relative(root, file);
  if (shown === 'styles/tokens.css') continue;
  readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
    if (/#[0-9a-f]{3,8}\b(?![^']*\?url)/i.test(line.replace(/href="#[^"]*"|url\(#[^)]*\)/g, '')) || /\b(rgb|rgba|hsl|hsla|oklch)\(/.test(line)) problems.push(`${shown}:${index + 1}: raw colour: ${line.trim()}`);
    for (const [, name] of line.matchAll(/var\((--[a-z0-9-]+)/g)) if (!defined.has(name) && !local.has(name)) problems.push(`${shown}:${index + 1}: ${name} is not a token`);
  });
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('tokens: ok');
