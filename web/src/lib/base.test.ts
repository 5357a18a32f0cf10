// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { atBase, basePath, linkTo, pathHere } from './base';

const shownAt = (href: string | undefined) => {
  document.head.querySelector('base')?.remove();
  if (href === undefined) return;
  const base = document.createElement('base');
  base.setAttribute('href', href);
  document.head.append(base);
};
afterEach(() => {
  shownAt(undefined);
  history.replaceState(null, '', '/');
});

describe('the base path', () => {
  it.each([[undefined, ''], ['/', ''], ['/davylamp/', '/davylamp'], ['/a/b/', '/a/b'], ['https://vpn.example.net/davylamp/', '/davylamp'], ['./', '']])('of %s is %s', (href, path) => {
    shownAt(href);
    expect(basePath()).toBe(path);
  });

  it('stands before everything that is asked of the server', () => {
    shownAt('/davylamp/');
    expect(atBase('/api/v1/me')).toBe('/davylamp/api/v1/me');
    expect(linkTo('/sessions/7')).toBe(`${location.origin}/davylamp/sessions/7`);
  });

  it('is not part of where the page is', () => {
    shownAt('/davylamp/');
    history.replaceState(null, '', '/davylamp/sessions/7');
    expect(pathHere()).toBe('/sessions/7');
    history.replaceState(null, '', '/davylamp');
    expect(pathHere()).toBe('/');
  });

  it('is not cut from a path that only begins alike', () => {
    shownAt('/davy/');
    history.replaceState(null, '', '/davylamp/x');
    expect(pathHere()).toBe('/davylamp/x');
  });
});
