// Holds the layering of the page: app -> features -> ui, live, api, lib. No feature knows another. Files are short and named in kebab-case.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../src');
const mostLines = 250;
const allowed = {
  app: ['app', 'features', 'ui', 'live', 'api', 'lib', 'styles', 'assets'],
  features: ['features', 'ui', 'live', 'api', 'lib', 'styles', 'assets'],
  ui: ['ui', 'live', 'api', 'lib', 'styles', 'assets'],
  live: ['live', 'api', 'lib'],
  // lib reads the types of the API, and nothing else of it.
  lib: ['lib', 'api'],
  api: ['api', 'lib'],
};
const problems = [];

const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const full = path.join(folder, entry.name);
  return entry.isDirectory() ? walk(full) : [full];
});

function checkImports(file, text, layer) {
  const inside = path.relative(root, file).split(path.sep);
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const parts = path.relative(root, path.resolve(path.dirname(file), target)).split(path.sep);
    if (!allowed[layer]?.includes(parts[0])) problems.push(`${inside.join('/')}: ${layer} must not import ${parts[0]} (${target})`);
    if (layer === 'features' && parts[0] === 'features' && parts[1] !== inside[1]) problems.push(`${inside.join('/')}: the feature ${inside[1]} must not import the feature ${parts[1]}`);
    if (layer === 'lib' && parts[0] === 'api' && parts[1] !== 'types.gen') problems.push(`${inside.join('/')}: lib may read only the types of the API`);
  }
}

for (const file of walk(root)) {
  const name = path.basename(file);
  const shown = path.relative(root, file);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name)) problems.push(`${shown}: not in kebab-case`);
  if (!/\.(ts|tsx)$/.test(name)) continue;
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n').length - 1;
  if (lines > mostLines && !name.includes('.gen.')) problems.push(`${shown}: ${lines} lines, at most ${mostLines}`);
  if (/dangerouslySetInnerHTML|\.innerHTML\s*=/.test(text)) problems.push(`${shown}: sets HTML; foreign text must stay text`);
  const layer = shown.split(path.sep)[0];
  if (!(layer in allowed)) problems.push(`${shown}: outside of the known folders`);
  else checkImports(file, text, layer);
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('structure: ok');
