// What happy-dom lacks and the page asks for; and no test asks a real server.
if (!globalThis.ResizeObserver) {
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, __FLAGS_BASE__: '/assets/flags' });
globalThis.fetch = async () => {
  throw new TypeError('There is no server in this test.');
};
